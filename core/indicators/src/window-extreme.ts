import { Restorable } from './restorable.ts';

/**
 * The greatest (`direction` 1) or least (-1) of the last `period` values and how long ago it stood, the latest of equals.
 * Blocks as in WindowSum, with suffix extremes in place of suffix sums (van Herk 1992, Gil and Werman 1993):
 * amortized O(1), at most `period` steps once per `period` bars.
 */
export class WindowExtreme extends Restorable {
  private readonly period: number;
  private readonly direction: number;
  /** Below `index`: values, times the direction. From `index` on: greatest from there to the end of the block before. */
  private readonly block: Float64Array;
  /** Where in its block the greatest of `block` stands; only meaningful from `index` on. */
  private readonly place: Int32Array;
  private index = 0;
  private runningBest = Number.NEGATIVE_INFINITY;
  private runningPlace = 0;
  private missing: number;
  /** How many bars ago the latest returned extreme stood: 0 is the bar just taken. */
  age = 0;

  constructor(period: number, direction: 1 | -1) {
    super();
    this.period = period;
    this.direction = direction;
    this.block = new Float64Array(period).fill(Number.NEGATIVE_INFINITY);
    this.place = new Int32Array(period);
    this.missing = period;
  }

  /** Takes a value; returns the extreme of the last `period`, or NaN before there are so many. */
  next(value: number): number {
    const block = this.block;
    const index = this.index;
    const signed = value * this.direction;
    block[index] = signed;
    if (signed >= this.runningBest) {
      this.runningBest = signed;
      this.runningPlace = index;
    }
    let best = this.runningBest;
    let age = index - this.runningPlace;
    if (index + 1 < this.period) {
      this.index = index + 1;
      const older = block[index + 1] as number;
      if (older > best) {
        best = older;
        age = index + this.period - (this.place[index + 1] as number);
      }
    } else this.startBlock();
    this.age = age;
    if (this.missing > 0 && --this.missing > 0) return Number.NaN;
    return best * this.direction;
  }

  private startBlock(): void {
    const block = this.block;
    const place = this.place;
    let best = Number.NEGATIVE_INFINITY;
    let bestPlace = 0;
    for (let i = this.period - 1; i >= 0; i--) {
      const signed = block[i] as number;
      // Going backwards, only a strictly greater value displaces a later one.
      if (signed > best) {
        best = signed;
        bestPlace = i;
      }
      block[i] = best;
      place[i] = bestPlace;
    }
    this.index = 0;
    this.runningBest = Number.NEGATIVE_INFINITY;
    this.runningPlace = 0;
  }
}
