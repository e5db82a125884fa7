import {
  calendarOf,
  DAY_MS,
  divideHalfEven,
  type EpochMs,
  formatMoneyExact,
  formatPrice,
  formatQuantity,
  type Money,
  notional,
  type Price,
  type Quantity,
  type TradingSession,
} from '@bellwether/domain';
import type { ExchangePosition } from '@bellwether/matching';
import type { TradeUpdate } from './account-changes.ts';
import type { AssetSettings } from './account-settings.ts';
import type { FillRecord, OrderRecord } from './order-registry.ts';
import type { SandboxAccount } from './sandbox-account.ts';
import { type Stamp, stampText, uuidOf } from './wire-stamp.ts';

export type Json = Readonly<Record<string, unknown>>;

const GTC_DAYS = 90;
const NEW_YORK = 'America/New_York';
const calendar = calendarOf('US');

const textOf = (stamp: Stamp | null) => (stamp === null ? null : stampText(stamp));
const priceOrNull = (price: Price | null) => (price === null ? null : formatPrice(price));

/** An order as the broker writes it; legs only when they are asked for. */
export function orderToWire(account: SandboxAccount, record: OrderRecord, nested: boolean): Json {
  const order = account.exchange.find(record.id);
  const filled = order?.filledQuantity ?? (0n as Quantity);
  const average = filled === 0n || order === undefined ? null : (divideHalfEven(order.filledExact, filled) as Price);
  const quantity = order === undefined || record.failedAt !== null ? record.quantity : order.quantity;
  const isShown = nested && record.legs.length > 0;
  const legs = record.legs.flatMap((id) => account.registry.find(id) ?? []);
  return {
    id: record.id,
    client_order_id: record.clientOrderId,
    created_at: stampText(record.submittedAt),
    updated_at: stampText(record.updatedAt),
    submitted_at: stampText(record.submittedAt),
    filled_at: textOf(record.filledAt),
    expired_at: textOf(record.expiredAt),
    expires_at: new Date(expiryOf(record)).toISOString(),
    canceled_at: textOf(record.canceledAt),
    failed_at: textOf(record.failedAt),
    replaced_at: textOf(record.replacedAt),
    replaced_by: record.replacedBy,
    replaces: record.replaces,
    asset_id: uuidOf(`asset|${record.symbol}`),
    symbol: record.symbol,
    asset_class: 'us_equity',
    notional: null,
    qty: formatQuantity(quantity),
    filled_qty: formatQuantity(filled),
    filled_avg_price: priceOrNull(average),
    order_class: record.orderClass,
    order_type: record.type,
    type: record.type,
    side: record.side,
    time_in_force: record.timeInForce,
    limit_price: priceOrNull(record.limitPrice),
    stop_price: priceOrNull(record.stopPrice),
    status: account.statusOf(record),
    extended_hours: record.extendedHours,
    legs: isShown ? legs.map((leg) => orderToWire(account, leg, false)) : null,
    trail_percent: null,
    trail_price: null,
    hwm: null,
    ...commissionOf(account, order?.commission),
  };
}

function expiryOf({ submittedAt, timeInForce }: OrderRecord): EpochMs {
  if (timeInForce === 'gtc') return submittedAt.ms + GTC_DAYS * DAY_MS;
  return (calendar.sessionAt(submittedAt.ms) ?? calendar.nextSession(submittedAt.ms)).closesAt;
}

/** What a fill or an order has cost: not Alpaca's word, and not spoken where nothing is charged. */
function commissionOf({ settings }: SandboxAccount, amount: bigint | undefined): Json {
  return settings.commission === undefined ? {} : { commission: formatMoneyExact((amount ?? 0n) as Money) };
}

export function accountToWire(account: SandboxAccount): Json {
  const { exchange, tape } = account;
  const multiplier = account.settings.margin_multiplier ?? 2;
  let long = 0n;
  let short = 0n;
  for (const { symbol, quantity } of exchange.positions()) {
    const value = notional(tape.marks.get(symbol) ?? (0n as Price), quantity);
    if (value > 0n) long += value;
    else short += value;
  }
  const money = (value: bigint) => formatMoneyExact(value as Money);
  const equity = money(account.equity());
  const power = money(account.buyingPower());
  const maintenance = money(long / 4n - (short * 3n) / 10n);
  return {
    id: account.id,
    account_number: `PA${account.id.replaceAll('-', '').slice(0, 10).toUpperCase()}`,
    status: 'ACTIVE',
    crypto_status: 'ACTIVE',
    currency: 'USD',
    cash: money(exchange.cash),
    portfolio_value: equity,
    equity,
    last_equity: money(account.lastEquity),
    buying_power: power,
    regt_buying_power: power,
    non_marginable_buying_power: money(exchange.cash > 0n ? exchange.cash : 0n),
    multiplier: String(multiplier),
    long_market_value: money(long),
    short_market_value: money(short),
    initial_margin: money((long - short) / 2n),
    maintenance_margin: maintenance,
    last_maintenance_margin: maintenance,
    sma: '0',
    accrued_fees: '0',
    intraday_adjustments: money(account.depositsToday),
    pending_transfer_in: '0',
    created_at: new Date(account.createdAt).toISOString(),
    trade_suspended_by_user: false,
    // A position beyond 600 % of the equity leaves the account nothing but closing.
    trading_blocked: false,
    ...(account.isRestricted ? { status: 'LIMITED' } : {}),
    transfers_blocked: false,
    account_blocked: false,
    shorting_enabled: multiplier > 1,
    ...(account.settings.old_day_trade_fields === true
      ? { pattern_day_trader: false, daytrade_count: 0, daytrading_buying_power: '0' }
      : {}),
  };
}

export function positionToWire(account: SandboxAccount, position: ExchangePosition): Json {
  const { symbol, quantity, averageEntry } = position;
  const mark = account.tape.marks.get(symbol) ?? averageEntry;
  const money = (value: bigint) => formatMoneyExact(value as Money);
  const value = notional(mark, quantity);
  const cost = notional(averageEntry, quantity);
  const gain = value - cost;
  const ratio = cost === 0n ? '0' : (Number(gain) / Math.abs(Number(cost))).toFixed(6);
  return {
    asset_id: uuidOf(`asset|${symbol}`),
    symbol,
    exchange: 'NASDAQ',
    asset_class: 'us_equity',
    asset_marginable: true,
    qty: formatQuantity(quantity),
    qty_available: formatQuantity(account.available(position)),
    side: quantity > 0n ? 'long' : 'short',
    avg_entry_price: formatPrice(averageEntry),
    market_value: money(value),
    cost_basis: money(cost),
    unrealized_pl: money(gain),
    unrealized_plpc: ratio,
    unrealized_intraday_pl: money(gain),
    unrealized_intraday_plpc: ratio,
    current_price: formatPrice(mark),
    lastday_price: formatPrice(mark),
    change_today: '0',
  };
}

/** A fill in the activities; its id ends with the execution id that the stream told. */
export function activityToWire(account: SandboxAccount, fill: FillRecord): Json {
  return {
    id: activityId(fill),
    activity_type: 'FILL',
    transaction_time: stampText(fill.at),
    type: fill.leaves === 0n ? 'fill' : 'partial_fill',
    price: formatPrice(fill.price),
    qty: formatQuantity(fill.quantity),
    side: fill.side,
    symbol: fill.symbol,
    leaves_qty: formatQuantity(fill.leaves),
    order_id: fill.orderId,
    cum_qty: formatQuantity(fill.cumulative),
    order_status: fill.leaves === 0n ? 'filled' : 'partially_filled',
    ...commissionOf(account, fill.commission),
  };
}

export function activityId(fill: FillRecord): string {
  const digits = new Date(fill.at.ms).toISOString().replaceAll(/\D/g, '');
  return `${digits}::${fill.executionId}`;
}

export function updateToWire(account: SandboxAccount, update: TradeUpdate): Json {
  const { event, order, at, executionId, fill, positionQuantity } = update;
  return {
    event,
    execution_id: executionId,
    order: orderToWire(account, order, true),
    timestamp: stampText(at),
    ...(fill === null
      ? {}
      : {
          price: formatPrice(fill.price),
          qty: formatQuantity(fill.quantity),
          position_qty: formatQuantity(positionQuantity),
          ...commissionOf(account, fill.commission),
        }),
  };
}

export function assetToWire(symbol: string, settings: AssetSettings): Json {
  const isEasy = settings.easy_to_borrow !== false;
  return {
    id: uuidOf(`asset|${symbol}`),
    class: 'us_equity',
    exchange: 'NASDAQ',
    symbol,
    name: `${symbol} (sandbox)`,
    status: 'active',
    tradable: settings.tradable !== false,
    marginable: true,
    maintenance_margin_requirement: 30,
    margin_requirement_long: '30',
    margin_requirement_short: '30',
    shortable: settings.shortable !== false,
    easy_to_borrow: isEasy,
    borrow_status: isEasy ? 'easy_to_borrow' : 'hard_to_borrow',
    fractionable: settings.fractionable !== false,
    attributes: [],
  };
}

function newYork(at: EpochMs): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(NEW_YORK);
}

export function clockToWire(now: EpochMs): Json {
  const session = calendar.sessionAt(now);
  const next = calendar.nextSession(now);
  const text = (at: EpochMs) => newYork(at).toString({ timeZoneName: 'never' });
  return {
    timestamp: text(now),
    is_open: session !== undefined,
    next_open: text(next.opensAt),
    next_close: text((session ?? next).closesAt),
  };
}

export function calendarToWire(from: string, to: string): readonly Json[] {
  const time = (at: EpochMs) => newYork(at).toPlainTime().toString().slice(0, 5);
  return calendar.sessionsBetween(from, to).map((session: TradingSession) => ({
    date: session.date,
    open: time(session.opensAt),
    close: time(session.closesAt),
    session_open: '0400',
    session_close: session.earlyClose ? '1700' : '2000',
    settlement_date: calendar.nextSession(session.closesAt).date,
  }));
}
