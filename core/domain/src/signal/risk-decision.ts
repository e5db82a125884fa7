import type { EpochMs } from '../time/epoch-ms.ts';

/** How big the risk manager wants to be, before any cap. */
export type Sizing =
  | { readonly kind: 'risk_fraction'; readonly fraction: number }
  | { readonly kind: 'equity_fraction'; readonly fraction: number; readonly cashBufferFraction: number }
  | { readonly kind: 'fixed_quantity'; readonly quantity: number }
  | { readonly kind: 'fixed_notional'; readonly amount: number };

/** Caps of the pipeline and of the account; null is no cap, 0 allows nothing. */
export interface SizeLimits {
  readonly maxPositionFraction: number | null;
  readonly maxSymbolExposureFraction: number | null;
  readonly grossExposureFraction: number | null;
  readonly openRiskFraction: number | null;
  readonly maxBatchRiskFraction: number | null;
  readonly orderNotional: number | null;
  /** Shares, already multiplied by the allowed fraction of average volume. */
  readonly averageVolumeShares: number | null;
  readonly maxOpenPositions: number | null;
  readonly minRiskReward: number | null;
}

/** All that sizing needs besides price, levels and account, kept so that an entry can be sized at its fill. */
export interface SizeRule {
  readonly sizing: Sizing;
  readonly limits: SizeLimits;
  readonly allowShort: boolean;
  /** 0–1: what conviction leaves of the size. */
  readonly convictionFactor: number;
  readonly quantityIncrement: number;
  readonly priceIncrement: number;
}

/** What the risk manager allows for one signal. Quantities and money are exact decimal strings, so that the decision is plain data. */
export interface RiskDecision {
  readonly symbol: string;
  readonly timestamp: EpochMs;
  readonly approved: boolean;
  /** True when a cap made the size smaller than the sizing rule asked for. */
  readonly adjusted: boolean;
  /** Shares to open, "0" when nothing is to be opened. With `size_reference: fill_price` it is the size at the decision's close, shown, not traded. */
  readonly positionSize: string;
  /** Shares of the lane's own position to close first, "0" for none. */
  readonly closeSize: string;
  /** Percent of equity at risk after capping; null without a stop. */
  readonly accountRiskPct: number | null;
  /** USD at risk after capping; null without a stop. */
  readonly positionRiskAmount: string | null;
  /** Quantity × sizing reference, USD. */
  readonly notional: string;
  /** Equity the size was computed from, USD. */
  readonly equity: string;
  readonly sizingPrice: number;
  /** Which price sizes the entry: the decision's close (or limit), or the open of the bar that fills it. */
  readonly sizeReference: 'decision_close' | 'fill_price';
  readonly sizeRule: SizeRule;
  readonly adjustmentsMade: string | null;
  readonly reasoning: string;
  /** The term of the size formula that was smallest. */
  readonly bindingCap: string | null;
  /** Every term with the shares it would allow, in the order of the formula. */
  readonly caps: readonly { readonly name: string; readonly quantity: string }[];
  /** Set when refused: the first rule that failed. */
  readonly refusal: Refusal | null;
}

/** Why a lane stopped: the answer to "why not". */
export interface Refusal {
  readonly rule: string;
  readonly value: string | number | null;
  readonly threshold: string | number | null;
  readonly distance: string | number | null;
  readonly text: string;
}
