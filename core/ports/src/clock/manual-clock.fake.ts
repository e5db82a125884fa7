import type { Clock } from './clock.ts';

/** A clock that moves when a test says so, and only forward. */
export class ManualClock implements Clock {
  #now: Temporal.Instant;

  constructor(start: string | Temporal.Instant) {
    this.#now = Temporal.Instant.from(start);
  }

  now(): Temporal.Instant {
    return this.#now;
  }

  advance(milliseconds: number): void {
    if (milliseconds < 0) throw new RangeError(`expected to advance by 0 ms or more, was ${milliseconds}`);
    this.#now = this.#now.add({ milliseconds });
  }
}
