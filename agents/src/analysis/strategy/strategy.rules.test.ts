import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FactsSheet, factsSheet, frameBars, type Level, levelGuards, type SheetFrame } from '@bellwether/analysis';
import { randomWalk } from '@bellwether/analysis/testing';
import { type BiasSignal, MINUTE_MS, type StrategySignal } from '@bellwether/domain';
import { strategyByRules } from './strategy.rules.ts';
import { type StrategyConfig, strategyConfig } from './strategy.schema.ts';

const config = strategyConfig({ timeframe: '1d' });
const bullish: BiasSignal = {
  symbol: 'TEST',
  asOf: 0,
  timestamp: 0,
  bias: 'bullish',
  confidence: 80,
  biasScore: 0.8,
  reasoning: '',
  factors: [],
  analyst: 'rules',
  model: null,
  timeframes: ['1d'],
  warnings: [],
};
const bearish: BiasSignal = { ...bullish, bias: 'bearish', biasScore: -0.8 };

function sheetOf(seed = 'plan', drift = 0): FactsSheet {
  const frames = [frameBars(randomWalk({ seed, bars: 300, drift }), 600)];
  return factsSheet(
    { symbol: 'TEST', decidedAt: 1_000, forcedFlatAt: null, shortAllowed: true, feed: 'test', frames },
    null,
  );
}

const base = sheetOf();

/** The sheet as if the market stood where a test needs it. */
function arranged(
  reading: Partial<SheetFrame['reading']> = {},
  frame: Partial<SheetFrame> = {},
  sheet: Partial<FactsSheet> = {},
): FactsSheet {
  const [first] = base.frames;
  assert.ok(first);
  const quiet = { close: 150.5, atr: 1.25, range: 1, levels: [] };
  return {
    ...base,
    ...sheet,
    frames: [
      { ...first, swingLow: null, swingHigh: null, ...frame, reading: { ...first.reading, ...quiet, ...reading } },
    ],
  };
}

function decide(sheet: FactsSheet, bias: BiasSignal = bullish, change: Partial<StrategyConfig> = {}): StrategySignal {
  const verdict = strategyByRules(sheet, bias, { ...config, ...change });
  assert.ok(verdict.kind === 'signal');
  return verdict.signal;
}

test('seed: the plan 150.50 / 148.00 / 154.25 / 158.00 with reward to risk 1.5', () => {
  const signal = decide(arranged());
  const { action, intent, entryPrice, stopLoss, target1, target2, riskRewardRatio, breakEvenWinRate } = signal;
  assert.deepEqual(
    { action, intent, entryPrice, stopLoss, target1, target2, riskRewardRatio, breakEvenWinRate },
    {
      action: 'buy',
      intent: 'open_long',
      entryPrice: 150.5,
      stopLoss: 148,
      target1: 154.25,
      target2: 158,
      riskRewardRatio: 1.5,
      breakEvenWinRate: 0.4,
    },
  );
  assert.deepEqual([signal.holdReasons, signal.atr, signal.analyst], [[], 1.25, 'rules']);
});

test('a mirrored market gives the mirrored plan', () => {
  const signal = decide(arranged(), bearish);
  const { action, intent, entryPrice, stopLoss, target1, target2, riskRewardRatio, conviction } = signal;
  assert.deepEqual(
    { action, intent, entryPrice, stopLoss, target1, target2, riskRewardRatio },
    {
      action: 'sell',
      intent: 'open_short',
      entryPrice: 150.5,
      stopLoss: 153,
      target1: 146.75,
      target2: 143,
      riskRewardRatio: 1.5,
    },
  );
  assert.equal(conviction, decide(arranged()).conviction);
});

test('conviction grows with a swing behind the stop and room ahead, and never exceeds the bias', () => {
  assert.equal(decide(arranged()).conviction, 64, 'no level ahead counts as twice m: 80·(0.6 + 0.2)');
  assert.equal(decide(arranged({}, { swingLow: 148.5 })).conviction, 80);
  const near: Level = { price: 154, touches: 1, strength: 1, source: 'pivot' };
  assert.equal(decide(arranged({ levels: [near] })).conviction, 48);
});

const wall: Level = { price: 150.78, touches: 2, strength: 1, source: 'swing' };
const holds: readonly [code: string, StrategySignal][] = [
  ['bias_neutral', decide(arranged(), { ...bullish, bias: 'neutral' })],
  ['bias_too_weak', decide(arranged(), { ...bullish, bias: 'neutral', warnings: ['bias_too_weak'] })],
  ['direction_off', decide(arranged(), bullish, { direction: 'short' })],
  ['not_warm', decide(base, bullish, { timeframe: '1h' })],
  ['wall_too_close', decide(arranged({ levels: [wall] }))],
  ['shock_bar', decide(arranged({ range: 3.1 }))],
  ['too_late', decide(arranged({}, {}, { forcedFlatAt: 1_000 + 29 * MINUTE_MS }))],
  ['short_not_allowed', decide(arranged({}, {}, { shortAllowed: false }), bearish)],
  ['not_a_price', decide(arranged({ close: 3, atr: 1.2 }), bearish)],
  ['stop_wrong_side', decide(arranged({ atr: 0.001 }))],
  ['target_unreal', decide(arranged({ atr: 1 }, { swingLow: 147.8 }), bullish, { riskRewardMin: 5 })],
];
for (const [code, signal] of holds) {
  test(`hold: ${code}`, () => {
    assert.ok(signal.holdReasons.includes(code), `was ${signal.holdReasons}`);
    assert.deepEqual(
      [
        signal.action,
        signal.intent,
        signal.entryPrice,
        signal.stopLoss,
        signal.target1,
        signal.target2,
        signal.riskRewardRatio,
      ],
      ['hold', 'none', null, null, null, null, null],
    );
    assert.match(signal.reasoning, /^Hold: .+\.$/);
  });
}

test('every reason that applies is given', () => {
  const signal = decide(arranged({ range: 4, levels: [wall] }, {}, { forcedFlatAt: 1_000 }), bullish, {
    direction: 'short',
  });
  assert.deepEqual(signal.holdReasons, ['direction_off', 'shock_bar', 'too_late', 'wall_too_close']);
  assert.match(decide(arranged({ levels: [wall] })).reasoning, /only 0\.11 R to resistance 150\.78, 2 touches/);
  assert.deepEqual(decide(arranged({}, {}, { forcedFlatAt: 1_000 + 30 * MINUTE_MS })).holdReasons, []);
});

test('every plan passes every level guard at default settings', () => {
  const guardCodes: string[] = [];
  let plans = 0;
  for (let k = 0; k < 400; k++) {
    const bars = randomWalk({
      seed: `market ${k}`,
      bars: 200,
      price: [0.4, 3, 40, 700][k % 4] as number,
      deviation: 0.005 + (k % 9) * 0.006,
      drift: ((k % 5) - 2) / 10,
    });
    const sheet = factsSheet(
      {
        symbol: 'TEST',
        decidedAt: 0,
        forcedFlatAt: null,
        shortAllowed: true,
        feed: 'test',
        frames: [frameBars(bars, 600)],
      },
      null,
    );
    for (const bias of [bullish, bearish]) {
      const signal = decide(sheet, bias);
      guardCodes.push(...signal.holdReasons.filter((code) => code !== 'wall_too_close' && code !== 'shock_bar'));
      if (signal.action === 'hold') continue;
      plans++;
      const { action, entryPrice, stopLoss, target1, target2, riskRewardRatio, atr } = signal;
      const found = levelGuards(
        { action, entryPrice: entryPrice as number, stopLoss, target1, target2, claimedRiskReward: riskRewardRatio },
        { atr, riskRewardMin: 1.5, bias: bias.bias, direction: 'both', shortAllowed: true, distances: 'hold' },
      );
      assert.deepEqual(found, []);
      assert.ok(signal.conviction <= bias.confidence && signal.conviction > 0);
    }
  }
  // Only a short of a stock that moves by a third of its price per R can fail, because its target would lie below zero.
  assert.deepEqual(new Set(guardCodes.filter((code) => code !== 'not_a_price')), new Set());
  assert.ok(plans > 150, `${plans} plans`);
});
