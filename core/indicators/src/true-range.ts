import type { BarSeries } from '@bellwether/domain';
import { Restorable } from './restorable.ts';

/** Wilder's true range; NaN on the first bar, which has no previous close (TA-Lib). */
export class TrueRange extends Restorable {
  private previousClose = Number.NaN;

  next(bars: BarSeries, row: number): number {
    const high = bars.high[row] as number;
    const low = bars.low[row] as number;
    const previous = this.previousClose;
    this.previousClose = bars.close[row] as number;
    // Math.max carries the NaN of a missing close.
    return Math.max(high, previous) - Math.min(low, previous);
  }
}
