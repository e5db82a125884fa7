import assert from 'node:assert/strict';
import { test } from 'node:test';
import { floorPivots, levelsAt } from './levels.ts';
import type { Swing } from './swing-points.ts';

const swing = (row: number, price: number, side: 1 | -1 = 1): Swing => ({ row, price, side });

test('swings within half an ATR of each other are one level, with their count and fading strength', () => {
  const levels = levelsAt([swing(100, 50), swing(150, 50.4, -1), swing(200, 52)], 210, 1, null);
  assert.deepEqual(
    levels.map(({ touches }) => touches),
    [2, 1],
  );
  assert.ok(Math.abs((levels[0]?.price ?? 0) - 50.2) < 1e-9);
  assert.ok(Math.abs((levels[0]?.strength ?? 0) - (Math.exp(-110 / 120) + Math.exp(-60 / 120))) < 1e-12);
});

test('swings older than 250 bars and swings not yet known are no levels', () => {
  const levels = levelsAt([swing(10, 40), swing(297, 60), swing(298, 70)], 300, 1, null);
  assert.deepEqual(
    levels.map(({ price }) => price),
    [60],
  );
});

test('merging closest first gives the mirrored market the mirrored levels', () => {
  const prices = [10, 10.3, 10.55, 12, 12.45, 12.8, 13.2, 15];
  const upright = levelsAt(
    prices.map((price, i) => swing(i, price)),
    50,
    1,
    null,
  );
  const flipped = levelsAt(
    prices.map((price, i) => swing(i, 30 - price)),
    50,
    1,
    null,
  );
  const back = flipped.map(({ price, touches }) => [(30 - price).toFixed(9), touches]).reverse();
  assert.deepEqual(
    upright.map(({ price, touches }) => [price.toFixed(9), touches]),
    back,
  );
});

test('the previous session gives its high, low, close and floor pivots', () => {
  const session = { high: 110, low: 100, close: 108 };
  assert.deepEqual(floorPivots(session), { p: 106, r1: 112, s1: 102, r2: 116, s2: 96 });
  const levels = levelsAt([], 0, 1, session);
  assert.deepEqual(
    levels.map(({ source, price }) => `${source} ${price}`),
    [
      'pivot_s2 96',
      'previous_low 100',
      'pivot_s1 102',
      'pivot 106',
      'previous_close 108',
      'previous_high 110',
      'pivot_r1 112',
      'pivot_r2 116',
    ],
  );
  assert.ok(levels.every(({ touches }) => touches === 1));
});
