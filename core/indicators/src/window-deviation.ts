import { Restorable } from './restorable.ts';

/**
 * Mean and population standard deviation of the last `period` values; NaN before there are so many.
 * Welford's update for a sliding window, computed afresh once per `period` bars so that rounding never accumulates.
 */
export class WindowDeviation extends Restorable {
  private readonly period: number;
  private readonly share: number;
  private readonly ring: Float64Array;
  private index = 0;
  private missing: number;
  private squares = 0;
  private last = Number.NaN;
  private equalRun = 0;
  mean = Number.NaN;
  deviation = Number.NaN;

  constructor(period: number) {
    super();
    this.period = period;
    this.share = 1 / period;
    this.ring = new Float64Array(period);
    this.missing = period;
  }

  next(value: number): void {
    const ring = this.ring;
    const index = this.index;
    const oldest = ring[index] as number;
    ring[index] = value;
    this.equalRun = value === this.last ? this.equalRun + 1 : 1;
    this.last = value;
    this.index = index + 1;
    if (this.missing > 0) this.missing--;
    if (this.index === this.period) {
      this.index = 0;
      this.recompute();
    } else if (this.missing === 0) {
      const before = this.mean;
      this.mean = before + (value - oldest) * this.share;
      this.squares += (value - oldest) * (value - this.mean + oldest - before);
    } else return;
    if (this.equalRun >= this.period) {
      this.mean = value;
      this.squares = 0;
    }
    this.deviation = this.squares > 0 ? Math.sqrt(this.squares * this.share) : 0;
  }

  private recompute(): void {
    const ring = this.ring;
    let sum = 0;
    for (let i = 0; i < this.period; i++) sum += ring[i] as number;
    const mean = sum / this.period;
    let squares = 0;
    for (let i = 0; i < this.period; i++) {
      const distance = (ring[i] as number) - mean;
      squares += distance * distance;
    }
    this.mean = mean;
    this.squares = squares;
  }
}
