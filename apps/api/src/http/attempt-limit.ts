import { BellwetherError, type EpochMs, MINUTE_MS } from '@bellwether/domain';

const WINDOW_MS = 5 * MINUTE_MS;
const MOST_ATTEMPTS = 10;
/** More keys than this are the sign of an attack by many addresses; the oldest are then forgotten. */
const MOST_KEYS = 10_000;

/** Counts failed attempts per key (an address, an account) and refuses more than ten in five minutes. */
export class AttemptLimit {
  readonly #failures = new Map<string, EpochMs[]>();
  readonly #now: () => EpochMs;

  constructor(now: () => EpochMs) {
    this.#now = now;
  }

  /** Throws `auth/rate-limited` with the time to wait when any of the keys has used up its attempts. */
  check(...keys: readonly string[]): void {
    for (const key of keys) {
      const recent = this.#recent(key);
      const first = recent[0];
      if (first === undefined || recent.length < MOST_ATTEMPTS) continue;
      const retryAfterSeconds = Math.max(1, Math.ceil((first + WINDOW_MS - this.#now()) / 1000));
      throw new BellwetherError(
        'retryable',
        'auth/rate-limited',
        `expected at most ${MOST_ATTEMPTS} failed attempts in five minutes, was more; wait ${retryAfterSeconds} seconds`,
        { retryAfterSeconds },
      );
    }
  }

  fail(...keys: readonly string[]): void {
    for (const key of keys) {
      const recent = [...this.#recent(key), this.#now()];
      this.#failures.delete(key);
      this.#failures.set(key, recent);
    }
    while (this.#failures.size > MOST_KEYS) {
      const [oldest] = this.#failures.keys();
      if (oldest === undefined) return;
      this.#failures.delete(oldest);
    }
  }

  forget(...keys: readonly string[]): void {
    for (const key of keys) this.#failures.delete(key);
  }

  #recent(key: string): EpochMs[] {
    const since = this.#now() - WINDOW_MS;
    return (this.#failures.get(key) ?? []).filter((at) => at > since);
  }
}
