import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startTestDatabase, type TestDatabase } from '@bellwether/db/testing';
import type { PgBoss } from 'pg-boss';
import { DEAD_LETTERS, QUEUES, startBoss } from './queues.ts';
import { startRuntime } from './runtime.ts';
import { testOptions } from './test-options.fixture.ts';
import { addTestExecutions, chainOf, eventually } from './testing.ts';

const HUNG_WORKER = fileURLToPath(new URL('./hung-worker.fixture.ts', import.meta.url));
const EVERYTHING = { worker: true, feed: false, scheduler: true };

let database: TestDatabase;
let boss: PgBoss;
before(async () => {
  database = await startTestDatabase();
  boss = await startBoss({ url: database.server.url('engine'), log: () => undefined, supervises: false });
});
after(async () => {
  await boss.stop({ graceful: false });
  await database.close();
});

const options = () => testOptions(database.server.url('engine'));

async function send(types: readonly string[]): Promise<string> {
  const userId = await database.addUser();
  const [id] = await addTestExecutions(database, { userId, document: chainOf(types), count: 1 });
  await boss.send('advance_execution', { id }, { singletonKey: id as string });
  return id as string;
}

async function ended(id: string) {
  return eventually(async () => {
    const { rows } = await database.engine.pool.query<{
      status: string;
      attempt: number;
      last_seq: number;
      result_reason: string;
    }>(
      'SELECT status, attempt, last_seq, result_reason FROM engine.executions WHERE id = $1 AND ended_at IS NOT NULL',
      [id],
    );
    return rows[0];
  }, `execution ${id} to end`);
}

async function eventsOf(id: string): Promise<readonly string[]> {
  const { rows } = await database.engine.pool.query<{ event: string }>(
    'SELECT event FROM engine.journal WHERE execution_id = $1 ORDER BY journal_seq',
    [id],
  );
  return rows.map(({ event }) => event);
}

describe('the worker', () => {
  test('advances an execution from its job to its end, and asks an agent again that failed for a moment', async () => {
    const runtime = await startRuntime(options(), EVERYTHING);
    try {
      const id = await send(['quick_step', 'flaky_step', 'slow_step']);
      assert.equal((await ended(id)).status, 'completed');
      const events = await eventsOf(id);
      assert.equal(events.filter((event) => event === 'error').length, 2);
      assert.equal(events.filter((event) => event === 'timer_fired').length, 2);
      assert.equal(events.at(-1), 'execution_completed');
    } finally {
      await runtime.close();
    }
  });

  test('tries a job again with growing pauses, then fails its execution in the open', async () => {
    const attempts: number[] = [];
    const broken = () => {
      attempts.push(performance.now());
      throw new Error('expected ports, were none');
    };
    await boss.updateQueue('advance_execution', { retryLimit: 2, retryDelay: 1, retryBackoff: true });
    const runtime = await startRuntime({ ...options(), portsFor: broken }, EVERYTHING);
    // Starting writes the queue's own settings: the test's are shorter.
    await boss.updateQueue('advance_execution', { retryLimit: 2, retryDelay: 1, retryBackoff: true });
    try {
      const userId = await database.addUser();
      const [id] = await addTestExecutions(database, { userId, document: chainOf(['quick_step']), count: 1 });
      await boss.send(
        'advance_execution',
        { id },
        { singletonKey: id as string, retryLimit: 2, retryDelay: 1, retryBackoff: true },
      );
      const row = await ended(id as string);
      assert.equal(row.status, 'failed');
      assert.match(row.result_reason, /could not be advanced/);
      assert.equal(attempts.length, 3);
      assert.ok((attempts[1] as number) - (attempts[0] as number) >= 900, 'expected a pause before the second attempt');
      assert.deepEqual(await eventsOf(id as string), []);
    } finally {
      await runtime.close();
    }
  });

  test('P: takes over from a worker that was killed, within 20 seconds, and finishes what it began', async (context) => {
    const id = await send(['quick_step', 'slow_step']);
    const child = spawn(process.execPath, [HUNG_WORKER, database.server.url('engine')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await eventually(
      async () => ((await eventsOf(id)).filter((event) => event === 'agent_started').length >= 3 ? true : undefined),
      'the worker to have asked the agent that never answers',
    );
    child.kill('SIGKILL');
    const killedAt = performance.now();
    const runtime = await startRuntime(options(), EVERYTHING);
    try {
      const row = await ended(id);
      const tookMs = Math.round(performance.now() - killedAt);
      context.diagnostic(`taken over and finished ${tookMs} ms after the kill`);
      assert.equal(row.status, 'completed');
      assert.ok(tookMs <= 20_000, `expected a takeover within 20 s, was ${tookMs} ms`);
      assert.ok(row.attempt >= 2);
      const started = (await eventsOf(id)).filter((event) => event === 'agent_started');
      assert.equal(started.length, 3, 'expected no step to be begun twice in the journal');
    } finally {
      await runtime.close();
    }
  });

  test('has a dead letter queue behind every queue', async () => {
    for (const name of Object.keys(QUEUES) as (keyof typeof QUEUES)[])
      assert.equal((await boss.getQueue(name))?.deadLetter, DEAD_LETTERS[name]);
  });
});

test('a pipeline has one open execution at a time, whoever asks for another', async () => {
  const userId = await database.addUser();
  const [first] = await addTestExecutions(database, { userId, document: chainOf(['quick_step']), count: 1 });
  await assert.rejects(
    database.engine.pool.query(
      `INSERT INTO engine.executions (id, user_id, pipeline_id, version, trading_mode, run_mode, trigger, trigger_key, source)
       SELECT gen_random_uuid(), user_id, pipeline_id, version, trading_mode, run_mode, trigger, 'another', source FROM engine.executions WHERE id = $1`,
      [first],
    ),
    { constraint: 'executions_one_open' },
  );
});
