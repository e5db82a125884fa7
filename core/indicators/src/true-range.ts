import { type BarInput, CLOSE, HIGH, LOW } from './bar-input.ts';
import { Restorable } from './restorable.ts';

/** Wilder's true range; NaN on the first bar, which has no previous close (TA-Lib). */
export class TrueRange extends Restorable {
  private previousClose = Number.NaN;

  next(bar: BarInput): number {
    const high = bar[HIGH] as number;
    const low = bar[LOW] as number;
    const previous = this.previousClose;
    this.previousClose = bar[CLOSE] as number;
    // Math.max carries the NaN of a missing close.
    return Math.max(high, previous) - Math.min(low, previous);
  }
}
