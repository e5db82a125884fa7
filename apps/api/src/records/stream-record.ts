import type { StreamEventWire } from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import { sql, type Transaction } from 'kysely';

interface StreamRow {
  readonly seq: string;
  readonly journal_seq: number | null;
  readonly execution_id: string | null;
  readonly pipeline_id: string | null;
  readonly body: StreamEventWire;
  readonly created_at: Temporal.Instant;
}

/** Reads a user's stream after `since`, in order. */
export async function readStream(
  transaction: Transaction<Schema>,
  userId: string,
  since: number,
  limit: number,
): Promise<StreamEventWire[]> {
  const { rows } = await sql<StreamRow>`
    SELECT seq, journal_seq, execution_id, pipeline_id, body, created_at FROM engine.events
     WHERE user_id = ${userId} AND seq > ${since} ORDER BY seq LIMIT ${limit}`.execute(transaction);
  return rows.map(streamEventOf);
}

/** The columns are the authority on where an event stands; the body was written before it had its number. */
function streamEventOf(row: StreamRow): StreamEventWire {
  return {
    ...row.body,
    seq: Number(row.seq),
    journal_seq: row.journal_seq ?? row.body.journal_seq,
    execution_id: row.execution_id,
    pipeline_id: row.pipeline_id,
    recorded_at: row.created_at.toString(),
  } as StreamEventWire;
}

/** Returns the newest number of the user's stream; 0 before the first event. */
export async function streamHead(transaction: Transaction<Schema>, userId: string): Promise<number> {
  const row = await transaction
    .selectFrom('engine.user_event_counters')
    .select('last_seq')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return Number(row?.last_seq ?? 0);
}

/** An event beside the journals. */
export interface StreamNews {
  readonly event: StreamEventWire['event'];
  readonly at: string;
  readonly pipelineId?: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Appends to the user's stream. To be called last: it holds the user's counter until the commit. */
export async function tell(transaction: Transaction<Schema>, userId: string, news: StreamNews): Promise<void> {
  const { event, at, pipelineId = null } = news;
  const head = {
    event,
    journal_seq: null,
    execution_id: null,
    pipeline_id: pipelineId,
    timestamp: at,
    recorded_at: at,
  };
  await sql`
    WITH place AS (
      INSERT INTO engine.user_event_counters AS c (user_id, last_seq) VALUES (${userId}, 1)
      ON CONFLICT (user_id) DO UPDATE SET last_seq = c.last_seq + 1 RETURNING last_seq)
    INSERT INTO engine.events (user_id, seq, pipeline_id, body)
    SELECT ${userId}, last_seq, ${pipelineId}, ${JSON.stringify({ ...head, ...news.body })}::json FROM place`.execute(
    transaction,
  );
}

/** Tells the user's screens that a pipeline is not what it was. To be called last. */
export function tellPipelineUpdated(
  transaction: Transaction<Schema>,
  userId: string,
  pipelineId: string,
  at: string,
): Promise<void> {
  return tell(transaction, userId, { event: 'pipeline_updated', at, pipelineId });
}
