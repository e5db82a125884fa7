/** Which broker stands behind a trading mode: the one place that asks for the mode. */
import { hash } from 'node:crypto';
import { ALPACA_PAPER_URL, type AlpacaBroker, openAlpacaPaper, verifyAlpacaConnection } from '@bellwether/adapters';
import {
  BellwetherError,
  type EpochMs,
  formatDate,
  marketOf,
  NYSE_CALENDAR,
  type TradingMode,
} from '@bellwether/domain';
import type {
  AccountBinding,
  AccountBindings,
  AccountRow,
  BoundAccount,
  BrokerFor,
  RateLeft,
} from '@bellwether/durable';
import { type AccountLimits, type ExecutionPlan, PAPER_LIMITS, readLimits } from '@bellwether/kernel';
import { BROKER_PROFILES, effectiveCapabilities, type MarketClock } from '@bellwether/ports';
import { SandboxMarket, sandboxKeyOf } from './sandbox-market.ts';
import type { Secret } from './secret.ts';

/** What paper trading goes to. */
export type PaperBroker =
  | { readonly kind: 'sandbox'; readonly url: string }
  | { readonly kind: 'alpaca'; readonly keyId: string; readonly secretKey: Secret };

/** What a trading mode is bound to. */
type Binding = 'refusing' | 'simulated' | 'paper' | 'live';

const BINDINGS: Readonly<Record<TradingMode, Binding>> = {
  validation: 'refusing',
  simulation: 'simulated',
  paper: 'paper',
  live: 'live',
};

export interface Bindings extends AccountBindings {
  /** Where paper trading goes; null where nothing is configured. */
  readonly paperVenue: 'sandbox' | 'paper' | null;
  /** Returns the plan when its trading mode has somewhere to trade. Throws `pipeline/not-runnable` naming what is missing. */
  check(plan: ExecutionPlan): ExecutionPlan;
  /** Opens the broker of an account for its keeper. */
  readonly brokerFor: BrokerFor;
}

export interface BindingOptions {
  /** What a sandbox account has where its owner set nothing: what a real paper account has, so that limits are met before money is. */
  readonly sandboxLimits?: AccountLimits;
}

/** `paper` is null where no broker runs: on a machine without a worker of its own. */
export function openBindings(
  paper: PaperBroker | null,
  { sandboxLimits = PAPER_LIMITS }: BindingOptions = {},
): Bindings {
  const market = paper?.kind === 'sandbox' ? new SandboxMarket(paper.url) : null;
  return {
    paperVenue: paper === null ? null : paper.kind === 'sandbox' ? 'sandbox' : 'paper',
    driver: market ?? NO_MARKET,
    check(plan) {
      const binding = BINDINGS[plan.pipeline.tradingMode];
      if (binding === 'paper') checkPaper(plan, paper);
      if (binding === 'live') throw notRunnable(plan, LIVE_MISSING);
      return plan;
    },
    accountOf(plan, pipelineId, sessionId) {
      if (BINDINGS[plan.pipeline.tradingMode] !== 'paper') return null;
      checkPaper(plan, paper);
      return sandboxAccount(pipelineId, sessionId);
    },
    brokerFor: async (account) => {
      if (account.label === 'sandbox') {
        if (market === null) throw unreachable('no sandbox is configured; set BELLWETHER_SANDBOX_URL');
        const keys = { keyId: String(account.connection['key_id']), secretKey: 'sandbox' };
        const opened = await openAccount(account, market.url, keys);
        // A tape may run a day in a minute: requests are counted by the sandbox, where it is told to.
        return { ...opened, ...exchange(readLimits(account.limits, sandboxLimits)), requestsPerMinute: null };
      }
      if (account.label === 'paper' && paper?.kind === 'alpaca') {
        const keys = { keyId: paper.keyId, secretKey: paper.secretKey.reveal() };
        const opened = await openAccount(account, ALPACA_PAPER_URL, keys);
        const limits = readLimits(account.limits, PAPER_LIMITS);
        return {
          ...opened,
          ...exchange(limits),
          requestsPerMinute: ALPACA_REQUESTS_PER_MINUTE,
          clockSkew: () => skewOf(opened.marketClock),
        };
      }
      throw unreachable(`no keys are configured for a ${account.label} account`);
    },
  };
}

/**
 * Opens the account that the row knows, or whichever the keys open when it knows none yet. Throws `broker/wrong-account` when the keys open
 * another one than before.
 */
async function openAccount(
  { label, brokerAccountId: known, capabilityResults }: AccountRow,
  baseUrl: string,
  keys: { readonly keyId: string; readonly secretKey: string },
): Promise<
  Pick<AccountBinding, 'broker' | 'instruments' | 'capabilities' | 'rateLeft'> & { marketClock: MarketClock }
> {
  const connection =
    known === null
      ? await verifyAlpacaConnection({ clock: WALL, keys, baseUrl })
      : { label, baseUrl, brokerAccountId: known, verifiedAt: WALL.now() };
  const capabilities = effectiveCapabilities(
    BROKER_PROFILES.alpaca,
    capabilityResults,
    WALL.now(),
    'paper',
    NO_CONSENT,
  );
  const opened = await openAlpacaPaper({ clock: WALL, keys, mode: 'paper', connection, capabilities });
  return { ...opened, capabilities, rateLeft: rateLeftOf(opened.broker) };
}

/** Our clock minus the broker's, at the middle of a question that was answered soon enough to tell; null otherwise. */
export async function skewOf(
  clock: Pick<MarketClock, 'now'>,
  wall: { now(): Temporal.Instant } = WALL,
): Promise<number | null> {
  const asked = wall.now().epochMilliseconds;
  try {
    const { at } = await clock.now();
    const answered = wall.now().epochMilliseconds;
    return answered - asked > SLOW_ANSWER_MS ? null : (asked + answered) / 2 - at.epochMilliseconds;
  } catch {
    return null;
  }
}
/** Half of it could pass for skew. */
const SLOW_ANSWER_MS = 1_000;

/** What the broker's answers say of their own count, by our clock's kind of instants. */
function rateLeftOf(broker: Pick<AlpacaBroker, 'rateLimit'>): () => RateLeft | null {
  let last: { readonly told: AlpacaBroker['rateLimit']; readonly left: RateLeft | null } = { told: null, left: null };
  return () => {
    const told = broker.rateLimit;
    if (told !== last.told)
      last = {
        told,
        left: told && { remaining: told.remaining, resetsAt: told.resetsAt?.epochMilliseconds ?? null },
      };
    return last.left;
  };
}

/**
 * Every pipeline that trades on the sandbox has an account of its own there. Each session begins it anew under another key: its tape starts
 * from the beginning, and a market's time never goes back.
 */
function sandboxAccount(pipelineId: string, sessionId: string): BoundAccount {
  const id = uuidOf(`sandbox ${pipelineId}`);
  const connection = { host: 'sandbox', key_id: sandboxKeyOf(sessionId), session_id: sessionId };
  return { id, label: 'sandbox', broker: 'alpaca', connection };
}

function checkPaper(plan: ExecutionPlan, paper: PaperBroker | null): void {
  if (paper === null)
    throw notRunnable(
      plan,
      'no sandbox runs beside this process; start one with "bellwether sandbox" and set BELLWETHER_SANDBOX_URL',
    );
  // Prices come from tapes only, so far: a real account would trade the past at the prices of today.
  if (paper.kind === 'alpaca')
    throw notRunnable(
      plan,
      'a tape can only be traded at the sandbox, and an Alpaca paper account is configured; unset BELLWETHER_ALPACA_PAPER_KEY_ID to use the sandbox, or trade in simulation',
    );
  const other = plan.symbols.find((symbol) => marketOf(symbol) !== 'US');
  if (other !== undefined)
    throw notRunnable(
      plan,
      `${other} does not trade on the exchange of this broker, which groups no orders in it; use simulation`,
    );
}

const LIVE_MISSING =
  'live trading is not open: it needs a connected and verified live account, limits for the account and the pipeline, an unlock by paper trading, and a typed confirmation; trade on paper';

function exchange(limits: AccountLimits) {
  const calendar = NYSE_CALENDAR;
  return {
    limits,
    sessionAt: (_symbol: string, at: EpochMs) => {
      const session = calendar.sessionAt(at);
      return {
        isOpen: session !== undefined,
        closesAt: session?.closesAt ?? null,
        nextOpen: session === undefined ? calendar.nextSession(at).opensAt : at,
      };
    },
    exchangeDay: (at: EpochMs) => formatDate(calendar.exchangeDay(at).day),
  };
}

const ALPACA_REQUESTS_PER_MINUTE = 200;
/** Nobody can consent to a proven capability yet; on paper nobody need. */
const NO_CONSENT: ReadonlySet<never> = new Set<never>();
const WALL = { now: () => Temporal.Now.instant() };

const NO_MARKET: AccountBindings['driver'] = {
  open: () => Promise.reject(unreachable('no sandbox is configured; set BELLWETHER_SANDBOX_URL')),
  play: () => Promise.reject(unreachable('no sandbox is configured; set BELLWETHER_SANDBOX_URL')),
};

function uuidOf(name: string): string {
  const hex = hash('sha256', `bellwether account ${name}`, 'hex');
  const variant = ((Number.parseInt(hex[16] as string, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function notRunnable(plan: ExecutionPlan, missing: string): BellwetherError {
  const { name, tradingMode } = plan.pipeline;
  return new BellwetherError(
    'invalid',
    'pipeline/not-runnable',
    `expected somewhere to trade "${name}" in ${tradingMode} mode: ${missing}`,
  );
}

function unreachable(text: string): BellwetherError {
  return new BellwetherError('retryable', 'broker/unreachable', `expected a broker to answer: ${text}`);
}
