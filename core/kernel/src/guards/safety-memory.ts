import type { EpochMs, Money } from '@bellwether/domain';

/** An order as rates count it. */
export interface SentOrder {
  readonly at: EpochMs;
  readonly pipelineId: string;
  readonly entry: boolean;
}

/** What a safety monitor has demanded and not taken back. */
export interface OpenDemand {
  readonly scope: 'account' | 'pipeline';
  readonly pipelineId: string | null;
  readonly cause: SafetyCause;
}

export type SafetyCause =
  | 'daily_loss'
  | 'drawdown'
  | 'order_rate'
  | 'orders_failing'
  | 'naked_twice'
  | 'broker_unreachable'
  | 'clock_skew'
  | 'quotes_stale';

/** Everything a safety monitor knows, so that it goes on in another process. Plain data but for bigints. */
export interface SafetyMemory {
  readonly exchangeDay: string | null;
  readonly equity: Money | null;
  readonly dayPnl: Money | null;
  /** Equity at the end of the previous exchange day as it was last heard, and what the broker then called its previous close. */
  readonly closeEquity: Money | null;
  readonly previousLastEquity: Money | null;
  readonly lastEquity: Money | null;
  /** Net deposits of the day that the peak has been moved by. */
  readonly depositsSeen: Money;
  readonly peak: Money | null;
  /** Within the last hour, oldest first. */
  readonly sent: readonly SentOrder[];
  readonly ordersToday: number;
  /** Rate refusals within the last hour. */
  readonly overRate: readonly { readonly at: EpochMs; readonly pipelineId: string }[];
  readonly failing: readonly (readonly [pipelineId: string, inARow: number])[];
  /** By `pipelineId symbol side`. */
  readonly lastEntries: readonly (readonly [string, EpochMs])[];
  readonly nakedToday: number;
  /** The newest exchange days with what was opened and closed in each, oldest first. */
  readonly dayTrades: readonly (readonly [day: string, count: number])[];
  readonly lostSince: EpochMs | null;
  readonly open: readonly OpenDemand[];
  /** Recovered, and not confirmed by a clean pass yet. */
  readonly recovering: readonly OpenDemand[];
}

export const EMPTY_SAFETY_MEMORY: SafetyMemory = {
  exchangeDay: null,
  equity: null,
  dayPnl: null,
  closeEquity: null,
  previousLastEquity: null,
  lastEquity: null,
  depositsSeen: 0n as Money,
  peak: null,
  sent: [],
  ordersToday: 0,
  overRate: [],
  failing: [],
  lastEntries: [],
  nakedToday: 0,
  dayTrades: [],
  lostSince: null,
  open: [],
  recovering: [],
};
