import { type EpochMs, type Money, notional, ONE_SHARE, type Price, type Quantity } from '@bellwether/domain';
import type { BrokerFill, BrokerOrderStatus, BrokerPosition } from './broker.ts';
import type { FakeHabits, Span } from './fake-faults.ts';
import { type FakeOrder, isArmed, isOver, remainingOf } from './fake-order.ts';

interface Market {
  bid: Price;
  ask: Price;
  depth: bigint | null;
  halted: boolean;
}

interface Holding {
  net: bigint;
  /** Σ price × quantity of what is held, by average cost. */
  cost: bigint;
}

/** What execution asks of its brokerage. */
export interface ExecutionHost {
  now(): EpochMs;
  chance(): number;
  habits(): FakeHabits;
  span(span: Span): number;
  live(symbol: string): readonly FakeOrder[];
  setStatus(order: FakeOrder, status: BrokerOrderStatus): void;
  filled(order: FakeOrder, fill: BrokerFill): void;
  later(ms: number, run: () => void): void;
}

const FIFTY_DOLLARS = 50n * ONE_SHARE;

/** Prices against orders, and the account that the fills make. */
export class FakeExecution {
  isOpen = true;
  cash: Money;
  readonly #host: ExecutionHost;
  readonly #markets = new Map<string, Market>();
  readonly #holdings = new Map<string, Holding>();
  /** What positions were after each fill, for reads that lag. */
  readonly #history: { readonly at: EpochMs; readonly symbol: string; readonly position: BrokerPosition | null }[] = [];
  #fills = 0;

  constructor(cash: Money, host: ExecutionHost) {
    this.cash = cash;
    this.#host = host;
  }

  quote(symbol: string, bid: Price, ask: Price, depth: bigint | null): void {
    const market = this.#markets.get(symbol);
    if (market === undefined) this.#markets.set(symbol, { bid, ask, depth, halted: false });
    else {
      market.bid = bid;
      market.ask = ask;
      market.depth = depth;
    }
  }

  halt(symbol: string, halted: boolean): void {
    const market = this.#markets.get(symbol);
    if (market !== undefined) market.halted = halted;
  }

  depthLeft(symbol: string): Quantity | null {
    return (this.#markets.get(symbol)?.depth ?? null) as Quantity | null;
  }

  mark(symbol: string): Price | null {
    const market = this.#markets.get(symbol);
    return market === undefined ? null : (((market.bid + market.ask) / 2n) as Price);
  }

  worth(): { readonly held: bigint; readonly equity: bigint } {
    let held = 0n;
    let equity: bigint = this.cash;
    for (const [symbol, { net }] of this.#holdings) {
      const value = notional(this.mark(symbol) ?? (0n as Price), net as Quantity);
      equity += value;
      held += value < 0n ? -value : value;
    }
    return { held, equity };
  }

  positionsAt(at: EpochMs): readonly BrokerPosition[] {
    const bySymbol = new Map<string, BrokerPosition | null>();
    for (const entry of this.#history) {
      if (entry.at > at) break;
      bySymbol.set(entry.symbol, entry.position);
    }
    return [...bySymbol.values()].filter((position) => position !== null);
  }

  /** Fills what the symbol's price reaches now, oldest first. */
  match(symbol: string): void {
    const market = this.#markets.get(symbol);
    if (market === undefined || market.halted || !this.isOpen) return;
    for (const order of this.#host.live(symbol)) {
      // A fill of one order may have ended another of its group.
      if (isOver(order)) continue;
      const price = this.#priceFor(order, market);
      if (price !== null) this.#fill(order, price, market);
    }
  }

  #priceFor(order: FakeOrder, { bid, ask }: Market): Price | null {
    if (order.waitsFor !== null) return null;
    const buys = order.side === 'buy';
    if (order.type === 'stop') return this.#stopPrice(order, bid, ask);
    if (order.status === 'held') return null;
    if (order.type === 'market') return buys ? ask : bid;
    const limit = order.limitPrice as Price;
    if (buys) return ask <= limit ? ask : null;
    return bid >= limit ? bid : null;
  }

  /** A stop that is hit sells at the market; one that buys becomes a limit order a little above its price. */
  #stopPrice(order: FakeOrder, bid: Price, ask: Price): Price | null {
    if (!isArmed(order)) return null;
    const stop = order.stopPrice as Price;
    if (order.side === 'sell') {
      if (!order.triggered && bid > stop) return null;
      order.triggered = true;
      return bid;
    }
    if (!order.triggered && ask < stop) return null;
    order.triggered = true;
    const cap = stop + (stop < FIFTY_DOLLARS ? stop / 25n : stop / 40n);
    return ask <= cap ? ask : null;
  }

  #fill(order: FakeOrder, price: Price, market: Market): void {
    const now = this.#host.now();
    const rest = remainingOf(order);
    if (now < order.restAt || rest === 0n) return;
    let quantity: bigint = rest;
    if (order.breaks && order.filled === 0n && rest > ONE_SHARE) {
      const shares = (BigInt(Math.floor(this.#host.chance() * 1e6)) * rest) / 1_000_000n;
      const whole = shares - (shares % ONE_SHARE);
      quantity = whole === 0n ? ONE_SHARE : whole;
      const waitMs = this.#host.span(this.#host.habits().restDelayMs);
      order.restAt = now + waitMs;
      if (this.#host.habits().fillDelayMs !== null) this.#host.later(waitMs, () => this.match(order.symbol));
    }
    if (market.depth !== null) {
      if (quantity > market.depth) quantity = market.depth;
      if (quantity === 0n) return;
      // Whatever fills first uses it up.
      market.depth = 0n;
    }
    this.#book(order, price, quantity as Quantity, now);
  }

  #book(order: FakeOrder, price: Price, quantity: Quantity, now: EpochMs): void {
    const signed = order.side === 'buy' ? quantity : -quantity;
    order.filled = (order.filled + quantity) as Quantity;
    order.amount += price * quantity;
    this.cash = (this.cash - notional(price, signed as Quantity)) as Money;
    const holding = this.#holdings.get(order.symbol) ?? { net: 0n, cost: 0n };
    this.#holdings.set(order.symbol, holding);
    const net = holding.net + signed;
    if (net === 0n) holding.cost = 0n;
    else if (holding.net === 0n || holding.net < 0n === signed < 0n) holding.cost += price * quantity;
    else if (net < 0n !== holding.net < 0n) holding.cost = price * (net < 0n ? -net : net);
    else holding.cost = (holding.cost * net) / holding.net;
    holding.net = net;
    const position =
      net === 0n
        ? null
        : {
            symbol: order.symbol,
            quantity: net as Quantity,
            averageEntry: (holding.cost / (net < 0n ? -net : net)) as Price,
          };
    this.#history.push({ at: now, symbol: order.symbol, position });
    this.#fills += 1;
    this.#host.filled(order, {
      fillId: `fill-${this.#fills}`,
      brokerOrderId: order.id,
      symbol: order.symbol,
      side: order.side,
      quantity,
      price,
      at: Temporal.Instant.fromEpochMilliseconds(now),
      fee: 0n as Money,
    });
  }
}
