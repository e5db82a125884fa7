import type { OrderWire, ReportRowWire, SourceWire, StreamEventWire } from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { type PageRequest, pageOf } from '../../http/paging.ts';
import { after } from '../../records/page-condition.ts';

type Tx = Transaction<Schema>;

export interface ReportHead {
  readonly id: string;
  readonly execution_id: string;
  readonly pipeline_id: string;
  readonly pipeline_name: string;
  readonly version: number;
  readonly result: string | null;
  readonly result_reason: string | null;
  readonly trading_mode: ReportRowWire['trading_mode'];
  readonly source: Partial<SourceWire>;
  readonly created_at: Temporal.Instant;
}

/** What reporting agents said of an execution's lanes. */
export interface LaneTitle {
  readonly symbol: string;
  readonly title: string;
  readonly outcome: string;
}

const select = (userId: string, condition: RawBuilder<unknown>, limit: number) => sql<ReportHead>`
  SELECT r.id, r.execution_id, r.pipeline_id, p.name AS pipeline_name, e.version, e.result, e.result_reason,
         e.trading_mode, e.source, r.created_at
    FROM app.reports r
    JOIN app.pipelines p ON p.id = r.pipeline_id
    JOIN engine.executions e ON e.id = r.execution_id
   WHERE r.user_id = ${userId} AND ${condition}
   ORDER BY r.created_at DESC, r.id DESC LIMIT ${limit}`;

/** Two statements, whatever the number of rows: the page, and the titles of all its lanes. */
export async function listReports(transaction: Tx, userId: string, page: PageRequest, pipelineId: string | undefined) {
  const ofPipeline = pipelineId === undefined ? sql`true` : sql`r.pipeline_id = ${pipelineId}`;
  const condition = sql`${after(page.after, 'r.created_at', 'r.id')} AND ${ofPipeline}`;
  const { rows } = await select(userId, condition, page.limit + 1).execute(transaction);
  const titles = await readTitles(transaction, userId, rows.slice(0, page.limit));
  return pageOf(
    rows,
    page.limit,
    (row) => ({ at: row.created_at.toString(), id: row.id }),
    (row) => reportRow(row, titles.get(row.execution_id) ?? []),
  );
}

export async function findReport(transaction: Tx, userId: string, id: string): Promise<ReportHead | undefined> {
  const { rows } = await select(userId, sql`r.id = ${id}`, 1).execute(transaction);
  return rows[0];
}

async function readTitles(transaction: Tx, userId: string, reports: readonly ReportHead[]) {
  const { rows } = await sql<LaneTitle & { readonly execution_id: string }>`
    SELECT execution_id, value ->> 'symbol' AS symbol, value ->> 'title' AS title, value ->> 'outcome' AS outcome
      FROM engine.journal, LATERAL (SELECT body -> 'output' -> 'value' AS value) output
     WHERE user_id = ${userId} AND execution_id = ANY (${reports.map((report) => report.execution_id)}::uuid[])
       AND event = 'agent_completed' AND body -> 'output' ->> 'kind' = 'report'
     ORDER BY execution_id, journal_seq`.execute(transaction);
  return Map.groupBy(rows, (row) => row.execution_id);
}

/** A report without a reporting agent says what the execution came to. */
export function reportRow(head: ReportHead, lanes: readonly LaneTitle[]): ReportRowWire {
  const [only] = lanes;
  const outcomes = [...new Set(lanes.map((lane) => lane.outcome))];
  return {
    id: head.id,
    execution_id: head.execution_id,
    pipeline_id: head.pipeline_id,
    pipeline_name: head.pipeline_name,
    symbol: lanes.length === 1 && only !== undefined ? only.symbol : null,
    title:
      lanes.length === 0
        ? `${head.pipeline_name}: ${head.result_reason ?? head.result ?? 'ended'}`
        : lanes.map((lane) => lane.title).join(' · '),
    outcome: outcomes.includes('traded') ? 'traded' : (outcomes[0] ?? head.result ?? 'blocked'),
    trading_mode: head.trading_mode,
    created_at: head.created_at.toString(),
  };
}

/** Reads a whole journal; it is bounded by the nodes and lanes of one execution. */
export async function readEvents(transaction: Tx, userId: string, executionId: string): Promise<StreamEventWire[]> {
  const { rows } = await sql<{ body: StreamEventWire }>`
    SELECT body FROM engine.journal WHERE user_id = ${userId} AND execution_id = ${executionId}
     ORDER BY journal_seq`.execute(transaction);
  return rows.map((row) => row.body);
}

export interface OrderRow {
  readonly id: string;
  readonly position_id: string;
  readonly purpose: OrderWire['purpose'];
  readonly symbol: string;
  readonly side: OrderWire['side'];
  readonly order_type: OrderWire['type'];
  readonly state: string;
  readonly quantity: string;
  readonly filled_quantity: string;
  readonly average_price: string | null;
  readonly limit_price: string | null;
  readonly stop_price: string | null;
  readonly commission: string;
  readonly state_reason: string | null;
}

export async function readOrders(transaction: Tx, userId: string, executionId: string): Promise<OrderRow[]> {
  const { rows } = await sql<OrderRow>`
    SELECT o.id, o.position_id, o.purpose, o.symbol, o.side, o.order_type, o.state, o.quantity, o.filled_quantity,
           CASE WHEN o.filled_quantity > 0 THEN round(o.filled_amount / o.filled_quantity, 9) END AS average_price,
           o.limit_price, o.stop_price, coalesce(f.commission, 0) AS commission, o.state_reason
      FROM engine.orders o
      LEFT JOIN LATERAL (SELECT sum(fee) AS commission FROM engine.fills WHERE order_id = o.id) f ON true
     WHERE o.user_id = ${userId} AND o.execution_id = ${executionId}
     ORDER BY o.created_at, o.client_order_id`.execute(transaction);
  return rows;
}

export interface FillRow {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly purpose: string;
  readonly price: string;
  readonly quantity: string;
  readonly fee: string;
  readonly filled_at: Temporal.Instant;
}

export async function readFills(transaction: Tx, userId: string, executionId: string): Promise<FillRow[]> {
  const { rows } = await sql<FillRow>`
    SELECT o.symbol, o.side, o.purpose, f.price, f.quantity, f.fee, f.filled_at
      FROM engine.fills f JOIN engine.orders o ON o.id = f.order_id
     WHERE f.user_id = ${userId} AND o.execution_id = ${executionId}
     ORDER BY f.filled_at, f.broker_fill_id`.execute(transaction);
  return rows;
}
