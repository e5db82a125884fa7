import { Restorable } from './restorable.ts';
import { WilderAverage } from './wilder-average.ts';

/** TA-Lib's zero: below it the movement is rounding, and the index is 0. */
const NO_MOVEMENT = 1e-14;

/** Wilder's relative strength of a stream of values, 0 to 100; NaN for the first `period` values, 0 without any movement (TA-Lib). */
export class StrengthIndex extends Restorable {
  private readonly gains: WilderAverage;
  private readonly losses: WilderAverage;
  private previous = Number.NaN;

  constructor(period: number) {
    super();
    this.gains = new WilderAverage(period);
    this.losses = new WilderAverage(period);
  }

  next(value: number): number {
    const change = value - this.previous;
    this.previous = value;
    if (change !== change) return Number.NaN;
    const gain = this.gains.next(change > 0 ? change : 0);
    const loss = this.losses.next(change < 0 ? -change : 0);
    const movement = gain + loss;
    return movement < NO_MOVEMENT ? 0 : (100 * gain) / movement;
  }
}
