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
  readonly order: DeskOrder;
  readonly sizingPrice: Price;
}

/** A market buy may cost more than its reference, a short is held at 3 % above the ask: what is set aside beside the price itself. */
const MARKET_BUY_ALLOWANCE = ratioFromNumber(1.04);
const SHORT_ALLOWANCE = ratioFromNumber(1.03);

/** Returns the buying power to set aside for an entry the venue does not count yet (trading-rules §8 "Reservation"). */
export function reservationFor(entry: PendingEntry): Money {
  const amount = notional(entry.sizingPrice, (entry.order.quantity - entry.order.filledQuantity) as Quantity);
  if (entry.order.side === 'sell') return divideFloor(amount * SHORT_ALLOWANCE, RATIO_ONE) as Money;
  return entry.order.type === 'market' ? (divideFloor(amount * MARKET_BUY_ALLOWANCE, RATIO_ONE) as Money) : amount;
}

export interface AccountFacts {
  readonly venue: Venue;
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
    if (position.stop !== null) {
      const entry = averageEntry(position);
      const distance = (entry > position.stop ? entry - position.stop : position.stop - entry) as Price;
      openRisk += notional(distance, position.quantity);
    }
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
