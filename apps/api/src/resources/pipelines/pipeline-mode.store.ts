import type { Schema } from '@bellwether/db';
import type { TradingMode } from '@bellwether/domain';
import { sql, type Transaction } from 'kysely';

export type Tx = Transaction<Schema>;

/** What stands in the way of a change of mode, as the engine's rows say. */
export interface ModeFacts {
  readonly openPositions: number;
  /** Orders that may still fill, or of which nobody knows. */
  readonly liveOrders: number;
  readonly sessionOpen: boolean;
  /** Closed trades of the user in simulation that had a stop. */
  readonly simulatedTrades: number;
}

export async function modeFacts(transaction: Tx, userId: string, pipelineId: string): Promise<ModeFacts> {
  const { rows } = await sql<{ positions: string; orders: string; sessions: string; trades: string }>`
    SELECT
      (SELECT count(*) FROM engine.positions p WHERE p.user_id = ${userId} AND p.pipeline_id = ${pipelineId} AND p.state <> 'closed') AS positions,
      (SELECT count(*) FROM engine.orders o WHERE o.user_id = ${userId} AND o.pipeline_id = ${pipelineId} AND o.state IN
        ('planned', 'submitting', 'working', 'unknown', 'quarantined', 'partially_filled', 'pending_cancel', 'pending_replace')) AS orders,
      (SELECT count(*) FROM engine.sessions s WHERE s.user_id = ${userId} AND s.pipeline_id = ${pipelineId} AND s.status <> 'ended') AS sessions,
      (SELECT count(*) FROM engine.trades t JOIN engine.positions p ON p.id = t.position_id
        WHERE t.user_id = ${userId} AND t.trading_mode = 'simulation' AND p.initial_stop IS NOT NULL) AS trades`.execute(
    transaction,
  );
  const [row] = rows;
  return {
    openPositions: Number(row?.positions ?? 0),
    liveOrders: Number(row?.orders ?? 0),
    sessionOpen: Number(row?.sessions ?? 0) > 0,
    simulatedTrades: Number(row?.trades ?? 0),
  };
}

/** Changes the draft with its mode, as an edit. */
export async function setMode(
  transaction: Tx,
  userId: string,
  id: string,
  mode: TradingMode,
  config: Readonly<Record<string, unknown>>,
): Promise<void> {
  await transaction
    .updateTable('app.pipelines')
    .set((eb) => ({
      trading_mode: mode,
      config: JSON.stringify(config),
      draft_version: eb('draft_version', '+', 1),
      updated_at: sql<Temporal.Instant>`now()`,
    }))
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .execute();
}

export async function insertModeChange(
  transaction: Tx,
  userId: string,
  pipelineId: string,
  { old, mode, reason }: { readonly old: TradingMode; readonly mode: TradingMode; readonly reason: string },
): Promise<void> {
  await sql`
    INSERT INTO engine.mode_changes (user_id, pipeline_id, old_mode, new_mode, reason, changed_by)
    VALUES (${userId}, ${pipelineId}, ${old}, ${mode}, ${reason}, 'user')`.execute(transaction);
}
