import type { OrderWire, ReportLaneWire, ReportRowWire, ReportWire } from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import { sql, type Transaction } from 'kysely';
import { type PageRequest, pageOf } from '../../http/paging.ts';
import { after } from '../../records/page-condition.ts';
import { venueOfExecution } from '../../records/venue.ts';

type Tx = Transaction<Schema>;

/** A report as the engine wrote it when the execution ended; what became of its positions is on record elsewhere. */
export type StoredReport = Omit<ReportWire, 'id' | 'created_at' | 'lanes' | 'fills_compared'> & {
  /** Of a run on a broker account. */
  readonly fills_compared?: ReportWire['fills_compared'];
  readonly lanes: readonly Omit<ReportLaneWire, 'position' | 'trade'>[];
};

interface ReportHead {
  readonly id: string;
  readonly execution_id: string;
  readonly pipeline_id: string;
  readonly pipeline_name: string;
  readonly symbol: string | null;
  readonly title: string;
  readonly outcome: string;
  readonly trading_mode: ReportRowWire['trading_mode'];
  readonly source_kind: string | null;
  readonly created_at: Temporal.Instant;
}

const COLUMNS = sql`
  r.id, r.execution_id, r.pipeline_id, p.name AS pipeline_name, r.body ->> 'symbol' AS symbol, r.body ->> 'title' AS title,
  r.body ->> 'outcome' AS outcome, e.trading_mode, e.source ->> 'kind' AS source_kind, r.created_at`;
const SOURCES = sql`
  app.reports r JOIN app.pipelines p ON p.id = r.pipeline_id JOIN engine.executions e ON e.id = r.execution_id`;

export async function listReports(transaction: Tx, userId: string, page: PageRequest, pipelineId: string | undefined) {
  const ofPipeline = pipelineId === undefined ? sql`true` : sql`r.pipeline_id = ${pipelineId}`;
  const { rows } = await sql<ReportHead>`
    SELECT ${COLUMNS} FROM ${SOURCES}
     WHERE r.user_id = ${userId} AND ${ofPipeline} AND ${after(page.after, 'r.created_at', 'r.id')}
     ORDER BY r.created_at DESC, r.id DESC LIMIT ${page.limit + 1}`.execute(transaction);
  return pageOf(rows, page.limit, (row) => ({ at: row.created_at.toString(), id: row.id }), reportRow);
}

export async function findReport(
  transaction: Tx,
  userId: string,
  id: string,
): Promise<{ readonly row: ReportRowWire; readonly body: StoredReport } | undefined> {
  const { rows } = await sql<ReportHead & { readonly body: StoredReport }>`
    SELECT ${COLUMNS}, r.body FROM ${SOURCES} WHERE r.user_id = ${userId} AND r.id = ${id}`.execute(transaction);
  const found = rows[0];
  return found && { row: reportRow(found), body: found.body };
}

function reportRow(head: ReportHead): ReportRowWire {
  return {
    id: head.id,
    execution_id: head.execution_id,
    pipeline_id: head.pipeline_id,
    pipeline_name: head.pipeline_name,
    symbol: head.symbol,
    title: head.title,
    outcome: head.outcome,
    trading_mode: head.trading_mode,
    venue: venueOfExecution(head.trading_mode, head.source_kind ?? undefined),
    created_at: head.created_at.toString(),
  };
}

export interface OrderRow {
  readonly client_order_id: string;
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
    SELECT o.client_order_id, o.position_id, o.purpose, o.symbol, o.side, o.order_type, o.state, o.quantity, o.filled_quantity,
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
