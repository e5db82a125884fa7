import type { BarSeries } from '@bellwether/domain';

/** What an indicator of one input may be computed on. `hl2 hlc3 ohlc4` are the means of the prices in their names. */
export const PRICE_SOURCES = ['close', 'open', 'high', 'low', 'volume', 'hl2', 'hlc3', 'ohlc4'] as const;
export type PriceSource = (typeof PRICE_SOURCES)[number];

/** Returns the code that `sourceValue` takes: comparing small numbers is cheaper per bar than names. */
export function sourceCode(source: PriceSource): number {
  return PRICE_SOURCES.indexOf(source);
}

export function sourceValue(bars: BarSeries, row: number, code: number): number {
  return code === 0 ? (bars.close[row] as number) : otherValue(bars, row, code);
}

export function typicalPrice(bars: BarSeries, row: number): number {
  return ((bars.high[row] as number) + (bars.low[row] as number) + (bars.close[row] as number)) / 3;
}

function otherValue(bars: BarSeries, row: number, code: number): number {
  const open = bars.open[row] as number;
  const high = bars.high[row] as number;
  const low = bars.low[row] as number;
  if (code === 1) return open;
  if (code === 2) return high;
  if (code === 3) return low;
  if (code === 4) return bars.volume[row] as number;
  if (code === 5) return (high + low) / 2;
  if (code === 6) return typicalPrice(bars, row);
  return (open + high + low + (bars.close[row] as number)) / 4;
}
