import {
  formatPrice,
  formatQuantity,
  MONEY_DIGITS,
  type Money,
  NO_MONEY,
  type OrderRequest,
  PRICE_DIGITS,
  type Price,
  QUANTITY_DIGITS,
  type Quantity,
  type Side,
} from '@bellwether/domain';
import type {
  BrokerAccount,
  BrokerEvent,
  BrokerFill,
  BrokerOrder,
  BrokerOrderId,
  BrokerOrderStatus,
  BrokerPosition,
  BrokerSession,
  InstrumentFacts,
} from '@bellwether/ports';
import {
  isSet,
  isWireObject,
  neededDecimal,
  neededInstant,
  neededText,
  optionalDecimal,
  optionalInstant,
  optionalText,
  type WireObject,
  wireObject,
} from './alpaca-wire.ts';

const EXCHANGE_ZONE = 'America/New_York';

/**
 * Alpaca's order statuses in ours. What is not here, and every status of an order on its way or under way, is a working order:
 * an order is only over when Alpaca says so in a word that we know.
 */
const STATUSES: Readonly<Record<string, BrokerOrderStatus>> = {
  held: 'held',
  pending_cancel: 'pending_cancel',
  pending_replace: 'pending_replace',
  filled: 'filled',
  canceled: 'canceled',
  expired: 'expired',
  rejected: 'rejected',
  replaced: 'replaced',
};

/** Events of the trade stream that say what has become of an order; all the others are `other`, and their order tells. */
const EVENTS: Readonly<Record<string, Exclude<BrokerEvent['kind'], 'connected' | 'disconnected'>>> = {
  new: 'accepted',
  accepted: 'accepted',
  partial_fill: 'partially_filled',
  fill: 'filled',
  canceled: 'canceled',
  expired: 'expired',
  rejected: 'rejected',
  replaced: 'replaced',
};

/** Account statuses under which orders are taken. `PAPER_ONLY` is one on the paper host; the bindings keep it off the live one. */
const TRADING_STATUSES: ReadonlySet<string> = new Set(['ACTIVE', 'PAPER_ONLY', 'ACCOUNT_UPDATED', 'LIMITED']);

/** Returns the body that asks for the order. Legs have no ids of ours: Alpaca gives them its own. */
export function orderToWire(order: OrderRequest): WireObject {
  const { takeProfit, stopLoss } = order;
  const target = order.oco ? order.limitPrice : (takeProfit?.limitPrice ?? null);
  const orderClass = order.oco
    ? 'oco'
    : takeProfit !== null && stopLoss !== null
      ? 'bracket'
      : takeProfit !== null || stopLoss !== null
        ? 'oto'
        : undefined;
  return {
    client_order_id: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    qty: formatQuantity(order.quantity),
    time_in_force: order.timeInForce,
    // The limit of an OCO is its target's, and is told there.
    ...(order.limitPrice === null || order.oco ? {} : { limit_price: formatPrice(order.limitPrice) }),
    ...(order.stopPrice === null ? {} : { stop_price: formatPrice(order.stopPrice) }),
    ...(orderClass === undefined ? {} : { order_class: orderClass }),
    ...(target === null ? {} : { take_profit: { limit_price: formatPrice(target) } }),
    ...(stopLoss === null ? {} : { stop_loss: { stop_price: formatPrice(stopLoss.stopPrice) } }),
  };
}

/** Returns the body that moves a stop. */
export function stopToWire(stopPrice: Price, as: string): WireObject {
  return { stop_price: formatPrice(stopPrice), client_order_id: as };
}

/** Returns the order, its legs with it. Throws `broker/bad-answer` naming the field that is missing or unreadable. */
export function orderFromWire(wire: unknown): BrokerOrder {
  const from = wireObject(wire, 'an order');
  const side = sideFromWire(neededText(from, 'side', 'an order'));
  const type = typeFromWire(optionalText(from, 'type') ?? optionalText(from, 'order_type'), side);
  const filled = optionalDecimal(from, 'filled_qty', QUANTITY_DIGITS, 'an order') ?? 0n;
  const timeInForce = timeInForceFromWire(optionalText(from, 'time_in_force'));
  const stopOnly = type === 'stop';
  const { legs } = from;
  const commission = optionalDecimal(from, 'commission', MONEY_DIGITS, 'an order');
  return {
    brokerOrderId: neededText(from, 'id', 'an order') as BrokerOrderId,
    clientOrderId: neededText(from, 'client_order_id', 'an order'),
    symbol: neededText(from, 'symbol', 'an order'),
    side,
    type,
    // An order by amount, which we never send, has no quantity until it has filled.
    quantity: (optionalDecimal(from, 'qty', QUANTITY_DIGITS, 'an order') ?? filled) as Quantity,
    filledQuantity: filled as Quantity,
    averageFillPrice: filled === 0n ? null : priceIn(from, 'filled_avg_price'),
    ...(commission === undefined ? {} : { commission: commission as Money }),
    // A buy stop that Alpaca made a stop-limit has a limit that nobody of us asked for.
    limitPrice: stopOnly ? null : priceIn(from, 'limit_price'),
    stopPrice: priceIn(from, 'stop_price'),
    timeInForce,
    status: statusFromWire(neededText(from, 'status', 'an order'), timeInForce, filled),
    submittedAt: optionalInstant(from, 'submitted_at', 'an order') ?? neededInstant(from, 'created_at', 'an order'),
    replacedBy: (optionalText(from, 'replaced_by') ?? null) as BrokerOrderId | null,
    legs: Array.isArray(legs) ? legs.map(orderFromWire) : [],
  };
}

/**
 * Returns our status of an order. `done_for_day` ends a `day` order and only pauses a `gtc` one; a working order with fills is
 * partially filled.
 */
export function statusFromWire(
  status: string,
  timeInForce: BrokerOrder['timeInForce'],
  filled: bigint,
): BrokerOrderStatus {
  if (status === 'done_for_day' && timeInForce !== 'gtc') return 'expired';
  return STATUSES[status] ?? (filled > 0n ? 'partially_filled' : 'working');
}

function typeFromWire(type: string | undefined, side: Side): BrokerOrder['type'] {
  if (type === 'market' || type === 'limit' || type === 'stop') return type;
  return type === 'stop_limit' && side === 'buy' ? 'stop' : 'other';
}

function timeInForceFromWire(timeInForce: string | undefined): BrokerOrder['timeInForce'] {
  return timeInForce === 'day' || timeInForce === 'gtc' ? timeInForce : 'other';
}

/** `sell_short` is a sell: the position says what it does. */
function sideFromWire(side: string): Side {
  return side.startsWith('sell') ? 'sell' : 'buy';
}

function priceIn(from: WireObject, field: string): Price | null {
  return (optionalDecimal(from, field, PRICE_DIGITS, 'an order') ?? null) as Price | null;
}

/** Requires the four facts that we decide on, and nothing that Alpaca has ever removed. */
export function accountFromWire(wire: unknown): BrokerAccount {
  const what = 'the account';
  const from = wireObject(wire, what);
  const equity = neededDecimal(from, 'equity', MONEY_DIGITS, what);
  const maintenance = optionalDecimal(from, 'maintenance_margin', MONEY_DIGITS, what) ?? 0n;
  const status = optionalText(from, 'status')?.toUpperCase() ?? 'ACTIVE';
  const deposits = optionalDecimal(from, 'intraday_adjustments', MONEY_DIGITS, what);
  return {
    brokerAccountId: neededText(from, 'id', what),
    equity: equity as Money,
    lastEquity: (optionalDecimal(from, 'last_equity', MONEY_DIGITS, what) ?? null) as Money | null,
    ...(deposits === undefined ? {} : { netDepositsToday: deposits as Money }),
    cash: neededDecimal(from, 'cash', MONEY_DIGITS, what) as Money,
    buyingPower: neededDecimal(from, 'buying_power', MONEY_DIGITS, what) as Money,
    closingOnly: status === 'LIMITED' || (maintenance > 0n && equity < maintenance),
    blocked:
      isSet(from, 'account_blocked') ||
      isSet(from, 'trading_blocked') ||
      isSet(from, 'trade_suspended_by_user') ||
      !TRADING_STATUSES.has(status),
  };
}

export function positionFromWire(wire: unknown): BrokerPosition {
  const from = wireObject(wire, 'a position');
  const quantity = neededDecimal(from, 'qty', QUANTITY_DIGITS, 'a position');
  const short = optionalText(from, 'side') === 'short' && quantity > 0n;
  return {
    symbol: neededText(from, 'symbol', 'a position'),
    quantity: (short ? -quantity : quantity) as Quantity,
    averageEntry: neededDecimal(from, 'avg_entry_price', PRICE_DIGITS, 'a position') as Price,
  };
}

/** Returns a fill out of the account's activities. Alpaca charges no commission on stocks; a sandbox that does says so. */
export function fillFromWire(wire: unknown): BrokerFill {
  const what = 'a fill';
  const from = wireObject(wire, what);
  return {
    fillId: fillIdOf(neededText(from, 'id', what)),
    brokerOrderId: neededText(from, 'order_id', what) as BrokerOrderId,
    symbol: neededText(from, 'symbol', what),
    side: sideFromWire(neededText(from, 'side', what)),
    quantity: neededDecimal(from, 'qty', QUANTITY_DIGITS, what) as Quantity,
    price: neededDecimal(from, 'price', PRICE_DIGITS, what) as Price,
    at: neededInstant(from, 'transaction_time', what),
    fee: feeIn(from, what),
  };
}

function feeIn(from: WireObject, what: string): Money {
  return (optionalDecimal(from, 'commission', MONEY_DIGITS, what) ?? NO_MONEY) as Money;
}

/** An activity is "20220202135509981::2d7be4ff-…": an instant, then the execution's id, which the stream tells alone. */
function fillIdOf(activityId: string): string {
  return (activityId.split('::').at(-1) ?? activityId).toLowerCase();
}

/** Returns the event of a trade update. Kinds that we do not know are `other`: what they mean is read from the broker. */
export function eventFromWire(wire: unknown): BrokerEvent {
  const what = 'a trade update';
  const from = wireObject(wire, what);
  const order = orderFromWire(from['order']);
  const kind = EVENTS[neededText(from, 'event', what)] ?? 'other';
  const at =
    optionalInstant(from, 'timestamp', what) ??
    optionalInstant(from, 'at', what) ??
    (isWireObject(from['order']) ? optionalInstant(from['order'], 'updated_at', what) : undefined) ??
    order.submittedAt;
  const filled = kind === 'partially_filled' || kind === 'filled';
  return { kind, at, order, fill: filled ? streamedFill(from, order, at) : null };
}

/** Returns the fill of an event, or null when it lacks what identifies it: the account's activities will tell. */
function streamedFill(from: WireObject, order: BrokerOrder, at: Temporal.Instant): BrokerFill | null {
  const what = 'a trade update';
  const id = optionalText(from, 'execution_id');
  const quantity = optionalDecimal(from, 'qty', QUANTITY_DIGITS, what);
  const price = optionalDecimal(from, 'price', PRICE_DIGITS, what);
  if (id === undefined || quantity === undefined || price === undefined) return null;
  return {
    fillId: fillIdOf(id),
    brokerOrderId: order.brokerOrderId,
    symbol: order.symbol,
    side: order.side,
    quantity: quantity as Quantity,
    price: price as Price,
    at,
    fee: feeIn(from, what),
  };
}

export function instrumentFromWire(wire: unknown): InstrumentFacts {
  const from = wireObject(wire, 'an asset');
  return {
    symbol: neededText(from, 'symbol', 'an asset'),
    tradable: isSet(from, 'tradable') && (optionalText(from, 'status') ?? 'active') === 'active',
    shortable: isSet(from, 'shortable'),
    easyToBorrow: isSet(from, 'easy_to_borrow') || optionalText(from, 'borrow_status') === 'easy_to_borrow',
    fractionable: isSet(from, 'fractionable'),
  };
}

/** A day of the calendar: its times are the exchange's, "09:30" and "13:00". */
export function sessionFromWire(wire: unknown): BrokerSession {
  const what = 'a calendar day';
  const from = wireObject(wire, what);
  const date = neededText(from, 'date', what);
  const at = (field: string) =>
    Temporal.PlainDate.from(date)
      .toZonedDateTime({ timeZone: EXCHANGE_ZONE, plainTime: neededText(from, field, what) })
      .toInstant();
  return { date, opensAt: at('open'), closesAt: at('close') };
}
