import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BarSeries, sliceBars } from '@bellwether/domain';
import { frameColumns } from './frame-columns.ts';
import { FACTORS, type FrameReading, type FrameSurroundings, readFrame } from './frame-reading.ts';
import { RelativeVolume } from './relative-volume.ts';
import { previousSession, sessionColumns } from './session-columns.ts';
import { barsClosingAt, mirrored, randomWalk, zigzag } from './testing.ts';

function surroundingsOf(bars: BarSeries): FrameSurroundings {
  const sessions = sessionColumns(bars, 'US');
  const volumes = new RelativeVolume(bars, sessions);
  return { relativeVolume: (row) => volumes.at(row), previousSession: (row) => previousSession(bars, sessions, row) };
}

function read(bars: BarSeries, row = bars.length - 1): FrameReading {
  const reading = readFrame(frameColumns(bars), row, surroundingsOf(bars));
  assert.ok(reading);
  return reading;
}

test('the reading at a bar is equal whether later bars exist or not', () => {
  const bars = randomWalk({ seed: 'prefix', bars: 600 });
  for (const until of [130, 200, 333, 512, 600]) {
    assert.deepEqual(read(sliceBars(bars, 0, until)), read(bars, until - 1));
  }
});

test('a mirrored market gives the mirrored score, factor by factor', () => {
  // Small moves, because averages of prices and logarithms mirror alike only in the limit.
  for (let k = 0; k < 20; k++) {
    const bars = randomWalk({ seed: `mirror ${k}`, bars: 300, deviation: 1e-5 });
    const [upright, flipped] = [read(bars), read(mirrored(bars))];
    assert.ok(Math.abs(upright.score + flipped.score) < 2e-3, `${upright.score} against ${flipped.score}`);
    for (const factor of FACTORS) assert.ok(Math.abs(upright.factors[factor] + flipped.factors[factor]) < 5e-3, factor);
  }
});

test('every factor and the score stay within one', () => {
  for (let k = 0; k < 60; k++) {
    const reading = read(randomWalk({ seed: `bounds ${k}`, bars: 150 + k, drift: (k % 7) / 5 - 0.6 }));
    for (const factor of FACTORS) assert.ok(Math.abs(reading.factors[factor]) <= 1, factor);
    assert.ok(Math.abs(reading.score) <= 1 && reading.agreement >= 0 && reading.agreement <= 1);
  }
});

test('a steady rise reads up in trend, momentum and structure', () => {
  const reading = read(randomWalk({ seed: 'rise', bars: 300, drift: 0.6 }));
  assert.ok(reading.factors.trend > 0.3 && reading.factors.momentum > 0.3);
  assert.ok(reading.emaGap > 0 && reading.slope > 0 && reading.cta > 0);
});

test('momentum is damped where RSI is stretched', () => {
  const reading = read(barsClosingAt(zigzag(100, [101, 60], [100, 60], [120, 30])));
  assert.ok(reading.rsi > 78);
  const whole =
    0.5 * Math.tanh(reading.return60 / 1.5) +
    0.3 * Math.min(1, (reading.rsi - 50) / 25) +
    0.2 * Math.tanh(reading.histogram / 0.15);
  assert.ok(Math.abs(reading.factors.momentum - 0.4 * whole) < 1e-12);
});

test('a term without inputs is left out and the others share its weight', () => {
  const bars = randomWalk({ seed: 'no volume', bars: 200 });
  bars.volume.fill(0);
  const reading = read(bars);
  assert.ok(Number.isNaN(reading.factors.volume));
  const { trend, momentum, structure, patterns } = reading.factors;
  const mean = (0.35 * trend + 0.25 * momentum + 0.2 * structure + 0.05 * patterns) / 0.85;
  assert.ok(Math.abs(reading.mean - mean) < 1e-12);
});

test('a volatile market is damped by a quarter', () => {
  const calm = randomWalk({ seed: 'calm', bars: 200, deviation: 0.005 });
  for (let row = 195; row < 200; row++) {
    calm.high[row] = (calm.high[row] as number) * 1.05;
    calm.low[row] = (calm.low[row] as number) * 0.95;
  }
  const reading = read(calm);
  assert.equal(reading.calm, 0.75);
  assert.ok(Math.abs(reading.score - reading.mean * (0.5 + 0.5 * reading.agreement) * 0.75) < 1e-15);
});

test('a price that never moved has no reading', () => {
  const bars = barsClosingAt(new Array(200).fill(50), 0);
  assert.equal(readFrame(frameColumns(bars), 199, surroundingsOf(bars)), null);
});
