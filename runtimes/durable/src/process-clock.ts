import type { WallClock } from './feed/pace.ts';

/**
 * The machine's own clock: the wall's time when the process began, and the time that has passed since.
 *
 * Invariant: it never jumps and never goes back, whoever sets the wall clock; a process that is to follow a corrected one is started anew.
 * Intervals measured by it (how long shares are naked, when a lease is renewed) are therefore true. A machine that was asleep is behind by as
 * much: what its workers held has been taken over by then, and their fences tell them so.
 */
export const PROCESS_CLOCK: WallClock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  waitUntil: (at, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, at - PROCESS_CLOCK.now()));
      signal?.addEventListener('abort', done, { once: true });
    }),
};
