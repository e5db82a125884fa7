import { Restorable } from './restorable.ts';

/**
 * The sum of the last `period` values, without ever subtracting: nothing drifts and nothing cancels, however long
 * the stream. Blocks of `period` values are laid end to end; a full block is turned into its suffix sums, so any
 * window is one suffix sum of the old block plus the running sum of the new one (the two-stack queue). Amortized O(1).
 */
export class WindowSum extends Restorable {
  private readonly period: number;
  /** Below `index`: values of the block being filled. From `index` on: suffix sums of the block before. */
  private readonly block: Float64Array;
  private index = 0;
  private running = 0;

  constructor(period: number) {
    super();
    this.period = period;
    this.block = new Float64Array(period);
  }

  /** Takes a value; returns the sum of the last `period` values, or of all while there are fewer. */
  next(value: number): number {
    const block = this.block;
    const index = this.index;
    block[index] = value;
    this.running += value;
    if (index + 1 < this.period) {
      this.index = index + 1;
      return this.running + (block[index + 1] as number);
    }
    const sum = this.running;
    let suffix = 0;
    for (let i = index; i >= 0; i--) {
      suffix += block[i] as number;
      block[i] = suffix;
    }
    this.index = 0;
    this.running = 0;
    return sum;
  }
}
