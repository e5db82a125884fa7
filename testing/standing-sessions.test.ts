/** A simulated session under kill switches, and what a user asks of it by hand. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { withUser } from '@bellwether/db';
import { startTestDatabase, type TestDatabase } from '@bellwether/db/testing';
import { type Runtime, startRuntime, type TapeSymbol } from '@bellwether/durable';
import { eventually, openTestSession } from '@bellwether/durable/testing';
import { sql } from 'kysely';
import { crashTape } from './crash-tape.fixture.ts';
import { runtimeOptions } from './durable-runtime.ts';
import { bookOf, exampleDocument, journalsOf } from './three-bindings.fixture.ts';

/** The example enters at 17:50 on this day. */
const SHORTLY_BEFORE = '2026-03-02T17:40:00Z';
/** Two bars a second: a position lasts long enough to be acted on. */
const SLOW = 120;

let database: TestDatabase;
let tape: readonly TapeSymbol[];
before(async () => {
  [database, tape] = await Promise.all([startTestDatabase(), crashTape()]);
});
after(() => database.close());

interface Started {
  readonly userId: string;
  readonly pipelineId: string;
  readonly runtime: Runtime;
}

async function start(speed: number | undefined, userId?: string): Promise<Started> {
  const user = userId ?? (await database.addUser());
  const pipelineId = randomUUID();
  await openTestSession(database, {
    userId: user,
    document: { ...(await exampleDocument('opening-range-breakout')), id: pipelineId, symbol: tape[0]?.symbol },
    tapeId: 'crash',
    from: SHORTLY_BEFORE,
    purpose: 'start',
    pipelineId,
    ...(speed === undefined ? {} : { speed }),
  });
  const runtime = await startRuntime(runtimeOptions(database.server.url('engine'), new Map([['crash', tape]])), {
    worker: false,
    feed: true,
    scheduler: false,
  });
  return { userId: user, pipelineId, runtime };
}

const engage = (userId: string, flatten: boolean) =>
  database.engine.pool.query(
    `INSERT INTO engine.kill_switches (user_id, scope, scope_id, flatten, reason, engaged_by) VALUES ($1, 'user', $1, $2, 'enough', 'user')`,
    [userId, flatten],
  );

const openPosition = (pipelineId: string) =>
  eventually(async () => {
    const { rows } = await database.engine.pool.query<{ id: string }>(
      "SELECT id FROM engine.positions WHERE pipeline_id = $1 AND state = 'open'",
      [pipelineId],
    );
    return rows[0];
  }, 'a position to be open');

const closedFor = (pipelineId: string) =>
  eventually(
    async () => (await bookOf(database, pipelineId)).positions.find(({ state }) => state === 'closed')?.close_reason,
    'the position to be closed',
    5_000,
  );

const stateText = async (pipelineId: string) => {
  const { rows } = await database.engine.pool.query<{ state_reason: string | null }>(
    'SELECT state_reason FROM app.pipelines WHERE id = $1',
    [pipelineId],
  );
  return rows[0]?.state_reason ?? '';
};

describe('a simulated session', () => {
  test('opens nothing under a kill switch that was engaged before it began, and says so', async () => {
    const userId = await database.addUser();
    await engage(userId, false);
    const { pipelineId, runtime } = await start(undefined, userId);
    try {
      await eventually(async () => {
        const { rows } = await database.engine.pool.query(
          "SELECT 1 FROM engine.sessions WHERE id = $1 AND status = 'ended'",
          [pipelineId],
        );
        return rows[0];
      }, 'the session to end');
    } finally {
      await runtime.close();
    }
    const { positions } = await bookOf(database, pipelineId);
    const events = (await journalsOf(database, pipelineId)).flat();
    const refused = events.flatMap((event) => (event.event === 'intents_settled' ? [event.refusal?.rule] : []));
    assert.deepEqual([positions.length, new Set(refused)], [0, new Set(['kill_switch'])]);
  });

  test('closes what it holds when a kill switch asks for it, and enters nothing until that is released', async () => {
    const { userId, pipelineId, runtime } = await start(SLOW);
    try {
      await openPosition(pipelineId);
      await engage(userId, true);
      assert.equal(await closedFor(pipelineId), 'kill_switch');
      await eventually(async () => (/halted: enough/.test(await stateText(pipelineId)) ? true : undefined), 'the text');
    } finally {
      await runtime.close();
    }
  });

  test('closes a position that its user closes by hand, and answers the request', async () => {
    const { userId, pipelineId, runtime } = await start(SLOW);
    try {
      const { id } = await openPosition(pipelineId);
      // As its user: only the application may ask.
      await withUser(database.app, userId, (transaction) =>
        sql`INSERT INTO engine.session_requests (session_id, user_id, key, kind, body)
            VALUES (${pipelineId}, ${userId}, 'by hand', 'close', ${JSON.stringify({ position_id: id, reason: 'manual' })})`.execute(
          transaction,
        ),
      );
      runtime.nudge();
      assert.equal(await closedFor(pipelineId), 'manual');
      const { rows } = await database.engine.pool.query<{ outcome: string }>(
        'SELECT outcome FROM engine.session_requests WHERE session_id = $1',
        [pipelineId],
      );
      assert.deepEqual(rows, [{ outcome: 'taken' }]);
    } finally {
      await runtime.close();
    }
  });
});
