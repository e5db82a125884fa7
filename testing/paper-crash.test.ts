/**
 * A session on a broker account whose worker is killed with SIGKILL, and another worker that goes on: the same decisions, one entry each,
 * protected, closed.
 *
 * What would make it vacuous: a worker that never dies (its exit signal is asserted), or a story without a trade (it is counted).
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startTestDatabase, type TestDatabase } from '@bellwether/db/testing';
import { startRuntime, type TapeSymbol } from '@bellwether/durable';
import { eventually, openTestSession } from '@bellwether/durable/testing';
import { compareRuns, type Run } from '@bellwether/kernel';
import { type Sandbox, startSandbox } from '@bellwether/sandbox';
import { openBindings } from '@bellwether/server';
import { crashTape } from './crash-tape.fixture.ts';
import { runtimeOptions } from './durable-runtime.ts';
import type { PaperOrder } from './paper-worker.fixture.ts';
import { bookOf, type Document, exampleDocument, journalsOf } from './three-bindings.fixture.ts';

const WORKER = fileURLToPath(new URL('./paper-worker.fixture.ts', import.meta.url));

let database: TestDatabase;
let sandbox: Sandbox;
let tape: readonly TapeSymbol[];
let document: Document;
let wanted: Run;
before(async () => {
  [database, sandbox, tape] = await Promise.all([
    startTestDatabase(),
    startSandbox({ requestsPerMinute: 0 }),
    crashTape(),
  ]);
  document = { ...(await exampleDocument('opening-range-breakout')), trading_mode: 'paper', symbol: tape[0]?.symbol };
  const pipelineId = await newSession();
  await playToTheEnd(pipelineId);
  wanted = await journalsOf(database, pipelineId);
  assert.ok(
    wanted.flat().some(({ event }) => event === 'trade_executed'),
    'expected a story with a trade',
  );
});
after(async () => {
  await sandbox.close();
  await database.close();
});

describe('a session on a broker account whose worker dies', () => {
  for (const kill of [
    { when: 'before', write: 2 },
    { when: 'after', write: 2 },
    { when: 'before', write: 3 },
    { when: 'after', write: 4 },
  ] as const) {
    test(`${kill.when} write ${kill.write}: trades once, is protected and closed`, async () => {
      const pipelineId = await newSession();
      const child = startWorker(kill);
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      assert.equal(signal, 'SIGKILL');
      await expectTheSame(pipelineId);
    });
  }

  test('while its position is open: the position stays, protected, and is closed by whoever goes on', async () => {
    const pipelineId = await newSession();
    const child = startWorker(null);
    const exited = once(child, 'exit');
    await eventually(async () => {
      const { positions } = await bookOf(database, pipelineId);
      return positions.find(({ state }) => state === 'open');
    }, 'a position to be open');
    child.kill('SIGKILL');
    await exited;
    const { orders } = await bookOf(database, pipelineId);
    assert.ok(
      orders.some(({ leg, state }) => leg === 'stop' && state === 'working'),
      'expected a stop that rests',
    );
    await expectTheSame(pipelineId);
  });
});

async function newSession(): Promise<string> {
  const pipelineId = randomUUID();
  await openTestSession(database, {
    userId: await database.addUser(),
    document: { ...document, id: pipelineId },
    tapeId: 'crash',
    from: new Date(tape[0]?.bars.start[0] as number).toISOString(),
    purpose: 'start',
    pipelineId,
  });
  return pipelineId;
}

function startWorker(kill: PaperOrder['kill']): ChildProcess {
  const order: PaperOrder = { url: database.server.url('engine'), sandboxUrl: sandbox.url, kill };
  return spawn(process.execPath, [WORKER, JSON.stringify(order)], { stdio: ['ignore', 'inherit', 'inherit'] });
}

async function expectTheSame(pipelineId: string): Promise<void> {
  // Its holder is dead: nobody need wait for its leases to run out.
  await database.engine.pool.query('UPDATE engine.sessions SET lease_expires_at = now() WHERE id = $1', [pipelineId]);
  await database.engine.pool.query("UPDATE engine.accounts SET lease_expires_at = now() WHERE kind = 'broker'");
  await playToTheEnd(pipelineId);
  const compared = compareRuns(wanted, await journalsOf(database, pipelineId));
  assert.deepEqual(compared.decisionDifferences, []);
  assert.deepEqual(compared.fillDifferences, []);
  const { orders, positions } = await bookOf(database, pipelineId);
  const entries = orders.filter(({ purpose }) => purpose === 'entry');
  const filled = entries.filter(({ filled }) => Number(filled) > 0);
  assert.equal(filled.filter(({ leg }) => leg === 'entry').length, positions.length);
  assert.ok(
    positions.length > 0 && positions.every(({ state, quantity }) => state === 'closed' && Number(quantity) === 0),
  );
  const { rows } = await database.engine.pool.query<{ at: string; positions: string }>(
    "SELECT count(*) AS positions FROM engine.alerts WHERE pipeline_id = $1 AND level = 'page'",
    [pipelineId],
  );
  assert.equal(Number(rows[0]?.positions), 0);
}

async function playToTheEnd(sessionId: string): Promise<void> {
  const bindings = openBindings({ kind: 'sandbox', url: sandbox.url });
  const runtime = await startRuntime(
    {
      ...runtimeOptions(database.server.url('engine'), new Map([['crash', tape]])),
      accounts: bindings,
      brokerFor: bindings.brokerFor,
    },
    { worker: true, feed: true, scheduler: false },
  );
  try {
    await eventually(
      async () => {
        const { rows } = await database.engine.pool.query(
          "SELECT 1 FROM engine.sessions WHERE id = $1 AND status = 'ended'",
          [sessionId],
        );
        return rows[0];
      },
      `session ${sessionId} to end`,
      60_000,
    );
  } finally {
    await runtime.close();
  }
}
