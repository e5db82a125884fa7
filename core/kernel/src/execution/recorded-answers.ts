import type { BarSeries } from '@bellwether/domain';

/** One answer of a context: the question in words that a replay asks again, and what was said. Plain data. */
export interface RecordedAnswer {
  readonly question: string;
  readonly answer: unknown;
}

/** Bars as plain data, for content-addressed storage. */
export interface RecordedBars {
  readonly symbol: string;
  readonly timeframe: string;
  readonly start: readonly number[];
  readonly end: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly number[];
}

const COLUMNS = ['start', 'end', 'open', 'high', 'low', 'close', 'volume'] as const;

export function recordBars(series: BarSeries): RecordedBars {
  const columns = Object.fromEntries(
    COLUMNS.map((name) => [name, Array.from(series[name].subarray(0, series.length))]),
  );
  return { symbol: series.symbol, timeframe: series.timeframe, ...columns } as unknown as RecordedBars;
}

export function barsFromRecord(record: RecordedBars): BarSeries {
  const columns = Object.fromEntries(COLUMNS.map((name) => [name, Float64Array.from(record[name])]));
  return {
    symbol: record.symbol,
    timeframe: record.timeframe,
    length: record.start.length,
    ...columns,
  } as unknown as BarSeries;
}
