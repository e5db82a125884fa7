import {
  formatMoneyExact,
  formatQuantity,
  type Money,
  notional,
  ONE_SHARE,
  type Price,
  parsePrice,
  type Quantity,
} from '@bellwether/domain';
import type { ExchangeOrder } from '@bellwether/matching';
import type { AccountSwitches, AssetSettings } from './account-settings.ts';
import type { OrderRecord } from './order-registry.ts';
import type { OrderTicket } from './order-ticket.ts';
import { forbidden, insufficientPower, insufficientShares, missing, unprocessable, washTrade } from './refusals.ts';

/** A live order as broker and exchange know it. */
export interface LiveMember {
  readonly record: OrderRecord;
  readonly order: ExchangeOrder;
}

/** What the rules look at before an order is taken. */
export interface AccountView {
  readonly switches: AccountSwitches;
  readonly asset: AssetSettings;
  /** The account's net in the symbol. */
  readonly held: Quantity;
  /** Everything live in the symbol. */
  readonly live: readonly LiveMember[];
  /** What the symbol trades at, null before its first price. */
  readonly price: Price | null;
  readonly ask: Price | null;
  readonly buyingPower: () => Money;
  readonly isRestricted: boolean;
}

const CENT = parsePrice('0.01');
const SYMBOL = /^[A-Z][A-Z0-9.]{0,9}$/;

/** Takes the order or throws the refusal that the broker would give; says which side of a position the order is on. */
export function checkTicket(ticket: OrderTicket, view: AccountView): 'entry' | 'exit' {
  checkAsset(ticket, view);
  const isExit = view.held !== 0n && view.held > 0n === (ticket.side === 'sell');
  if (ticket.orderClass === 'oco') checkOco(ticket, view, isExit);
  else if (ticket.orderClass !== 'simple') checkBracket(ticket, view);
  if (ticket.orderClass === 'simple') checkWash(ticket, view);
  if (isExit) {
    checkShares(ticket.symbol, ticket.quantity, view);
    return 'exit';
  }
  if (view.isRestricted) throw forbidden('account is restricted to liquidation only');
  if (ticket.side === 'sell') checkShort(ticket, view);
  checkPower(ticket, view);
  return 'entry';
}

function checkAsset({ symbol, quantity }: OrderTicket, { asset }: AccountView): void {
  if (!SYMBOL.test(symbol)) throw missing(`asset "${symbol}" not found`);
  if (asset.tradable === false) throw unprocessable(`asset ${symbol} is not tradable`);
  if (asset.fractionable === false && quantity % ONE_SHARE !== 0n)
    throw unprocessable(`asset "${symbol}" is not fractionable`);
}

function checkBracket(ticket: OrderTicket, view: AccountView): void {
  const { switches, live, held } = view;
  const { side, target, stop, orderClass } = ticket;
  const isTwin =
    switches.twin_brackets === true &&
    live.every(({ record }) => record.orderClass === orderClass) &&
    (held === 0n || held > 0n === (side === 'buy'));
  if ((held !== 0n || live.length > 0) && switches.bracket_on_held_symbol !== true && !isTwin)
    throw unprocessable(`${orderClass} orders must be entry orders`);
  const base = ticket.limitPrice ?? ticket.stopPrice ?? view.price;
  const isLong = side === 'buy';
  checkBeyond('stop_loss.stop_price', stop?.stopPrice ?? null, base, isLong ? 'below' : 'above');
  checkBeyond('take_profit.limit_price', target, base, isLong ? 'above' : 'below');
  if (stop !== null) checkStopLimit(stop.stopPrice, stop.limitPrice, !isLong);
}

function checkOco(ticket: OrderTicket, view: AccountView, isExit: boolean): void {
  if (!isExit) throw unprocessable('oco orders must be exit orders');
  const rests = view.live.some(({ record, order }) => record.orderClass === 'oco' && order.status !== 'held');
  if (rests && view.switches.parallel_oco === false) throw unprocessable('oco orders must be the only exit orders');
  const { side, limitPrice, stop } = ticket;
  if (stop === null) return;
  const isLong = side === 'sell';
  checkBeyond('stop_loss.stop_price', stop.stopPrice, limitPrice, isLong ? 'below' : 'above');
  checkBeyond('stop_loss.stop_price', stop.stopPrice, view.price, isLong ? 'below' : 'above');
  checkStopLimit(stop.stopPrice, stop.limitPrice, !isLong);
}

function checkBeyond(name: string, level: Price | null, base: Price | null, where: 'below' | 'above'): void {
  if (level === null || base === null) return;
  const fits = where === 'below' ? level <= base - CENT : level >= base + CENT;
  if (!fits)
    throw unprocessable(`${name} must be ${where === 'below' ? '<= base_price - 0.01' : '>= base_price + 0.01'}`);
}

function checkStopLimit(stop: Price, limit: Price | null, isBuy: boolean): void {
  if (limit !== null && (isBuy ? limit < stop : limit > stop))
    throw unprocessable('stop_loss.limit_price must be at or beyond stop_loss.stop_price');
}

/**
 * An order of our own on the other side that it could meet. Groups are exempt, as far as they are exits: an entry that rests
 * counts, whatever it carries.
 */
function checkWash(ticket: OrderTicket, view: AccountView): void {
  for (const { record, order } of view.live) {
    if (order.side === ticket.side || order.status === 'held') continue;
    const isPlain = record.orderClass === 'simple' || (record.orderClass !== 'oco' && !record.isLeg);
    if (!isPlain) continue;
    if (order.role !== 'entry' && view.switches.entry_beside_resting_exit === true) continue;
    const isCrossing =
      ticket.type !== 'limit' || record.type !== 'limit' || ticket.limitPrice === null || order.limitPrice === null
        ? true
        : ticket.side === 'buy'
          ? ticket.limitPrice >= order.limitPrice
          : ticket.limitPrice <= order.limitPrice;
    if (isCrossing) throw washTrade(record.id, record.type);
  }
}

/** Shares that resting exits hold, by group; a group counts once. */
export function heldForOrders(live: readonly LiveMember[]): Quantity {
  const byGroup = new Map<string, bigint>();
  for (const { order } of exitsOf(live)) {
    const rest = order.quantity - order.filledQuantity;
    if (rest > (byGroup.get(order.groupId) ?? 0n)) byGroup.set(order.groupId, rest);
  }
  return [...byGroup.values()].reduce((sum, rest) => sum + rest, 0n) as Quantity;
}

function exitsOf(live: readonly LiveMember[]): readonly LiveMember[] {
  return live.filter(({ order }) => order.role !== 'entry' && order.status !== 'held');
}

export function checkShares(symbol: string, quantity: Quantity, { held, live }: AccountView): void {
  const existing = (held < 0n ? -held : held) as Quantity;
  const reserved = heldForOrders(live);
  const free = (existing > reserved ? existing - reserved : 0n) as Quantity;
  if (quantity <= free) return;
  const related = [...new Set(exitsOf(live).map(({ record }) => record.id))];
  const text = [quantity, free, existing, reserved].map(formatQuantity) as [string, string, string, string];
  throw insufficientShares(symbol, ...text, related);
}

function checkShort({ symbol, quantity, timeInForce }: OrderTicket, { asset }: AccountView): void {
  if (asset.shortable === false) throw unprocessable(`asset "${symbol}" cannot be sold short`);
  if (asset.easy_to_borrow === false && timeInForce === 'gtc')
    throw unprocessable(`asset "${symbol}" is hard to borrow: only day orders are accepted for short sales`);
  if (quantity % ONE_SHARE !== 0n) throw unprocessable('fractional orders cannot be sold short');
}

function checkPower(ticket: OrderTicket, view: AccountView): void {
  const cost = entryCost(ticket.side, ticket.quantity, ticket.limitPrice ?? ticket.stopPrice, view.price, view.ask);
  if (cost === 0n) return;
  const power = view.buyingPower();
  if (cost > power) throw insufficientPower(formatMoneyExact(power), formatMoneyExact(cost));
}

/** What an entry takes of the buying power: its price × quantity; a short the larger of its limit and 3 % above the ask. */
export function entryCost(
  side: 'buy' | 'sell',
  quantity: Quantity,
  level: Price | null,
  price: Price | null,
  ask: Price | null,
): Money {
  if (side === 'buy') return notional((level ?? ask ?? price ?? 0n) as Price, quantity);
  const above = (((ask ?? price ?? 0n) * 103n) / 100n) as Price;
  return notional(level !== null && level > above ? level : above, quantity);
}
