import { DAY_MS, type EpochMs, MINUTE_MS, type Timeframe, timeframeMinutes } from '@bellwether/domain';

/** The wall clock of the feed, and how it waits; a test moves both by hand. */
export interface WallClock {
  now(): EpochMs;
  /** Resolves when `now()` has reached the instant, or at once when the signal aborts. */
  waitUntil(at: EpochMs, signal?: AbortSignal): Promise<void>;
}

/** Nights and weekends of an intraday tape shrink to this many bars. */
const LONGEST_GAP_BARS = 5;
/** Somebody who fell behind by more than this does not rush to catch up: the tape waited for an answer, or its worker was away. */
const LATEST_MS = 1_000;

/** Says when an instant of the tape is due on the wall: `speed` times real time, closed hours shortened. */
export class Pace {
  readonly #speed: number | null;
  readonly #longestGapMs: number;
  #tapeAt: EpochMs | null;
  #wallAt: EpochMs;

  /** `speed` null means at once; `tapeAt` is where the tape stands now, null before its first bar. */
  constructor(speed: number | null, timeframe: Timeframe, now: EpochMs, tapeAt: EpochMs | null) {
    const barMs = timeframeMinutes(timeframe) * MINUTE_MS;
    this.#speed = speed;
    this.#longestGapMs = barMs >= DAY_MS ? DAY_MS : LONGEST_GAP_BARS * barMs;
    this.#wallAt = now;
    this.#tapeAt = tapeAt;
  }

  /** Call in the order of the tape. */
  dueAt(tapeAt: EpochMs, now: EpochMs): EpochMs {
    if (this.#speed === null) return now;
    const gap = this.#tapeAt === null ? 0 : Math.min(tapeAt - this.#tapeAt, this.#longestGapMs);
    if (this.#tapeAt === null || tapeAt > this.#tapeAt) this.#tapeAt = tapeAt;
    this.#wallAt = Math.max(this.#wallAt + gap / this.#speed, now - LATEST_MS);
    return this.#wallAt;
  }
}
