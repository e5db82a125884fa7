/** A lane as it was reported when the execution ended, with what its orders and position have become since. */
import type { FillWire, OrderWire, PositionWire, ReportLaneWire, TradeWire } from '@bellwether/contracts';
import { decimalOrNull, moneyText, priceText, quantityText } from '../../records/decimal-text.ts';
import type { FillRow, OrderRow, StoredReport } from './reports.store.ts';

/** What is on record of an execution beside its report. */
export interface ReportRecords {
  readonly orders: readonly OrderRow[];
  readonly fills: readonly FillRow[];
  readonly positions: readonly PositionWire[];
  readonly trades: readonly TradeWire[];
}

export function reportLane(lane: StoredReport['lanes'][number], records: ReportRecords): ReportLaneWire {
  const isOfLane = ({ symbol }: { readonly symbol: string }) => symbol === lane.symbol;
  const orders = records.orders.filter(isOfLane).map(orderToWire);
  const fills = records.fills.filter(isOfLane).map(fillToWire);
  const position = records.positions.find(isOfLane) ?? null;
  return {
    ...lane,
    // Nothing is booked of a lane whose orders were only thought of.
    orders: orders.length > 0 ? orders : lane.orders,
    fills: fills.length > 0 ? fills : lane.fills,
    position,
    trade: records.trades.find(isOfLane) ?? null,
    levels: position === null ? lane.levels : levelsOf(position),
  };
}

function levelsOf({ average_entry, stop, initial_stop, target_1, target_2 }: PositionWire): ReportLaneWire['levels'] {
  return { entry: average_entry, stop, initial_stop, target_1, target_2 };
}

function orderToWire(row: OrderRow): OrderWire {
  return {
    order_id: row.client_order_id,
    position_id: row.position_id,
    purpose: row.purpose,
    symbol: row.symbol,
    side: row.side,
    type: row.order_type,
    status: row.state,
    quantity: quantityText(row.quantity),
    filled_quantity: quantityText(row.filled_quantity),
    average_price: decimalOrNull(row.average_price, 2),
    limit_price: decimalOrNull(row.limit_price, 2),
    stop_price: decimalOrNull(row.stop_price, 2),
    commission: moneyText(row.commission),
    reason: row.state_reason,
  };
}

function fillToWire(row: FillRow): FillWire {
  return {
    time: row.filled_at.toString(),
    side: row.side,
    quantity: quantityText(row.quantity),
    price: priceText(row.price),
    commission: moneyText(row.fee),
    reason: row.purpose,
  };
}
