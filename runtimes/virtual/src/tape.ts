import {
  aggregateBars,
  type BarSeries,
  BellwetherError,
  compareTimeframes,
  type EpochMs,
  type ExchangeCalendar,
  type IsoDate,
  parseDate,
  type Timeframe,
} from '@bellwether/domain';
import type { DataLabel } from '@bellwether/kernel';

/** Recorded bars of one symbol: closed, finest first known, only what agents may see (the regular session, unless asked otherwise). */
export interface TapeSymbol {
  readonly symbol: string;
  readonly bars: BarSeries;
  readonly calendar: ExchangeCalendar;
  readonly label: DataLabel;
}

export type Tape = readonly TapeSymbol[];

/** Rows [warm, from, to): bars that only warm up, then bars that are traded. */
export interface TapeRange {
  readonly warm: number;
  readonly from: number;
  readonly to: number;
  /** Per timeframe, the first instant whose bars may be seen. */
  readonly warmFrom: ReadonlyMap<Timeframe, EpochMs>;
}

/**
 * Finds the rows of a range of session dates, both included, and how far back each timeframe may look: `lookback` bars of its own
 * before the range, as a pipeline started on that day would fetch.
 */
export function tapeRange(
  tape: TapeSymbol,
  from: IsoDate | null,
  to: IsoDate | null,
  lookback: number,
  timeframes: readonly Timeframe[],
): TapeRange {
  const { bars, calendar } = tape;
  const firstDay = from === null ? Number.NEGATIVE_INFINITY : dayNumber(from);
  const lastDay = to === null ? Number.POSITIVE_INFINITY : dayNumber(to);
  const first = lowerBound(bars, (start) => calendar.dayOf(start) >= firstDay);
  const end = lowerBound(bars, (start) => calendar.dayOf(start) > lastDay);
  const warmFrom = new Map<Timeframe, EpochMs>();
  let warm = first;
  for (const timeframe of new Set([bars.timeframe, ...timeframes])) {
    if (compareTimeframes(timeframe, bars.timeframe) < 0) continue;
    const before =
      first === 0
        ? null
        : timeframe === bars.timeframe
          ? { ...bars, length: first }
          : aggregateBars({ ...bars, length: first }, timeframe, calendar);
    const rows = before === null ? 0 : Math.min(lookback, before.length);
    const since =
      before === null || rows === 0 ? (bars.start[first] ?? 0) : (before.start[before.length - rows] as number);
    warmFrom.set(timeframe, since);
    warm = Math.min(
      warm,
      lowerBound(bars, (start) => start >= since),
    );
  }
  return { warm, from: first, to: Math.max(first, end), warmFrom };
}

function dayNumber(date: IsoDate): number {
  const day = parseDate(date);
  if (day === undefined)
    throw new BellwetherError('invalid', 'usage/bad-argument', `expected a date such as 2013-10-04, was "${date}"`);
  return day;
}

function lowerBound(bars: BarSeries, holds: (start: EpochMs) => boolean): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(bars.start[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
