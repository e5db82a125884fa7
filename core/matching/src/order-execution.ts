import {
  type EpochMs,
  type Fill,
  type Money,
  type Price,
  type Quantity,
  type Ratio,
  ratioFromNumber,
} from '@bellwether/domain';
import { commissionOf } from './commission.ts';
import { entryLuck, firstPartOf } from './entry-luck.ts';
import type { ExchangeEvent, ExchangeSettings } from './exchange.ts';
import type { ExchangeLedger } from './exchange-ledger.ts';
import { exchangeEvent, isLive, type LiveOrder, remainingOf } from './exchange-order.ts';
import { levelOf } from './inside-bar.ts';
import { allowedByVolume, type OrderBook, type SymbolBook } from './order-book.ts';
import { slippageOf, slipped } from './slippage.ts';

const NO_SLIPPAGE = 0n as Price;

/** When a fill is told, from when the legs that it arms work, and from when the rest of a partly filled entry does. */
export interface FillMoment {
  readonly at: EpochMs;
  readonly legsFrom: EpochMs;
  readonly restFrom: EpochMs;
}

/**
 * Executes an order that the market has reached and does what follows in its group: order and price → fill → ledger → siblings.
 *
 * Invariants: 1. an exit fills at most what is held; an entry against a holding waits. 2. legs arm with their entry's last fill
 * (its first under `stopFromFirstFill`). 3. of a group's exits, together never more than the group's quantity fills.
 */
export class OrderExecution {
  readonly #settings: ExchangeSettings;
  readonly #slippage: Ratio;
  readonly #book: OrderBook;
  readonly #ledger: ExchangeLedger;

  constructor(settings: ExchangeSettings, book: OrderBook, ledger: ExchangeLedger) {
    this.#settings = settings;
    this.#slippage = ratioFromNumber(settings.slippageFraction);
    this.#book = book;
    this.#ledger = ledger;
  }

  /** Executes what can be executed at `base`; slippage comes on top for all but limits. */
  fill(order: LiveOrder, base: Price, moment: FillMoment, book: SymbolBook, events: ExchangeEvent[]): void {
    if (!isLive(order)) return;
    const held = this.#ledger.quantity(order.symbol);
    const against = held !== 0n && held > 0n === (order.side === 'sell');
    if (order.role === 'entry' && against) return;
    if (order.role !== 'entry' && !against) {
      this.endGroup(order, 'canceled', moment.at, events, 'no position is left to close');
      return;
    }
    const isHit = order.type === 'stop' && !order.triggered;
    if (isHit) this.#trigger(order, moment.at, events);
    if (order.type === 'limit' && isWorse(order, base)) return;
    const lucky = this.#wanted(order, held);
    const quantity = allowedByVolume(book, lucky);
    if (quantity <= 0n) return;
    const slippage =
      order.type !== 'limit' || isHit ? roomFor(order, base, slippageOf(base, this.#slippage)) : NO_SLIPPAGE;
    const fill = this.#record(order, quantity, slipped(base, slippage, order.side), slippage, moment.at);
    if (book.volumeLeft !== null) book.volumeLeft = (book.volumeLeft - quantity) as Quantity;
    this.#ledger.book(fill);
    const complete = order.filledQuantity === order.quantity;
    order.status = complete ? 'filled' : 'partially_filled';
    if (complete) this.#book.retire(order);
    else if (order.role === 'entry') order.workingSince = moment.restFrom;
    events.push(exchangeEvent(order.status, order, moment.at, { fill }));
    if (order.role === 'entry') this.#armLegs(order, moment.legsFrom);
    else this.#settleGroup(order, moment, events);
  }

  /** Ends an order and every live member of its group, the named one first. */
  endGroup(order: LiveOrder, how: 'canceled' | 'expired', at: EpochMs, events: ExchangeEvent[], text?: string): void {
    const others = this.#book.siblings(order);
    this.#end(order, how, at, events, text);
    for (const other of others) this.#end(other, how, at, events, text);
  }

  /** A stop that is hit goes to the market whole, so its target can no longer fill. */
  #trigger(order: LiveOrder, at: EpochMs, events: ExchangeEvent[]): void {
    if (order.limitPrice === null) order.triggered = true;
    else order.type = 'limit';
    if (order.role === 'entry') return;
    for (const other of this.#book.siblings(order)) this.#end(other, 'canceled', at, events);
  }

  #wanted(order: LiveOrder, held: Quantity): Quantity {
    const remaining = remainingOf(order);
    const { firstPart } = this.#settings;
    if (firstPart !== undefined && order.fillCount === 0) {
      const part = firstPart({ ...order });
      if (part !== null) return this.#heldAtMost(order, firstPartOf(remaining, part), held);
    }
    if (order.role !== 'entry') return this.#heldAtMost(order, remaining, held);
    if (order.fillCount > 0 || !this.#settings.simulatePartialFills) return remaining;
    const part = entryLuck(this.#settings.seed, order.clientOrderId).firstPart;
    return part === null ? remaining : firstPartOf(remaining, part);
  }

  #heldAtMost(order: LiveOrder, wanted: Quantity, held: Quantity): Quantity {
    if (order.role === 'entry') return wanted;
    const holding = (held > 0n ? held : -held) as Quantity;
    return holding < wanted ? holding : wanted;
  }

  /** Adds a fill to the order; its commission is what it adds to that of the whole order. */
  #record(order: LiveOrder, quantity: Quantity, price: Price, slippage: Price, at: EpochMs): Fill {
    order.filledQuantity = (order.filledQuantity + quantity) as Quantity;
    order.filledExact += price * quantity;
    order.fillCount += 1;
    const { clientOrderId, symbol, side } = order;
    const total = commissionOf(this.#settings.commission, order.filledQuantity, order.filledExact);
    const commission = (total > order.commission ? total - order.commission : 0n) as Money;
    order.commission = (order.commission + commission) as Money;
    return {
      fillId: `${clientOrderId}/${order.fillCount}`,
      clientOrderId,
      symbol,
      side,
      quantity,
      price,
      at,
      commission,
      slippage,
    };
  }

  #armLegs(entry: LiveOrder, from: EpochMs): void {
    if (entry.status !== 'filled' && this.#settings.stopFromFirstFill !== true) return;
    for (const leg of this.#book.siblings(entry)) {
      leg.quantity = entry.filledQuantity;
      if (leg.status !== 'held') continue;
      leg.status = 'working';
      leg.workingSince = from;
    }
  }

  /** One exit of a group has filled: a complete fill ends the others, a part shrinks them to what is left. */
  #settleGroup(order: LiveOrder, moment: FillMoment, events: ExchangeEvent[]): void {
    const both = order.status === 'filled' && this.#settings.bothLegsFill?.({ ...order }) === true;
    for (const other of this.#book.siblings(order)) {
      if (both && other.role !== 'entry') this.#overfill(other, moment, events);
      else if (order.status === 'filled') this.#end(other, 'canceled', moment.at, events);
      else if (other.role !== 'entry') other.quantity = (other.filledQuantity + remainingOf(order)) as Quantity;
    }
  }

  /** A fast market fills an exit whose shares are gone: the position ends on the other side, by way of zero. */
  #overfill(order: LiveOrder, moment: FillMoment, events: ExchangeEvent[]): void {
    while (remainingOf(order) > 0n) {
      const held = this.#ledger.quantity(order.symbol);
      const isAgainst = held !== 0n && held > 0n === (order.side === 'sell');
      const quantity = isAgainst ? this.#heldAtMost(order, remainingOf(order), held) : remainingOf(order);
      const fill = this.#record(order, quantity, levelOf(order), NO_SLIPPAGE, moment.at);
      this.#ledger.book(fill);
      order.status = remainingOf(order) > 0n ? 'partially_filled' : 'filled';
      if (order.status === 'filled') this.#book.retire(order);
      events.push(exchangeEvent(order.status, order, moment.at, { fill }));
    }
  }

  #end(order: LiveOrder, how: 'canceled' | 'expired', at: EpochMs, events: ExchangeEvent[], text?: string): void {
    order.status = how;
    this.#book.retire(order);
    events.push(exchangeEvent(how, order, at, text === undefined ? {} : { text }));
  }
}

/** Says whether `base` is beyond the order's limit: a stop that has become a limit may be hit far from it. */
function isWorse(order: LiveOrder, base: Price): boolean {
  if (order.limitPrice === null) return false;
  return order.side === 'buy' ? base > order.limitPrice : base < order.limitPrice;
}

/** What is left of the slippage of a stop that has a limit: never worse than that. */
function roomFor(order: LiveOrder, base: Price, slippage: Price): Price {
  if (order.limitPrice === null) return slippage;
  const room = (order.side === 'buy' ? order.limitPrice - base : base - order.limitPrice) as Price;
  return slippage < room ? slippage : room;
}
