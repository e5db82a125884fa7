import type { OrderDetailWire, OrderFillWire, OrderRecordWire } from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { ACCOUNT_COLUMNS, type AccountColumns, accountRef, pipelineRef } from './account-record.ts';
import { decimalOrNull, moneyText, priceText, quantityText } from './decimal-text.ts';

/** States of an order of which something may still come; as the partial index `orders_live` has them. */
export const LIVE_ORDER = sql`('planned', 'submitting', 'working', 'unknown', 'quarantined', 'partially_filled', 'pending_cancel', 'pending_replace')`;

interface OrderRow extends AccountColumns {
  readonly row_id: string;
  readonly client_order_id: string;
  readonly broker_order_id: string | null;
  readonly group_id: string | null;
  readonly position_id: string;
  readonly execution_id: string;
  readonly purpose: OrderRecordWire['purpose'];
  readonly leg: string;
  readonly symbol: string;
  readonly side: OrderRecordWire['side'];
  readonly order_type: OrderRecordWire['type'];
  readonly state: string;
  readonly state_reason: string | null;
  readonly is_open: boolean;
  readonly quantity: string;
  readonly filled_quantity: string;
  readonly average_price: string | null;
  readonly limit_price: string | null;
  readonly stop_price: string | null;
  readonly commission: string;
  readonly created_at: Temporal.Instant;
  readonly submitted_at: Temporal.Instant | null;
  readonly ended_at: Temporal.Instant | null;
}

/** Reads the user's orders that meet a condition on `o`, newest first. */
export async function readOrders(
  transaction: Transaction<Schema>,
  userId: string,
  condition: RawBuilder<unknown>,
  limit: number,
): Promise<OrderRow[]> {
  const { rows } = await sql<OrderRow>`
    SELECT o.id AS row_id, o.client_order_id, o.broker_order_id, o.group_id, o.position_id, o.execution_id, o.purpose, o.leg, o.symbol,
           o.side, o.order_type, o.state, o.state_reason, o.state IN ${LIVE_ORDER} AS is_open, o.quantity, o.filled_quantity,
           round(o.filled_amount / nullif(o.filled_quantity, 0), 9) AS average_price, o.limit_price, o.stop_price,
           coalesce((SELECT sum(f.fee) FROM engine.fills f WHERE f.order_id = o.id), 0) AS commission,
           o.created_at, o.submitted_at, o.ended_at, ${ACCOUNT_COLUMNS}
      FROM engine.orders o JOIN engine.accounts a ON a.id = o.account_id JOIN app.pipelines l ON l.id = o.pipeline_id
     WHERE o.user_id = ${userId} AND ${condition}
     ORDER BY o.created_at DESC, o.id DESC LIMIT ${limit}`.execute(transaction);
  return rows;
}

export function orderToWire(row: OrderRow): OrderRecordWire {
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
    leg: row.leg,
    group_id: row.group_id,
    broker_order_id: row.broker_order_id,
    account: accountRef(row),
    pipeline: pipelineRef(row),
    execution_id: row.execution_id,
    is_open: row.is_open,
    status_text: row.state_reason ?? stateWords(row),
    created_at: row.created_at.toString(),
    submitted_at: row.submitted_at?.toString() ?? null,
    ended_at: row.ended_at?.toString() ?? null,
  };
}

/** What a simulated exchange does is not said of a broker. */
function stateWords({ state, account_kind }: Pick<OrderRow, 'state' | 'account_kind'>): string {
  const simulated = account_kind === 'simulated' ? SIMULATED_WORDS[state] : undefined;
  return simulated ?? STATE_WORDS[state] ?? state;
}

const SIMULATED_WORDS: Readonly<Record<string, string>> = {
  working: 'works in the simulation',
  not_placed: 'never reached the simulated exchange',
};

const STATE_WORDS: Readonly<Record<string, string>> = {
  planned: 'written down, not sent yet',
  dropped: 'never sent',
  submitting: 'is being sent',
  working: 'works at the broker',
  rejected: 'refused',
  unknown: 'sent; the broker has not said what became of it',
  quarantined: 'sent too long ago to be sent again; the broker is asked for it',
  not_placed: 'never reached the broker',
  partially_filled: 'filled in part, the rest works',
  filled: 'filled',
  pending_cancel: 'its cancel is under way',
  pending_replace: 'its change is under way',
  replaced: 'replaced by another order',
  canceled: 'canceled',
  expired: 'expired',
};

interface FillRow {
  readonly order_id: string;
  readonly broker_fill_id: string;
  readonly price: string;
  readonly quantity: string;
  readonly amount: string;
  readonly fee: string;
  readonly filled_at: Temporal.Instant;
}

/** Reads orders with their fills, oldest fill first: one more question, however many orders. */
export async function withFills(
  transaction: Transaction<Schema>,
  userId: string,
  orders: readonly OrderRow[],
): Promise<OrderDetailWire[]> {
  const ids = orders.map((order) => order.row_id);
  const { rows } = await sql<FillRow>`
    SELECT order_id, broker_fill_id, price, quantity, amount, fee, filled_at FROM engine.fills
     WHERE user_id = ${userId} AND order_id = ANY (${ids}::uuid[]) ORDER BY filled_at, created_at`.execute(transaction);
  const byOrder = Map.groupBy(rows, (fill) => fill.order_id);
  return orders.map((order) => ({ ...orderToWire(order), fills: (byOrder.get(order.row_id) ?? []).map(fillToWire) }));
}

export function fillToWire(row: Omit<FillRow, 'order_id'>): OrderFillWire {
  return {
    fill_id: row.broker_fill_id,
    price: priceText(row.price),
    quantity: quantityText(row.quantity),
    amount: moneyText(row.amount),
    fee: moneyText(row.fee),
    filled_at: row.filled_at.toString(),
  };
}
