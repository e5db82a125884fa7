/** For tests only: rows that the API would write, and a clock. */
import { createHash, randomUUID } from 'node:crypto';
import { withUser } from '@bellwether/db';
import type { TestDatabase } from '@bellwether/db/testing';
import { sql } from 'kysely';

export const TEST_DIGESTS = {
  base64url: (text: string) => createHash('sha256').update(text).digest('base64url'),
  hex: (text: string) => createHash('sha256').update(text).digest('hex'),
};

export interface TestSession {
  readonly userId: string;
  readonly pipelineId: string;
  readonly sessionId: string;
}

export interface TestSessionOptions {
  readonly userId: string;
  readonly document: object;
  readonly tapeId: string;
  /** RFC 3339; null lets the feed look for the first moment. */
  readonly from: string | null;
  readonly purpose: 'run' | 'start';
  readonly pipelineId?: string;
  /** Default is faster than any market. */
  readonly speed?: number;
}

/** Publishes a document as a pipeline of its own. */
export async function publishTestPipeline(
  database: TestDatabase,
  userId: string,
  document: object,
  pipelineId: string = randomUUID(),
): Promise<string> {
  await withUser(database.app, userId, async (transaction) => {
    const text = JSON.stringify(document);
    await sql`INSERT INTO app.pipelines (id, user_id, name, config) VALUES (${pipelineId}, ${userId}, 'Test', ${text})`.execute(
      transaction,
    );
    await sql`
      INSERT INTO app.pipeline_versions (pipeline_id, version, user_id, content_hash, document)
      VALUES (${pipelineId}, 1, ${userId}, ${TEST_DIGESTS.hex(text)}, ${text})`.execute(transaction);
    await sql`UPDATE app.pipelines SET published_version = 1 WHERE id = ${pipelineId}`.execute(transaction);
  });
  return pipelineId;
}

/** Makes a session whose id is its pipeline's, so that the ids of its executions are those of a backtest. */
export async function openTestSession(database: TestDatabase, options: TestSessionOptions): Promise<TestSession> {
  const { userId, document, tapeId, from, purpose, speed = 1e15 } = options;
  const pipelineId = await publishTestPipeline(database, userId, document, options.pipelineId);
  const source = { kind: 'demo_tape', tape_id: tapeId, speed, label: 'test', synthetic: true, from };
  const runExecutionId = purpose === 'run' ? randomUUID() : null;
  await withUser(database.app, userId, async (transaction) => {
    await sql`
      INSERT INTO engine.sessions (id, user_id, pipeline_id, version, purpose, run_execution_id, source)
      VALUES (${pipelineId}, ${userId}, ${pipelineId}, 1, ${purpose}, ${runExecutionId}, ${JSON.stringify(source)})`.execute(
      transaction,
    );
    if (runExecutionId !== null)
      await sql`
        INSERT INTO engine.executions (id, user_id, pipeline_id, version, trading_mode, run_mode, trigger, trigger_key, source, session_id)
        VALUES (${runExecutionId}, ${userId}, ${pipelineId}, 1, 'simulation', 'run_once', '{}', ${runExecutionId}, ${JSON.stringify(source)},
          ${pipelineId})`.execute(transaction);
  });
  return { userId, pipelineId, sessionId: pipelineId };
}

/** Resolves when a question has an answer; asks again every few milliseconds, and gives up loudly. */
export async function eventually<T>(ask: () => Promise<T | undefined>, what: string, limitMs = 30_000): Promise<T> {
  const until = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > until) throw new Error(`expected ${what} within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Makes executions that live in no session, as a hook or a schedule would. */
export async function addTestExecutions(
  database: TestDatabase,
  { userId, document, count }: { readonly userId: string; readonly document: object; readonly count: number },
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const pipelineId = await publishTestPipeline(database, userId, document);
    const id = randomUUID();
    await database.engine.pool.query(
      `INSERT INTO engine.executions (id, user_id, pipeline_id, version, trading_mode, run_mode, trigger, trigger_key, source)
       VALUES ($1::uuid, $2, $3, 1, 'simulation', 'run_once', $4, $1::text, '{}')`,
      [id, userId, pipelineId, { node_id: null, kind: 'manual', at: '2026-01-05T15:00:00Z', text: 'by hand' }],
    );
    ids.push(id);
  }
  return ids;
}

export { flushTo } from './engine/flush.ts';
export { type Flush, GroupCommit } from './engine/group-commit.ts';
export { ExecutionAdvancer } from './jobs/advance-execution.ts';
export { chainOf, trivialAgents, trivialPorts } from './trivial-agents.fixture.ts';
