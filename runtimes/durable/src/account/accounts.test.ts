import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { startTestDatabase, type TestDatabase } from '@bellwether/db/testing';
import { BellwetherError, parseMoney } from '@bellwether/domain';
import { UNLIMITED } from '@bellwether/kernel';
import { BROKER_PROFILES } from '@bellwether/ports';
import { CALM_HABITS, FakeBroker, FakeBrokerage } from '@bellwether/ports/testing';
import type { WallClock } from '../feed/pace.ts';
import { PROCESS_CLOCK } from '../process-clock.ts';
import { eventually, publishTestPipeline, TEST_DIGESTS } from '../testing.ts';
import type { BrokerFor } from './account-binding.ts';
import { Accounts } from './accounts.ts';

/** Time that passes twenty times as fast: ten seconds are half a one. */
const FAST = 20;
const started = PROCESS_CLOCK.now();
const quick: WallClock = {
  now: () => started + (PROCESS_CLOCK.now() - started) * FAST,
  waitUntil: (at, signal) => PROCESS_CLOCK.waitUntil(started + (at - started) / FAST, signal),
};

describe('accounts', () => {
  let database: TestDatabase;
  before(async () => {
    database = await startTestDatabase();
  });
  after(() => database.close());

  async function openAccount(isHolding: boolean): Promise<string> {
    const { pool } = database.engine;
    const userId = await database.addUser();
    const pipelineId = await publishTestPipeline(database, userId, {});
    const id = randomUUID();
    await pool.query(
      `INSERT INTO engine.accounts (id, user_id, pipeline_id, kind, trading_mode, label, broker, initial_balance, cash)
       VALUES ($1, $2, $3, 'broker', 'paper', 'sandbox', 'alpaca', 100000, 100000)`,
      [id, userId, pipelineId],
    );
    await pool.query(
      `INSERT INTO engine.account_inbox (account_id, user_id, key, kind, body) VALUES ($1, $2, 'one', 'cancel_entries', '{}')`,
      [id, userId],
    );
    if (!isHolding) return id;
    const executionId = randomUUID();
    await pool.query(
      `INSERT INTO engine.executions (id, user_id, pipeline_id, version, trading_mode, run_mode, trigger, trigger_key, source)
       VALUES ($1, $2, $3, 1, 'paper', 'run_once', '{}', 'one', '{}')`,
      [executionId, userId, pipelineId],
    );
    await pool.query(
      `INSERT INTO engine.positions (id, user_id, account_id, pipeline_id, execution_id, trading_mode, symbol, side, state, quantity, opened_at, memory)
       VALUES ($1, $2, $3, $4, $5, 'paper', 'AAPL', 'long', 'open', 10, now(), '{"status":"open"}')`,
      [`p ${id}`, userId, id, pipelineId, executionId],
    );
    return id;
  }

  const refuse = (): never => {
    throw new Error('expected no event to be written');
  };

  function keep(brokerFor: BrokerFor): Accounts {
    return new Accounts({
      pool: database.engine.pool,
      codec: { toWire: refuse, fromWire: refuse, position: refuse, trade: refuse },
      clock: quick,
      sha256: TEST_DIGESTS,
      installation: 'test',
      holder: 'worker',
      log: () => undefined,
      brokerFor,
    });
  }

  async function only<T extends object>(text: string, id: string): Promise<T | undefined> {
    const { rows } = await database.engine.pool.query<T>(text, [id]);
    return rows[0];
  }

  const alertOf = (id: string) =>
    only<{ level: string; text: string }>(
      "SELECT level, text FROM engine.alerts WHERE account_id = $1 AND code = 'account_unattended'",
      id,
    );
  const leaseOf = (id: string) =>
    only<{ fence: string; ends: Temporal.Instant }>(
      'SELECT fence, lease_expires_at AS ends FROM engine.accounts WHERE id = $1',
      id,
    );

  test('stay held while their broker takes its time to open, and somebody is told after ten seconds', async () => {
    const id = await openAccount(true);
    let isAsked = false;
    const accounts = keep(() => {
      isAsked = true;
      return new Promise(() => undefined);
    });
    await eventually(async () => isAsked || undefined, 'the broker to be asked');
    const first = await leaseOf(id);
    const ends = await eventually(async () => {
      const lease = await leaseOf(id);
      return lease !== undefined && Temporal.Instant.compare(lease.ends, first?.ends as Temporal.Instant) > 0
        ? lease
        : undefined;
    }, 'the lease to be renewed');
    assert.equal(ends.fence, first?.fence);
    const alert = await eventually(() => alertOf(id), 'an alert');
    assert.equal(alert.level, 'page');
    assert.match(alert.text, /has not answered yet; nobody can watch its positions/);
    await accounts.close();
    assert.equal((await leaseOf(id))?.ends, null, 'expected the lease to be let go');
  });

  test('whose broker does not open are tried again every few seconds whatever went wrong, and never counted as broken', async () => {
    const holding = await openAccount(true);
    const flat = await openAccount(false);
    const tries = new Map<string, number[]>();
    const accounts = keep(async ({ id }) => {
      tries.set(id, [...(tries.get(id) ?? []), quick.now()]);
      throw new BellwetherError('bug', 'broker/bad-answer', 'expected an account, was a list');
    });
    const alert = await eventually(() => alertOf(holding), 'a page');
    assert.equal(alert.level, 'page');
    assert.match(alert.text, /expected an account, was a list/);
    assert.equal((await eventually(() => alertOf(flat), 'an alarm')).level, 'alarm');
    const at = await eventually(async () => {
      const times = tries.get(holding) ?? [];
      return times.length >= 6 ? times : undefined;
    }, 'six tries');
    const gaps = at.slice(1).map((time, i) => time - (at[i] as number));
    assert.ok(Math.max(...gaps) < 14_000, `expected a try every 5 s at the latest, were ${gaps.join(', ')} ms apart`);
    await accounts.close();
    const broken = await only('SELECT 1 FROM engine.safety_states WHERE account_id = $1', holding);
    assert.equal(broken, undefined);
    const { rows } = await database.engine.pool.query(
      "SELECT 1 FROM engine.alerts WHERE account_id = $1 AND code = 'account_unattended'",
      [holding],
    );
    assert.equal(rows.length, 1, 'expected it to be told once');
  });

  test('are reconciled when their owner asks: by a keeper that begins for it, and once more by one that has done it before', async () => {
    const id = await openAccount(false);
    const { pool } = database.engine;
    const at = PROCESS_CLOCK.now();
    const chance = () => 0.5;
    const broker = new FakeBroker(
      new FakeBrokerage({ cash: parseMoney('100000'), marginMultiplier: 2n, habits: CALM_HABITS, chance, at }),
    );
    const accounts = keep(async () => ({
      broker,
      instruments: { find: () => Promise.resolve(undefined) },
      capabilities: BROKER_PROFILES.alpaca,
      limits: UNLIMITED,
      requestsPerMinute: null,
      sessionAt: () => ({ isOpen: true, closesAt: at + 86_400_000, nextOpen: at }),
      exchangeDay: () => '2026-03-02',
    }));
    const askedAnd = async (key: string) => {
      await pool.query(
        `INSERT INTO engine.account_inbox (account_id, user_id, key, kind, body)
         SELECT id, user_id, $2, 'reconcile', '{}' FROM engine.accounts WHERE id = $1`,
        [id, key],
      );
      await eventually(async () => {
        const { rows } = await pool.query(
          "SELECT 1 FROM engine.account_inbox WHERE account_id = $1 AND key = $2 AND outcome = 'taken'",
          [id, key],
        );
        return rows[0];
      }, `request ${key} to be done`);
      const { rows } = await pool.query<{ runs: number; clean: boolean }>(
        'SELECT count(*)::int AS runs, bool_and(clean) AS clean FROM engine.reconciliation_runs WHERE account_id = $1',
        [id],
      );
      return rows[0];
    };
    try {
      const first = await askedAnd('first');
      const second = await askedAnd('second');
      assert.deepEqual([first?.clean, second?.clean], [true, true]);
      assert.ok((second?.runs ?? 0) > (first?.runs ?? 0), 'expected a pass for the second asking');
    } finally {
      await accounts.close();
    }
  });
});
