import assert from 'node:assert/strict';
import { test } from 'node:test';
import { combineFrames, frameWeights } from './combine-frames.ts';
import { factsSheet, frameBars } from './facts-sheet.ts';
import { randomWalk } from './testing.ts';

test('the slowest timeframe weighs most and weights add up to one', () => {
  assert.deepEqual(frameWeights(1), [1]);
  assert.deepEqual(frameWeights(3), [0.5, 0.3, 0.2]);
  assert.deepEqual(frameWeights(5), [5 / 15, 4 / 15, 3 / 15, 2 / 15, 1 / 15]);
  for (let n = 1; n <= 6; n++)
    assert.ok(Math.abs(frameWeights(n).reduce((sum, weight) => sum + weight, 0) - 1) < 1e-12);
});

test('contributions add up to the score', () => {
  for (let k = 0; k < 40; k++) {
    const frames = (['1d', '4h', '1h'] as const).map((timeframe, i) =>
      frameBars(randomWalk({ seed: `sum ${k} ${i}`, bars: 260, timeframe, drift: 0.1 * (i - 1) }), 600),
    );
    const sheet = factsSheet(
      { symbol: 'TEST', decidedAt: 0, forcedFlatAt: null, shortAllowed: true, feed: 'test', frames },
      null,
    );
    const { score, contributions } = combineFrames(sheet.frames);
    const sum = contributions.reduce((total, { value }) => total + value, 0);
    assert.equal(contributions.length, 15);
    assert.ok(Math.abs(sum - score) < 1e-9, `${sum} against ${score}`);
    assert.ok(Math.abs(score) <= 1);
  }
});
