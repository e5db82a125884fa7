import { formatMoneyExact, formatPrice, formatQuantity, type Price } from '@bellwether/domain';
import type { OrderSnapshot } from '../execution/lane-story.ts';
import type { DeskOrder } from '../position/position-state.ts';

/** Returns an order as journals and screens show it. */
export function snapshotOf(order: DeskOrder): OrderSnapshot {
  const average =
    order.filledQuantity === 0n ? null : (((order.filledAmount * 1_000_000_000_000n) / order.filledQuantity) as Price);
  return {
    orderId: order.clientOrderId,
    positionId: order.positionId,
    purpose: order.purpose,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    status: order.status,
    quantity: formatQuantity(order.quantity),
    filledQuantity: formatQuantity(order.filledQuantity),
    averagePrice: average === null ? null : formatPrice(average),
    limitPrice: order.limitPrice === null ? null : formatPrice(order.limitPrice),
    stopPrice: order.stopPrice === null ? null : formatPrice(order.stopPrice),
    commission: formatMoneyExact(order.commission),
    reason: order.reason,
    ...(order.cut === undefined ? {} : { cut: order.cut }),
  };
}
