import {
  divideFloor,
  formatMoneyExact,
  isTerminal,
  type Money,
  NO_MONEY,
  notional,
  type Price,
  type Quantity,
  RATIO_ONE,
  type Ratio,
  ratioFromNumber,
} from '@bellwether/domain';
import type { AccountView } from '../agent/agent-context.ts';
import { averageEntry, type DeskOrder, type PositionRecord } from '../position/position-state.ts';
import type { Venue } from './venue.ts';

export interface Marks {
  get(symbol: string): Price | undefined;
}

/** An entry on its way, with the price its size was computed from. */
export interface PendingEntry {
  readonly order: Pick<DeskOrder, 'symbol' | 'side' | 'type' | 'quantity' | 'filledQuantity' | 'status'>;
  readonly sizingPrice: Price;
}

/** A market buy may cost more than its reference, a short is held at 3 % above the ask: what is set aside beside the price itself. */
const MARKET_BUY_ALLOWANCE = ratioFromNumber(1.04);
const SHORT_ALLOWANCE = ratioFromNumber(1.03);

/** An entry as buying power counts it. `ask` is what a short is opened against; its own price where nobody quotes. */
export interface ReservationTerms {
  readonly side: 'buy' | 'sell';
  readonly isMarket: boolean;
  readonly price: Price;
  readonly ask: Price | null;
  readonly quantity: Quantity;
}

/**
 * Returns the buying power to set aside for an entry that the broker does not count yet (trading-rules §8 "Reservation"):
 * longs quantity × price, × 1.04 for a market order; shorts quantity × max(price, 1.03 × ask).
 */
export function reservedFor({ side, isMarket, price, ask, quantity }: ReservationTerms): Money {
  const amount = notional(price, quantity);
  if (side === 'buy') return isMarket ? times(amount, MARKET_BUY_ALLOWANCE) : amount;
  const held = times(notional(ask ?? price, quantity), SHORT_ALLOWANCE);
  return held > amount ? held : amount;
}

/** Returns the same per share, rounded up: what divides buying power, so that a size never reserves more than there is. */
export function reservedPerShare({ side, isMarket, price, ask }: Omit<ReservationTerms, 'quantity'>): Price {
  const scaled = (base: Price, ratio: Ratio) => -divideFloor(-base * ratio, RATIO_ONE) as Price;
  if (side === 'buy') return isMarket ? scaled(price, MARKET_BUY_ALLOWANCE) : price;
  const held = scaled(ask ?? price, SHORT_ALLOWANCE);
  return held > price ? held : price;
}

function times(amount: Money, ratio: Ratio): Money {
  return divideFloor(amount * ratio, RATIO_ONE) as Money;
}

/** Returns what a simulated venue does not count yet of an entry. */
export function reservationFor({ order, sizingPrice }: PendingEntry): Money {
  return reservedFor({
    side: order.side,
    isMarket: order.type === 'market',
    price: sizingPrice,
    ask: null,
    quantity: (order.quantity - order.filledQuantity) as Quantity,
  });
}

/** Returns what shares lose between their entry and their stop; nothing once the stop is on the profitable side. */
export function riskAtStop(side: 'long' | 'short', entry: Price, stop: Price, quantity: Quantity): Money {
  const distance = (side === 'long' ? entry - stop : stop - entry) as Price;
  return distance <= 0n ? NO_MONEY : notional(distance, quantity);
}

export interface AccountFacts {
  readonly venue: Pick<Venue, 'cash' | 'equity' | 'buyingPower'>;
  readonly positions: Iterable<PositionRecord>;
  /** The position that the entry being weighed is to open: it does not stand against itself. */
  readonly entering: PositionRecord | null;
  readonly pending: Iterable<PendingEntry>;
  readonly marks: Marks;
  readonly symbol: string;
  /** Count the lane's own position as already closed at its mark. */
  readonly afterClosingOwn: boolean;
  readonly allowShort: boolean;
  readonly commission: AccountView['commission'];
}

/** Returns the account as the gate counts it, every reservation taken off. */
export function viewAccount(facts: AccountFacts): AccountView {
  const { venue, marks, symbol, afterClosingOwn } = facts;
  let gross = NO_MONEY as bigint;
  let inSymbol = NO_MONEY as bigint;
  let openRisk = NO_MONEY as bigint;
  let closing = NO_MONEY as bigint;
  let open = 0;
  for (const position of facts.positions) {
    if (position.status === 'closed' || position === facts.entering) continue;
    const own = position.symbol === symbol;
    const value = notional(marks.get(position.symbol) ?? averageEntry(position), position.quantity);
    if (own && afterClosingOwn) {
      closing += value;
      continue;
    }
    open += 1;
    gross += value;
    if (own) inSymbol += value;
    if (position.stop !== null)
      openRisk += riskAtStop(position.side, averageEntry(position), position.stop, position.quantity);
  }
  let reserved = NO_MONEY as bigint;
  for (const entry of facts.pending) {
    if (isTerminal(entry.order.status)) continue;
    const amount = reservationFor(entry);
    reserved += amount;
    gross += amount;
    if (entry.order.symbol === symbol) inSymbol += amount;
  }
  const buyingPower = venue.buyingPower(marks) + closing - reserved;
  return {
    equity: formatMoneyExact(venue.equity(marks)),
    cash: formatMoneyExact(venue.cash),
    buyingPower: formatMoneyExact((buyingPower < 0n ? 0n : buyingPower) as Money),
    openPositions: open,
    symbolExposure: formatMoneyExact(inSymbol as Money),
    grossExposure: formatMoneyExact(gross as Money),
    openRisk: formatMoneyExact(openRisk as Money),
    allowShort: facts.allowShort,
    commission: facts.commission,
  };
}
