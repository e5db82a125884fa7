import { type EpochMs, type Price, priceFromNumber } from '@bellwether/domain';
import type { MarketStep } from './market-step.ts';

interface Quote {
  readonly bid: number;
  readonly ask: number;
}

/** What the market has shown this account so far. */
export class AccountTape {
  readonly marks = new Map<string, Price>();
  readonly #quotes = new Map<string, Quote>();
  readonly #opened = new Map<string, EpochMs>();
  readonly #closed = new Set<string>();
  readonly #halted = new Set<string>();
  #now: EpochMs | null = null;

  get isDriven(): boolean {
    return this.#now !== null;
  }
  /** The newest step's instant; `null` before the first. */
  get now(): EpochMs | null {
    return this.#now;
  }

  note(step: MarketStep): void {
    const { symbol, at } = step;
    this.#now = Math.max(this.#now ?? at, at);
    if (step.kind === 'halt') {
      if (step.halted) this.#halted.add(symbol);
      else this.#halted.delete(symbol);
      return;
    }
    if (step.kind === 'quote') this.#quotes.set(symbol, step);
    else this.#quotes.delete(symbol);
    if (step.kind === 'session_end') {
      this.#closed.add(symbol);
      return;
    }
    this.#closed.delete(symbol);
    if (step.kind === 'open') this.#opened.set(symbol, at);
    this.marks.set(symbol, priceFromNumber(priceOf(step)));
  }

  isClosed(symbol: string): boolean {
    return this.#closed.has(symbol);
  }
  isHalted(symbol: string): boolean {
    return this.#halted.has(symbol);
  }
  /** Whether the open of the bar that began then has been told. */
  hasOpened(symbol: string, start: EpochMs): boolean {
    return (this.#opened.get(symbol) ?? Number.NEGATIVE_INFINITY) >= start;
  }
  /** The quote at which an order fills as it arrives; none when bars drive the symbol, or it is closed. */
  standingQuote(symbol: string): Quote | undefined {
    return this.#quotes.get(symbol);
  }

  pricesOf(symbol: string): { readonly price: Price | null; readonly ask: Price | null } {
    const ask = this.#quotes.get(symbol)?.ask;
    return { price: this.marks.get(symbol) ?? null, ask: ask === undefined ? null : priceFromNumber(ask) };
  }
}

function priceOf(step: Extract<MarketStep, { kind: 'open' | 'bar' | 'quote' }>): number {
  if (step.kind === 'open') return step.open;
  return step.kind === 'bar' ? step.bar.close : (step.bid + step.ask) / 2;
}
