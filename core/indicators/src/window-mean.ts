import { Restorable } from './restorable.ts';
import { WindowSum } from './window-sum.ts';

/** The mean of the last `period` values; NaN before there are so many. */
export class WindowMean extends Restorable {
  private readonly period: number;
  private readonly window: WindowSum;
  private missing: number;
  private last = Number.NaN;
  private equalRun = 0;

  constructor(period: number) {
    super();
    this.period = period;
    this.window = new WindowSum(period);
    this.missing = period;
  }

  next(value: number): number {
    this.equalRun = value === this.last ? this.equalRun + 1 : 1;
    this.last = value;
    const sum = this.window.next(value);
    if (this.missing > 0 && --this.missing > 0) return Number.NaN;
    // A flat window is its value exactly: averages of different lengths must not seem to cross in a dead market.
    return this.equalRun >= this.period ? value : sum / this.period;
  }
}
