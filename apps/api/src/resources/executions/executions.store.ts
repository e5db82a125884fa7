import type { ExecutionWire, SourceWire, StreamEventWire, TriggerWire } from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { type PageRequest, pageOf } from '../../http/paging.ts';
import { decimalText } from '../../records/decimal-text.ts';
import { after } from '../../records/page-condition.ts';
import { venueOfExecution } from '../../records/venue.ts';
import { type DrawnNode, foldLanes, LANE_EVENTS, type StepRow } from './lane-fold.ts';

type Tx = Transaction<Schema>;

interface ExecutionRow {
  readonly id: string;
  readonly pipeline_id: string;
  readonly pipeline_name: string;
  readonly version: number;
  readonly status: ExecutionWire['status'];
  readonly result: ExecutionWire['result'];
  readonly result_reason: string | null;
  readonly trading_mode: ExecutionWire['trading_mode'];
  readonly run_mode: ExecutionWire['run_mode'];
  readonly trigger: Partial<TriggerWire>;
  readonly source: Partial<SourceWire>;
  readonly created_at: Temporal.Instant;
  readonly started_at: Temporal.Instant | null;
  readonly market_time: Temporal.Instant | null;
  readonly ended_at: Temporal.Instant | null;
  readonly total_cost: string;
  readonly report_id: string | null;
  readonly last_seq: number;
  readonly as_of_seq: string;
  readonly nodes: readonly DrawnNode[] | null;
}

const select = (userId: string, condition: RawBuilder<unknown>, limit: number) => sql<ExecutionRow>`
  SELECT e.id, e.pipeline_id, p.name AS pipeline_name, e.version, e.status, e.result, e.result_reason, e.trading_mode,
         e.run_mode, e.trigger, e.source, e.created_at, e.started_at, e.market_time, e.ended_at, e.total_cost,
         r.id AS report_id, e.last_seq, coalesce(c.last_seq, 0) AS as_of_seq, v.document -> 'nodes' AS nodes
    FROM engine.executions e
    JOIN app.pipelines p ON p.id = e.pipeline_id
    JOIN app.pipeline_versions v ON v.pipeline_id = e.pipeline_id AND v.version = e.version
    LEFT JOIN LATERAL (SELECT id FROM app.reports WHERE execution_id = e.id ORDER BY created_at DESC LIMIT 1) r ON true
    LEFT JOIN engine.user_event_counters c ON c.user_id = e.user_id
   WHERE e.user_id = ${userId} AND ${condition}
   ORDER BY e.created_at DESC, e.id DESC LIMIT ${limit}`;

export interface ExecutionFilter {
  readonly pipelineId?: string | undefined;
  readonly status?: ExecutionWire['status'] | undefined;
}

/** Two statements, whatever the number of rows: the page, and the steps of all its executions. */
export async function listExecutions(transaction: Tx, userId: string, page: PageRequest, filter: ExecutionFilter) {
  const condition = sql.join(
    [
      after(page.after, 'e.created_at', 'e.id'),
      filter.pipelineId === undefined ? sql`true` : sql`e.pipeline_id = ${filter.pipelineId}`,
      filter.status === undefined ? sql`true` : sql`e.status = ${filter.status}`,
    ],
    sql` AND `,
  );
  const { rows } = await select(userId, condition, page.limit + 1).execute(transaction);
  const steps = await readSteps(transaction, userId, rows.slice(0, page.limit));
  return pageOf(
    rows,
    page.limit,
    (row) => ({ at: row.created_at.toString(), id: row.id }),
    (row) => executionToWire(row, steps.get(row.id) ?? []),
  );
}

export async function findExecution(transaction: Tx, userId: string, id: string): Promise<ExecutionWire | undefined> {
  const { rows } = await select(userId, sql`e.id = ${id}`, 1).execute(transaction);
  const row = rows[0];
  if (row === undefined) return undefined;
  const steps = await readSteps(transaction, userId, [row]);
  return executionToWire(row, steps.get(id) ?? []);
}

/** Tells whether an execution exists and is open, without reading its journal. */
export async function executionStatus(
  transaction: Tx,
  userId: string,
  id: string,
): Promise<ExecutionWire['status'] | undefined> {
  const row = await transaction
    .selectFrom('engine.executions')
    .select('status')
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.status as ExecutionWire['status'] | undefined;
}

async function readSteps(transaction: Tx, userId: string, executions: readonly { readonly id: string }[]) {
  const { rows } = await sql<StepRow>`
    SELECT execution_id, journal_seq, event, at, body::jsonb - 'output' AS body FROM engine.journal
     WHERE user_id = ${userId} AND execution_id = ANY (${executions.map((execution) => execution.id)}::uuid[])
       AND event = ANY (${LANE_EVENTS})
     ORDER BY execution_id, journal_seq`.execute(transaction);
  return Map.groupBy(rows, (row) => row.execution_id);
}

function executionToWire(row: ExecutionRow, steps: readonly StepRow[]): ExecutionWire {
  const { symbols, lanes } = foldLanes(steps, row.nodes ?? [], row);
  return {
    id: row.id,
    pipeline_id: row.pipeline_id,
    pipeline_name: row.pipeline_name,
    version: row.version,
    status: row.status,
    result: row.result,
    reason: row.result_reason,
    trading_mode: row.trading_mode,
    venue: venueOfExecution(row.trading_mode, row.source.kind),
    run_mode: row.run_mode,
    trigger: triggerOf(row.trigger),
    source: sourceOf(row.source),
    symbols,
    started_at: (row.started_at ?? row.created_at).toString(),
    market_time: (row.market_time ?? steps.at(-1)?.at)?.toString() ?? null,
    ended_at: row.ended_at?.toString() ?? null,
    total_cost: decimalText(row.total_cost, 4),
    report_id: row.report_id,
    last_journal_seq: row.last_seq,
    lanes,
    as_of_seq: Number(row.as_of_seq),
  };
}

/** Null until the market's clock of the execution has begun. */
function triggerOf({ node_id, kind, at, text }: Partial<TriggerWire>): TriggerWire | null {
  if (kind === undefined || at === undefined) return null;
  return { node_id: node_id ?? null, kind, at, text: text ?? '' };
}

function sourceOf({ kind, tape_id, speed, label, synthetic }: Partial<SourceWire>): SourceWire {
  return {
    kind: kind ?? 'demo_tape',
    tape_id: tape_id ?? null,
    speed: speed ?? null,
    label: label ?? '',
    // What does not say that it is recorded is not taken for it.
    synthetic: synthetic ?? true,
  };
}

interface JournalRow {
  readonly journal_seq: number;
  readonly body: StreamEventWire;
  readonly recorded_at: Temporal.Instant;
}

/** Reads a journal after a number, in order. */
export async function readJournal(
  transaction: Tx,
  userId: string,
  executionId: string,
  afterSeq: number,
  limit: number,
): Promise<{ items: StreamEventWire[]; next_cursor: string | null }> {
  const { rows } = await sql<JournalRow>`
    SELECT journal_seq, body, recorded_at FROM engine.journal
     WHERE user_id = ${userId} AND execution_id = ${executionId} AND journal_seq > ${afterSeq}
     ORDER BY journal_seq LIMIT ${limit + 1}`.execute(transaction);
  const shown = rows.slice(0, limit);
  return {
    items: shown.map(
      ({ journal_seq, body, recorded_at }) =>
        ({ ...body, seq: null, journal_seq, recorded_at: recorded_at.toString() }) as StreamEventWire,
    ),
    next_cursor: rows.length > limit ? String(shown.at(-1)?.journal_seq ?? afterSeq) : null,
  };
}
