import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equityDrawdowns, largestFall, largestFallPct } from './drawdown.ts';

/** Points of an account that starts with `capital` and books one P&L a day. */
function curve(capital: number, pnls: readonly number[]) {
  let value = capital;
  return [{ at: 0, value }, ...pnls.map((pnl, i) => ({ at: i + 1, value: (value += pnl) }))];
}

test('seed-A2 a first trade that loses is a drawdown: −500, +100, +100 on 100,000', () => {
  const points = curve(100_000, [-500, 100, 100]);
  assert.deepEqual(largestFall(points), { depth: 500, peakAt: 0, troughAt: 1, recoveredAt: null });
  assert.equal(largestFallPct(points)?.depth, 0.5);
});

test('seed-A2 the peak is equity, not profit: +100, −150 on 100,000', () => {
  const points = curve(100_000, [100, -150]);
  assert.equal(largestFall(points)?.depth, 150);
  assert.ok(Math.abs((largestFallPct(points)?.depth ?? 0) - 0.14985) < 5e-6);
});

test('seed-A2 the largest amount and the largest percent are searched apart: 0, −500, +500, +10,000, −1,000 on 1,000', () => {
  const points = curve(1_000, [0, -500, 500, 10_000, -1_000]);
  assert.deepEqual(largestFall(points), { depth: 1_000, peakAt: 4, troughAt: 5, recoveredAt: null });
  assert.deepEqual(largestFallPct(points), { depth: 50, peakAt: 0, troughAt: 2, recoveredAt: 3 });
});

test('a curve that never falls has no drawdown', () => {
  assert.equal(largestFall(curve(100, [1, 0, 2])), null);
  assert.equal(largestFallPct([]), null);
});

test('cash flows are no drawdown: a withdrawal leaves amount and percent alone', () => {
  const days = [
    { at: 1, equity: 1_100, flow: 0 },
    { at: 2, equity: 600, flow: -500 },
    { at: 3, equity: 540, flow: 0 },
  ];
  const { amount, pct } = equityDrawdowns(0, 1_000, days);
  assert.deepEqual(amount, { depth: 60, peakAt: 1, troughAt: 3, recoveredAt: null });
  assert.ok(Math.abs((pct?.depth ?? 0) - 10) < 1e-9);
  assert.equal(pct?.peakAt, 1);
});
