import type { Bar, EpochMs } from '@bellwether/domain';
import type { ExchangeSettings } from './exchange.ts';
import { type LiveOrder, wantsNextOpen } from './exchange-order.ts';
import { extremeFor, isReached } from './inside-bar.ts';

type Orders = readonly LiveOrder[];
type LimitFill = ExchangeSettings['limitFill'];

function isResting(order: LiveOrder, barStart: EpochMs): boolean {
  return order.status !== 'held' && !wantsNextOpen(order) && order.workingSince <= barStart;
}

/** Returns the resting orders that the open decides, in the order in which they were sent. */
export function reachedAtOpen(orders: Orders, at: EpochMs, open: number, limitFill: LimitFill): Orders {
  return orders.filter((order) => isResting(order, at) && isReached(order, open, limitFill));
}

/** Returns the orders that fill at the next open whatever its price, closes before entries: a reversal is a close, then an entry. */
export function dueAtOpen(orders: Orders, at: EpochMs): Orders {
  const due = orders.filter((order) => order.status !== 'held' && wantsNextOpen(order) && order.workingSince <= at);
  return [...due.filter((order) => order.role !== 'entry'), ...due.filter((order) => order.role === 'entry')];
}

/** Returns the orders that a quote executes: market orders, limits that the far side meets, stops that it has reached; closes first. */
export function reachedByQuote(orders: Orders, at: EpochMs, bid: number, ask: number): Orders {
  const due = orders.filter((order) => {
    if (order.status === 'held' || order.workingSince > at) return false;
    return wantsNextOpen(order) || isReached(order, order.side === 'buy' ? ask : bid, 'touch');
  });
  return [...due.filter((order) => order.role !== 'entry'), ...due.filter((order) => order.role === 'entry')];
}

/** Says whether the open does anything; allocates nothing. */
export function isAnyDue(orders: Orders, at: EpochMs, open: number, limitFill: LimitFill): boolean {
  for (const order of orders) {
    if (order.status === 'held' || order.workingSince > at) continue;
    if (wantsNextOpen(order) || isReached(order, open, limitFill)) return true;
  }
  return false;
}

/** Says whether anything happens inside the bar; allocates nothing. */
export function isAnyReached(orders: Orders, bar: Bar, limitFill: LimitFill): boolean {
  for (const order of orders) {
    if (isResting(order, bar.start) && isReached(order, extremeFor(order, bar), limitFill)) return true;
  }
  return false;
}

/**
 * Returns the orders that the bar reaches, in the order in which we say that they happened: first the stops of exits, then
 * their targets (the other way round when optimistic), then entries.
 */
export function reachedInside(orders: Orders, bar: Bar, settings: ExchangeSettings): Orders {
  const reached = orders.filter(
    (order) => isResting(order, bar.start) && isReached(order, extremeFor(order, bar), settings.limitFill),
  );
  const first = settings.intrabar === 'pessimistic' ? 'stop' : 'limit';
  const rank = (order: LiveOrder) => (order.role === 'entry' ? 2 : order.type === first ? 0 : 1);
  return reached.sort((a, b) => rank(a) - rank(b));
}
