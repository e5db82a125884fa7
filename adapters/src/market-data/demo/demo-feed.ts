import { type Bar, barAt, DAY_MS, type EpochMs, MINUTE_MS, timeframeMinutes } from '@bellwether/domain';
import type { BarSource, SourcedBars } from './synthetic-bars.ts';

/** The wall clock of a feed, and how it waits; a test moves both by hand. */
export interface FeedClock {
  now(): EpochMs;
  /** Resolves when `now()` has reached the instant, or at once when the signal aborts. */
  waitUntil(at: EpochMs, signal?: AbortSignal): Promise<void>;
}

/** A bar at the moment it closes on the tape. */
export interface DemoBar {
  readonly symbol: string;
  readonly bar: Bar;
  readonly source: BarSource;
  /** When it was due on the wall clock. */
  readonly dueAt: EpochMs;
}

/** Nights and weekends of an intraday tape shrink to this many bars. */
const LONGEST_GAP_BARS = 5;

/**
 * Replays bars of several symbols at `speed` times real time: tape → wall clock → closed bars, in the order of their ends.
 * Closed hours are shortened, so that a night does not make anybody wait.
 */
export class DemoFeed {
  readonly #series: readonly SourcedBars[];
  readonly #clock: FeedClock;
  /** One entry per distinct end on the tape, and how long after the start it is due on the wall. */
  readonly #ends: Float64Array;
  readonly #offsets: Float64Array;
  readonly #startedAt: EpochMs;

  /** `speed` is above 0; 60 plays an hour in a minute. Bars that close by `from` are left out. */
  constructor(
    series: readonly SourcedBars[],
    options: { readonly speed: number; readonly clock: FeedClock; readonly from?: EpochMs },
  ) {
    if (!(options.speed > 0 && Number.isFinite(options.speed))) {
      throw new RangeError(`expected a speed above 0, was ${options.speed}`);
    }
    this.#series = series;
    this.#clock = options.clock;
    this.#startedAt = options.clock.now();
    const from = options.from ?? Number.NEGATIVE_INFINITY;
    const ends = new Set(series.flatMap((bars) => [...bars.end.subarray(0, bars.length)]));
    this.#ends = Float64Array.from(ends)
      .filter((end) => end > from)
      .sort();
    this.#offsets = new Float64Array(this.#ends.length);
    const barMs = Math.min(...series.map((bars) => timeframeMinutes(bars.timeframe) * MINUTE_MS));
    const longestGapMs = barMs >= DAY_MS ? DAY_MS : LONGEST_GAP_BARS * barMs;
    let offset = 0;
    for (let i = 0; i < this.#ends.length; i++) {
      const gap = i === 0 ? barMs : (this.#ends[i] as number) - (this.#ends[i - 1] as number);
      offset += Math.min(gap, longestGapMs) / options.speed;
      this.#offsets[i] = offset;
    }
  }

  /** Returns the newest instant that the tape has reached; `undefined` before its first bar closes. */
  tapeTime(): EpochMs | undefined {
    const elapsed = this.#clock.now() - this.#startedAt;
    let lo = 0;
    let hi = this.#offsets.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if ((this.#offsets[mid] as number) <= elapsed) lo = mid + 1;
      else hi = mid;
    }
    return this.#ends[lo - 1];
  }

  /** Yields each bar when it closes, late ones at once; ends with the tape or when the signal aborts. */
  async *closedBars(signal?: AbortSignal): AsyncGenerator<DemoBar, void, undefined> {
    const next = this.#series.map((bars) => {
      const first = bars.end.findIndex((end) => end >= (this.#ends[0] ?? Number.POSITIVE_INFINITY));
      return first === -1 ? bars.length : first;
    });
    for (let i = 0; i < this.#ends.length; i++) {
      if (signal?.aborted) return;
      const dueAt = this.#startedAt + (this.#offsets[i] as number);
      if (this.#clock.now() < dueAt) await this.#clock.waitUntil(dueAt, signal);
      for (const [at, bars] of this.#series.entries()) {
        const row = next[at] as number;
        if (row >= bars.length || bars.end[row] !== this.#ends[i]) continue;
        if (signal?.aborted) return;
        next[at] = row + 1;
        yield { symbol: bars.symbol, bar: barAt(bars, row), source: bars.source, dueAt };
      }
    }
  }
}
