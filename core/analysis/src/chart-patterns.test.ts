import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BarSeries } from '@bellwether/domain';
import { type ChartPattern, type ChartPatternName, chartPatternsAt, chartScore } from './chart-patterns.ts';
import type { Level } from './levels.ts';
import { findSwings } from './swing-points.ts';
import { barsClosingAt, zigzag } from './testing.ts';

const ATR = 1;

function patterns(bars: BarSeries, levels: readonly Level[] = [], rvol = 1): ChartPattern[] {
  return chartPatternsAt(bars, bars.length - 1, ATR, findSwings(bars), levels, () => rvol);
}

/** Closes, and the same upside down: what is a top in one is a bottom in the other. */
function both(closes: readonly number[]): [upright: BarSeries, flipped: BarSeries] {
  return [barsClosingAt(closes), barsClosingAt(closes.map((close) => 200 - close))];
}

function expectPattern(
  closes: readonly number[],
  name: ChartPatternName,
  mirror: ChartPatternName,
  score: number,
): void {
  const [upright, flipped] = both(closes);
  const found = patterns(upright).find((pattern) => pattern.name === name && pattern.score === score);
  assert.ok(found, `expected ${name} ${score} in ${JSON.stringify(patterns(upright))}`);
  const turned = patterns(flipped).find((pattern) => pattern.name === mirror && pattern.score === -score);
  assert.ok(turned, `expected ${mirror} ${-score} in ${JSON.stringify(patterns(flipped))}`);
  assert.equal(turned.confirmedRow, found.confirmedRow);
}

const DOUBLE_TOP = zigzag(100, [106, 6], [103, 5], [106.2, 5]);

test('two highs at one height make a double top when the valley breaks', () => {
  expectPattern([...DOUBLE_TOP, ...zigzag(105.5, [102, 5])], 'double_top', 'double_bottom', -1);
});

test('a double top whose valley holds is listed without a score', () => {
  const found = patterns(barsClosingAt([...DOUBLE_TOP, ...zigzag(105.5, [104.5, 4])]));
  const pattern = found.find(({ name }) => name === 'double_top');
  assert.deepEqual([pattern?.score, pattern?.direction, pattern?.confirmedRow], [0, -1, null]);
  assert.equal(chartScore(found, DOUBLE_TOP.length + 4), 0);
});

test('a double top that is overrun first is none', () => {
  const found = patterns(barsClosingAt([...DOUBLE_TOP, ...zigzag(105.5, [104.5, 3], [108, 5], [101, 8])]));
  assert.ok(!found.some(({ name, score }) => name === 'double_top' && score === -1));
});

test('a head above two shoulders falls through its neckline', () => {
  const closes = zigzag(100, [104, 4], [102, 4], [107, 5], [102, 5], [104, 4], [100.5, 6]);
  expectPattern(closes, 'head_and_shoulders', 'inverse_head_and_shoulders', -1);
});

test('a triangle counts when a close leaves it', () => {
  const closes = zigzag(100, [110, 6], [101, 6], [107, 5], [103, 5], [105.5, 4], [109, 4]);
  expectPattern(closes, 'triangle', 'triangle', 0.7);
});

test('a flag gives back less than half of its pole and goes on', () => {
  const closes = zigzag(100, [98, 4], [106, 6], [104.5, 7], [107, 3]);
  expectPattern(closes, 'flag', 'flag', 0.7);
});

test('a pole that gives back more than half is no flag', () => {
  const found = patterns(barsClosingAt(zigzag(100, [98, 4], [106, 6], [101, 7], [107, 3])));
  assert.ok(!found.some(({ name }) => name === 'flag'));
});

test('a wall breaks after three closes on the other side, and counts more with heavy volume', () => {
  const wall: Level = { price: 105, touches: 2, strength: 1, source: 'swing' };
  const bars = barsClosingAt(zigzag(104, [104.2, 10], [105.6, 1]));
  const score = (level: Level, rvol: number) =>
    patterns(bars, [level], rvol).find(({ name }) => name === 'level_break')?.score;
  assert.equal(score(wall, 1.4), 0.7);
  assert.equal(score(wall, 1.5), 1);
  assert.equal(score({ ...wall, touches: 1 }, 2), undefined);
  assert.equal(score({ ...wall, price: 105.4 }, 2), undefined, 'not a quarter of an ATR beyond it');
  const down = barsClosingAt(zigzag(106, [105.8, 10], [104.4, 1]));
  assert.equal(patterns(down, [wall]).find(({ name }) => name === 'level_break')?.score, -0.7);
});

test('patterns fade with the bars since they were confirmed and stay within one', () => {
  const confirmed = (row: number): ChartPattern => ({
    name: 'flag',
    direction: 1,
    score: 0.7,
    confirmedRow: row,
    line: 1,
  });
  assert.ok(Math.abs(chartScore([confirmed(90)], 100) - 0.7 * Math.exp(-1)) < 1e-12);
  assert.equal(chartScore([confirmed(100), confirmed(100)], 100), 1);
});
