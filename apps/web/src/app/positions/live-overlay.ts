import type { HeldPosition, Order, OrderRecord, Position, Trade } from '../api/wire.ts';
import type { Told } from '../session/live/live-event-reducer.ts';

type ToldById<T> = Readonly<Record<string, Told<T>>>;

/**
 * A snapshot brought up to what the stream has told since: what a position is (state, shares, stop, targets) at once, and its
 * prices and P&L only with the next snapshot, so that dollars, percent and R on screen are always of one instant.
 * Events that the snapshot already knows change nothing.
 */
export function bringUpToDate<T extends HeldPosition>(
  items: readonly T[],
  asOfSeq: number,
  positions: ToldById<Position>,
  closed: ToldById<Trade>,
): readonly T[] {
  return items
    .filter((item) => (closed[item.id]?.seq ?? 0) <= asOfSeq)
    .map((item) => {
      const told = positions[item.id];
      if (told === undefined || told.seq <= asOfSeq) return item;
      const { state, quantity, intended_quantity, average_entry, stop, target_1, target_2, opened_at, closed_at } =
        told.value;
      return {
        ...item,
        state,
        quantity,
        intended_quantity,
        average_entry,
        stop,
        target_1,
        target_2,
        opened_at,
        closed_at,
      };
    });
}

/** The same for orders. */
export function bringOrdersUpToDate<T extends OrderRecord>(
  items: readonly T[],
  asOfSeq: number,
  orders: ToldById<Order>,
): readonly T[] {
  return items.map((item) => {
    const told = orders[item.order_id];
    if (told === undefined || told.seq <= asOfSeq) return item;
    const { status, quantity, filled_quantity, average_price, limit_price, stop_price, reason } = told.value;
    return { ...item, status, quantity, filled_quantity, average_price, limit_price, stop_price, reason };
  });
}
