import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  combineFrames,
  type FactsSheet,
  type FrameBars,
  factsSheet,
  NullTables,
  nullTable,
} from '@bellwether/analysis';
import { coarser, mirrored, randomWalk } from '@bellwether/analysis/testing';
import { type BarSeries, type BiasSignal, sliceBars } from '@bellwether/domain';
import { biasByRules } from './bias.rules.ts';
import { biasConfig } from './bias.schema.ts';

const WALKS = 400;
const FRAME_BARS = 260;
const config = biasConfig({});

function handed(bars: BarSeries): FrameBars {
  // Synthetic frames have no sessions: every bar is its own.
  const sessions = {
    ordinal: Int32Array.from({ length: bars.length }, (_, row) => row),
    minute: new Int32Array(bars.length),
    isRegular: new Uint8Array(bars.length).fill(1),
  };
  return { timeframe: bars.timeframe, bars, sessions, isCut: false };
}

/** One series seen as 6-, 2- and 1-bar frames of 260. */
function framesOf(base: BarSeries): FrameBars[] {
  const newest = (bars: BarSeries) => sliceBars(bars, bars.length - FRAME_BARS, bars.length);
  return [coarser(base, 6, '1d'), newest(coarser(base, 2, '4h')), newest({ ...base, timeframe: '1h' })].map(handed);
}

function sheetOf(frames: readonly FrameBars[], tables: NullTables | null = null): FactsSheet {
  return factsSheet(
    { symbol: 'TEST', decidedAt: 1, forcedFlatAt: null, shortAllowed: true, feed: 'test', frames },
    tables,
  );
}

/** The sheet with every frame's null drawn from that frame's own bars. */
function withOwnNulls(frames: readonly FrameBars[], seed: string): FactsSheet {
  const sheet = sheetOf(frames);
  const own = (timeframe: string) => frames.find((frame) => frame.timeframe === timeframe) as FrameBars;
  return {
    ...sheet,
    frames: sheet.frames.map((frame) => ({
      ...frame,
      nullTable: nullTable(own(frame.timeframe).bars, own(frame.timeframe).sessions, seed),
    })),
  };
}

function judge(sheet: FactsSheet): BiasSignal {
  const verdict = biasByRules(sheet, config);
  assert.equal(verdict.kind, 'signal');
  return (verdict as { signal: BiasSignal }).signal;
}

function share(biases: readonly BiasSignal[], bias: BiasSignal['bias']): number {
  return biases.filter((signal) => signal.bias === bias).length / biases.length;
}

test('of 400 random walks at most 30 % get a direction', () => {
  const biases = Array.from({ length: WALKS }, (_, k) =>
    judge(sheetOf(framesOf(randomWalk({ seed: `walk ${k}`, bars: 6 * FRAME_BARS })))),
  );
  const strong = biases.filter(({ confidence }) => confidence >= 70).length / WALKS;
  assert.ok(strong <= 0.3, `${strong}`);
  // Were nothing ever strong, the test would say nothing.
  assert.ok(strong > 0.1 && Math.abs(share(biases, 'bullish') - share(biases, 'bearish')) < 0.1, `${strong}`);
});

test('of 400 walks with a drift of 0.15 σ a bar at least 70 % are bullish and at most 3 % bearish', () => {
  const biases = Array.from({ length: WALKS }, (_, k) =>
    judge(sheetOf(framesOf(randomWalk({ seed: `walk ${k}`, bars: 6 * FRAME_BARS, drift: 0.15 })))),
  );
  assert.ok(share(biases, 'bullish') >= 0.7, `${share(biases, 'bullish')}`);
  assert.ok(share(biases, 'bearish') <= 0.03, `${share(biases, 'bearish')}`);
});

test('measured against their own shuffled bars, walks and drifts come out alike', () => {
  const count = 60;
  const own = (drift: number) =>
    Array.from({ length: count }, (_, k) =>
      judge(withOwnNulls(framesOf(randomWalk({ seed: `own ${k}`, bars: 6 * FRAME_BARS, drift })), `own ${k}`)),
    );
  const flat = own(0);
  assert.ok(share(flat, 'bullish') + share(flat, 'bearish') <= 0.3);
  assert.deepEqual(flat[0]?.warnings, []);
  const rising = own(0.15);
  assert.ok(share(rising, 'bullish') >= 0.65 && share(rising, 'bearish') <= 0.03, `${share(rising, 'bullish')}`);
});

test('a mirrored market gives the mirrored signal', () => {
  let directions = 0;
  for (let k = 0; k < 30; k++) {
    // Small moves, because averages of prices and logarithms mirror alike only in the limit.
    const base = randomWalk({ seed: `mirror ${k}`, bars: 6 * FRAME_BARS, deviation: 1e-6, drift: 0.1 });
    const [upright, flipped] = [
      judge(withOwnNulls(framesOf(base), 'm')),
      judge(withOwnNulls(framesOf(mirrored(base)), 'm')),
    ];
    assert.ok(
      Math.abs(upright.biasScore + flipped.biasScore) <= 0.011,
      `${upright.biasScore} against ${flipped.biasScore}`,
    );
    if (upright.bias === 'bullish' && flipped.bias === 'bearish') directions++;
  }
  assert.ok(directions > 10);
});

test('the signal at a bar is equal, byte for byte, whether later bars exist or not', () => {
  const bars = randomWalk({ seed: 'prefix', bars: 700 });
  for (const until of [200, 420, 700]) {
    const signal = (series: BarSeries) =>
      JSON.stringify(judge(sheetOf([handed(sliceBars(series, 0, until))], new NullTables())));
    assert.equal(signal(sliceBars(bars, 0, until)), signal(bars));
  }
});

test('factors carry their exact share of the score, the largest first, and cite facts on the sheet', () => {
  const sheet = sheetOf([handed(randomWalk({ seed: 'factors', bars: 400, drift: 0.1 }))]);
  const { factors, reasoning } = judge(sheet);
  const sum = factors.reduce((total, { contribution }) => total + (contribution ?? 0), 0);
  assert.ok(Math.abs(sum - combineFrames(sheet.frames).score) < 1e-9);
  const sizes = factors.map(({ contribution }) => Math.abs(contribution ?? 0));
  assert.deepEqual(
    sizes,
    sizes.toSorted((a, b) => b - a),
  );
  const ids = new Set(sheet.facts.map(({ id }) => id));
  assert.ok(factors.every(({ evidence }) => evidence.length > 0 && evidence.every((id) => ids.has(id))));
  assert.match(factors[0]?.text ?? '', /^1d \w+ [+-]0\.\d\d: /);
  assert.ok(reasoning.length <= 1_200);
});

test('below the threshold the label is neutral and the score stays', () => {
  const sheet = sheetOf([handed(randomWalk({ seed: 'factors', bars: 400, drift: 0.1 }))]);
  const verdict = biasByRules(sheet, { ...config, confidenceThreshold: 100, minBiasScore: 0 });
  assert.ok(verdict.kind === 'signal' && verdict.signal.confidence < 100);
  assert.equal(verdict.signal.bias, 'neutral');
  assert.equal(Math.abs(verdict.signal.biasScore), verdict.signal.confidence / 100);
  assert.match(verdict.signal.reasoning, /^Neutral, because strength \d+ is below 100/);
});

test('a score smaller than the node asks for is neutral and says so, for both signs', () => {
  for (const drift of [0.5, -0.5]) {
    const sheet = sheetOf([handed(randomWalk({ seed: 'weak', bars: 400, drift }))]);
    const strong = judge(sheet);
    assert.equal(strong.bias, drift > 0 ? 'bullish' : 'bearish');
    const verdict = biasByRules(sheet, { ...config, minBiasScore: 1 });
    assert.ok(verdict.kind === 'signal');
    assert.deepEqual([verdict.signal.bias, verdict.signal.warnings.includes('bias_too_weak')], ['neutral', true]);
    assert.match(verdict.signal.reasoning, /is smaller than 1/);
  }
});

test('without a warm frame the analyst abstains', () => {
  assert.equal(biasByRules(sheetOf([handed(randomWalk({ seed: 'cold', bars: 100 }))]), config).kind, 'abstained');
});

test('a frame left out and a generic null are warnings', () => {
  const frames = [
    handed(randomWalk({ seed: 'warm', bars: 200 })),
    handed(randomWalk({ seed: 'cold', bars: 90, timeframe: '1h' })),
  ];
  const signal = judge(sheetOf(frames, new NullTables()));
  assert.deepEqual(signal.warnings, ['null_generic', 'frame_left_out']);
  assert.deepEqual(signal.timeframes, ['1d']);
});
