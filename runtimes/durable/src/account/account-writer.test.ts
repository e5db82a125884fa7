import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { withUser } from '@bellwether/db';
import { startTestDatabase, type TestDatabase } from '@bellwether/db/testing';
import {
  formatInstant,
  type Money,
  NO_MONEY,
  NO_QUANTITY,
  parseMoney,
  parsePrice,
  parseQuantity,
} from '@bellwether/domain';
import type { AccountEffects, AccountMemory, AccountPosition } from '@bellwether/kernel';
import { publishTestPipeline, TEST_DIGESTS } from '../testing.ts';
import type { AccountRow } from './account-store.ts';
import { type AccountWrite, AccountWriter, RowsRefused } from './account-writer.ts';

const OPENED = Date.parse('2026-03-02T15:00:00Z');

/** What the writer only passes on. */
const MEMORY = { marketTime: OPENED } as AccountMemory;

describe('the writer of an account', () => {
  let database: TestDatabase;
  let account: AccountRow;
  let pipelineId: string;
  let executionId: string;
  let writer: AccountWriter;
  const prices = new Map<string, number>();

  before(async () => {
    database = await startTestDatabase();
    const { pool } = database.engine;
    const userId = await database.addUser();
    pipelineId = await publishTestPipeline(database, userId, {});
    executionId = randomUUID();
    const id = randomUUID();
    await pool.query(
      `INSERT INTO engine.accounts (id, user_id, pipeline_id, kind, trading_mode, label, broker, initial_balance, cash)
       VALUES ($1, $2, $3, 'broker', 'paper', 'sandbox', 'alpaca', 100000, 100000)`,
      [id, userId, pipelineId],
    );
    await pool.query(
      `INSERT INTO engine.executions (id, user_id, pipeline_id, version, trading_mode, run_mode, trigger, trigger_key, source)
       VALUES ($1, $2, $3, 1, 'paper', 'run_once', '{}', 'one', '{}')`,
      [executionId, userId, pipelineId],
    );
    account = {
      id,
      userId,
      pipelineId,
      tradingMode: 'paper',
      label: 'sandbox',
      broker: 'alpaca',
      brokerAccountId: null,
      connection: {},
      limits: {},
      capabilityResults: [],
    };
    const refuse = (): never => {
      throw new Error('expected no event to be written');
    };
    writer = new AccountWriter({
      pool,
      account,
      fence: 0,
      codec: { toWire: refuse, fromWire: refuse, position: ({ positionId }) => ({ id: positionId }), trade: refuse },
      now: () => OPENED,
      sha256Hex: TEST_DIGESTS.hex,
      lastPrice: (symbol) => prices.get(symbol) ?? Number.NaN,
      isShared: false,
    });
  });
  after(() => database.close());

  /** Ten shares bought at 100 with a stop at 98, and sold at 103 again. */
  function closedPosition(changes: Partial<AccountPosition>): AccountPosition {
    return {
      positionId: randomUUID(),
      executionId,
      pipelineId,
      symbol: 'AAPL',
      side: 'long',
      status: 'closed',
      quantity: NO_QUANTITY,
      intendedQuantity: parseQuantity('10'),
      enteredQuantity: parseQuantity('10'),
      entryAmount: parseMoney('1000'),
      exitAmount: parseMoney('1030'),
      exitedQuantity: parseQuantity('10'),
      fees: NO_MONEY,
      slippage: NO_MONEY,
      decidedPrice: parsePrice('100'),
      initialStop: parsePrice('98'),
      stop: parsePrice('98'),
      target1: parsePrice('103'),
      target2: null,
      exits: {
        plan: 'auto',
        splitAt: 0.9,
        firstTargetPercent: 50,
        moveStopToBreakeven: true,
        breakevenFees: false,
        singleShareTarget: 'target_1',
        partialPatienceMs: 3_000,
        monitoring: true,
      },
      firstQuantity: parseQuantity('10'),
      secondQuantity: NO_QUANTITY,
      entryComplete: true,
      split: false,
      firstDone: true,
      breakevenDone: false,
      openedAt: OPENED,
      closedAt: OPENED + 60_000,
      closeReason: 'target_1',
      closing: null,
      orders: [],
      nakedShareMs: 0n,
      halted: false,
      excess: NO_QUANTITY,
      lastFillAt: OPENED,
      reopened: false,
      ...changes,
    } as AccountPosition;
  }

  function writeOf(position: AccountPosition): AccountWrite {
    const effects: AccountEffects = {
      positions: [position],
      orders: [],
      fills: [],
      snapshot: null,
      external: null,
      standing: [],
      runs: [],
      events: [],
      alerts: [],
      heard: [],
      commands: [],
    };
    return { effects, memory: MEMORY, busy: false, gateOpen: true, done: [], marks: [] };
  }

  const save = (position: AccountPosition) => writer.commit(writeOf(position), (error) => Promise.reject(error));

  async function rows(text: string, id: string): Promise<readonly Record<string, unknown>[]> {
    return (await database.engine.pool.query<Record<string, unknown>>(text, [id])).rows;
  }

  test('keeps what a position was decided at, so that stop and targets are held to their sides', async () => {
    const right = closedPosition({});
    await save(right);
    const [kept] = await rows('SELECT entry_price::text FROM engine.positions WHERE id = $1', right.positionId);
    assert.equal(kept?.['entry_price'], '100.000000000');
    for (const wrong of [
      { initialStop: parsePrice('101') },
      { target1: parsePrice('99') },
      { target2: parsePrice('99') },
      { side: 'short' as const },
    ])
      await assert.rejects(save(closedPosition(wrong)), (error) => {
        assert.ok(error instanceof RowsRefused);
        assert.match(error.message, /positions_(initial_stop|target_[12])_side/);
        return true;
      });
  });

  test('ends a trade no earlier than it began, though the broker tells fills by a clock ahead of ours', async () => {
    const position = closedPosition({ closedAt: OPENED - 500 });
    await save(position);
    const [trade] = await rows(
      'SELECT entry_at = exit_at AS same FROM engine.trades WHERE position_id = $1',
      position.positionId,
    );
    assert.deepEqual(trade, { same: true });
  });

  test('tells once, with both amounts, when a late fill changes what a recorded trade made', async () => {
    const position = closedPosition({});
    await save(position);
    await save(position);
    const alerts = () =>
      rows(
        "SELECT level, text FROM engine.alerts WHERE code = 'trade_recomputed' AND position_id = $1",
        position.positionId,
      );
    assert.deepEqual(await alerts(), []);
    const late = { ...position, exitAmount: (position.exitAmount - parseMoney('45')) as Money };
    await save(late);
    await save(late);
    const told = await alerts();
    assert.equal(told.length, 1);
    assert.equal(told[0]?.['level'], 'alarm');
    assert.match(String(told[0]?.['text']), /its P&L was 30\.000000 and is -15\.000000/);
    const [truth] = await rows('SELECT realized_pnl::text FROM engine.positions WHERE id = $1', position.positionId);
    assert.equal(truth?.['realized_pnl'], '-15.000000');
  });

  test('ends a close by hand that is not flat as its session ends, and says what goes on', async () => {
    const position = closedPosition({
      status: 'closing',
      quantity: parseQuantity('4'),
      closedAt: null,
      closing: 'manual',
    });
    await save(position);
    const asked = await withUser(database.app, account.userId, (transaction) =>
      transaction
        .insertInto('engine.manual_interventions')
        .values({
          user_id: account.userId,
          kind: 'close',
          target: position.positionId,
          reason: 'enough',
          body: JSON.stringify({ positions: [position.positionId] }),
        })
        .returning('id')
        .executeTakeFirstOrThrow(),
    );
    const write = writeOf(position);
    const page = {
      level: 'page',
      code: 'not_flat',
      symbol: 'AAPL',
      positionId: position.positionId,
      pipelineId,
    } as const;
    const told = { ...write.effects, alerts: [{ ...page, at: OPENED, text: '4 AAPL could not be closed' }] };
    for (let twice = 0; twice < 2; twice++)
      await writer.commit({ ...write, effects: told }, (error) => Promise.reject(error));
    const outcomes = await rows(
      'SELECT outcome, text FROM engine.intervention_outcomes WHERE intervention_id = $1',
      asked.id,
    );
    assert.deepEqual(outcomes, [{ outcome: 'failed', text: '4 AAPL could not be closed' }]);
  });

  test('shows what is held at its newest price, by the time of the market that made it', async () => {
    const position = closedPosition({ symbol: 'MSFT', status: 'open', quantity: parseQuantity('10'), closedAt: null });
    await save(position);
    prices.set('MSFT', 104.5);
    const write = writeOf(position);
    await writer.commit(
      { ...write, effects: { ...write.effects, positions: [] }, marks: [{ position, at: OPENED + 60_000 }] },
      (error) => Promise.reject(error),
    );
    prices.clear();
    const [shown] = await rows(
      'SELECT last_price::text AS price, last_price_at AS at FROM engine.positions WHERE id = $1',
      position.positionId,
    );
    assert.deepEqual([shown?.['price'], String(shown?.['at'])], ['104.500000000', formatInstant(OPENED + 60_000)]);
    const [told] = await rows(
      `SELECT body FROM engine.events WHERE user_id = $1 ORDER BY seq DESC LIMIT 1`,
      account.userId,
    );
    assert.match(JSON.stringify(told), /position_updated/);
  });
});
