import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compoundAnnualGrowth,
  dailyReturns,
  type EquityDay,
  returnOnCapital,
  totalReturnPct,
  unitValues,
} from './equity-curve.ts';

const day = (at: number, equity: number, flow = 0): EquityDay => ({ at, equity, flow });

test('a deposit is no return', () => {
  assert.deepEqual(dailyReturns(1000, [day(1, 1100, 100), day(2, 1210)]), [0, 1210 / 1100 - 1]);
});

test('days without trades count with a return of zero', () => {
  assert.deepEqual(dailyReturns(1000, [day(1, 1000), day(2, 1000)]), [0, 0]);
});

test('an account that begins a day with nothing has no returns', () => {
  assert.equal(dailyReturns(1000, [day(1, 0), day(2, 10)]), null);
});

test('unit values compound from one', () => {
  const values = unitValues([0.1, -0.5]);
  assert.equal(values.length, 3);
  assert.equal(values[0], 1);
  assert.ok(Math.abs((values[2] ?? 0) - 0.55) < 1e-12);
  assert.ok(Math.abs(totalReturnPct([0.1, -0.5]) + 45) < 1e-9);
});

test('compound annual growth: the worked examples', () => {
  const near = (found: number | null, expected: number) =>
    assert.ok(Math.abs((found ?? Number.NaN) - expected) < 5e-5, String(found));
  near(compoundAnnualGrowth(176_000 / 64_900, 1_095), 0.3945);
  near(compoundAnnualGrowth(176_000 / 64_900, 365), 1.7119);
  near(compoundAnnualGrowth(1.5, 100), 3.3927);
});

test('compound annual growth has no value under 90 days or when nothing was left', () => {
  assert.equal(compoundAnnualGrowth(1.5, 89), null);
  assert.equal(compoundAnnualGrowth(0, 365), null);
});

test('seed-A7 return on capital and cost ratio are kept apart', () => {
  assert.deepEqual(returnOnCapital({ totalPnl: 1000, totalCost: 250, startEquity: 100_000 }), {
    netPnl: 750,
    roi: 0.75,
    costRatio: 4,
  });
  assert.equal(returnOnCapital({ totalPnl: 1000, totalCost: 0, startEquity: 100_000 }).costRatio, null);
});
