import { type Money, NO_MONEY } from '@bellwether/domain';

/**
 * Follows equity over every close in floats, and states exactly the points that matter: the peak, and both ends of the deepest fall.
 * `capture` is asked only when a close turns out to be one of them, and returns how to compute it exactly later.
 */
export class EquityTracker {
  /** Equity at the end of each finished exchange day. */
  readonly days: number[] = [];
  readonly #capture: () => () => Money;
  #last: number;
  #peak: number;
  #peakExact: () => Money;
  #drawdown = 0;
  #drawdownExact: readonly [peak: () => Money, trough: () => Money] | null = null;
  #drawdownFraction = 0;

  constructor(initial: Money, capture: () => () => Money) {
    this.#capture = capture;
    this.#last = Number(initial) / 1e6;
    this.#peak = this.#last;
    this.#peakExact = () => initial;
  }

  mark(equity: number): void {
    this.#last = equity;
    if (equity > this.#peak) {
      this.#peak = equity;
      this.#peakExact = this.#capture();
      return;
    }
    const fall = this.#peak - equity;
    if (fall > this.#drawdown) {
      this.#drawdown = fall;
      this.#drawdownExact = [this.#peakExact, this.#capture()];
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
    return this.#peakExact();
  }
  get maxDrawdown(): Money {
    if (this.#drawdownExact === null) return NO_MONEY;
    const [peak, trough] = this.#drawdownExact;
    return (peak() - trough()) as Money;
  }
  /** 0–1. */
  get maxDrawdownFraction(): number {
    return this.#drawdownFraction;
  }
}
