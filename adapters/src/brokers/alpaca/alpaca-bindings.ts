import { BellwetherError, type TradingMode } from '@bellwether/domain';
import { BROKER_PROFILES, type BrokerCapabilities, type Clock } from '@bellwether/ports';
import { AlpacaBroker, type AlpacaLabel } from './alpaca-broker.ts';
import { readFailure } from './alpaca-errors.ts';
import { type AlpacaKeys, type AlpacaTransport, alpacaTransport } from './alpaca-http.ts';
import { AlpacaInstruments } from './alpaca-instruments.ts';
import { AlpacaMarketClock } from './alpaca-market-clock.ts';
import { AlpacaTradeUpdates, type Schedule } from './alpaca-stream.ts';
import { accountFromWire } from './alpaca-translate.ts';
import { optionalText, wireObject } from './alpaca-wire.ts';

export const ALPACA_PAPER_URL = 'https://paper-api.alpaca.markets';
export const ALPACA_LIVE_URL = 'https://api.alpaca.markets';

const TIMEOUT_MS = 10_000;
const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
/** How Alpaca spells its key ids [R]: a key of the other kind is refused before it is sent to a host that it does not belong to. */
const PAPER_KEY = /^PK/;
const LIVE_KEY = /^AK/;

/** What a connection was when it was saved: which host its keys opened, and which account answered there. */
export interface VerifiedConnection {
  readonly label: AlpacaLabel;
  readonly baseUrl: string;
  readonly brokerAccountId: string;
  readonly verifiedAt: Temporal.Instant;
}

/** Says whether live trading has been unlocked. Who may open it, and by what proof, is not the broker's business. */
export interface LiveGate {
  isOpenFor(subject: { readonly userId: string; readonly versionId: string }): boolean;
}

interface Surroundings {
  readonly clock: Clock;
  /** Timers and chance of the stream; the machine's own when absent. */
  readonly schedule?: Schedule;
  random?(): number;
  /** How long one request, and a stream's coming up, may take; 10 s when absent. */
  readonly timeoutMs?: number;
  /** Told of trouble that no answer and no event tells. */
  report?(trouble: string): void;
  /** Performs the requests in place of HTTP to the host; the host is checked all the same. */
  readonly transport?: AlpacaTransport;
}

export interface AlpacaVerification extends Surroundings {
  /** Alpaca's paper host, its live host, or a sandbox on loopback. */
  readonly baseUrl: string;
  readonly keys: AlpacaKeys;
}

export interface AlpacaBindingOptions extends Surroundings {
  readonly mode: TradingMode;
  readonly keys: AlpacaKeys;
  /** As `verifyAlpacaConnection` found it when the connection was saved. */
  readonly connection: VerifiedConnection;
  /** The defaults of the binding, or what the conformance suite has proven for this account. */
  readonly capabilities?: BrokerCapabilities;
}

export interface AlpacaLiveOptions extends AlpacaBindingOptions {
  readonly gate: LiveGate;
  readonly userId: string;
  readonly versionId: string;
}

/** One account at Alpaca and what goes with it. */
export interface AlpacaBinding {
  readonly label: AlpacaLabel;
  readonly broker: AlpacaBroker;
  readonly instruments: AlpacaInstruments;
  readonly marketClock: AlpacaMarketClock;
}

/** Asks the host whose account the keys open. Throws `broker/wrong-account` for keys or an account of another kind than the host. */
export async function verifyAlpacaConnection(options: AlpacaVerification): Promise<VerifiedConnection> {
  const { baseUrl, keys, clock } = options;
  const label = labelOf(baseUrl);
  const other = label === 'live' ? PAPER_KEY : label === 'paper' ? LIVE_KEY : undefined;
  if (other?.test(keys.keyId))
    throw wrongAccount(`expected keys of a ${label} account for ${baseUrl}, was a key of the other kind`);
  const reply = await transportOf(options)({ method: 'GET', path: '/v2/account' });
  if (reply.kind === 'no_answer' || reply.status !== 200 || reply.json === undefined)
    throw readFailure(reply, 'the account');
  const { brokerAccountId } = accountFromWire(reply.json);
  if (label === 'live' && optionalText(wireObject(reply.json, 'the account'), 'status') === 'PAPER_ONLY')
    throw wrongAccount(`expected a live account at ${baseUrl}, was one that is for paper only`);
  return { label, baseUrl, brokerAccountId, verifiedAt: clock.now() };
}

/** Opens a binding on Alpaca's paper host, or on a sandbox on loopback. Throws `broker/wrong-account` for any other host. */
export async function openAlpacaPaper(options: AlpacaBindingOptions): Promise<AlpacaBinding> {
  const { mode, connection } = options;
  if (mode !== 'paper') throw locked(`expected trading mode paper for a paper account, was ${mode}`);
  const label = labelOf(connection.baseUrl);
  if (label === 'live') throw locked(`expected the paper host or a sandbox, was ${connection.baseUrl}`);
  return open(options, label);
}

/**
 * Opens a binding that trades with the user's money. Throws `broker/live-locked` unless the mode is live, the connection was
 * verified as a live account on the live host and the gate is open for this user and version; `broker/wrong-account` when the keys
 * open another account than then.
 */
export async function openAlpacaLive(options: AlpacaLiveOptions): Promise<AlpacaBinding> {
  const { mode, connection, gate, userId, versionId } = options;
  if (mode !== 'live') throw locked(`expected trading mode live, was ${mode}`);
  const label = labelOf(connection.baseUrl);
  if (label !== 'live') throw locked(`expected the live host ${ALPACA_LIVE_URL}, was ${connection.baseUrl}`);
  if (connection.label !== 'live') throw locked(`expected a connection verified as live, was ${connection.label}`);
  if (!gate.isOpenFor({ userId, versionId })) throw locked('expected live trading to be unlocked, was locked');
  return open(options, label);
}

async function open(options: AlpacaBindingOptions, label: AlpacaLabel): Promise<AlpacaBinding> {
  const { connection, keys } = options;
  if (connection.label !== label)
    throw wrongAccount(`expected ${connection.baseUrl} verified as ${label}, was ${connection.label}; connect it anew`);
  const found = await verifyAlpacaConnection({ ...options, baseUrl: connection.baseUrl });
  if (found.brokerAccountId !== connection.brokerAccountId) {
    throw wrongAccount(
      `expected the keys to open the account ${connection.brokerAccountId}, was ${found.brokerAccountId}; connect the account anew`,
    );
  }
  const transport = transportOf({ ...options, baseUrl: connection.baseUrl });
  const url = new URL('/stream', connection.baseUrl);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const { clock, schedule = onTimer, random = Math.random, timeoutMs: patienceMs = TIMEOUT_MS } = options;
  const report = (trouble: string) => options.report?.(trouble);
  return {
    label,
    broker: new AlpacaBroker({
      label,
      brokerAccountId: found.brokerAccountId,
      capabilities: options.capabilities ?? BROKER_PROFILES.alpaca,
      transport,
      openStream: () => new AlpacaTradeUpdates({ url: url.href, keys, clock, schedule, random, patienceMs, report }),
    }),
    instruments: new AlpacaInstruments(transport),
    marketClock: new AlpacaMarketClock(transport),
  };
}

/** Says whose money is behind a host. Throws `broker/wrong-account` for a host that is neither Alpaca's nor on loopback. */
function labelOf(baseUrl: string): AlpacaLabel {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url?.origin === ALPACA_LIVE_URL) return 'live';
  if (url?.origin === ALPACA_PAPER_URL) return 'paper';
  if (url !== undefined && LOOPBACK.test(url.hostname)) return 'sandbox';
  throw wrongAccount(`expected ${ALPACA_PAPER_URL}, ${ALPACA_LIVE_URL} or a sandbox on loopback, was ${baseUrl}`);
}

function transportOf({ transport, baseUrl, keys, timeoutMs = TIMEOUT_MS }: AlpacaVerification): AlpacaTransport {
  return transport ?? alpacaTransport({ baseUrl, keys, timeoutMs });
}

function onTimer(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  // A stream that waits keeps no process alive.
  timer.unref();
  return () => clearTimeout(timer);
}

function locked(message: string): BellwetherError {
  return new BellwetherError('rejected', 'broker/live-locked', message);
}

function wrongAccount(message: string): BellwetherError {
  return new BellwetherError('rejected', 'broker/wrong-account', message);
}
