import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barsFrom } from '@bellwether/domain';
import { candlePatternAt } from './candle-patterns.ts';

type Candle = readonly [open: number, high: number, low: number, close: number];

function lastCandle(candles: readonly Candle[], atr = 1) {
  const bars = barsFrom(
    'TEST',
    '1d',
    candles.map(([open, high, low, close], i) => ({ start: i, end: i + 1, open, high, low, close, volume: 1 })),
  );
  return candlePatternAt(bars, candles.length - 1, atr);
}

const flip = (candles: readonly Candle[]): Candle[] =>
  candles.map(([open, high, low, close]) => [200 - open, 200 - low, 200 - high, 200 - close]);
const falling: Candle[] = [0, 1, 2, 3, 4, 5].map((i) => [100 - i, 100.2 - i, 98.8 - i, 99 - i]);

test('a body that swallows the one before turns a falling market', () => {
  const candles: Candle[] = [...falling, [93.9, 96, 93.5, 95.5]];
  assert.deepEqual(lastCandle(candles), { name: 'bullish_engulfing', score: 1 });
  assert.deepEqual(lastCandle(flip(candles)), { name: 'bearish_engulfing', score: -1 });
});

test('a long shadow below is a hammer, above a shooting star', () => {
  const candles: Candle[] = [...falling, [94, 94.3, 92.5, 94.2]];
  assert.deepEqual(lastCandle(candles), { name: 'hammer', score: 0.7 });
  assert.deepEqual(lastCandle(flip(candles)), { name: 'shooting_star', score: -0.7 });
});

test('a shadow of less than two bodies or a small range says nothing', () => {
  assert.equal(lastCandle([...falling, [94, 95.1, 92.5, 95]]), null);
  assert.equal(lastCandle([...falling, [94, 94.1, 93.4, 94.05]]), null);
});

test('without a move the other way no candle counts', () => {
  const flat: Candle[] = [0, 1, 2, 3, 4, 5].map(() => [94, 94.3, 93.7, 94]);
  assert.equal(lastCandle([...flat, [94, 94.3, 92.5, 94.2]]), null);
  assert.equal(lastCandle(falling.slice(0, 5)), null);
});
