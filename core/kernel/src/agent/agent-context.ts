import type { ConditionGroup, ConditionReading } from '@bellwether/conditions';
import type { BarSeries, EpochMs, SizeLimits, Timeframe, TradingMode, TriggerFact } from '@bellwether/domain';
import type { IndicatorSpec } from '@bellwether/indicators';
import type { LaneStory } from '../execution/lane-story.ts';

/** This pipeline's own shares of the lane's symbol. */
export interface LanePosition {
  readonly side: 'long' | 'short' | 'flat';
  /** Shares, positive, exact decimal string; "0" when flat. */
  readonly quantity: string;
  readonly averageEntry: number | null;
  /** An entry or close of this pipeline in this symbol is still on its way. */
  readonly orderPending: boolean;
}

/** Caps that an account has of its own, beside its pipeline's; null is none, 0 allows nothing. */
export type AccountCaps = Pick<
  SizeLimits,
  | 'maxSymbolExposureFraction'
  | 'grossExposureFraction'
  | 'openRiskFraction'
  | 'orderNotional'
  | 'averageVolumeShares'
  | 'maxOpenPositions'
>;

/** The account as the gate counts it: money as exact decimal strings. */
export interface AccountView {
  readonly equity: string;
  readonly cash: string;
  /** What may still be opened, reservations already taken off. */
  readonly buyingPower: string;
  readonly openPositions: number;
  /** Market value, absolute, of this pipeline's and others' holdings and pending entries in the lane's symbol. */
  readonly symbolExposure: string;
  /** Σ |market value| of all positions and pending entries. */
  readonly grossExposure: string;
  readonly openRisk: string;
  readonly allowShort: boolean;
  readonly commission: { readonly perShare: number; readonly minimum: number; readonly maximumFraction: number | null };
  /** Absent where the account has none: a simulated one is bound by its pipeline alone. */
  readonly caps?: AccountCaps;
}

/**
 * All that an agent may know of the world, for one node and lane, as of one instant. Read-only and synchronous.
 * Every answer is recorded with the step, so that a replay decides again without asking anybody.
 */
export interface AgentContext {
  readonly now: EpochMs;
  readonly executionId: string;
  readonly pipelineName: string;
  readonly tradingMode: TradingMode;
  /** The lane's symbol; empty for a node that runs before there are lanes. */
  readonly symbol: string;
  readonly trigger: TriggerFact;
  /** The first session end that forces the pipeline flat, if its schedule has one. */
  readonly forcedFlatAt: EpochMs | null;
  /** The last `count` closed bars, oldest first; fewer when there are fewer. A view: read it, do not keep it. */
  bars(timeframe: Timeframe, count: number): BarSeries;
  /** The newest values of an indicator's outputs, by name; null while it warms up. */
  indicator(spec: IndicatorSpec, timeframe: Timeframe): Readonly<Record<string, number | null>>;
  condition(group: ConditionGroup, timeframe: Timeframe): ConditionReading;
  dataLabel(): { readonly source: string; readonly synthetic: boolean };
  position(): LanePosition;
  /** The account now, or as a close of the lane's own position at the newest price will leave it. */
  account(afterClosingOwn?: boolean): AccountView;
  /** What has happened in this lane so far, for a reporting agent. */
  story(): LaneStory;
}
