import type { PositionWire } from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { decimalOrNull, moneyText, quantityText } from './decimal-text.ts';

export interface PositionRow {
  readonly id: string;
  readonly pipeline_id: string;
  readonly execution_id: string;
  readonly symbol: string;
  readonly side: PositionWire['side'];
  readonly state: PositionWire['state'];
  readonly quantity: string;
  readonly intended_quantity: string;
  readonly entry_avg: string | null;
  readonly initial_stop: string | null;
  readonly stop: string | null;
  readonly target_1: string | null;
  readonly target_2: string | null;
  readonly last_price: string | null;
  readonly unrealized_pnl: string | null;
  readonly realized_pnl: string;
  readonly opened_at: Temporal.Instant;
  readonly closed_at: Temporal.Instant | null;
  readonly trading_mode: PositionWire['trading_mode'];
}

/** Of `engine.positions p`. */
export const POSITION_COLUMNS = sql`
  p.id, p.pipeline_id, p.execution_id, p.symbol, p.side, p.state, abs(p.quantity) AS quantity,
  p.intended_quantity, p.entry_avg, p.initial_stop, p.stop, p.target_1, p.target_2, p.last_price,
  CASE WHEN p.state <> 'closed' THEN round((p.last_price - p.entry_avg) * p.quantity, 6) END AS unrealized_pnl,
  p.realized_pnl, p.opened_at, p.closed_at, p.trading_mode`;

/** Reads the user's positions that meet a condition on `p`, newest first. The row-level rule filters by user once more. */
export async function readPositions(
  transaction: Transaction<Schema>,
  userId: string,
  condition: RawBuilder<unknown>,
  limit: number,
): Promise<PositionRow[]> {
  const { rows } = await sql<PositionRow>`
    SELECT ${POSITION_COLUMNS}
      FROM engine.positions p
     WHERE p.user_id = ${userId} AND ${condition}
     ORDER BY p.opened_at DESC, p.id DESC
     LIMIT ${limit}`.execute(transaction);
  return rows;
}

export function positionToWire(row: PositionRow): PositionWire {
  return {
    id: row.id,
    pipeline_id: row.pipeline_id,
    execution_id: row.execution_id,
    symbol: row.symbol,
    side: row.side,
    state: row.state,
    quantity: quantityText(row.quantity),
    intended_quantity: quantityText(row.intended_quantity),
    average_entry: decimalOrNull(row.entry_avg, 2),
    initial_stop: decimalOrNull(row.initial_stop, 2),
    stop: decimalOrNull(row.stop, 2),
    target_1: decimalOrNull(row.target_1, 2),
    target_2: decimalOrNull(row.target_2, 2),
    last_price: decimalOrNull(row.last_price, 2),
    unrealized_pnl: decimalOrNull(row.unrealized_pnl, 2),
    realized_pnl: moneyText(row.realized_pnl),
    opened_at: row.opened_at.toString(),
    closed_at: row.closed_at?.toString() ?? null,
    trading_mode: row.trading_mode,
  };
}
