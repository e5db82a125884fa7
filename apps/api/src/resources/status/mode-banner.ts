import type { Schema } from '@bellwether/db';
import type { TradingMode } from '@bellwether/domain';
import { sql, type Transaction } from 'kysely';

export interface ModeBanner {
  readonly mode: TradingMode;
  readonly text: string;
}

export const NOTHING_REAL: ModeBanner = { mode: 'simulation', text: 'SIMULATION · nothing here uses real money' };

const HIGHEST_FIRST: readonly TradingMode[] = ['live', 'paper'];

/** Reads the highest mode in which something of the user's trades: a pipeline that is started, an execution that goes on, a position that is held. */
export async function readModeBanner(
  transaction: Transaction<Schema>,
  userId: string,
  paperVenue: 'sandbox' | 'paper' | undefined,
): Promise<ModeBanner> {
  const { rows } = await sql<{ mode: TradingMode; pipelines: number }>`
    SELECT mode, count(DISTINCT pipeline_id)::int AS pipelines FROM (
      SELECT p.id AS pipeline_id, p.trading_mode AS mode FROM app.pipelines p
       WHERE p.user_id = ${userId} AND p.archived_at IS NULL AND p.state NOT IN ('stopped', 'completed', 'halted')
      UNION ALL
      SELECT e.pipeline_id, e.trading_mode FROM engine.executions e WHERE e.user_id = ${userId} AND e.ended_at IS NULL
      UNION ALL
      SELECT h.pipeline_id, h.trading_mode FROM engine.positions h WHERE h.user_id = ${userId} AND h.state <> 'closed') active
    GROUP BY mode`.execute(transaction);
  const highest = HIGHEST_FIRST.map((mode) => rows.find((row) => row.mode === mode)).find((row) => row !== undefined);
  if (highest === undefined) return NOTHING_REAL;
  const { mode, pipelines } = highest;
  const count = pipelines === 1 ? '1 pipeline' : `${pipelines} pipelines`;
  if (mode === 'live') return { mode, text: `LIVE · real money · ${count}` };
  const where = paperVenue === 'paper' ? 'a paper account at Alpaca' : 'the sandbox on this machine';
  return { mode, text: `PAPER · ${count} on ${where} · nothing here uses real money` };
}
