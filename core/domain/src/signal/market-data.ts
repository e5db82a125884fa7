import type { Bar } from '../market/bar-series.ts';
import type { EpochMs } from '../time/epoch-ms.ts';
import type { Timeframe } from '../time/timeframe.ts';

/** One timeframe as a lane saw it: its newest closed bar and the indicators asked for (null while warming up). */
export interface TimeframeData {
  readonly timeframe: Timeframe;
  /** Closed bars available, the newest included. */
  readonly bars: number;
  readonly last: Bar;
  /** By display name and output, such as "SMA_20" or "MACD.signal". */
  readonly indicators: Readonly<Record<string, number | null>>;
}

export interface MarketData {
  readonly symbol: string;
  /** Close of the newest bar used. */
  readonly asOf: EpochMs;
  readonly price: number;
  readonly timeframes: readonly TimeframeData[];
  /** Says when the data is not a recording of a market: shown wherever a number from it stands. */
  readonly synthetic: boolean;
  readonly source: string;
}
