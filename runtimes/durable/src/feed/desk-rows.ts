import {
  type EpochMs,
  type Fill,
  formatInstant,
  formatMoneyExact,
  formatPrice,
  formatQuantity,
  isTerminal,
  type Money,
  notional,
  type Price,
  type Quantity,
} from '@bellwether/domain';
import { averageEntry, type DeskOrder, type PositionRecord, realizedPnl } from '@bellwether/kernel';
import type { Row } from '../engine/write.ts';

/** Whose rows these are. A simulated account is its pipeline's and carries its id. */
export interface RowOwner {
  readonly accountId: string;
  readonly pipelineId: string;
  readonly tradingMode: string;
  readonly sha256Hex: (text: string) => string;
}

export function positionRow(
  position: PositionRecord,
  last: { readonly price: number; readonly at: EpochMs | null },
  { accountId, pipelineId, tradingMode }: Omit<RowOwner, 'sha256Hex'>,
): Row {
  const signed = position.side === 'long' ? position.quantity : -position.quantity;
  return {
    id: position.positionId,
    account_id: accountId,
    pipeline_id: pipelineId,
    execution_id: position.executionId,
    trading_mode: tradingMode,
    symbol: position.symbol,
    side: position.side,
    state: position.status,
    quantity: formatQuantity(signed as Quantity),
    intended_quantity: formatQuantity(position.intendedQuantity),
    entry_price: priceOrNull(position.decidedPrice ?? null),
    entry_avg: position.enteredQuantity === 0n ? null : formatPrice(averageEntry(position)),
    initial_stop: priceOrNull(position.initialStop),
    stop: priceOrNull(position.stop),
    target_1: priceOrNull(position.target1),
    target_2: priceOrNull(position.target2),
    realized_pnl: formatMoneyExact(realizedPnl(position)),
    fees: formatMoneyExact(position.fees),
    last_price: Number.isNaN(last.price) ? null : last.price,
    last_price_at: Number.isNaN(last.price) || last.at === null ? null : formatInstant(last.at),
    opened_at: formatInstant(openedAt(position)),
    closed_at: position.closedAt === null ? null : formatInstant(position.closedAt),
  };
}

/** Orders that have been sent or dropped; one that is still planned may yet change its size, and is not on record. */
export function orderRows(
  position: PositionRecord,
  at: EpochMs,
  { accountId, pipelineId, tradingMode, sha256Hex }: RowOwner,
): Row[] {
  const seen = new Map<string, number>();
  const rows: Row[] = [];
  for (const order of position.orders) {
    const place = `${order.purpose} ${order.leg}`;
    const seq = (seen.get(place) ?? 0) + 1;
    seen.set(place, seq);
    if (order.status === 'planned' || order.quantity === 0n) continue;
    const request = orderDocument(order);
    rows.push({
      account_id: accountId,
      pipeline_id: pipelineId,
      execution_id: position.executionId,
      position_id: position.positionId,
      client_order_id: order.clientOrderId,
      group_id: order.groupId,
      purpose: order.purpose,
      leg: order.leg,
      seq,
      symbol: order.symbol,
      side: order.side,
      order_type: order.type,
      quantity: request.quantity,
      limit_price: request.limit_price,
      stop_price: request.stop_price,
      request,
      request_hash: sha256Hex(JSON.stringify(request)),
      trading_mode: tradingMode,
      created_at: formatInstant(order.plannedAt),
      state: order.status,
      state_reason: order.reason,
      filled_quantity: formatQuantity(order.filledQuantity),
      filled_amount: formatMoneyExact(order.filledAmount),
      ended_at: isTerminal(order.status) ? formatInstant(at) : null,
    });
  }
  return rows;
}

/** What is sent for one order, or would be were it not sent with its group. */
export function orderDocument(order: DeskOrder) {
  return {
    client_order_id: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    quantity: formatQuantity(order.quantity),
    limit_price: priceOrNull(order.limitPrice),
    stop_price: priceOrNull(order.stopPrice),
    time_in_force: 'gtc',
  };
}

export function fillRow(fill: Fill, { accountId }: Pick<RowOwner, 'accountId'>): Row {
  return {
    account_id: accountId,
    client_order_id: fill.clientOrderId,
    broker_fill_id: fill.fillId,
    price: formatPrice(fill.price),
    quantity: formatQuantity(fill.quantity),
    amount: formatMoneyExact(notional(fill.price, fill.quantity)),
    fee: formatMoneyExact(fill.commission as Money),
    slippage: formatMoneyExact(notional(fill.slippage, fill.quantity)),
    filled_at: formatInstant(fill.at),
  };
}

/** The closed round of a position; null for one that never held a share. */
export function tradeRow(
  position: PositionRecord,
  { accountId, pipelineId, tradingMode }: Omit<RowOwner, 'sha256Hex'>,
): Row | null {
  const { closedAt, exitedQuantity } = position;
  if (closedAt === null || exitedQuantity === 0n) return null;
  return {
    account_id: accountId,
    pipeline_id: pipelineId,
    execution_id: position.executionId,
    position_id: position.positionId,
    trading_mode: tradingMode,
    symbol: position.symbol,
    side: position.side,
    quantity: formatQuantity(position.enteredQuantity),
    entry_avg: formatPrice(averageEntry(position)),
    exit_avg: formatPrice(averageExit(position)),
    realized_pnl: formatMoneyExact(realizedPnl(position)),
    fees: formatMoneyExact(position.fees),
    slippage: formatMoneyExact(position.slippage),
    r_multiple: rMultiple(position),
    close_reason: position.closeReason ?? 'external',
    entry_at: formatInstant(openedAt(position)),
    // Fills are told by the broker's clock, the end by ours.
    exit_at: formatInstant(Math.max(closedAt, openedAt(position))),
  };
}

/** Returns Σpq/Σq of the exits, in the ledger's price unit, rounded down. */
export function averageExit(position: PositionRecord): Price {
  return ((position.exitAmount * 1_000_000_000_000n) / position.exitedQuantity) as Price;
}

/** Realized P&L over what the first stop put at risk; null without a stop. */
export function rMultiple(position: PositionRecord): number | null {
  if (position.initialStop === null || position.enteredQuantity === 0n) return null;
  const entry = averageEntry(position);
  const distance = entry > position.initialStop ? entry - position.initialStop : position.initialStop - entry;
  const risk = notional(distance as Price, position.enteredQuantity);
  return risk === 0n ? null : Number(realizedPnl(position)) / Number(risk);
}

function openedAt(position: PositionRecord): EpochMs {
  return position.openedAt ?? (position.orders[0] as DeskOrder).plannedAt;
}

export function priceOrNull(price: Price | null): string | null {
  return price === null ? null : formatPrice(price);
}
