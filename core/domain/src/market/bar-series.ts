import type { EpochMs } from '../time/epoch-ms.ts';
import type { Timeframe } from '../time/timeframe.ts';

/**
 * Bars of one symbol and timeframe as columns, oldest first; row i of every column is one bar.
 * Only the first `length` rows count: a column may be longer while it grows.
 *
 * Invariants: `start` strictly increases; `start[i] < end[i] <= start[i + 1]`; prices are finite and > 0 with
 * low <= min(open, close) and high >= max(open, close); volume is finite and >= 0.
 */
export interface BarSeries {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly length: number;
  /** First instant of the bar, included. */
  readonly start: Float64Array;
  /** First instant after the bar: the moment it closes and may be seen. */
  readonly end: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** One bar as an object, for journals, screens and tests; never for a loop over a series. */
export interface Bar {
  readonly start: EpochMs;
  readonly end: EpochMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Returns a series of `length` zeroed rows, to be filled by its maker before it is handed out. */
export function allocateBars(symbol: string, timeframe: Timeframe, length: number): BarSeries {
  const column = () => new Float64Array(length);
  return {
    symbol,
    timeframe,
    length,
    start: column(),
    end: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
}

/** Returns the bars as a series; it copies. */
export function barsFrom(symbol: string, timeframe: Timeframe, bars: readonly Bar[]): BarSeries {
  const series = allocateBars(symbol, timeframe, bars.length);
  bars.forEach((bar, i) => {
    series.start[i] = bar.start;
    series.end[i] = bar.end;
    series.open[i] = bar.open;
    series.high[i] = bar.high;
    series.low[i] = bar.low;
    series.close[i] = bar.close;
    series.volume[i] = bar.volume;
  });
  return series;
}

/** Returns row `index` as an object. Throws a RangeError when there is no such row. */
export function barAt(series: BarSeries, index: number): Bar {
  if (!(index >= 0 && index < series.length))
    throw new RangeError(`expected a row below ${series.length}, was ${index}`);
  return {
    start: series.start[index] as number,
    end: series.end[index] as number,
    open: series.open[index] as number,
    high: series.high[index] as number,
    low: series.low[index] as number,
    close: series.close[index] as number,
    volume: series.volume[index] as number,
  };
}

/** Returns rows [from, to) as views on the same memory; nothing is copied. */
export function sliceBars(series: BarSeries, from: number, to: number): BarSeries {
  const lo = Math.max(0, from);
  const hi = Math.min(series.length, Math.max(lo, to));
  return {
    symbol: series.symbol,
    timeframe: series.timeframe,
    length: hi - lo,
    start: series.start.subarray(lo, hi),
    end: series.end.subarray(lo, hi),
    open: series.open.subarray(lo, hi),
    high: series.high.subarray(lo, hi),
    low: series.low.subarray(lo, hi),
    close: series.close.subarray(lo, hi),
    volume: series.volume.subarray(lo, hi),
  };
}

/** Returns how many bars have `end <= at`: the bars that a decision at `at` may see. O(log n). */
export function closedCount(series: BarSeries, at: EpochMs): number {
  let lo = 0;
  let hi = series.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if ((series.end[mid] as number) <= at) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}
