import type {
  LatchWire,
  PipelineDetailWire,
  PipelineVersionDetailWire,
  PipelineVersionWire,
  PipelineWire,
} from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { type PageRequest, pageOf } from '../../http/paging.ts';
import { after } from '../../records/page-condition.ts';
import { venueOf } from '../../records/venue.ts';

type Tx = Transaction<Schema>;
type PaperVenue = Parameters<typeof venueOf>[1];
export type Json = Readonly<Record<string, unknown>>;

interface PipelineRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly config: Json;
  readonly draft_version: number;
  readonly published_version: number | null;
  readonly published_draft: number | null;
  readonly state: PipelineWire['state'];
  readonly state_reason: string | null;
  readonly run_mode: PipelineWire['run_mode'];
  readonly trading_mode: PipelineWire['trading_mode'];
  readonly template_id: string | null;
  readonly next_due_at: Temporal.Instant | null;
  readonly created_at: Temporal.Instant;
  readonly updated_at: Temporal.Instant;
  readonly archived_at: Temporal.Instant | null;
  readonly open_execution_id: string | null;
  readonly last: {
    readonly id: string;
    readonly status: 'completed' | 'failed' | 'canceled';
    readonly result: 'traded' | 'blocked' | 'failed' | 'canceled' | null;
    readonly reason: string | null;
    readonly ended_at: string;
  } | null;
}

/** One statement, whatever the number of rows: the newest open and the newest ended execution come with each. */
const select = (userId: string, condition: RawBuilder<unknown>, limit: number) => sql<PipelineRow>`
  SELECT p.id, p.name, p.description, p.config, p.draft_version, p.published_version, p.published_draft, p.state,
         p.state_reason, p.run_mode, p.trading_mode, p.template_id, p.next_due_at, p.created_at, p.updated_at,
         p.archived_at, open.id AS open_execution_id, last.last
    FROM app.pipelines p
    LEFT JOIN LATERAL (
      SELECT e.id FROM engine.executions e
       WHERE e.pipeline_id = p.id AND e.status IN ('pending', 'running', 'waiting') LIMIT 1) open ON true
    LEFT JOIN LATERAL (
      SELECT jsonb_build_object('id', e.id, 'status', e.status, 'result', e.result, 'reason', e.result_reason,
                                'ended_at', e.ended_at) AS last
        FROM engine.executions e
       WHERE e.pipeline_id = p.id AND e.ended_at IS NOT NULL ORDER BY e.created_at DESC, e.id DESC LIMIT 1) last ON true
   WHERE p.user_id = ${userId} AND ${condition}
   ORDER BY p.created_at DESC, p.id DESC LIMIT ${limit}`;

export async function listPipelines(transaction: Tx, userId: string, page: PageRequest, paperVenue: PaperVenue) {
  const condition = sql`p.archived_at IS NULL AND ${after(page.after, 'p.created_at', 'p.id')}`;
  const { rows } = await select(userId, condition, page.limit + 1).execute(transaction);
  return pageOf(
    rows,
    page.limit,
    (row) => ({ at: row.created_at.toString(), id: row.id }),
    (row) => pipelineToWire(row, paperVenue),
  );
}

export async function findPipeline(
  transaction: Tx,
  userId: string,
  id: string,
  paperVenue: PaperVenue,
): Promise<PipelineDetailWire | undefined> {
  const { rows } = await select(userId, sql`p.id = ${id}`, 1).execute(transaction);
  const row = rows[0];
  return (
    row && {
      ...pipelineToWire(row, paperVenue),
      config: row.config,
      latches: await readLatches(transaction, userId, id),
    }
  );
}

async function readLatches(transaction: Tx, userId: string, pipelineId: string): Promise<LatchWire[]> {
  const rows = await transaction
    .selectFrom('engine.symbol_latches')
    .select(['symbol', 'engaged_at', 'reason'])
    .where('user_id', '=', userId)
    .where('pipeline_id', '=', pipelineId)
    .where('released_at', 'is', null)
    .orderBy('symbol')
    .execute();
  return rows.map(({ symbol, engaged_at, reason }) => ({ symbol, since: engaged_at.toString(), reason }));
}

/** Holds the pipeline's row until the transaction ends, so that saves and publications follow one another. */
export async function lockPipeline(transaction: Tx, userId: string, id: string): Promise<boolean> {
  const row = await transaction
    .selectFrom('app.pipelines')
    .select('id')
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

/** What the columns repeat of a document. */
export interface DocumentColumns {
  readonly name: string;
  readonly description: string;
  readonly runMode: PipelineWire['run_mode'];
  readonly config: Json;
}

export async function insertPipeline(
  transaction: Tx,
  userId: string,
  pipeline: DocumentColumns & {
    readonly id: string;
    readonly tradingMode: PipelineWire['trading_mode'];
    readonly templateId: string | null;
  },
): Promise<void> {
  await transaction
    .insertInto('app.pipelines')
    .values({
      id: pipeline.id,
      user_id: userId,
      name: pipeline.name,
      description: pipeline.description,
      config: JSON.stringify(pipeline.config),
      run_mode: pipeline.runMode,
      trading_mode: pipeline.tradingMode,
      template_id: pipeline.templateId,
    })
    .execute();
}

export async function saveDraft(transaction: Tx, userId: string, id: string, draft: DocumentColumns): Promise<void> {
  await transaction
    .updateTable('app.pipelines')
    .set((eb) => ({
      name: draft.name,
      description: draft.description,
      config: JSON.stringify(draft.config),
      run_mode: draft.runMode,
      draft_version: eb('draft_version', '+', 1),
      updated_at: sql<Temporal.Instant>`now()`,
    }))
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .execute();
}

export async function archivePipeline(transaction: Tx, userId: string, id: string): Promise<void> {
  await transaction
    .updateTable('app.pipelines')
    .set({ archived_at: sql<Temporal.Instant>`coalesce(archived_at, now())`, updated_at: sql<Temporal.Instant>`now()` })
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .execute();
}

export interface NewVersion {
  readonly version: number;
  readonly contentHash: string;
  readonly document: Json;
  readonly note: string | null;
  readonly draftVersion: number;
}

export async function insertVersion(
  transaction: Tx,
  userId: string,
  pipelineId: string,
  version: NewVersion,
): Promise<void> {
  await transaction
    .insertInto('app.pipeline_versions')
    .values({
      pipeline_id: pipelineId,
      user_id: userId,
      version: version.version,
      content_hash: version.contentHash,
      document: JSON.stringify(version.document),
      note: version.note,
    })
    .execute();
  await markPublished(transaction, userId, pipelineId, version.version, version.draftVersion);
}

export async function markPublished(
  transaction: Tx,
  userId: string,
  pipelineId: string,
  version: number,
  draftVersion: number,
): Promise<void> {
  await transaction
    .updateTable('app.pipelines')
    .set({ published_version: version, published_draft: draftVersion, updated_at: sql<Temporal.Instant>`now()` })
    .where('user_id', '=', userId)
    .where('id', '=', pipelineId)
    .execute();
}

export async function listVersions(
  transaction: Tx,
  userId: string,
  pipelineId: string,
): Promise<PipelineVersionWire[]> {
  const rows = await transaction
    .selectFrom('app.pipeline_versions')
    .select(['version', 'content_hash', 'published_at', 'note'])
    .where('user_id', '=', userId)
    .where('pipeline_id', '=', pipelineId)
    .orderBy('version', 'desc')
    .execute();
  return rows.map((row) => ({ ...row, published_at: row.published_at.toString() }));
}

export async function findVersion(
  transaction: Tx,
  userId: string,
  pipelineId: string,
  version: number,
): Promise<PipelineVersionDetailWire | undefined> {
  const row = await transaction
    .selectFrom('app.pipeline_versions')
    .select(['version', 'content_hash', 'published_at', 'note', 'document'])
    .where('user_id', '=', userId)
    .where('pipeline_id', '=', pipelineId)
    .where('version', '=', version)
    .executeTakeFirst();
  return (
    row && { ...row, document: row.document as Record<string, unknown>, published_at: row.published_at.toString() }
  );
}

function pipelineToWire(row: PipelineRow, paperVenue: PaperVenue): PipelineWire {
  const symbol = typeof row.config['symbol'] === 'string' ? row.config['symbol'] : null;
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    symbol,
    symbols: symbol === null ? [] : [symbol],
    run_mode: row.run_mode,
    trading_mode: row.trading_mode,
    venue: venueOf(row.trading_mode, paperVenue),
    state: row.state,
    state_text: stateText(row.state, row.state_reason),
    draft_version: row.draft_version,
    published_version: row.published_version,
    has_unpublished_changes: row.published_draft !== row.draft_version,
    template_id: row.template_id,
    open_execution_id: row.open_execution_id,
    last_execution: row.last && { ...row.last, ended_at: Temporal.Instant.from(row.last.ended_at).toString() },
    next_run_at: row.next_due_at?.toString() ?? null,
    created_at: row.created_at.toString(),
    updated_at: row.updated_at.toString(),
    archived_at: row.archived_at?.toString() ?? null,
  };
}

function stateText(state: string, reason: string | null): string {
  if (reason === null || reason === '') return state;
  return reason.startsWith(`${state}:`) ? reason : `${state}: ${reason}`;
}
