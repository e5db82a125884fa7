import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { BellwetherError, type EpochMs, formatPrice, formatQuantity } from '@bellwether/domain';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyRequest } from 'fastify';
import type { AccountOrigin, TradeUpdate } from './account-changes.ts';
import { AccountLog } from './account-log.ts';
import { type AccountOperation, type OperationAnswers, perform } from './account-operations.ts';
import type { AccountSettings } from './account-settings.ts';
import { updateToWire } from './alpaca-words.ts';
import { installControlRoutes } from './control-routes.ts';
import type { WireMarketStep } from './market-step.ts';
import { PostLog } from './post-log.ts';
import { RateWindow } from './rate-window.ts';
import { Refusal } from './refusals.ts';
import { installRoutes, isPaperKey } from './routes.ts';
import { SandboxAccount } from './sandbox-account.ts';
import type { Corner, SandboxContext } from './sandbox-context.ts';
import { type StreamSocket, TradeStream } from './trade-stream.ts';

export interface SandboxOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  /** The wall's clock; the market's is that of the steps. */
  readonly clock?: () => EpochMs;
  /** How a late answer waits, in milliseconds of the wall's clock. */
  readonly wait?: (ms: number) => Promise<void>;
  /** Makes ids repeatable, and faults of accounts without a seed of their own; without it no two sandboxes use the same ids. */
  readonly seed?: number;
  /** Of each account that a client opens by just using it. */
  readonly account?: AccountSettings;
  /** Per account; 200 as at the broker, 0 for no limit. */
  readonly requestsPerMinute?: number;
  /** Where accounts are kept, one file each; in memory only when absent. */
  readonly folder?: string;
  /** Told one line per change of an order. */
  readonly log?: (line: string) => void;
}

export interface Sandbox {
  readonly url: string;
  readonly streamUrl: string;
  /** The account of a key, opened at first use. */
  account(keyId: string): SandboxAccount;
  /** Plays steps into every account that is open. */
  market(steps: readonly WireMarketStep[]): void;
  close(): Promise<void>;
}

const REQUESTS_PER_MINUTE = 200;
const LARGEST_BODY_BYTES = 16 * 1024 * 1024;

/** Starts a broker on this machine. Throws `server/port-in-use`. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const clock = options.clock ?? Date.now;
  const log = options.folder === undefined ? null : new AccountLog(options.folder);
  const corners = new Map<string, Corner>();
  const stream = new TradeStream((keyId, secret) => isPaperKey(keyId) && secret !== '');

  function accountOf(keyId: string, settings: AccountSettings, origin: AccountOrigin): SandboxAccount {
    const account: SandboxAccount = new SandboxAccount(keyId, settings, origin, (update) => emit(account, update));
    return account;
  }
  let isReplaying = false;
  function emit(account: SandboxAccount, update: TradeUpdate): void {
    if (isReplaying) return;
    if (stream.isHeard(account.keyId)) stream.tell(account.keyId, updateToWire(account, update), account.faults);
    options.log?.(lineOf(account.keyId, update));
  }
  function open(keyId: string, settings: AccountSettings): SandboxAccount {
    const idSeed = options.seed ?? randomInt(2 ** 31);
    const origin = { seed: settings.seed ?? idSeed, idSeed, createdAt: clock() };
    const account = accountOf(keyId, settings, origin);
    log?.open(keyId, { kind: 'open', origin, settings });
    return account;
  }
  function corner(keyId: string): Corner {
    let found = corners.get(keyId);
    if (found === undefined) {
      found = { account: open(keyId, options.account ?? {}), posts: new PostLog(), rate: new RateWindow() };
      corners.set(keyId, found);
    }
    return found;
  }
  for (const keyId of log?.keys() ?? []) {
    const { opening, operations } = (log as AccountLog).read(keyId);
    const account = accountOf(keyId, opening.settings, opening.origin);
    isReplaying = true;
    for (const operation of operations) performAgain(account, operation);
    isReplaying = false;
    corners.set(keyId, { account, posts: new PostLog(), rate: new RateWindow() });
  }

  const context: SandboxContext = {
    clock,
    wait: options.wait ?? (async (ms) => void (await wait(ms))),
    requestsPerMinute: options.requestsPerMinute ?? REQUESTS_PER_MINUTE,
    corner,
    open: (keyId, settings) => {
      const own = corner(keyId);
      if (!own.account.isUntouched) return false;
      own.account = open(keyId, settings);
      return true;
    },
    run: <Kind extends AccountOperation['kind']>(own: Corner, operation: Extract<AccountOperation, { kind: Kind }>) => {
      log?.append(own.account.keyId, operation);
      return perform<Kind>(own.account, operation) satisfies OperationAnswers[Kind];
    },
  };

  const server = Fastify({ bodyLimit: LARGEST_BODY_BYTES, forceCloseConnections: true });
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(body as string));
    } catch {
      done(new Refusal(400, 40010000, 'request body format is invalid'));
    }
  });
  await server.register(websocket);
  installRoutes(server, context);
  installControlRoutes(server, context);
  server.get('/stream', { websocket: true }, (socket: StreamSocket, request: FastifyRequest) => {
    stream.serve(socket, request.headers['content-type'] === 'application/msgpack' ? 'msgpack' : 'json');
  });

  const url = await listen(server, options.host ?? '127.0.0.1', options.port ?? 0);
  return {
    url,
    streamUrl: `${url.replace('http', 'ws')}/stream`,
    account: (keyId) => corner(keyId).account,
    market: (steps) => {
      for (const own of corners.values())
        context.run<'market'>(own, { kind: 'market', wall: clock(), steps, stepKey: null });
    },
    close: async () => {
      stream.close();
      await server.close();
    },
  };
}

async function listen(server: ReturnType<typeof Fastify>, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    const text = `expected port ${port} to be free, another program listens there; stop it or give another port`;
    throw new BellwetherError('conflict', 'server/port-in-use', text, { port }, error);
  }
}

/** What was refused then is refused again. */
function performAgain(account: SandboxAccount, operation: AccountOperation): void {
  try {
    perform(account, operation);
  } catch (error) {
    if (!(error instanceof Refusal) && !(error instanceof BellwetherError && error.kind !== 'bug')) throw error;
  }
}

function lineOf(keyId: string, { event, order, fill }: TradeUpdate): string {
  const what = `${order.side} ${formatQuantity(fill?.quantity ?? order.quantity)} ${order.symbol} ${order.type}`;
  const price = fill?.price ?? order.limitPrice ?? order.stopPrice;
  return `${keyId} ${event} ${what}${price === null ? '' : ` ${formatPrice(price)}`} ${order.clientOrderId}`;
}
