/** All that the API may ask of the engine: rows and jobs in the caller's transaction. */
import { randomUUID } from 'node:crypto';
import { type Schema, violates } from '@bellwether/db';
import { BellwetherError } from '@bellwether/domain';
import { sql, type Transaction } from 'kysely';
import { fromKysely } from 'pg-boss';
import { type QueueName, startSender } from './queues.ts';

/** Where an execution takes its prices from. */
export interface EngineSource {
  readonly kind: 'demo_tape' | 'live';
  readonly tape_id: string | null;
  readonly speed: number | null;
  readonly label: string;
  readonly synthetic: boolean;
}

/** What a user asks of a simulated desk; the session's holder hears it where it hears of a stop. */
export interface SessionRequest {
  /** Told twice, it is one request. */
  readonly key: string;
  readonly kind: 'close' | 'cancel_entries';
  readonly body: Readonly<Record<string, unknown>>;
}

type InTransaction = Transaction<Schema>;

/** Every call writes in the caller's transaction, as the caller's user, and takes effect when that commits. */
export interface EngineClient {
  run(
    userId: string,
    pipelineId: string,
    version: number,
    source: EngineSource,
    transaction: InTransaction,
  ): Promise<string>;
  start(
    userId: string,
    pipelineId: string,
    version: number,
    source: EngineSource,
    transaction: InTransaction,
  ): Promise<void>;
  stop(userId: string, pipelineId: string, transaction: InTransaction): Promise<void>;
  cancel(userId: string, executionId: string, reason: string, transaction: InTransaction): Promise<void>;
  request(userId: string, sessionId: string, request: SessionRequest, transaction: InTransaction): Promise<void>;
  close(): Promise<void>;
}

export interface ClientOptions {
  /** The application's database URL. */
  readonly url: string;
  readonly log: (line: string) => void;
  /** Tells a feed in this process that something will be there in a moment; absent where none runs here. */
  readonly nudge?: () => void;
}

/** Connects the API to the engine. The engine must have started once, or its queues are missing. */
export async function connectEngine({ url, log, nudge = () => undefined }: ClientOptions): Promise<EngineClient> {
  const boss = await startSender({ url, log });
  const wake = async (queue: QueueName, key: string, transaction: InTransaction) => {
    await boss.send(queue, { id: key }, { singletonKey: key, db: fromKysely(transaction) });
    nudge();
  };
  return {
    async run(userId, pipelineId, version, source, transaction) {
      const executionId = randomUUID();
      const session = await openSession(transaction, {
        userId,
        pipelineId,
        version,
        source,
        runExecutionId: executionId,
      });
      const { mode, trigger } = { mode: await modesOf(transaction, pipelineId, version), trigger: 'run by hand' };
      await sql`
        INSERT INTO engine.executions (id, user_id, pipeline_id, version, trading_mode, run_mode, trigger, trigger_key, source, session_id)
        VALUES (${executionId}, ${userId}, ${pipelineId}, ${version}, ${mode.tradingMode}, ${mode.runMode},
          ${JSON.stringify({ node_id: null, kind: 'manual', at: new Date().toISOString(), text: trigger })}, ${`run ${executionId}`},
          ${JSON.stringify(source)}, ${session})`.execute(transaction);
      await show(transaction, pipelineId, 'running', 'a run is about to begin');
      await wake('drive_session', session, transaction);
      return executionId;
    },
    async start(userId, pipelineId, version, source, transaction) {
      const session = await openSession(transaction, { userId, pipelineId, version, source, runExecutionId: null });
      await show(transaction, pipelineId, 'armed', 'is about to be armed');
      await wake('drive_session', session, transaction);
    },
    async stop(_userId, pipelineId, transaction) {
      const { rows } = await sql<{ id: string }>`
        UPDATE engine.sessions SET stop_requested_at = coalesce(stop_requested_at, now()), updated_at = now()
        WHERE pipeline_id = ${pipelineId} AND status <> 'ended' RETURNING id`.execute(transaction);
      for (const { id } of rows) await wake('drive_session', id, transaction);
      await show(
        transaction,
        pipelineId,
        'stopped',
        rows.length === 0 ? null : 'what is open is being brought to its end',
      );
    },
    async cancel(userId, executionId, reason, transaction) {
      await sql`
        INSERT INTO engine.inbox (user_id, execution_id, fact, fact_key)
        VALUES (${userId}, ${executionId}, ${JSON.stringify({ event: 'cancel_requested', reason })}, 'cancel')
        ON CONFLICT ON CONSTRAINT inbox_fact_key_unique DO NOTHING`.execute(transaction);
      await wake('advance_execution', executionId, transaction);
    },
    async request(userId, sessionId, { key, kind, body }, transaction) {
      await sql`
        INSERT INTO engine.session_requests (session_id, user_id, key, kind, body)
        VALUES (${sessionId}, ${userId}, ${key}, ${kind}, ${JSON.stringify(body)}::jsonb)
        ON CONFLICT ON CONSTRAINT session_requests_key_unique DO NOTHING`.execute(transaction);
      await wake('drive_session', sessionId, transaction);
    },
    close: () => boss.stop({ graceful: false }),
  };
}

async function openSession(
  transaction: InTransaction,
  session: {
    readonly userId: string;
    readonly pipelineId: string;
    readonly version: number;
    readonly source: EngineSource;
    readonly runExecutionId: string | null;
  },
): Promise<string> {
  const { userId, pipelineId, version, source, runExecutionId } = session;
  if (source.kind !== 'demo_tape' || source.tape_id === null) {
    throw new BellwetherError(
      'invalid',
      'pipeline/not-runnable',
      `expected a demo tape as the source, was ${source.kind}; live prices are not connected yet, choose a tape`,
      { pipelineId },
    );
  }
  const id = randomUUID();
  try {
    await sql`
      INSERT INTO engine.sessions (id, user_id, pipeline_id, version, purpose, run_execution_id, source)
      VALUES (${id}, ${userId}, ${pipelineId}, ${version}, ${runExecutionId === null ? 'start' : 'run'}, ${runExecutionId},
        ${JSON.stringify(source)})`.execute(transaction);
  } catch (error) {
    if (!violates(error, 'sessions_one_live')) throw error;
    throw new BellwetherError(
      'conflict',
      'pipeline/already-running',
      'expected a pipeline that is not running, it is; stop it first, or wait until what it holds is closed',
      { pipelineId },
      error,
    );
  }
  return id;
}

async function modesOf(
  transaction: InTransaction,
  pipelineId: string,
  version: number,
): Promise<{ readonly tradingMode: string; readonly runMode: string }> {
  const row = await transaction
    .selectFrom('app.pipeline_versions')
    .select('document')
    .where('pipeline_id', '=', pipelineId)
    .where('version', '=', version)
    .executeTakeFirst();
  if (row === undefined)
    throw new BellwetherError(
      'invalid',
      'pipeline/not-published',
      `expected version ${version} to be published, was not`,
      { pipelineId },
    );
  const { trading_mode, run_mode } = row.document as { trading_mode?: string | null; run_mode?: string | null };
  return { tradingMode: trading_mode ?? 'simulation', runMode: run_mode ?? 'run_once' };
}

async function show(
  transaction: InTransaction,
  pipelineId: string,
  state: string,
  reason: string | null,
): Promise<void> {
  await transaction
    .updateTable('app.pipelines')
    .set({ state, state_reason: reason, next_due_at: null })
    .where('id', '=', pipelineId)
    .execute();
}
