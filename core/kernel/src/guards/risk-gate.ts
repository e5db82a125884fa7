import type { EpochMs, Money, OrderRequest, Price, Quantity, Refusal, SizeRule } from '@bellwether/domain';
import type { ApprovedOrder, InstrumentFacts } from '@bellwether/ports';
import type { OrderIntent } from '../agent/agent-output.ts';

/** Limits of a broker account (trading-rules §8, §9). Null is no limit, 0 allows nothing. Money in USD, fractions of equity. */
export interface AccountLimits {
  readonly minPrice: number | null;
  readonly minStopDistanceFraction: number | null;
  readonly maxStopDistanceFraction: number | null;
  readonly maxQuoteAgeMs: number | null;
  readonly maxSignalAgeMs: number | null;
  readonly maxPriceAgeMs: number | null;
  readonly maxEntryDriftR: number | null;
  readonly collarFraction: number | null;
  readonly maxSpreadFraction: number | null;
  readonly duplicateSignalMs: number | null;
  readonly entriesPerPipelineHour: number | null;
  readonly ordersPerMinute: number | null;
  readonly ordersPerDay: number | null;
  readonly maxOpenPositions: number | null;
  readonly maxSymbolExposureFraction: number | null;
  readonly grossExposureFraction: number | null;
  readonly openRiskFraction: number | null;
  readonly orderNotional: number | null;
  readonly averageVolumeFraction: number | null;
  readonly maxDailyLossFraction: number | null;
  readonly maxDrawdownFraction: number | null;
  readonly onDailyLoss: 'reduce' | 'flatten';
  readonly maxDayTrades: number | null;
  readonly slippageAllowance: number;
  readonly symbolSharing: 'exclusive' | 'shared';
}

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
  readonly averageEntry: Price;
  readonly stop: Price | null;
  /** What is set aside for its entry. */
  readonly reserved: Money;
  readonly entryAccountedFor: boolean;
}

/** The account at one instant, under its lock: everything that can stand against an entry. */
export interface GateSnapshot {
  readonly at: EpochMs;
  readonly marketTime: EpochMs;
  /** From the broker, at most 60 s old; null when there is none. */
  readonly equity: Money | null;
  readonly snapshotAt: EpochMs | null;
  readonly buyingPower: Money;
  readonly holdings: readonly GateHolding[];
  /** Signed shares that no pipeline owns, and symbols in which somebody else has orders working. */
  readonly external: ReadonlyMap<string, Quantity>;
  readonly externalOrders: ReadonlyMap<string, 'buy' | 'sell' | 'both'>;
  /** Symbols whose drift is not explained yet. */
  readonly drifting: ReadonlySet<string>;
  readonly instrument: InstrumentFacts | null;
  readonly averageVolumeShares: number | null;
  readonly quote: { readonly bid: number; readonly ask: number; readonly at: EpochMs } | null;
  readonly halted: boolean;
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
  readonly intent: OrderIntent;
  readonly decidedAt: EpochMs;
  /** Wall time at which the decision was heard. */
  readonly heardAt: EpochMs;
  readonly allowPyramiding: boolean;
}

export type GateAnswer =
  | {
      readonly kind: 'approved';
      readonly quantity: Quantity;
      /** The smallest cap; `intent` when the size asked for fits. */
      readonly bindingCap: string;
      readonly reserved: Money;
      readonly sizingPrice: Price;
      /** Where quotes exist, a market entry goes out as a marketable limit. */
      readonly limitPrice: Price | null;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export type { ApprovedOrder, OrderRequest, SizeRule };
