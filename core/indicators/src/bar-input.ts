import type { BarSeries } from '@bellwether/domain';

/**
 * One bar as an indicator reads it: a row of numbers that its owner overwrites for every bar, so that feeding a bar
 * allocates nothing. Slots: OPEN HIGH LOW CLOSE VOLUME, then SESSION (a number that changes with every session) and
 * MINUTE (whole minutes from the session's open to the bar's start).
 */
export type BarInput = Float64Array;

export const OPEN = 0;
export const HIGH = 1;
export const LOW = 2;
export const CLOSE = 3;
export const VOLUME = 4;
export const SESSION = 5;
export const MINUTE = 6;

export function createBarInput(): BarInput {
  return new Float64Array(7);
}

/** Overwrites `input` with row `row` of the series. A caller without sessions (daily bars) passes the row as the session. */
export function readBar(
  input: BarInput,
  series: BarSeries,
  row: number,
  session: number,
  minutesSinceOpen: number,
): void {
  input[OPEN] = series.open[row] as number;
  input[HIGH] = series.high[row] as number;
  input[LOW] = series.low[row] as number;
  input[CLOSE] = series.close[row] as number;
  input[VOLUME] = series.volume[row] as number;
  input[SESSION] = session;
  input[MINUTE] = minutesSinceOpen;
}

/** What an indicator of one input may be computed on. `hl2 hlc3 ohlc4` are the means of the prices in their names. */
export const PRICE_SOURCES = ['open', 'high', 'low', 'close', 'volume', 'hl2', 'hlc3', 'ohlc4'] as const;
export type PriceSource = (typeof PRICE_SOURCES)[number];

/** Returns the code that `sourceValue` takes: the column's slot, or a number past the columns for a mean of them. */
export function sourceCode(source: PriceSource): number {
  return PRICE_SOURCES.indexOf(source);
}

export function sourceValue(input: BarInput, code: number): number {
  return code <= VOLUME ? (input[code] as number) : meanOfPrices(input, code);
}

export function typicalPrice(input: BarInput): number {
  return ((input[HIGH] as number) + (input[LOW] as number) + (input[CLOSE] as number)) / 3;
}

function meanOfPrices(input: BarInput, code: number): number {
  if (code === 5) return ((input[HIGH] as number) + (input[LOW] as number)) / 2;
  if (code === 6) return typicalPrice(input);
  return ((input[OPEN] as number) + (input[HIGH] as number) + (input[LOW] as number) + (input[CLOSE] as number)) / 4;
}
