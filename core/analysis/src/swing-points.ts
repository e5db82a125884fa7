/** A swing stands out over this many bars on either side, and so is known only this many bars later. */
export const SWING_REACH = 3;

/** Prices that swings, levels and patterns are read from: columns, oldest first. */
export interface PriceColumns {
  readonly length: number;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** A local extreme: `side` 1 is a swing high, -1 a swing low. */
export interface Swing {
  readonly row: number;
  readonly price: number;
  readonly side: 1 | -1;
}

/**
 * Returns every swing of the series, oldest first: a high above the three bars before it and not below the three after it
 * (of equal highs the first), mirrored for lows. A decision at row t may use those with `row <= t - SWING_REACH` only.
 */
export function findSwings(prices: PriceColumns): Swing[] {
  const swings: Swing[] = [];
  for (let row = SWING_REACH; row < prices.length - SWING_REACH; row++) {
    const isHigh = standsOut(prices.high, row, 1);
    const isLow = standsOut(prices.low, row, -1);
    if (!isHigh && !isLow) continue;
    const high: Swing = { row, price: prices.high[row] as number, side: 1 };
    const low: Swing = { row, price: prices.low[row] as number, side: -1 };
    if (isHigh && isLow) {
      // A bar that is both: a rising one is taken to have made its low first. A mirrored market gives the mirrored order.
      const isRising = (prices.close[row] as number) >= (prices.open[row] as number);
      swings.push(...(isRising ? [low, high] : [high, low]));
    } else swings.push(isHigh ? high : low);
  }
  return swings;
}

/** Returns the index of the first swing at or after the row. O(log n). */
export function firstSwingAt(swings: readonly Swing[], row: number): number {
  let low = 0;
  let high = swings.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((swings[middle] as Swing).row < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the swings as strictly alternating highs and lows: of neighbors on one side the more extreme stays. */
export function alternating(swings: readonly Swing[]): Swing[] {
  const result: Swing[] = [];
  for (const swing of swings) {
    const last = result.at(-1);
    if (last === undefined || last.side !== swing.side) result.push(swing);
    else if ((swing.price - last.price) * swing.side > 0) result[result.length - 1] = swing;
  }
  return result;
}

function standsOut(column: Float64Array, row: number, side: 1 | -1): boolean {
  const price = (column[row] as number) * side;
  for (let k = 1; k <= SWING_REACH; k++) {
    if (!(price > (column[row - k] as number) * side && price >= (column[row + k] as number) * side)) return false;
  }
  return true;
}
