import { divideHalfEven, type Fill, type Money, type Price } from '@bellwether/domain';
import type { ExchangeEvent, ExchangeOrder } from '@bellwether/matching';
import type { BrokerEvent, BrokerFill, BrokerOrder, BrokerOrderId } from '@bellwether/ports';

const PREFIX = 'sim-';

export function brokerOrderIdOf(clientOrderId: string): BrokerOrderId {
  return `${PREFIX}${clientOrderId}` as BrokerOrderId;
}

/** Returns the client order id behind one of our broker order ids, or `undefined` when it is not ours. */
export function clientOrderIdOf(id: BrokerOrderId): string | undefined {
  return id.startsWith(PREFIX) ? id.slice(PREFIX.length) : undefined;
}

export function toBrokerOrder(order: ExchangeOrder, legs: readonly ExchangeOrder[] = []): BrokerOrder {
  return {
    brokerOrderId: brokerOrderIdOf(order.clientOrderId),
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    quantity: order.quantity,
    filledQuantity: order.filledQuantity,
    averageFillPrice:
      order.filledQuantity === 0n ? null : (divideHalfEven(order.filledExact, order.filledQuantity) as Price),
    limitPrice: order.limitPrice,
    stopPrice: order.stopPrice,
    timeInForce: order.timeInForce,
    status: order.status,
    submittedAt: Temporal.Instant.fromEpochMilliseconds(order.submittedAt),
    replacedBy: order.replacedBy === null ? null : brokerOrderIdOf(order.replacedBy),
    legs: legs.map((leg) => toBrokerOrder(leg)),
  };
}

export function toBrokerFill(fill: Fill): BrokerFill {
  const { fillId, symbol, side, quantity, price } = fill;
  return {
    fillId,
    brokerOrderId: brokerOrderIdOf(fill.clientOrderId),
    symbol,
    side,
    quantity,
    price,
    at: Temporal.Instant.fromEpochMilliseconds(fill.at),
    fee: fill.commission as Money,
  };
}

export function toBrokerEvent(event: ExchangeEvent): BrokerEvent {
  const at = Temporal.Instant.fromEpochMilliseconds(event.at);
  return {
    kind: event.kind,
    at,
    order: toBrokerOrder(event.order),
    fill: event.fill === undefined ? null : toBrokerFill(event.fill),
  };
}
