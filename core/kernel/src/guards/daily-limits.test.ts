import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Money } from '@bellwether/domain';
import { DailyLimits } from './daily-limits.ts';

const NONE = { maxTradesPerDay: null, maxExecutionsPerDay: null, stopOnDailyLoss: null, stopOnDrawdown: null };
const usd = (dollars: number) => BigInt(dollars * 1e6) as Money;

test('seed-T11 null is no limit and 0 allows nothing', () => {
  const open = new DailyLimits(NONE);
  const closed = new DailyLimits({ ...NONE, maxTradesPerDay: 0 });
  const idle = new DailyLimits({ ...NONE, maxExecutionsPerDay: 0 });
  for (let i = 0; i < 1000; i++) {
    open.countExecution();
    open.countTrade();
  }
  assert.equal(
    open.refuseExecution(() => usd(0)),
    null,
  );
  assert.equal(closed.refuseEntry(() => usd(0))?.rule, 'max_trades_per_day');
  assert.equal(idle.refuseExecution(() => usd(0))?.rule, 'max_executions_per_day');
});

test('seed-T10 a loss equal to the limit has reached it, unrealized money counted', () => {
  const limits = new DailyLimits({ ...NONE, stopOnDailyLoss: '500' });
  limits.beginDay(1, () => usd(100_000));
  assert.equal(
    limits.refuseEntry(() => usd(99_501)),
    null,
  );
  assert.equal(limits.refuseEntry(() => usd(99_500))?.rule, 'stop_on_daily_loss');
  limits.beginDay(2, () => usd(99_500));
  assert.equal(
    limits.refuseEntry(() => usd(99_400)),
    null,
  );
});

test('drawdown runs from the highest equity, over days', () => {
  const limits = new DailyLimits({ ...NONE, stopOnDrawdown: 10 });
  limits.beginDay(1, () => usd(100_000));
  limits.follow(usd(120_000));
  limits.beginDay(2, () => usd(115_000));
  assert.equal(
    limits.refuseExecution(() => usd(108_001)),
    null,
  );
  assert.equal(limits.refuseExecution(() => usd(108_000))?.rule, 'stop_on_drawdown');
});

test('an entry that never filled is given back, and a new day starts from nothing', () => {
  const limits = new DailyLimits({ ...NONE, maxTradesPerDay: 1 });
  limits.beginDay(1, () => usd(1));
  limits.countTrade();
  assert.equal(limits.refuseEntry(() => usd(1))?.rule, 'max_trades_per_day');
  limits.returnTrade();
  assert.equal(
    limits.refuseEntry(() => usd(1)),
    null,
  );
  limits.countTrade();
  limits.beginDay(2, () => usd(1));
  assert.equal(
    limits.refuseEntry(() => usd(1)),
    null,
  );
});

test('what is saved continues where it was', () => {
  const limits = new DailyLimits({ ...NONE, maxTradesPerDay: 2, stopOnDailyLoss: '10' });
  limits.beginDay(7, () => usd(100));
  limits.countTrade();
  const copy = new DailyLimits({ ...NONE, maxTradesPerDay: 2, stopOnDailyLoss: '10' });
  copy.restoreState(JSON.parse(JSON.stringify(limits.saveState())));
  assert.deepEqual(copy.saveState(), limits.saveState());
});
