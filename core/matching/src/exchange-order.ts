import type { EpochMs, Quantity } from '@bellwether/domain';
import type {
  ExchangeEvent,
  ExchangeEventKind,
  ExchangeOrder,
  ExchangeOrderRole,
  ExchangeRequest,
} from './exchange.ts';

/** An order inside the exchange, which changes it in place; everyone else gets snapshots. */
export type LiveOrder = { -readonly [Key in keyof ExchangeOrder]: ExchangeOrder[Key] };

export function isLive(order: ExchangeOrder): boolean {
  return order.status === 'held' || order.status === 'working' || order.status === 'partially_filled';
}

/** Says whether an order waits for nothing but the next open: a market order, or what is left of a stop that was hit. */
export function wantsNextOpen(order: ExchangeOrder): boolean {
  return order.type === 'market' || order.triggered;
}

export function remainingOf(order: ExchangeOrder): Quantity {
  return (order.quantity - order.filledQuantity) as Quantity;
}

/** Returns what is wrong with the shape of a request, or `undefined`. Levels against the market are the gate's business. */
export function shapeProblem(request: ExchangeRequest): string | undefined {
  const { type, limitPrice, stopPrice, takeProfit, stopLoss } = request;
  if (request.clientOrderId === '') return 'expected a client order id, was empty';
  if (request.quantity <= 0n) return `expected a quantity above 0, was ${request.quantity}`;
  if (type === 'limit' ? limitPrice === null : type === 'market' && limitPrice !== null)
    return `expected a limit price on limit orders, none on market orders, was type ${type}`;
  if ((type === 'stop') !== (stopPrice !== null)) return `expected a stop price on stop orders only, was type ${type}`;
  const levels = [limitPrice, stopPrice, takeProfit?.limitPrice, stopLoss?.stopPrice, stopLoss?.limitPrice];
  if (levels.some((level) => typeof level === 'bigint' && level <= 0n)) return 'expected prices above 0';
  if (request.oco && (type !== 'limit' || stopLoss === null || takeProfit !== null)) {
    return 'expected an OCO to be a limit order with a stop and no further target';
  }
  const ids = [request.clientOrderId, takeProfit?.clientOrderId, stopLoss?.clientOrderId].filter(
    (id) => id !== undefined,
  );
  return new Set(ids).size === ids.length ? undefined : 'expected a client order id of its own for every member';
}

/** Returns the members of a request, parent first: legs are held until their entry fills, the stop of an OCO works at once. */
export function membersOf(request: ExchangeRequest, role: ExchangeOrderRole, at: EpochMs): readonly LiveOrder[] {
  const parent: LiveOrder = {
    clientOrderId: request.clientOrderId,
    groupId: request.clientOrderId,
    role,
    symbol: request.symbol,
    side: request.side,
    type: request.type,
    quantity: request.quantity,
    filledQuantity: 0n as Quantity,
    filledExact: 0n,
    fillCount: 0,
    commission: 0n as ExchangeOrder['commission'],
    limitPrice: request.limitPrice,
    stopPrice: request.stopPrice,
    timeInForce: request.timeInForce,
    status: 'working',
    triggered: false,
    submittedAt: at,
    workingSince: at,
    replacedBy: null,
  };
  const members = [parent];
  const side = request.oco ? request.side : request.side === 'buy' ? 'sell' : 'buy';
  const leg = { ...parent, side, status: request.oco ? 'working' : 'held' } as const;
  const { takeProfit, stopLoss } = request;
  if (takeProfit !== null) {
    members.push({
      ...leg,
      clientOrderId: takeProfit.clientOrderId,
      role: 'target_leg',
      type: 'limit',
      limitPrice: takeProfit.limitPrice,
      stopPrice: null,
    });
  }
  if (stopLoss !== null) {
    members.push({
      ...leg,
      clientOrderId: stopLoss.clientOrderId,
      role: 'stop_leg',
      type: 'stop',
      limitPrice: stopLoss.limitPrice ?? null,
      stopPrice: stopLoss.stopPrice,
    });
  }
  return members;
}

/** Returns an event with a snapshot of the order as it is now. */
export function exchangeEvent(
  kind: ExchangeEventKind,
  order: ExchangeOrder,
  at: EpochMs,
  more: Partial<ExchangeEvent> = {},
): ExchangeEvent {
  return { kind, at, clientOrderId: order.clientOrderId, order: { ...order }, ...more };
}
