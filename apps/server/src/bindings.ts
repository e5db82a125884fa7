/** Which broker stands behind a trading mode: the one place that asks for the mode. */
import { hash } from 'node:crypto';
import { ALPACA_PAPER_URL, openAlpacaPaper, verifyAlpacaConnection } from '@bellwether/adapters';
import {
  BellwetherError,
  type EpochMs,
  formatDate,
  marketOf,
  NYSE_CALENDAR,
  type TradingMode,
} from '@bellwether/domain';
import type { AccountBindings, BoundAccount, BrokerFor } from '@bellwether/durable';
import { type AccountLimits, type ExecutionPlan, PAPER_LIMITS, readLimits, UNLIMITED } from '@bellwether/kernel';
import { BROKER_PROFILES } from '@bellwether/ports';
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

/** `paper` is null where no broker runs: on a machine without a worker of its own. */
export function openBindings(paper: PaperBroker | null): Bindings {
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
        const surroundings = { clock: WALL, keys };
        const connection = await verifyAlpacaConnection({ ...surroundings, baseUrl: market.url });
        const { broker, instruments } = await openAlpacaPaper({ ...surroundings, mode: 'paper', connection });
        // It is no real account: a pipeline is measured there as in a backtest, unless its owner sets limits.
        const limits = readLimits(account.limits, UNLIMITED);
        return { ...exchange(limits), broker, instruments, requestsPerMinute: null };
      }
      if (account.label === 'paper' && paper?.kind === 'alpaca') {
        const keys = { keyId: paper.keyId, secretKey: paper.secretKey.reveal() };
        const connection = await verifyAlpacaConnection({ clock: WALL, keys, baseUrl: ALPACA_PAPER_URL });
        const { broker, instruments } = await openAlpacaPaper({ clock: WALL, keys, mode: 'paper', connection });
        const limits = readLimits(account.limits, PAPER_LIMITS);
        return { ...exchange(limits), broker, instruments, requestsPerMinute: ALPACA_REQUESTS_PER_MINUTE };
      }
      throw unreachable(`no keys are configured for a ${account.label} account`);
    },
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
    capabilities: BROKER_PROFILES.alpaca,
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
