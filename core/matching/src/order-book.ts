import { type EpochMs, ONE_SHARE, type Quantity, quantityFromNumber } from '@bellwether/domain';
import { isLive, type LiveOrder } from './exchange-order.ts';
import type { VolumeState } from './exchange-state.ts';

/** The live orders of one symbol in the order in which they were sent, and how much of the present bar's volume is left to us. */
export interface SymbolBook {
  readonly orders: LiveOrder[];
  barStart: EpochMs;
  /** `null` when fills are not capped by volume. */
  volumeLeft: Quantity | null;
}

/**
 * Every order the exchange has ever seen, and the live ones by symbol.
 *
 * Invariants: 1. an id is used once, for ever. 2. a symbol's book holds live orders only.
 */
export class OrderBook {
  readonly #orders = new Map<string, LiveOrder>();
  readonly #books = new Map<string, SymbolBook>();

  find(clientOrderId: string): LiveOrder | undefined {
    return this.#orders.get(clientOrderId);
  }

  all(): Iterable<LiveOrder> {
    return this.#orders.values();
  }

  hasWork(symbol: string): boolean {
    const book = this.#books.get(symbol);
    return book !== undefined && book.orders.length > 0;
  }

  /** Returns the symbol's book, or `undefined` when nothing is live in it. */
  working(symbol: string): SymbolBook | undefined {
    const book = this.#books.get(symbol);
    return book !== undefined && book.orders.length > 0 ? book : undefined;
  }

  add(order: LiveOrder): void {
    this.#orders.set(order.clientOrderId, order);
    if (isLive(order)) this.#bookOf(order.symbol).orders.push(order);
  }

  /** Takes an order that has ended out of its symbol's book. */
  retire(order: LiveOrder): void {
    const orders = this.#books.get(order.symbol)?.orders ?? [];
    const index = orders.indexOf(order);
    if (index >= 0) orders.splice(index, 1);
  }

  live(symbol: string): readonly LiveOrder[] {
    return this.#books.get(symbol)?.orders ?? [];
  }

  /** Returns the other live members of the order's group, in the order in which they were sent. */
  siblings(order: LiveOrder): readonly LiveOrder[] {
    return this.live(order.symbol).filter((other) => other.groupId === order.groupId && other !== order);
  }

  saveVolume(): readonly VolumeState[] {
    const metered = [...this.#books].filter(([, book]) => book.volumeLeft !== null);
    return metered.map(([symbol, book]) => ({ symbol, barStart: book.barStart, volumeLeft: String(book.volumeLeft) }));
  }

  restoreVolume(states: readonly VolumeState[]): void {
    for (const { symbol, barStart, volumeLeft } of states) {
      const book = this.#bookOf(symbol);
      book.barStart = barStart;
      book.volumeLeft = BigInt(volumeLeft) as Quantity;
    }
  }

  #bookOf(symbol: string): SymbolBook {
    let book = this.#books.get(symbol);
    if (book === undefined) {
      book = { orders: [], barStart: Number.NEGATIVE_INFINITY, volumeLeft: null };
      this.#books.set(symbol, book);
    }
    return book;
  }
}

/** Opens the bar's volume to us, once per bar. */
export function meterVolume(book: SymbolBook, barStart: EpochMs, volume: number, share: number): void {
  if (book.barStart === barStart && book.volumeLeft !== null) return;
  book.barStart = barStart;
  book.volumeLeft = quantityFromNumber(volume * share);
}

/** Returns how much of `wanted` the bar's volume still allows: whole shares when whole shares are wanted. */
export function allowedByVolume(book: SymbolBook, wanted: Quantity): Quantity {
  if (book.volumeLeft === null || book.volumeLeft >= wanted) return wanted;
  if (wanted % ONE_SHARE !== 0n) return book.volumeLeft;
  return (book.volumeLeft - (book.volumeLeft % ONE_SHARE)) as Quantity;
}
