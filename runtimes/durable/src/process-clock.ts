import type { WallClock } from './feed/pace.ts';

/** The machine's own clock. */
export const PROCESS_CLOCK: WallClock = {
  now: () => Date.now(),
  waitUntil: (at, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, at - Date.now()));
      signal?.addEventListener('abort', done, { once: true });
    }),
};
