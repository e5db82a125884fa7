import { type EpochMs, type ExchangeCalendar, MINUTE_MS } from '@bellwether/domain';
import type { DataLabel } from '@bellwether/kernel';
import type { TapeSymbol } from '../feed/tape-cursor.ts';
import type { ArrivedBar, GrowingBars } from './growing-bars.ts';

/** A bar of a minute that nothing was traded in never comes: so long after its end it is not waited for. */
export const SETTLES_MS = 3_000;

export interface LiveSymbol {
  readonly bars: GrowingBars;
  readonly calendar: ExchangeCalendar;
  readonly label: DataLabel;
}

/**
 * Bars of several symbols as they close, history first: a tape that is known up to some instant.
 *
 * Invariant: what is known does not change; a bar that comes too late for it is kept by the store, and not played.
 */
export class LiveTape {
  readonly tape: readonly TapeSymbol[];
  readonly #symbols: readonly LiveSymbol[];
  readonly #close: () => void;
  #completeThrough: EpochMs = Number.NEGATIVE_INFINITY;
  #wake: () => void = () => undefined;

  /** `close` tells whoever supplies the bars that nobody reads them any more. */
  constructor(symbols: readonly LiveSymbol[], close: () => void) {
    this.#symbols = symbols;
    this.#close = close;
    this.tape = symbols.map(({ bars, calendar, label }) => ({ symbol: bars.symbol, bars, calendar, label }));
  }

  /** Up to when every bar is there that will be; never goes back. */
  completeThrough(now: EpochMs): EpochMs {
    const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
    const isThere = now >= minute + SETTLES_MS || this.#symbols.every(({ bars }) => bars.closedAt >= minute);
    const complete = isThere ? minute : minute - MINUTE_MS;
    this.#completeThrough = Math.max(this.#completeThrough, complete);
    return this.#completeThrough;
  }

  /** A bar has closed. Returns whether it is played. */
  add(bar: ArrivedBar): boolean {
    const of = this.#symbols.find(({ bars }) => bars.symbol === bar.symbol);
    if (of === undefined || bar.end <= this.#completeThrough) return false;
    const isAdded = of.bars.append(bar);
    if (isAdded) this.#wake();
    return isAdded;
  }

  /** Calls back when there is something new, until the next is asked for. */
  onNews(wake: () => void): void {
    this.#wake = wake;
  }

  close(): void {
    this.#wake = () => undefined;
    this.#close();
  }
}
