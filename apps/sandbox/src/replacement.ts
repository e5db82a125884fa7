import type { Price, Quantity } from '@bellwether/domain';
import type { ExchangeOrder, OrderChanges } from '@bellwether/matching';
import { stopLimitOf } from './order-group.ts';
import type { OrderRecord } from './order-registry.ts';
import type { ReplaceTicket } from './order-ticket.ts';
import { unprocessable } from './refusals.ts';

export interface Replacement {
  /** What the exchange is told. */
  readonly changes: OrderChanges;
  /** What the successor's record says. */
  readonly levels: Pick<OrderRecord, 'quantity' | 'limitPrice' | 'stopPrice'>;
  /** Shares that the successor holds beyond what was left of the old order. */
  readonly growth: Quantity;
}

/** Says what a replacement comes to; `isOriginal` re-uses the original quantity of a partly filled order. Throws the refusal. */
export function replacementOf(
  ticket: ReplaceTicket,
  old: OrderRecord,
  order: ExchangeOrder,
  isOriginal: boolean,
): Replacement {
  const rest = (order.quantity - order.filledQuantity) as Quantity;
  if (ticket.quantity !== null && old.orderClass !== 'simple' && ticket.quantity !== rest)
    throw unprocessable('qty of an order in a group cannot be replaced');
  if (ticket.stopPrice !== null && old.stopPrice === null) throw unprocessable('order has no stop price to replace');
  if (ticket.limitPrice !== null && order.limitPrice === null)
    throw unprocessable('order has no limit price to replace');
  const quantity = ticket.quantity ?? (isOriginal ? order.quantity : rest);
  const stopPrice = ticket.stopPrice ?? old.stopPrice;
  const limitPrice = limitOf(ticket, old, order);
  return {
    levels: { quantity, stopPrice, limitPrice },
    changes: {
      ...(quantity === rest ? {} : { quantity }),
      ...(limitPrice === null || limitPrice === order.limitPrice ? {} : { limitPrice }),
      ...(ticket.stopPrice === null ? {} : { stopPrice: ticket.stopPrice }),
    },
    growth: (quantity > rest ? quantity - rest : 0n) as Quantity,
  };
}

/** The limit of a stop-limit moves with its stop. */
function limitOf(ticket: ReplaceTicket, old: OrderRecord, order: ExchangeOrder): Price | null {
  if (ticket.limitPrice !== null || order.limitPrice === null) return ticket.limitPrice;
  return stopLimitOf(old.side, ticket.stopPrice) ?? old.limitPrice;
}
