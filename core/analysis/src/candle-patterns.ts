import type { PriceColumns } from './swing-points.ts';

const MOVE_BARS = 5;
const MOVE_ATR = 1;
const SHADOW_BODIES = 2;
const RANGE_ATR = 0.8;

export type CandleName = 'bullish_engulfing' | 'bearish_engulfing' | 'hammer' | 'shooting_star';

export interface CandlePattern {
  readonly name: CandleName;
  readonly score: number;
}

/**
 * Returns the reversal candle that closes at `row`, or null. Only after the five bars before it moved more than one ATR the
 * other way: engulfing ±1; hammer +0.7 and shooting star −0.7, whose longer shadow exceeds two bodies in a range above 0.8 ATR.
 */
export function candlePatternAt(prices: PriceColumns, row: number, atr: number): CandlePattern | null {
  if (row < MOVE_BARS + 1) return null;
  const move = (prices.close[row - 1] as number) - (prices.close[row - 1 - MOVE_BARS] as number);
  if (move < -MOVE_ATR * atr) return reversal(prices, row, atr, 1);
  if (move > MOVE_ATR * atr) return reversal(prices, row, atr, -1);
  return null;
}

/** `side` 1 looks for a turn upward. Prices are multiplied by it, so that one reading serves both. */
function reversal(prices: PriceColumns, row: number, atr: number, side: 1 | -1): CandlePattern | null {
  const open = (prices.open[row] as number) * side;
  const close = (prices.close[row] as number) * side;
  const openBefore = (prices.open[row - 1] as number) * side;
  const closeBefore = (prices.close[row - 1] as number) * side;
  const engulfs = closeBefore < openBefore && close > open && open <= closeBefore && close >= openBefore;
  if (engulfs && close - open > openBefore - closeBefore) {
    return { name: side === 1 ? 'bullish_engulfing' : 'bearish_engulfing', score: side };
  }
  const high = prices.high[row] as number;
  const low = prices.low[row] as number;
  const body = Math.abs(close - open);
  const losing = Math.min(open, close) - (side === 1 ? low : -high);
  const winning = (side === 1 ? high : -low) - Math.max(open, close);
  if (high - low > RANGE_ATR * atr && losing > SHADOW_BODIES * body && losing > winning) {
    return { name: side === 1 ? 'hammer' : 'shooting_star', score: 0.7 * side };
  }
  return null;
}
