import { type Money, type Price, parseMoney, parsePrice, parseQuantity } from '@bellwether/domain';
import type { OrderIntent } from '../agent/agent-output.ts';
import { type AccountLimits, PAPER_LIMITS } from './account-limits.ts';
import { type GateAnswer, type GateHolding, type GateRequest, type GateSnapshot, riskGate } from './risk-gate.ts';
import { CLEAR_STANDING, type Standing } from './standing.ts';

/** Thursday, 2026-03-05, 15:00 UTC: ten in the morning in New York. */
export const NOW = 1_772_722_800_000;

export const usd = (text: string): Money => parseMoney(text);
export const price = (text: string): Price => parsePrice(text);

/** The worked example: long at 150.50, stop 148.00, 66 shares. */
export const LONG: OrderIntent = {
  symbol: 'AAPL',
  purpose: 'open',
  side: 'buy',
  type: 'market',
  quantity: '66',
  limitPrice: null,
  stopLoss: 148,
  target1: 154.25,
  target2: 158,
  sizingPrice: 150.5,
  sizeAtFill: null,
};
export const SHORT: OrderIntent = { ...LONG, side: 'sell', stopLoss: 153, target1: 146.75, target2: 143 };

export const INSTRUMENT = { symbol: 'AAPL', tradable: true, shortable: true, easyToBorrow: true, fractionable: true };
const COUNTERS = { entriesInHour: 0, ordersInMinute: 0, ordersInDay: 0, dayTrades: 0, sameSignalAt: null };
export const ALPACA = {
  bracketOnHeldSymbol: false,
  entryBesideRestingExit: false,
  shortSelling: 'easy_to_borrow',
} as const;
export const SHARING = { ...ALPACA, bracketOnHeldSymbol: true, entryBesideRestingExit: true };

/** $100,000, nothing held, nothing quoted. */
const EMPTY: GateSnapshot = {
  at: NOW,
  marketTime: NOW,
  equity: usd('100000'),
  snapshotAt: NOW,
  buyingPower: usd('200000'),
  holdings: [],
  external: new Map(),
  externalPrices: new Map(),
  externalOrders: new Map(),
  drifting: new Set(),
  instrument: INSTRUMENT,
  averageVolumeShares: 50_000_000,
  quote: null,
  halted: false,
  counters: COUNTERS,
  dayPnl: usd('0'),
  capabilities: ALPACA,
};

/** An entry, and everything that it is weighed against; what is left out is calm. */
export interface Weights {
  readonly intent?: Partial<OrderIntent>;
  readonly request?: Partial<Omit<GateRequest, 'intent'>>;
  readonly snapshot?: Partial<Omit<GateSnapshot, 'counters'>>;
  readonly counters?: Partial<GateSnapshot['counters']>;
  readonly standing?: Partial<Standing>;
  readonly limits?: Partial<AccountLimits>;
}

export function judge({ intent, request, snapshot, counters, standing, limits }: Weights = {}): GateAnswer {
  return riskGate(
    {
      pipelineId: 'p1',
      positionId: null,
      intent: { ...LONG, ...intent },
      decidedAt: NOW,
      heardAt: NOW,
      deferred: false,
      allowPyramiding: false,
      ...request,
    },
    { ...EMPTY, ...snapshot, counters: { ...COUNTERS, ...counters } },
    { ...CLEAR_STANDING, ...standing },
    { ...PAPER_LIMITS, ...limits },
  );
}

/** The rule that refuses, or undefined. */
export function ruleOf(answer: GateAnswer): string | undefined {
  return answer.kind === 'refused' ? answer.refusal.rule : undefined;
}

/** Shares as they are printed; "0" when refused. */
export function sizeOf(answer: GateAnswer): bigint {
  return answer.kind === 'approved' ? answer.quantity : 0n;
}

export function holding(change: Partial<GateHolding> = {}): GateHolding {
  return {
    pipelineId: 'p2',
    positionId: 'held',
    symbol: 'MSFT',
    side: 'long',
    quantity: parseQuantity('10'),
    pending: parseQuantity('0'),
    mark: price('100'),
    averageEntry: price('100'),
    stop: price('95'),
    reserved: usd('0'),
    entryAccountedFor: true,
    ...change,
  };
}

/** Shares that may still come, their funds set aside and not counted by the broker. */
export function pending(change: Partial<GateHolding> = {}): GateHolding {
  return holding({
    quantity: parseQuantity('0'),
    pending: parseQuantity('10'),
    averageEntry: price('0'),
    reserved: usd('1000'),
    entryAccountedFor: false,
    ...change,
  });
}

/** As many positions, each in a symbol of its own. */
export function many(count: number): readonly GateHolding[] {
  return Array.from({ length: count }, (_, i) => holding({ positionId: `${i}`, symbol: `S${i}` }));
}

export function quoted(bid: number, ask: number, at = NOW): Weights {
  return { snapshot: { quote: { bid, ask, at } } };
}

export function limitAt(limitPrice: number) {
  return { type: 'limit', limitPrice, sizingPrice: limitPrice } as const;
}
