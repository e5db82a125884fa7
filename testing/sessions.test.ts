/** Sessions over a real database: held once, taken over, canceled, stopped, given up. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { demoTape } from '@bellwether/adapters';
import { withUser } from '@bellwether/db';
import { startTestDatabase, type TestDatabase } from '@bellwether/db/testing';
import { NYSE_CALENDAR } from '@bellwether/domain';
import { type RuntimeOptions, startRuntime, type TapeSymbol } from '@bellwether/durable';
import { connectEngine, type EngineClient, type EngineSource } from '@bellwether/durable/client';
import { eventually, publishTestPipeline } from '@bellwether/durable/testing';
import { crashTape } from './crash-tape.fixture.ts';
import { runtimeOptions } from './durable-runtime.ts';

const WORKER = fileURLToPath(new URL('./crash-worker.fixture.ts', import.meta.url));
const FEED = { worker: true, feed: true, scheduler: true };
/** A minute of the tape takes 5 ms. */
const QUICK = 12_000;
/** A minute of the tape takes 100 ms. */
const WATCHABLE = 600;

let database: TestDatabase;
let engine: EngineClient;
let tape: readonly TapeSymbol[];
let days: readonly TapeSymbol[];
let example: Readonly<Record<string, unknown>>;
before(async () => {
  database = await startTestDatabase();
  tape = await crashTape();
  const [aapl] = await demoTape('aapl-daily').load();
  assert.ok(aapl);
  days = [
    { symbol: 'AAPL', bars: aapl, calendar: NYSE_CALENDAR, label: { source: aapl.source.label, synthetic: false } },
  ];
  const text = await readFile(new URL('../examples/opening-range-breakout.json', import.meta.url), 'utf8');
  example = { ...(JSON.parse(text) as object), symbol: tape[0]?.symbol };
  // The queues are made by whoever drives first.
  await (await startRuntime(options(), { worker: false, feed: false, scheduler: false })).close();
  engine = await connectEngine({ url: database.server.url('app'), log: () => undefined });
});
after(async () => {
  await engine.close();
  await database.close();
});

const options = (): RuntimeOptions =>
  runtimeOptions(
    database.server.url('engine'),
    new Map([
      ['crash', tape],
      ['days', days],
    ]),
  );
const source = (speed: number, tapeId = 'crash'): EngineSource => ({
  kind: 'demo_tape',
  tape_id: tapeId,
  speed,
  label: 'test',
  synthetic: true,
});

async function newPipeline(
  document: object = example,
): Promise<{ readonly userId: string; readonly pipelineId: string }> {
  const userId = await database.addUser();
  return { userId, pipelineId: await publishTestPipeline(database, userId, document) };
}

type Asked = { readonly userId: string; readonly pipelineId: string };
const run = ({ userId, pipelineId }: Asked, from: EngineSource) =>
  withUser(database.app, userId, (transaction) => engine.run(userId, pipelineId, 1, from, transaction));
const start = ({ userId, pipelineId }: Asked, from: EngineSource) =>
  withUser(database.app, userId, (transaction) => engine.start(userId, pipelineId, 1, from, transaction));
const stop = ({ userId, pipelineId }: Asked) =>
  withUser(database.app, userId, (transaction) => engine.stop(userId, pipelineId, transaction));

async function one<T extends Readonly<Record<string, unknown>>>(
  text: string,
  ...ids: readonly string[]
): Promise<T | undefined> {
  return (await database.engine.pool.query<T>(text, [...ids])).rows[0];
}
const pipelineOf = async (id: string) =>
  (await one<{ state: string; state_reason: string | null }>(
    'SELECT state, state_reason FROM app.pipelines WHERE id = $1',
    id,
  )) as {
    state: string;
    state_reason: string | null;
  };
const sessionEnd = (pipelineId: string) =>
  eventually(
    () =>
      one<{ end_reason: string }>(
        "SELECT end_reason FROM engine.sessions WHERE pipeline_id = $1 AND status = 'ended'",
        pipelineId,
      ),
    'the session to end',
  );

describe('a run', () => {
  test('trades at the moment when the pipeline has something to do, reports, and ends when its position is closed', async () => {
    const asked = await newPipeline();
    const runtime = await startRuntime(options(), FEED);
    try {
      const executionId = await run(asked, source(QUICK));
      assert.equal((await sessionEnd(asked.pipelineId)).end_reason, 'the run has ended');
      const execution = await one<{ status: string; result: string }>(
        'SELECT status, result FROM engine.executions WHERE id = $1',
        executionId,
      );
      assert.deepEqual(execution, { status: 'completed', result: 'traded' });
      const report = await one<{
        body: {
          lanes: readonly { fills: readonly object[]; paragraphs: readonly string[] }[];
          timeline: readonly object[];
        };
      }>('SELECT body FROM app.reports WHERE id = $1', executionId);
      assert.equal(report?.body.lanes[0]?.fills.length, 1);
      assert.ok((report?.body.lanes[0]?.paragraphs.length ?? 0) >= 3);
      assert.ok((report?.body.timeline.length ?? 0) >= 10);
      assert.ok(
        await one('SELECT 1 FROM engine.trades WHERE execution_id = $1', executionId),
        'expected a closed round',
      );
      assert.equal((await pipelineOf(asked.pipelineId)).state, 'completed');
    } finally {
      await runtime.close();
    }
  });

  test('refuses a second one of the same pipeline, and live prices, in words', async () => {
    const asked = await newPipeline();
    await run(asked, source(QUICK));
    await assert.rejects(run(asked, source(QUICK)), { code: 'pipeline/already-running' });
    const live = { ...source(QUICK), kind: 'live', tape_id: null } as const;
    await assert.rejects(run(await newPipeline(), live), { code: 'pipeline/not-runnable' });
    const runtime = await startRuntime(options(), FEED);
    await sessionEnd(asked.pipelineId);
    await runtime.close();
  });

  test('that waits for the next open ends at once when it is canceled, and buys nothing', async () => {
    const text = await readFile(new URL('../examples/rsi-reversal-bracket.json', import.meta.url), 'utf8');
    const asked = await newPipeline({ ...(JSON.parse(text) as object), symbol: 'AAPL' });
    const runtime = await startRuntime(options(), FEED);
    try {
      // In real time the next session opens hours later.
      const executionId = await run(asked, source(1, 'days'));
      const statusIs = (wanted: string) =>
        eventually(
          () => one('SELECT result_reason FROM engine.executions WHERE id = $1 AND status = $2', executionId, wanted),
          `the execution to be ${wanted}`,
        );
      await statusIs('waiting');
      await withUser(database.app, asked.userId, (transaction) =>
        engine.cancel(asked.userId, executionId, 'changed my mind', transaction),
      );
      assert.deepEqual(await statusIs('canceled'), { result_reason: 'changed my mind' });
      assert.equal((await sessionEnd(asked.pipelineId)).end_reason, 'the run has ended');
      assert.equal(await one('SELECT 1 FROM engine.fills WHERE account_id = $1', asked.pipelineId), undefined);
    } finally {
      await runtime.close();
    }
  });

  test('of a tape that does not exist ends with the reason instead of being tried for ever', async () => {
    const asked = await newPipeline();
    const executionId = await run(asked, source(QUICK, 'no-such-tape'));
    const runtime = await startRuntime(options(), FEED);
    try {
      assert.match((await sessionEnd(asked.pipelineId)).end_reason, /no-such-tape/);
      const execution = await one<{ status: string; result_reason: string }>(
        'SELECT status, result_reason FROM engine.executions WHERE id = $1',
        executionId,
      );
      assert.equal(execution?.status, 'failed');
      assert.match(execution?.result_reason ?? '', /no-such-tape/);
      assert.equal((await pipelineOf(asked.pipelineId)).state, 'stopped');
    } finally {
      await runtime.close();
    }
  });
});

describe('a started pipeline', () => {
  test('is armed, says what it waits for, and stops when it is told to', async () => {
    const asked = await newPipeline();
    const runtime = await startRuntime(options(), FEED);
    try {
      await start(asked, source(WATCHABLE));
      const armed = await eventually(async () => {
        const pipeline = await pipelineOf(asked.pipelineId);
        return pipeline.state_reason?.startsWith('waits for') ? pipeline : undefined;
      }, 'the pipeline to be armed');
      assert.equal(armed.state, 'armed');
      assert.match(armed.state_reason ?? '', /crosses above the high of the first 30 minutes/);
      await stop(asked);
      await sessionEnd(asked.pipelineId);
      assert.equal((await pipelineOf(asked.pipelineId)).state, 'stopped');
    } finally {
      await runtime.close();
    }
  });

  test('ends with its tape, everything closed, when two workers share the work of many', async () => {
    const pipelines = await Promise.all(Array.from({ length: 6 }, () => newPipeline()));
    for (const asked of pipelines) await start(asked, source(1e12));
    const runtimes = await Promise.all([startRuntime(options(), FEED), startRuntime(options(), FEED)]);
    try {
      for (const { pipelineId } of pipelines)
        assert.equal((await sessionEnd(pipelineId)).end_reason, 'the tape has ended');
    } finally {
      await Promise.all(runtimes.map((runtime) => runtime.close()));
    }
    const stories = new Set<string>();
    for (const { pipelineId } of pipelines) {
      const { rows } = await database.engine.pool.query(
        `SELECT (SELECT count(*) FROM engine.executions e WHERE e.pipeline_id = $1) AS executions,
           (SELECT count(*) FROM engine.orders o WHERE o.pipeline_id = $1) AS orders, (SELECT cash FROM engine.accounts WHERE id = $1) AS cash,
           (SELECT count(*) FROM engine.positions p WHERE p.pipeline_id = $1 AND p.state <> 'closed') AS open`,
        [pipelineId],
      );
      stories.add(JSON.stringify(rows[0]));
      assert.equal(rows[0]?.open, '0');
    }
    assert.equal(stories.size, 1, `expected every pipeline to have the same story, were ${[...stories].join(' ')}`);
  });
});

test('P: a session whose holder was killed in the middle of a position is taken over within 7 seconds', async (context) => {
  const asked = await newPipeline();
  await run(asked, source(WATCHABLE));
  const order = { url: database.server.url('engine'), kill: { when: 'before', write: 1_000 }, executionId: null };
  const child = spawn(process.execPath, [WORKER, JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'inherit'] });
  await eventually(
    () => one("SELECT 1 FROM engine.positions WHERE pipeline_id = $1 AND state = 'open'", asked.pipelineId),
    'the position to be open',
  );
  const holder = await one<{ lease_holder: string }>(
    'SELECT lease_holder FROM engine.sessions WHERE pipeline_id = $1',
    asked.pipelineId,
  );
  child.kill('SIGKILL');
  const killedAt = performance.now();
  const runtime = await startRuntime(options(), FEED);
  try {
    await eventually(
      () =>
        one(
          `SELECT 1 FROM engine.sessions WHERE pipeline_id = $1 AND lease_holder <> '${holder?.lease_holder}' AND lease_holder IS NOT NULL`,
          asked.pipelineId,
        ),
      'another worker to hold the session',
    );
    const tookMs = Math.round(performance.now() - killedAt);
    context.diagnostic(`taken over ${tookMs} ms after the kill`);
    assert.ok(tookMs <= 7_000, `expected a takeover within 7 s, was ${tookMs} ms`);
    await sessionEnd(asked.pipelineId);
    const { rows } = await database.engine.pool.query<{ fills: string; orders: string }>(
      'SELECT count(*) AS fills, count(DISTINCT order_id) AS orders FROM engine.fills WHERE account_id = $1',
      [asked.pipelineId],
    );
    assert.equal(rows[0]?.fills, rows[0]?.orders, 'expected each order to be filled once');
    assert.ok(Number(rows[0]?.fills) >= 2);
  } finally {
    await runtime.close();
  }
});
