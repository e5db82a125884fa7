import type { Money } from '@bellwether/domain';

/**
 * Follows equity over every close in floats, and states exactly the points that matter: the peak, and both ends of the deepest fall.
 * `exactNow` is asked only when a close turns out to be one of them.
 */
export class EquityTracker {
  /** Equity at the end of each finished exchange day. */
  readonly days: number[] = [];
  readonly #exactNow: () => Money;
  #last: number;
  #peak: number;
  #peakExact: Money;
  #drawdown = 0;
  #drawdownExact = 0n as Money;
  #drawdownFraction = 0;

  constructor(initial: Money, exactNow: () => Money) {
    this.#exactNow = exactNow;
    this.#last = Number(initial) / 1e6;
    this.#peak = this.#last;
    this.#peakExact = initial;
  }

  mark(equity: number): void {
    this.#last = equity;
    if (equity > this.#peak) {
      this.#peak = equity;
      this.#peakExact = this.#exactNow();
      return;
    }
    const fall = this.#peak - equity;
    if (fall > this.#drawdown) {
      this.#drawdown = fall;
      this.#drawdownExact = (this.#peakExact - this.#exactNow()) as Money;
    }
    if (this.#peak > 0 && fall > this.#drawdownFraction * this.#peak) this.#drawdownFraction = fall / this.#peak;
  }

  /** The exchange day is over: its last equity counts. */
  closeDay(): void {
    this.days.push(this.#last);
  }

  get last(): number {
    return this.#last;
  }
  get peak(): Money {
    return this.#peakExact;
  }
  get maxDrawdown(): Money {
    return this.#drawdownExact;
  }
  /** 0–1. */
  get maxDrawdownFraction(): number {
    return this.#drawdownFraction;
  }
}
