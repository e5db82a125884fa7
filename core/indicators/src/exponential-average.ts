import { Restorable } from './restorable.ts';

/** Exponential average with weight 2 / (period + 1), seeded by the mean of the first `period` values; NaN before (TA-Lib). */
export class ExponentialAverage extends Restorable {
  private readonly period: number;
  private readonly weight: number;
  private missing: number;
  private average = 0;

  constructor(period: number) {
    super();
    this.period = period;
    this.weight = 2 / (period + 1);
    this.missing = period;
  }

  next(value: number): number {
    if (this.missing === 0) {
      this.average += this.weight * (value - this.average);
      return this.average;
    }
    this.average += value;
    if (--this.missing > 0) return Number.NaN;
    this.average /= this.period;
    return this.average;
  }
}
