import { type EpochMs, type Price, priceFromNumber } from '@bellwether/domain';
import type { FakeBrokerage } from '@bellwether/ports/testing';

export interface Session {
  readonly opensAt: EpochMs;
  readonly closesAt: EpochMs;
}

export interface MarketOptions {
  readonly prices: Readonly<Record<string, number>>;
  readonly tickMs: number;
  /** Standard deviation of one tick's return. */
  readonly volatility: number;
  /** Ticks that are a gap, and its size. */
  readonly gapRate: number;
  readonly gapSize: number;
  readonly sessions: readonly Session[];
}

interface Walk {
  price: number;
  halted: boolean;
  /** Added to each tick's return, to lead a price somewhere. */
  drift: number;
}

/** Seeded random walks, one per symbol, while the exchange is open and the symbol is not halted. */
export class PlayMarket {
  readonly options: MarketOptions;
  readonly #chance: () => number;
  readonly #brokerage: FakeBrokerage;
  readonly #walks = new Map<string, Walk>();
  volatility: number;

  constructor(options: MarketOptions, chance: () => number, brokerage: FakeBrokerage) {
    this.options = options;
    this.volatility = options.volatility;
    this.#chance = chance;
    this.#brokerage = brokerage;
    for (const [symbol, price] of Object.entries(options.prices))
      this.#walks.set(symbol, { price, halted: false, drift: 0 });
  }

  sessionAt(at: EpochMs): { isOpen: boolean; closesAt: EpochMs | null; nextOpen: EpochMs } {
    for (const { opensAt, closesAt } of this.options.sessions) {
      if (at >= closesAt) continue;
      return at >= opensAt
        ? { isOpen: true, closesAt, nextOpen: this.#openAfter(closesAt) }
        : { isOpen: false, closesAt: null, nextOpen: opensAt };
    }
    return { isOpen: false, closesAt: null, nextOpen: Number.POSITIVE_INFINITY };
  }

  symbols(): Iterable<string> {
    return this.#walks.keys();
  }

  walk(symbol: string): Walk {
    const walk = this.#walks.get(symbol);
    if (walk === undefined) throw new Error(`expected a symbol of the market, was ${symbol}`);
    return walk;
  }

  halt(symbol: string, halted: boolean): void {
    this.walk(symbol).halted = halted;
    this.#brokerage.halt(symbol, halted);
  }

  /** Moves every price that trades by one tick. */
  *tick(): Iterable<string> {
    const { gapRate, gapSize } = this.options;
    for (const [symbol, walk] of this.#walks) {
      if (walk.halted) continue;
      const isGap = this.#chance() < gapRate;
      const size = isGap ? gapSize : this.volatility;
      walk.price *= Math.exp(walk.drift + size * this.#normal());
      yield symbol;
    }
  }

  setPrice(symbol: string, price: number): void {
    this.walk(symbol).price = price;
  }

  /** Tells the broker where a symbol trades: a spread of two cents around its price. */
  show(symbol: string): { bid: number; ask: number } {
    const cents = Math.max(2, Math.round(this.walk(symbol).price * 100));
    const bid = (cents - 1) / 100;
    const ask = (cents + 1) / 100;
    this.#brokerage.quote(symbol, toPrice(cents - 1), toPrice(cents + 1));
    return { bid, ask };
  }

  #openAfter(at: EpochMs): EpochMs {
    for (const { opensAt } of this.options.sessions) if (opensAt >= at) return opensAt;
    return Number.POSITIVE_INFINITY;
  }

  /** A sum of four draws, scaled to a standard deviation of 1: near enough to a bell, and quick. */
  #normal(): number {
    const chance = this.#chance;
    return (chance() + chance() + chance() + chance() - 2) * Math.sqrt(3);
  }
}

function toPrice(cents: number): Price {
  return priceFromNumber(cents / 100);
}
