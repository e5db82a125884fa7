import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { startTestDatabase } from '@bellwether/db/testing';
import { publishTestPipeline } from '../testing.ts';
import { readRequest } from './account-inbox.ts';
import { AccountStore } from './account-store.ts';

const MINUTES = ['00:00', '00:01', '00:02', '00:03', '00:04', '00:05'].map((time) => `2026-07-07T14:${time}Z`);

test('a proposal from before the release of a stop in its scope is overtaken, one from another scope is not', async (t) => {
  const database = await startTestDatabase();
  t.after(() => database.close());
  const { pool } = database.engine;
  const userId = await database.addUser();
  const [stopped, free] = [
    await publishTestPipeline(database, userId, {}),
    await publishTestPipeline(database, userId, {}),
  ];
  const id = randomUUID();
  await pool.query(
    `INSERT INTO engine.accounts (id, user_id, pipeline_id, kind, trading_mode, label, broker, initial_balance, cash)
     VALUES ($1, $2, $3, 'broker', 'paper', 'sandbox', 'alpaca', 100000, 100000)`,
    [id, userId, stopped],
  );
  await pool.query(
    `INSERT INTO engine.kill_switches (user_id, scope, scope_id, reason, engaged_by, engaged_at, released_at, released_by, release_reason)
     VALUES ($1, 'pipeline', $2, 'test', 'user', $3, $4, 'user', 'over')`,
    [userId, stopped, MINUTES[1], MINUTES[3]],
  );
  const propose = (key: string, pipelineId: string, at: string | undefined) =>
    pool.query(
      `INSERT INTO engine.account_inbox (account_id, user_id, key, kind, body, created_at) VALUES ($1, $2, $3, 'proposal', $4, $5)`,
      [
        id,
        userId,
        key,
        JSON.stringify({ pipelineId, intents: [], ticket: { executionId: 'e' }, entryRefusal: null }),
        at,
      ],
    );
  await propose('before it', stopped, MINUTES[0]);
  await propose('while it stood', stopped, MINUTES[2]);
  await propose('beside it', free, MINUTES[2]);
  await propose('after it', stopped, MINUTES[4]);
  const { inbox } = await new AccountStore(pool, 'test').news(id);
  const rules = inbox.map((row) => {
    const request = readRequest(row);
    if (request.kind !== 'fact' || request.fact.fact !== 'proposed')
      throw new Error(`expected a proposal, was ${row.kind}`);
    return [row.key, request.fact.proposal.entryRefusal?.rule ?? null];
  });
  assert.deepEqual(rules, [
    ['before it', 'kill_switch'],
    ['while it stood', 'kill_switch'],
    ['beside it', null],
    ['after it', null],
  ]);
});

test('an account is taken with what was found out of it in the last 90 days', async (t) => {
  const database = await startTestDatabase();
  t.after(() => database.close());
  const { pool } = database.engine;
  const userId = await database.addUser();
  const id = randomUUID();
  await pool.query(
    `INSERT INTO engine.accounts (id, user_id, kind, trading_mode, label, broker, initial_balance, cash)
     VALUES ($1, $2, 'broker', 'paper', 'sandbox', 'alpaca', 100000, 100000)`,
    [id, userId],
  );
  for (const days of [89, 91])
    await pool.query(
      `INSERT INTO engine.capability_results (user_id, account_id, at, flags, evidence)
       VALUES ($1, $2, now() - make_interval(days => $3), jsonb_build_object('twinBrackets', $3 = 89), '[]')`,
      [userId, id, days],
    );
  const { capabilityResults = [] } = (await new AccountStore(pool, 'test').take(id)) ?? {};
  assert.deepEqual(
    capabilityResults.map(({ flags }) => flags),
    [{ twinBrackets: true }],
  );
  assert.ok(capabilityResults[0]?.at instanceof Temporal.Instant);
});
