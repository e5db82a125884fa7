import type { TradeWire } from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { moneyText, priceText, quantityText } from './decimal-text.ts';
import { venueOf } from './venue.ts';

interface TradeRow {
  readonly id: string;
  readonly position_id: string;
  readonly pipeline_id: string;
  readonly execution_id: string;
  readonly symbol: string;
  readonly side: TradeWire['side'];
  readonly quantity: string;
  readonly entry_at: Temporal.Instant;
  readonly entry_avg: string;
  readonly exit_at: Temporal.Instant;
  readonly exit_avg: string;
  readonly realized_pnl: string;
  readonly fees: string;
  readonly slippage: string;
  readonly r_multiple: string | null;
  readonly close_reason: string;
  readonly trading_mode: TradeWire['trading_mode'];
  readonly account_label: string | null;
}

/** Reads the user's closed rounds that meet a condition on `t`, the last to end first. A position that never filled is no trade. */
export async function readTrades(
  transaction: Transaction<Schema>,
  userId: string,
  condition: RawBuilder<unknown>,
  limit: number,
): Promise<TradeRow[]> {
  const { rows } = await sql<TradeRow>`
    SELECT t.id, t.position_id, t.pipeline_id, t.execution_id, t.symbol, t.side, t.quantity, t.entry_at, t.entry_avg,
           t.exit_at, t.exit_avg, t.realized_pnl, t.fees, t.slippage, t.r_multiple, t.close_reason, t.trading_mode,
           a.label AS account_label
      FROM engine.trades t JOIN engine.accounts a ON a.id = t.account_id
     WHERE t.user_id = ${userId} AND t.close_reason <> 'no_fill' AND ${condition}
     ORDER BY t.exit_at DESC, t.id DESC
     LIMIT ${limit}`.execute(transaction);
  return rows;
}

export function tradeToWire(row: TradeRow): TradeWire {
  return {
    // A position has one round, so events and lists name it by the position's id.
    id: row.position_id,
    position_id: row.position_id,
    pipeline_id: row.pipeline_id,
    execution_id: row.execution_id,
    symbol: row.symbol,
    side: row.side,
    quantity: quantityText(row.quantity),
    entry_time: row.entry_at.toString(),
    entry_price: priceText(row.entry_avg),
    exit_time: row.exit_at.toString(),
    exit_price: priceText(row.exit_avg),
    pnl: moneyText(row.realized_pnl),
    fees: moneyText(row.fees),
    slippage: moneyText(row.slippage),
    r_multiple: row.r_multiple === null ? null : Number(row.r_multiple),
    close_reason: row.close_reason,
    trading_mode: row.trading_mode,
    venue: venueOf(row.trading_mode, row.account_label === 'sandbox' ? 'sandbox' : 'paper'),
  };
}
