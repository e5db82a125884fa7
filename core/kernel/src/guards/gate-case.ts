import type { EpochMs, Money, Price, Quantity, Refusal } from '@bellwether/domain';
import type { InstrumentFacts } from '@bellwether/ports';
import type { OrderIntent } from '../agent/agent-output.ts';
import type { ReservationTerms } from '../order/desk-account.ts';
import type { IntentLevels } from '../position/plan-orders.ts';
import type { AccountLimits } from './account-limits.ts';

/** An own position or entry as the gate counts it. */
export interface GateHolding {
  readonly pipelineId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly side: 'long' | 'short';
  /** Shares held. */
  readonly quantity: Quantity;
  /** Shares of its entry that may still come. */
  readonly pending: Quantity;
  readonly mark: Price;
  /** Zero before the first fill. */
  readonly averageEntry: Price;
  readonly stop: Price | null;
  /** What is set aside for its entry; zero once it has ended. */
  readonly reserved: Money;
  /** The broker counts that itself now. */
  readonly entryAccountedFor: boolean;
}

/** The account at one instant, under its lock: everything that can stand against an entry. */
export interface GateSnapshot {
  readonly at: EpochMs;
  readonly marketTime: EpochMs;
  /** From the broker, at most 60 s old; null when there is none. */
  readonly equity: Money | null;
  readonly snapshotAt: EpochMs | null;
  /** As the broker says it: reservations that it does not count yet are still in it. */
  readonly buyingPower: Money;
  readonly holdings: readonly GateHolding[];
  /** Signed shares that no pipeline owns, and symbols in which somebody else has orders working. */
  readonly external: ReadonlyMap<string, Quantity>;
  /** What a share of them is worth: its newest price, or what it was bought at. */
  readonly externalPrices: ReadonlyMap<string, Price>;
  readonly externalOrders: ReadonlyMap<string, 'buy' | 'sell' | 'both'>;
  /** Symbols whose drift is not explained yet. */
  readonly drifting: ReadonlySet<string>;
  readonly instrument: InstrumentFacts | null;
  /** Over 20 days; null where nobody knows: the share of it is not asked then. */
  readonly averageVolumeShares: number | null;
  readonly quote: { readonly bid: number; readonly ask: number; readonly at: EpochMs } | null;
  readonly halted: boolean;
  /** By market time. */
  readonly counters: {
    readonly entriesInHour: number;
    readonly ordersInMinute: number;
    readonly ordersInDay: number;
    readonly dayTrades: number;
    /** When this pipeline last opened this symbol on this side. */
    readonly sameSignalAt: EpochMs | null;
  };
  readonly dayPnl: Money | null;
  readonly capabilities: {
    readonly bracketOnHeldSymbol: boolean;
    readonly entryBesideRestingExit: boolean;
    readonly shortSelling: 'any' | 'easy_to_borrow';
  };
}

export interface GateRequest {
  readonly pipelineId: string;
  /** Set when the entry was approved before and is judged again: it does not stand against itself. */
  readonly positionId: string | null;
  /** Sized at its fill: `sizingPrice` is the price that sizes it now. */
  readonly intent: OrderIntent;
  readonly decidedAt: EpochMs;
  /** Wall time at which the decision was heard. */
  readonly heardAt: EpochMs;
  /** Decided while the market was closed, judged at its open: the open's distance from the decision replaces the signal's age. */
  readonly deferred: boolean;
  readonly allowPyramiding: boolean;
}

export type GateAnswer =
  | {
      readonly kind: 'approved';
      readonly quantity: Quantity;
      /** The smallest cap; `intent` when the size asked for fits, `sizing` when its rule sized it here. */
      readonly bindingCap: string;
      readonly reserved: Money;
      readonly sizingPrice: Price;
      /** Rounded. Where quotes exist, a market entry goes out as a marketable limit; null without one. */
      readonly limitPrice: Price | null;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface ExactQuote {
  readonly bid: Price;
  readonly ask: Price;
  /** bid + ask: twice the mid, so that it is exact. */
  readonly twiceMid: bigint;
  /** Where the entry meets the market: the ask for a buy, the bid for a sell. */
  readonly far: Price;
  readonly ageMs: number;
}

/** One entry on the scales: what is asked, against what, in exact numbers. */
export interface GateCase {
  readonly request: GateRequest;
  readonly snapshot: GateSnapshot;
  readonly limits: AccountLimits;
  readonly symbol: string;
  readonly side: 'long' | 'short';
  /** 1 for a long, −1 for a short: multiplied by it, "worse for us" is up. */
  readonly direction: 1n | -1n;
  /** What sizes it: the limit, or the sizing reference of a market entry. */
  readonly price: Price;
  readonly stop: Price;
  readonly levels: IntentLevels;
  readonly quote: ExactQuote | null;
  /** What it goes out with. */
  readonly limit: Price | null;
  readonly funds: Omit<ReservationTerms, 'quantity'>;
  /** Every own position and entry but this one. */
  readonly others: readonly GateHolding[];
}

export interface GateSize {
  readonly quantity: Quantity;
  readonly bindingCap: string;
}

export type GateRule = (weighed: GateCase) => Refusal | null;

/** Returns the first refusal of the rules, in their order. */
export function firstBroken(rules: readonly GateRule[]): GateRule {
  return (weighed) => {
    for (const rule of rules) {
      const refusal = rule(weighed);
      if (refusal !== null) return refusal;
    }
    return null;
  };
}

export function refuse(rule: string, text: string): Refusal {
  return { rule, value: null, threshold: null, distance: null, text };
}

/** A number against its threshold, both in the unit that the text names. */
export function refuseNumber(rule: string, value: number, threshold: number, text: string): Refusal {
  return { rule, value, threshold, distance: Math.round(Math.abs(value - threshold) * 1e9) / 1e9, text };
}

/** Whether a budget is used up: reached is used ≥ limit, so 0 allows nothing and null is no limit. */
export function isReached(used: number, limit: number | null): limit is number {
  return limit !== null && used >= limit;
}

/** "2 %", "0.05 %": a fraction as a sentence carries it. */
export function percentText(fraction: number): string {
  return `${Math.round(fraction * 1e8) / 1e6} %`;
}

/** "5 s", "7.5 s". */
export function secondsText(ms: number): string {
  return `${Math.round(ms) / 1000} s`;
}

export function absolute<T extends Price | Money | Quantity | bigint>(value: T): T {
  return (value < 0n ? -value : value) as T;
}
