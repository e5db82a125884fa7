import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sliceBars } from '@bellwether/domain';
import { alternating, findSwings, firstSwingAt, type Swing } from './swing-points.ts';
import { barsClosingAt, mirrored, randomWalk, zigzag } from './testing.ts';

test('a swing is the extreme of seven bars', () => {
  const swings = findSwings(barsClosingAt(zigzag(100, [110, 5], [104, 4], [112, 5], [111, 1])));
  assert.deepEqual(
    swings.map(({ row, side }) => [row, side]),
    [
      [5, 1],
      [9, -1],
    ],
    'the last turn has one bar after it only and is not known yet',
  );
});

test('of equal highs the first is the swing', () => {
  const bars = barsClosingAt(
    [1, 2, 3, 4, 5, 5, 4, 3, 2, 1].map((x) => 100 + x),
    0,
  );
  assert.deepEqual(
    findSwings(bars).map(({ row }) => row),
    [4],
  );
});

test('a swing is known three bars later and never changes', () => {
  const bars = randomWalk({ seed: 'swings', bars: 300 });
  const all = findSwings(bars);
  for (let until = 10; until <= 300; until += 29) {
    assert.deepEqual(
      findSwings(sliceBars(bars, 0, until)),
      all.filter((swing) => swing.row <= until - 1 - 3),
    );
  }
});

test('a mirrored market has the mirrored swings', () => {
  const bars = randomWalk({ seed: 'mirror', bars: 400 });
  assert.deepEqual(
    findSwings(mirrored(bars)).map(({ row, side }) => [row, -side]),
    findSwings(bars).map(({ row, side }) => [row, side]),
  );
});

test('of neighbors on one side the more extreme stays', () => {
  const swing = (row: number, price: number, side: 1 | -1): Swing => ({ row, price, side });
  const swings = [swing(1, 10, 1), swing(5, 12, 1), swing(9, 8, -1), swing(12, 9, -1), swing(15, 11, 1)];
  assert.deepEqual(
    alternating(swings).map(({ row }) => row),
    [5, 9, 15],
  );
  assert.equal(firstSwingAt(swings, 6), 2);
  assert.equal(firstSwingAt(swings, 16), 5);
});
