import type { EpochMs } from '@bellwether/domain';

/** Shares × seconds without an armed stop, over the market's time and over the wall's. */
export interface NakedShareSeconds {
  readonly market: number;
  readonly wall: number;
}

/** Integrates naked shares per symbol. A step back of a clock counts as no time. */
export class NakedMeter {
  readonly #naked = new Map<string, number>();
  readonly #sums = new Map<string, { market: number; wall: number }>();
  #market: EpochMs | null = null;
  #wall: EpochMs | null = null;

  /** Counts what was naked until now. */
  advance(market: EpochMs, wall: EpochMs): void {
    const marketSeconds = Math.max(0, market - (this.#market ?? market)) / 1000;
    const wallSeconds = Math.max(0, wall - (this.#wall ?? wall)) / 1000;
    this.#market = market;
    this.#wall = wall;
    for (const [symbol, shares] of this.#naked) {
      const sum = this.#sums.get(symbol) ?? { market: 0, wall: 0 };
      sum.market += shares * marketSeconds;
      sum.wall += shares * wallSeconds;
      this.#sums.set(symbol, sum);
    }
  }

  /** From now on so many shares are naked. */
  set(symbol: string, shares: number): void {
    if (shares > 0) this.#naked.set(symbol, shares);
    else this.#naked.delete(symbol);
  }

  report(): Readonly<Record<string, NakedShareSeconds>> {
    return Object.fromEntries([...this.#sums].map(([symbol, sum]) => [symbol, { ...sum }]));
  }
}
