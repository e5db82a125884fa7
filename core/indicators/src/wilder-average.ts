import { Restorable } from './restorable.ts';

/** Wilder's average (weight 1 / period), seeded by the mean of the first `period` values; NaN before (Wilder 1978, TA-Lib). */
export class WilderAverage extends Restorable {
  private readonly period: number;
  private missing: number;
  private average = 0;

  constructor(period: number) {
    super();
    this.period = period;
    this.missing = period;
  }

  next(value: number): number {
    if (this.missing === 0) {
      this.average = (this.average * (this.period - 1) + value) / this.period;
      return this.average;
    }
    this.average += value;
    if (--this.missing > 0) return Number.NaN;
    this.average /= this.period;
    return this.average;
  }
}
