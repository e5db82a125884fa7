import { type EpochMs, MINUTE_MS, SECOND_MS } from '@bellwether/domain';

/**
 * Requests in the present minute. A minute of the market counts as one too, so that a market that is played faster than the wall's
 * clock allows as many requests as the real one would.
 */
export class RateWindow {
  #wall: EpochMs = Number.NEGATIVE_INFINITY;
  #market: EpochMs = Number.NEGATIVE_INFINITY;
  #used = 0;

  /** Counts one request of at most `limit`. */
  take(
    limit: number,
    wall: EpochMs,
    market: EpochMs,
  ): { readonly isAllowed: boolean; readonly headers: Record<string, string> } {
    if (wall - this.#wall >= MINUTE_MS || Math.abs(market - this.#market) >= MINUTE_MS) {
      this.#wall = wall;
      this.#market = market;
      this.#used = 0;
    }
    this.#used += 1;
    return {
      isAllowed: this.#used <= limit,
      headers: {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(Math.max(0, limit - this.#used)),
        'x-ratelimit-reset': String(Math.ceil((this.#wall + MINUTE_MS) / SECOND_MS)),
      },
    };
  }
}
