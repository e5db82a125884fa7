import { type Bar, BellwetherError, type Price, priceFromNumber, type Side } from '@bellwether/domain';
import type { ExchangeOrder, ExchangeSettings } from './exchange.ts';

type LimitFill = ExchangeSettings['limitFill'];

/** Returns the sign of bar price − level as the ledger sees it: the bar's price rounded to 10⁻⁹. */
function compare(barPrice: number, level: Price): number {
  const near = Number(level) / 1e9;
  const gap = barPrice - near;
  // Beyond any rounding of either number the floats decide, so that a bar that is far away costs no bigint.
  if (Math.abs(gap) > 1e-8 + near * 1e-14) return gap;
  return Number(priceFromNumber(barPrice) - level);
}

function limitReached(side: Side, price: number, limit: Price, limitFill: LimitFill): boolean {
  const sign = side === 'buy' ? -compare(price, limit) : compare(price, limit);
  return limitFill === 'through' ? sign > 0 : sign >= 0;
}

function stopReached(side: Side, price: number, stop: Price): boolean {
  return side === 'buy' ? compare(price, stop) >= 0 : compare(price, stop) <= 0;
}

/** Says whether a trade at `price` executes a resting limit or stop: a stop on touch, a limit by `limitFill`. Never a market order. */
export function isReached(order: ExchangeOrder, price: number, limitFill: LimitFill): boolean {
  if (order.type === 'limit' && order.limitPrice !== null)
    return limitReached(order.side, price, order.limitPrice, limitFill);
  if (order.type === 'stop' && order.stopPrice !== null) return stopReached(order.side, price, order.stopPrice);
  return false;
}

/** Returns the bar's price that is the most likely to execute the order: the low for a buy limit or a sell stop. */
export function extremeFor(order: ExchangeOrder, bar: Bar): number {
  return (order.side === 'buy') === (order.type === 'limit') ? bar.low : bar.high;
}

/** Returns the order's own level: its limit or its stop. */
export function levelOf(order: ExchangeOrder): Price {
  const level = order.type === 'limit' ? order.limitPrice : order.stopPrice;
  if (level !== null) return level;
  throw new BellwetherError(
    'bug',
    'order/bad-transition',
    `expected ${order.clientOrderId} to have a level, was ${order.type}`,
  );
}

/** Throws `bars/bad-row` unless the bar is finite, positive and coherent: nothing is traded on a bar that cannot be. */
export function checkBar(symbol: string, bar: Bar): void {
  const { open, high, low, close, volume } = bar;
  const coherent = low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close);
  if (coherent && Number.isFinite(high) && volume >= 0 && bar.start < bar.end) return;
  const found = `O ${open} H ${high} L ${low} C ${close} V ${volume}`;
  throw new BellwetherError(
    'invalid',
    'bars/bad-row',
    `expected a coherent bar of ${symbol} at ${bar.start}, was ${found}`,
  );
}
