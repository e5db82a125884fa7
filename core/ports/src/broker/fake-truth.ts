import type { EpochMs, Quantity } from '@bellwether/domain';

interface SymbolTruth {
  net: bigint;
  own: bigint;
  naked: bigint;
  nakedShareMs: bigint;
  asOf: EpochMs;
  nakedSince: EpochMs | null;
  longestNakedMs: number;
}

/** What really is, per symbol, by the broker's own books: who holds what, and how long shares of ours stood without a stop. */
export class FakeTruth {
  readonly #symbols = new Map<string, SymbolTruth>();

  /** The account's net, signed. */
  net(symbol: string): Quantity {
    return (this.#symbols.get(symbol)?.net ?? 0n) as Quantity;
  }

  /** Shares that orders of the API have bought and not sold, signed. */
  own(symbol: string): Quantity {
    return (this.#symbols.get(symbol)?.own ?? 0n) as Quantity;
  }

  /** Share-milliseconds without an armed stop up to `now`, in 10⁻⁹ share × ms. */
  nakedShareMs(symbol: string, now: EpochMs): bigint {
    const truth = this.#symbols.get(symbol);
    return truth === undefined ? 0n : truth.nakedShareMs + truth.naked * BigInt(now - truth.asOf);
  }

  /** Since when shares of ours have had no armed stop; null when all have. */
  nakedSince(symbol: string): EpochMs | null {
    return this.#symbols.get(symbol)?.nakedSince ?? null;
  }

  longestNakedMs(symbol: string, now: EpochMs): number {
    const truth = this.#symbols.get(symbol);
    if (truth === undefined) return 0;
    return Math.max(truth.longestNakedMs, truth.nakedSince === null ? 0 : now - truth.nakedSince);
  }

  symbols(): Iterable<string> {
    return this.#symbols.keys();
  }

  book(symbol: string, signed: bigint, by: 'api' | 'user', now: EpochMs): void {
    const truth = this.#of(symbol, now);
    truth.net += signed;
    if (by === 'api') truth.own += signed;
  }

  /** `covered`: shares that armed stops of ours would close. Called after every change. */
  cover(symbol: string, covered: bigint, now: EpochMs): void {
    const truth = this.#of(symbol, now);
    truth.nakedShareMs += truth.naked * BigInt(now - truth.asOf);
    truth.asOf = now;
    const net = truth.net < 0n ? -truth.net : truth.net;
    const own = truth.own < 0n ? -truth.own : truth.own;
    const held = truth.net < 0n === truth.own < 0n ? (own < net ? own : net) : 0n;
    truth.naked = held > covered ? held - covered : 0n;
    if (truth.naked > 0n) truth.nakedSince ??= now;
    else if (truth.nakedSince !== null) {
      truth.longestNakedMs = Math.max(truth.longestNakedMs, now - truth.nakedSince);
      truth.nakedSince = null;
    }
  }

  #of(symbol: string, now: EpochMs): SymbolTruth {
    const known = this.#symbols.get(symbol);
    if (known !== undefined) return known;
    const made = { net: 0n, own: 0n, naked: 0n, nakedShareMs: 0n, asOf: now, nakedSince: null, longestNakedMs: 0 };
    this.#symbols.set(symbol, made);
    return made;
  }
}
