/**
 * A real worker killed with SIGKILL before and after each of its writes, and another that goes on: the same journal, each order once.
 *
 * What would make it vacuous: a worker that never dies (its exit signal is asserted), a story without orders (they are counted), writes that
 * are left out (the k beyond the last must let the worker finish), or a comparison that sees nothing: a planted mutant, a journal with one row
 * changed, must be found different.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startTestDatabase, type TestDatabase } from '@bellwether/db/testing';
import { startRuntime, type TapeSymbol } from '@bellwether/durable';
import {
  addTestExecutions,
  chainOf,
  ExecutionAdvancer,
  eventually,
  flushTo,
  GroupCommit,
  openTestSession,
  trivialAgents,
  trivialPorts,
} from '@bellwether/durable/testing';
import { crashTape } from './crash-tape.fixture.ts';
import type { CrashOrder } from './crash-worker.fixture.ts';
import { planOf, runtimeOptions, TEST_CODEC } from './durable-runtime.ts';

const WORKER = fileURLToPath(new URL('./crash-worker.fixture.ts', import.meta.url));
const CHAIN = chainOf(['slow_step', 'quick_step', 'trivial_trade']);
const WHENS = ['before', 'after'] as const;
/** More writes than any story here has. */
const MOST_WRITES = 40;

let database: TestDatabase;
let tape: readonly TapeSymbol[];
let example: object;
before(async () => {
  database = await startTestDatabase();
  await database.administrator(
    'CREATE TABLE engine.test_orders (id text PRIMARY KEY, at timestamptz DEFAULT now()); GRANT SELECT, INSERT ON engine.test_orders TO bellwether_engine',
  );
  tape = await crashTape();
  const text = await readFile(new URL('../examples/opening-range-breakout.json', import.meta.url), 'utf8');
  example = { ...(JSON.parse(text) as object), symbol: tape[0]?.symbol };
});
after(() => database.close());

describe('a worker that dies at any write', () => {
  test('loses no step of an execution and repeats none: the journal and the orders are those of an undisturbed one', async () => {
    const wanted = await undisturbedExecution();
    assert.equal(wanted.orders, 1);
    let deaths = 0;
    for (let write = 1; write <= MOST_WRITES; write++) {
      const died = await Promise.all(
        WHENS.map(async (when) => {
          const [executionId] = await newExecution();
          const isDead = await workUntilDeath({
            url: database.server.url('engine'),
            kill: { when, write },
            executionId,
          });
          if (!isDead) return false;
          await advance(executionId);
          assert.deepEqual(await storyOf(executionId), wanted, `killed ${when} write ${write}`);
          return true;
        }),
      );
      deaths += died.filter(Boolean).length;
      if (died.every((isDead) => !isDead)) break;
      assert.ok(write < MOST_WRITES, 'expected the story to be shorter');
    }
    assert.ok(deaths >= 10, `expected deaths at five writes or more, were ${deaths}`);
  });

  test('leaves a session that another worker plays to the same end, each order and fill once', async () => {
    const wanted = await undisturbedSession();
    assert.ok(wanted.orders.length >= 3, `expected an entry and its exits, were ${wanted.orders.length} orders`);
    assert.ok(wanted.fills >= 2 && wanted.trades.length >= 1, 'expected a position that was opened and closed');
    let deaths = 0;
    for (let write = 1; write <= MOST_WRITES; write++) {
      let isFinished = true;
      for (const when of WHENS) {
        const session = await newSession();
        const isDead = await workUntilDeath(
          { url: database.server.url('engine'), kill: { when, write }, executionId: null },
          session.sessionId,
        );
        if (isDead) {
          isFinished = false;
          deaths += 1;
          await playToTheEnd(session.sessionId);
        }
        assert.deepEqual(await sessionStory(session), wanted, `killed ${when} write ${write}`);
      }
      if (isFinished) break;
      assert.ok(write < MOST_WRITES, 'expected the story to be shorter');
    }
    assert.ok(deaths >= 8, `expected deaths at four writes or more, were ${deaths}`);
  });

  test('would be seen if it changed one row: the comparison is not blind', async () => {
    const [executionId] = await newExecution();
    await advance(executionId);
    const story = await storyOf(executionId);
    const mutant = { ...story, journal: story.journal.map((line, i) => (i === 2 ? line.replace('n0', 'n2') : line)) };
    assert.notDeepEqual(mutant, story);
    assert.throws(() => assert.deepEqual(mutant, story), assert.AssertionError);
  });
});

async function newExecution(): Promise<readonly [string]> {
  const userId = await database.addUser();
  const [id] = await addTestExecutions(database, { userId, document: CHAIN, count: 1 });
  return [id as string];
}

async function advance(executionId: string): Promise<void> {
  const { pool } = database.engine;
  const now = () => Date.now();
  const advancer = new ExecutionAdvancer({
    pool,
    commits: new GroupCommit({ flush: flushTo(pool), later: (run) => void setImmediate(run) }),
    codec: TEST_CODEC,
    now,
    planOf: async () => planOf(CHAIN, trivialAgents()),
    portsFor: () =>
      trivialPorts(now, async (commandId) => {
        await pool.query('INSERT INTO engine.test_orders (id) VALUES ($1) ON CONFLICT DO NOTHING', [commandId]);
      }),
    wakeAt: async () => undefined,
  });
  const [result] = await advancer.advance([executionId]);
  if (result?.status === 'rejected') throw result.reason;
}

async function undisturbedExecution() {
  const [executionId] = await newExecution();
  await advance(executionId);
  return storyOf(executionId);
}

async function storyOf(executionId: string) {
  const { pool } = database.engine;
  const journal = await pool.query<{ body: object }>(
    'SELECT body FROM engine.journal WHERE execution_id = $1 ORDER BY journal_seq',
    [executionId],
  );
  const orders = await pool.query('SELECT 1 FROM engine.test_orders WHERE id LIKE $1', [`${executionId}:%`]);
  const row = await pool.query(
    'SELECT status, result, last_seq, (SELECT count(*)::int FROM engine.events v WHERE v.execution_id = e.id AND v.journal_seq IS NOT NULL) AS told FROM engine.executions e WHERE id = $1',
    [executionId],
  );
  // These executions live under the real clock: their instants differ from run to run.
  return {
    journal: journal.rows.map(({ body }) => plain(body, ['timestamp'])),
    orders: orders.rowCount,
    row: row.rows[0],
  };
}

async function newSession() {
  const userId = await database.addUser();
  const from = new Date(tape[0]?.bars.start[0] as number).toISOString();
  return openTestSession(database, { userId, document: example, tapeId: 'crash', from, purpose: 'start' });
}

async function undisturbedSession() {
  const session = await newSession();
  await playToTheEnd(session.sessionId);
  return sessionStory(session);
}

async function playToTheEnd(sessionId: string): Promise<void> {
  // Nobody sleeps: the dead holder's lease is let run out by hand.
  await database.engine.pool.query(
    "UPDATE engine.sessions SET lease_expires_at = now() - interval '1 second' WHERE id = $1 AND lease_expires_at IS NOT NULL",
    [sessionId],
  );
  const runtime = await startRuntime(runtimeOptions(database.server.url('engine'), new Map([['crash', tape]])), {
    worker: false,
    feed: true,
    scheduler: false,
  });
  try {
    await eventually(() => endOf(sessionId), `session ${sessionId} to end`);
  } finally {
    await runtime.close();
  }
}

async function endOf(sessionId: string): Promise<string | undefined> {
  const { rows } = await database.engine.pool.query<{ end_reason: string }>(
    "SELECT end_reason FROM engine.sessions WHERE id = $1 AND status = 'ended'",
    [sessionId],
  );
  return rows[0]?.end_reason;
}

async function sessionStory({ pipelineId, userId }: { readonly pipelineId: string; readonly userId: string }) {
  const { pool } = database.engine;
  const rows = async (text: string) => (await pool.query<Record<string, unknown>>(text, [pipelineId])).rows;
  const journal = await rows(
    `SELECT j.body FROM engine.journal j JOIN engine.executions e ON e.id = j.execution_id WHERE e.pipeline_id = $1
     ORDER BY (e.trigger->>'at')::timestamptz, j.journal_seq`,
  );
  const ids = new Map<string, string>();
  const orders = await rows(
    'SELECT symbol, side, order_type, quantity, state, filled_quantity, filled_amount FROM engine.orders WHERE pipeline_id = $1 ORDER BY created_at, leg, purpose, state',
  );
  const fills = await rows('SELECT 1 FROM engine.fills f WHERE f.account_id = $1');
  const trades = await rows(
    'SELECT symbol, side, quantity, entry_avg, exit_avg, realized_pnl, close_reason FROM engine.trades WHERE pipeline_id = $1 ORDER BY exit_at',
  );
  const reports = await rows('SELECT 1 FROM app.reports WHERE pipeline_id = $1');
  const gaps = await pool.query<{ gaps: number }>(
    'SELECT (max(seq) - count(*))::int AS gaps FROM engine.events WHERE user_id = $1',
    [userId],
  );
  return {
    journal: journal.map(({ body }) => plain(body as object, [], ids)),
    orders,
    fills: fills.length,
    trades,
    reports: reports.length,
    gaps: gaps.rows[0]?.gaps,
    cash: await rows('SELECT cash FROM engine.accounts WHERE pipeline_id = $1'),
  };
}

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|pos-[\w-]{22}|bw1-[\w-]{27}/g;

/** A document without what must differ: when it was recorded, and ids, which are numbered in the order in which they appear. */
function plain(document: object, without: readonly string[], ids = new Map<string, string>()): string {
  const kept = Object.entries(document).filter(([key]) => key !== 'recorded_at' && !without.includes(key));
  return JSON.stringify(kept).replace(ID, (id) => {
    const known = ids.get(id) ?? `#${ids.size}`;
    ids.set(id, known);
    return known;
  });
}

/** Runs a worker that is to die. Returns whether it did; one that gets through its story first did not. */
async function workUntilDeath(order: CrashOrder, sessionId?: string): Promise<boolean> {
  const child = spawn(process.execPath, [WORKER, JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'inherit'] });
  let isGone = false;
  const exited = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => {
    isGone = true;
    return { code, signal };
  });
  if (sessionId !== undefined)
    await eventually(async () => {
      if (isGone) return true;
      if ((await endOf(sessionId)) === undefined) return undefined;
      return child.kill('SIGTERM') || true;
    }, 'the worker to die or to finish');
  const { code, signal } = await exited;
  assert.ok(signal === 'SIGKILL' || code === 0, `expected SIGKILL or a finished story, was ${signal ?? code}`);
  return signal === 'SIGKILL';
}
