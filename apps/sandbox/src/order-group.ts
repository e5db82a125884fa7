import { type Price, parsePrice, type Side } from '@bellwether/domain';
import type { ExchangeRequest } from '@bellwether/matching';
import type { OrderRecord } from './order-registry.ts';
import type { OrderTicket } from './order-ticket.ts';
import type { Stamp } from './wire-stamp.ts';

/** What an order is given on arrival. */
export interface Arrival {
  readonly nextId: () => string;
  readonly at: Stamp;
  readonly isExternal: boolean;
  readonly waitsForOpen: boolean;
  readonly hiddenUntil: number;
}

export interface OrderGroup {
  readonly request: ExchangeRequest;
  /** The order under which the group was sent first. */
  readonly records: readonly [OrderRecord, ...OrderRecord[]];
}

const FIFTY = parsePrice('50');
const CENT = parsePrice('0.01');

/** A buy stop becomes a stop-limit: 4 % above under $50, 2.5 % from there, up to the next cent. A sell stop stays. */
export function stopLimitOf(side: Side, stop: Price | null): Price | null {
  if (side === 'sell' || stop === null) return null;
  const above = (stop * (stop < FIFTY ? 1040n : 1025n)) / 1000n;
  return (((above + CENT - 1n) / CENT) * CENT) as Price;
}

/** Returns what the exchange is told of a ticket, under the broker's ids, and the records of its members. */
export function groupOf(ticket: OrderTicket, clientOrderId: string, arrival: Arrival): OrderGroup {
  const { symbol, side, quantity, timeInForce, orderClass } = ticket;
  const id = arrival.nextId();
  const isOco = orderClass === 'oco';
  const shared = {
    symbol,
    quantity,
    timeInForce,
    orderClass,
    groupId: id,
    isExternal: arrival.isExternal,
    submittedAt: arrival.at,
    updatedAt: arrival.at,
    replaces: null,
    replacedBy: null,
    filledAt: null,
    canceledAt: null,
    expiredAt: null,
    replacedAt: null,
    failedAt: null,
    pending: null,
    extendedHours: ticket.extendedHours,
    waitsForOpen: arrival.waitsForOpen,
    hiddenUntil: arrival.hiddenUntil,
  } as const;
  const legSide: Side = isOco ? side : side === 'buy' ? 'sell' : 'buy';
  const leg = (type: OrderRecord['type'], limitPrice: Price | null, stopPrice: Price | null): OrderRecord => ({
    ...shared,
    id: arrival.nextId(),
    clientOrderId: arrival.nextId(),
    side: legSide,
    type,
    limitPrice,
    stopPrice,
    isLeg: true,
    legs: [],
    fills: [],
  });
  const target = ticket.target === null ? null : leg('limit', ticket.target, null);
  const stopLimit = ticket.stop?.limitPrice ?? stopLimitOf(legSide, ticket.stop?.stopPrice ?? null);
  const stop =
    ticket.stop === null ? null : leg(stopLimit === null ? 'stop' : 'stop_limit', stopLimit, ticket.stop.stopPrice);
  const legs = [target, stop].filter((member) => member !== null);
  const entryLimit = ticket.type === 'stop' ? stopLimitOf(side, ticket.stopPrice) : ticket.limitPrice;
  const parent: OrderRecord = {
    ...shared,
    id,
    clientOrderId,
    side,
    type: ticket.type === 'stop' && entryLimit !== null ? 'stop_limit' : ticket.type,
    limitPrice: entryLimit,
    stopPrice: ticket.stopPrice,
    isLeg: false,
    legs: legs.map((member) => member.id),
    fills: [],
  };
  const request: ExchangeRequest = {
    clientOrderId: id,
    symbol,
    side,
    type: ticket.type === 'stop_limit' ? 'stop' : ticket.type,
    quantity,
    limitPrice: entryLimit,
    stopPrice: ticket.stopPrice,
    timeInForce,
    takeProfit: target?.limitPrice == null ? null : { clientOrderId: target.id, limitPrice: target.limitPrice },
    stopLoss:
      stop?.stopPrice == null
        ? null
        : {
            clientOrderId: stop.id,
            stopPrice: stop.stopPrice,
            ...(stopLimit === null ? {} : { limitPrice: stopLimit }),
          },
    oco: isOco,
  };
  return { request, records: [parent, ...legs] };
}
