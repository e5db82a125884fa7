import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bar, MarketData, StrategySignal } from '@bellwether/domain';
import { FakeContext, type FakeWorld } from '@bellwether/kernel/testing';
import { ruleStrategyAgent } from './rule-strategy.agent.ts';

const when = (value: number) => ({
  logic: 'AND',
  conditions: [{ left: { price: 'close' }, operator: '>', right: value }],
});
/** Each rule is told from the others by its number. */
const RULES = { long_entry: when(1), long_exit: when(2), short_entry: when(3), short_exit: when(4) };
type Rule = keyof typeof RULES;
const NUMBER: Readonly<Record<Rule, number>> = { long_entry: 1, long_exit: 2, short_entry: 3, short_exit: 4 };

function data(price: number): MarketData {
  return { symbol: 'AAPL', asOf: 1, price, timeframes: [], synthetic: true, source: 'literals' };
}

function signal(
  met: readonly Rule[],
  world: FakeWorld = {},
  config: Record<string, unknown> = {},
  price = 100,
): StrategySignal {
  const parsed = ruleStrategyAgent.config.parse({ timeframe: '1d', ...RULES, ...config });
  const numbers = met.map((rule) => NUMBER[rule]);
  const context = new FakeContext({
    closes: { '1d': [price] },
    condition: (group) => ({ met: numbers.includes((group.conditions[0] as { right: number }).right) }),
    ...world,
  });
  const decision = ruleStrategyAgent.decide({ market_data: data(price) }, parsed, context);
  assert.ok(!(decision instanceof Promise) && decision.kind === 'output' && decision.output.kind === 'strategy');
  return decision.output.value;
}

const LONG = { position: { side: 'long', quantity: '66', averageEntry: 90 } } as const;
const SHORT = { position: { side: 'short', quantity: '66', averageEntry: 110 } } as const;

for (const [met, world, config, intent, action, reason] of [
  [['long_entry'], {}, {}, 'open_long', 'buy', undefined],
  [['short_entry'], {}, {}, 'open_short', 'sell', undefined],
  [['long_entry', 'short_entry'], {}, {}, 'none', 'hold', 'both_entries'],
  [[], {}, {}, 'none', 'hold', 'no_entry'],
  [['long_exit', 'short_exit'], {}, {}, 'none', 'hold', 'no_entry'],
  [['long_exit'], LONG, {}, 'close_long', 'sell', undefined],
  [['short_exit'], SHORT, {}, 'close_short', 'buy', undefined],
  [['short_entry'], LONG, {}, 'reverse', 'sell', undefined],
  [['long_entry'], SHORT, {}, 'reverse', 'buy', undefined],
  [['short_entry'], LONG, { reverse_on_opposite: false }, 'close_long', 'sell', undefined],
  [['long_entry'], SHORT, { reverse_on_opposite: false }, 'close_short', 'buy', undefined],
  [['long_exit', 'short_entry'], LONG, {}, 'close_long', 'sell', undefined],
  [['long_entry'], LONG, {}, 'none', 'hold', 'no_exit'],
  [['short_exit'], LONG, {}, 'none', 'hold', 'no_exit'],
  [['long_entry'], { position: { orderPending: true } }, {}, 'none', 'hold', 'order_pending'],
  [['long_entry'], {}, { long_entry: { logic: 'AND', conditions: [] } }, 'none', 'hold', 'no_entry'],
  [['short_entry'], { account: { allowShort: false } }, {}, 'none', 'hold', 'short_not_allowed'],
] as const) {
  const side = 'position' in world && 'side' in world.position ? world.position.side : 'flat';
  test(`${side}, met ${met.join(' and ') || 'nothing'} with ${JSON.stringify(config)} and ${JSON.stringify(world)}: ${intent}`, () => {
    const made = signal(met, world, config);
    assert.deepEqual([made.intent, made.action, made.holdReasons[0]], [intent, action, reason]);
  });
}

test('rules that are not warm hold and say so', () => {
  const made = signal([], { condition: () => ({ met: false, warm: false }) });
  assert.deepEqual(made.holdReasons, ['not_warm']);
});

const ATR = { '1d ATR(14)': { value: 2 } };

for (const [name, config, long, short] of [
  ['none', { stop: { type: 'none' } }, [100, null, null, null], [100, null, null, null]],
  ['percent', { stop: { type: 'percent', value: 2 }, targets: [1.5] }, [100, 98, 103, null], [100, 102, 97, null]],
  ['atr', { stop: { type: 'atr', value: 1.5 }, targets: [1.5, 3] }, [100, 97, 104.5, 109], [100, 103, 95.5, 91]],
] as const) {
  test(`stop by ${name}: levels of a long and of the mirrored short`, () => {
    for (const [rule, wanted] of [
      ['long_entry', long],
      ['short_entry', short],
    ] as const) {
      const made = signal([rule], { indicators: ATR }, config);
      assert.deepEqual([made.entryPrice, made.stopLoss, made.target1, made.target2], wanted);
    }
  });
}

test('stop and targets are rounded toward the entry, so that risk is never larger and reward never overstated', () => {
  const config = { stop: { type: 'percent', value: 1 }, targets: [2] };
  const long = signal(['long_entry'], {}, config, 100.333);
  assert.deepEqual([long.entryPrice, long.stopLoss, long.target1], [100.333, 99.33, 102.33]);
  const short = signal(['short_entry'], {}, config, 100.333);
  assert.deepEqual([short.entryPrice, short.stopLoss, short.target1], [100.333, 101.33, 98.34]);
});

test('a limit is at the close of the decision, rounded so that it is never worse', () => {
  const long = signal(['long_entry'], {}, { entry_order: 'limit' }, 100.337);
  const short = signal(['short_entry'], {}, { entry_order: 'limit' }, 100.333);
  assert.deepEqual([long.entryOrder, long.entryPrice, short.entryPrice], ['limit', 100.33, 100.34]);
});

test('a stop in ATR holds until the ATR is warm', () => {
  assert.deepEqual(signal(['long_entry'], {}, { stop: { type: 'atr', value: 2 } }).holdReasons, ['not_warm']);
});

/** Bars around 100 with a swing low of 95 and a swing high of 105, mirrored in 100. */
function swinging(sign: 1 | -1): Bar[] {
  return [100, 99, 97, 95, 97, 99, 101, 103, 105, 103, 101, 100, 100].map((middle, i) => {
    const price = 100 + (middle - 100) * sign;
    const [high, low] = [price + 0.5, price - 0.5];
    return { start: i, end: i + 1, open: price, high, low, close: price, volume: 1 };
  });
}

test('a swing stop lies beyond the last confirmed swing, and a mirrored market gives the mirrored signal', () => {
  const config = { stop: { type: 'swing', value: 0.5 }, targets: [2] };
  const long = signal(['long_entry'], { indicators: ATR, bars: { '1d': swinging(1) } }, config);
  const short = signal(['short_entry'], { indicators: ATR, bars: { '1d': swinging(-1) } }, config);
  assert.deepEqual([long.entryPrice, long.stopLoss, long.target1], [100, 93.5, 113]);
  assert.deepEqual([short.entryPrice, short.stopLoss, short.target1], [100, 106.5, 87]);
  assert.deepEqual([long.action, short.action], ['buy', 'sell']);
  assert.equal(long.riskRewardRatio, short.riskRewardRatio);
});

test('without a confirmed swing there is no swing stop', () => {
  assert.deepEqual(signal(['long_entry'], { indicators: ATR }, { stop: { type: 'swing', value: 1 } }).holdReasons, [
    'no_swing',
  ]);
});

test('targets need a stop to be measured by, and rise', () => {
  assert.throws(() => ruleStrategyAgent.config.parse({ ...RULES, targets: [2] }), /expected a stop/);
  assert.throws(
    () => ruleStrategyAgent.config.parse({ ...RULES, stop: { type: 'percent', value: 1 }, targets: [2, 2] }),
    /second target beyond the first/,
  );
});

test('a bias in the other direction warns and does not hold', () => {
  const parsed = ruleStrategyAgent.config.parse({ timeframe: '1d', ...RULES });
  const context = new FakeContext({
    condition: (group) => ({ met: (group.conditions[0] as { right: number }).right === 1 }),
  });
  const bias = { bias: 'bearish' } as never;
  const decision = ruleStrategyAgent.decide({ market_data: data(100), bias }, parsed, context);
  assert.ok(!(decision instanceof Promise) && decision.kind === 'output' && decision.output.kind === 'strategy');
  assert.equal(decision.output.value.intent, 'open_long');
  assert.match(decision.output.value.warnings[0] ?? '', /bearish/);
});
