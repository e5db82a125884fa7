import { type BarSeries, DAY_MS, MINUTE_MS } from '@bellwether/domain';
import { createIndicator } from './catalogue.ts';
import type { IndicatorSpec } from './indicator.ts';

/** Which session each row of a series belongs to, aligned to its rows; VWAP and RVOL ask for it. */
export interface RowSessions {
  /** A number that rises by one with every session. */
  readonly ordinal: ArrayLike<number>;
  /** Whole minutes from the session's open to the bar's start. */
  readonly minutesSinceOpen: ArrayLike<number>;
}

/**
 * Returns every output as a column aligned to the series' rows, NaN while not warm.
 * Without `sessions`, a daily bar is a session and intraday sessions are the days of UTC, as on a 24/7 market.
 */
export function computeIndicator(
  spec: IndicatorSpec,
  series: BarSeries,
  sessions?: RowSessions,
): Readonly<Record<string, Float64Array>> {
  const indicator = createIndicator(spec);
  const columns = indicator.outputs.map(() => new Float64Array(series.length));
  const daily = series.timeframe === '1d';
  for (let row = 0; row < series.length; row++) {
    const start = series.start[row] as number;
    const session = sessions?.ordinal[row] ?? (daily ? row : Math.floor(start / DAY_MS));
    const minute = sessions?.minutesSinceOpen[row] ?? (daily ? 0 : Math.floor((start % DAY_MS) / MINUTE_MS));
    indicator.update(series, row, session, minute);
    for (let output = 0; output < columns.length; output++) {
      (columns[output] as Float64Array)[row] = indicator.values[output] as number;
    }
  }
  return Object.fromEntries(indicator.outputs.map((output, i) => [output, columns[i] as Float64Array]));
}

/** Returns the value for a face: null while not warm, for JSON has no NaN and nobody may mistake it for 0. */
export function faceValue(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
