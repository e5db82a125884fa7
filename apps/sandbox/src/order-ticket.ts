import { ONE_SHARE, type Price, parsePrice, parseQuantity, type Quantity, type Side } from '@bellwether/domain';
import { Refusal, unprocessable } from './refusals.ts';

export type WireOrderType = 'market' | 'limit' | 'stop' | 'stop_limit';
export type WireOrderClass = 'simple' | 'bracket' | 'oco' | 'oto';

/** A new order as the client wrote it, read: what the fields say, not yet whether the account can carry it. */
export interface OrderTicket {
  readonly clientOrderId: string | null;
  readonly symbol: string;
  readonly side: Side;
  readonly type: WireOrderType;
  readonly orderClass: WireOrderClass;
  readonly timeInForce: 'day' | 'gtc';
  readonly quantity: Quantity;
  readonly limitPrice: Price | null;
  readonly stopPrice: Price | null;
  readonly extendedHours: boolean;
  readonly target: Price | null;
  readonly stop: { readonly stopPrice: Price; readonly limitPrice: Price | null } | null;
}

type Body = Readonly<Record<string, unknown>>;
const TYPES: readonly string[] = ['market', 'limit', 'stop', 'stop_limit'];
const CLASSES: readonly string[] = ['simple', 'bracket', 'oco', 'oto'];
const DOLLAR = parsePrice('1');
const CENT = parsePrice('0.01');
const HUNDREDTH_CENT = parsePrice('0.0001');
const LONGEST_ID = 128;

/** Reads the body of `POST /v2/orders`. Throws the refusal that the broker would give to its shape. */
export function readTicket(value: unknown): OrderTicket {
  if (typeof value !== 'object' || value === null) throw new Refusal(400, 40010000, 'request body format is invalid');
  const body = value as Body;
  const symbol = textOf(body, 'symbol');
  const side = oneOf(body, 'side', ['buy', 'sell']) as Side;
  const type = oneOf(body, 'type', TYPES) as WireOrderType;
  const orderClass = oneOf({ order_class: body['order_class'] || 'simple' }, 'order_class', CLASSES) as WireOrderClass;
  const timeInForce = oneOf(body, 'time_in_force', ['day', 'gtc']) as 'day' | 'gtc';
  if (body['notional'] !== undefined && body['notional'] !== null)
    throw unprocessable('notional orders are not served by the sandbox');
  const quantity = quantityOf(body['qty']);
  const id = body['client_order_id'];
  if (id !== undefined && id !== null && (typeof id !== 'string' || id === '' || id.length > LONGEST_ID))
    throw unprocessable(`client_order_id must be no more than ${LONGEST_ID} characters`);
  const target = body['take_profit'] as Body | undefined | null;
  const stop = body['stop_loss'] as Body | undefined | null;
  const ticket: OrderTicket = {
    clientOrderId: typeof id === 'string' ? id : null,
    symbol,
    side,
    type,
    orderClass,
    timeInForce,
    quantity,
    limitPrice: priceOf(body['limit_price'], 'limit_price'),
    stopPrice: priceOf(body['stop_price'], 'stop_price'),
    extendedHours: body['extended_hours'] === true,
    target: target == null ? null : requiredPrice(target['limit_price'], 'take_profit.limit_price'),
    stop:
      stop == null
        ? null
        : {
            stopPrice: requiredPrice(stop['stop_price'], 'stop_loss.stop_price'),
            limitPrice: priceOf(stop['limit_price'], 'stop_loss.limit_price'),
          },
  };
  checkKind(ticket);
  checkClass(ticket);
  // The parent of an OCO is its target; some clients say the price there and nowhere else.
  return orderClass === 'oco' ? { ...ticket, limitPrice: ticket.limitPrice ?? ticket.target, target: null } : ticket;
}

function checkKind({
  type,
  orderClass,
  limitPrice,
  stopPrice,
  extendedHours,
  timeInForce,
  quantity,
}: OrderTicket): void {
  const wantsLimit = type === 'limit' || type === 'stop_limit';
  if (wantsLimit && limitPrice === null && orderClass !== 'oco')
    throw unprocessable(`${type} orders require a limit price`);
  if (!wantsLimit && limitPrice !== null) throw unprocessable(`${type} orders must not have a limit price`);
  const wantsStop = type === 'stop' || type === 'stop_limit';
  if (wantsStop && stopPrice === null) throw unprocessable(`${type} orders require a stop price`);
  if (!wantsStop && stopPrice !== null) throw unprocessable(`${type} orders must not have a stop price`);
  if (extendedHours && (type !== 'limit' || timeInForce !== 'day' || orderClass !== 'simple'))
    throw unprocessable('extended hours order must be DAY limit orders');
  if (quantity % ONE_SHARE === 0n) return;
  if (timeInForce !== 'day') throw unprocessable('fractional orders must be DAY orders');
  if (orderClass !== 'simple') throw unprocessable('fractional orders must be simple orders');
}

function checkClass({ orderClass, type, limitPrice, target, stop }: OrderTicket): void {
  if (orderClass === 'simple') {
    if (target !== null || stop !== null) throw unprocessable('simple orders must not have take_profit or stop_loss');
    return;
  }
  if (orderClass === 'bracket') {
    if (target === null) throw unprocessable('bracket orders require take_profit.limit_price');
    if (stop === null) throw unprocessable('bracket orders require stop_loss.stop_price');
    if (type !== 'market' && type !== 'limit') throw unprocessable('bracket orders must be market or limit orders');
  }
  if (orderClass === 'oto' && (target === null) === (stop === null))
    throw unprocessable('oto orders require either take_profit or stop_loss');
  if (orderClass === 'oco') {
    if (type !== 'limit' || (limitPrice ?? target) === null)
      throw unprocessable('oco orders require take_profit.limit_price and type limit');
    if (stop === null) throw unprocessable('oco orders require stop_loss.stop_price');
  }
}

/** What `PATCH /v2/orders/{id}` asks for. */
export interface ReplaceTicket {
  readonly clientOrderId: string | null;
  readonly quantity: Quantity | null;
  readonly limitPrice: Price | null;
  readonly stopPrice: Price | null;
}

export function readReplaceTicket(value: unknown): ReplaceTicket {
  if (typeof value !== 'object' || value === null) throw new Refusal(400, 40010000, 'request body format is invalid');
  const body = value as Body;
  const id = body['client_order_id'];
  return {
    clientOrderId: typeof id === 'string' && id !== '' ? id : null,
    quantity: body['qty'] === undefined || body['qty'] === null ? null : quantityOf(body['qty']),
    limitPrice: priceOf(body['limit_price'], 'limit_price'),
    stopPrice: priceOf(body['stop_price'], 'stop_price'),
  };
}

function textOf(body: Body, name: string): string {
  const value = body[name];
  if (typeof value === 'string' && value !== '') return value;
  throw unprocessable(`${name} is required`);
}

function oneOf(body: Body, name: string, allowed: readonly string[]): string {
  const value = textOf(body, name);
  if (allowed.includes(value)) return value;
  throw unprocessable(`invalid ${name}: ${value}; the sandbox serves ${allowed.join(', ')}`);
}

function quantityOf(value: unknown): Quantity {
  const text = typeof value === 'number' ? String(value) : value;
  let quantity: Quantity | undefined;
  try {
    quantity = typeof text === 'string' ? parseQuantity(text) : undefined;
  } catch {
    quantity = undefined;
  }
  if (quantity === undefined || quantity <= 0n) throw unprocessable('qty must be > 0');
  return quantity;
}

function requiredPrice(value: unknown, name: string): Price {
  const price = priceOf(value, name);
  if (price === null) throw unprocessable(`${name} is required`);
  return price;
}

/** Prices from a dollar have two decimals, below it four: the minimum pricing rule. */
function priceOf(value: unknown, name: string): Price | null {
  if (value === undefined || value === null || value === '') return null;
  let price: Price;
  try {
    price = parsePrice(String(value));
  } catch {
    throw unprocessable(`invalid ${name} ${String(value)}`);
  }
  if (price <= 0n) throw unprocessable(`${name} must be > 0`);
  if (price % (price >= DOLLAR ? CENT : HUNDREDTH_CENT) !== 0n)
    throw unprocessable(
      `invalid ${name} ${String(value)}. sub-penny increment does not fulfill minimum pricing criteria`,
    );
  return price;
}
