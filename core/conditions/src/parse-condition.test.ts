import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBellwetherError } from '@bellwether/domain';
import Value from 'typebox/value';
import { type ConditionGroup, ConditionGroupSchema } from './condition.ts';
import { indicatorsOf, timeframesOf, usesForming, usesQuote } from './condition-needs.ts';
import { describeCondition } from './describe-condition.ts';
import { conditionGroupFrom, parseConditionGroup } from './parse-condition.ts';

const RSI = { indicator: 'RSI', params: { period: 14 }, output: 'value', source: 'close' };
const MACD = { indicator: 'MACD', params: { fast: 12, slow: 26, signal: 9 }, output: 'macd', source: 'close' };

const SEED = [
  { indicator: 'RSI', operator: '>', value: 70 },
  { indicator: 'MACD', signal: 'bullish_crossover' },
];

test('the bare list of the seed with logic beside it takes its normal form', () => {
  assert.deepEqual(conditionGroupFrom(SEED, 'AND'), {
    logic: 'AND',
    conditions: [
      { left: RSI, operator: '>', right: 70 },
      { left: MACD, operator: 'crosses_above', right: { ...MACD, output: 'signal' } },
    ],
  });
  assert.equal(conditionGroupFrom(SEED, 'OR').logic, 'OR');
  assert.deepEqual(parseConditionGroup(SEED), conditionGroupFrom(SEED));
});

test('a single condition becomes a group of one', () => {
  assert.deepEqual(parseConditionGroup({ left: 1, operator: '<', right: 2 }), {
    logic: 'AND',
    conditions: [{ left: 1, operator: '<', right: 2 }],
  });
});

const DOCUMENTS: readonly (readonly [unknown, string])[] = [
  [conditionGroupFrom(SEED), 'RSI 14 is above 70 and MACD 12, 26, 9 crosses above MACD 12, 26, 9 signal'],
  [{ logic: 'NOT', conditions: [SEED[0]] }, 'not RSI 14 is above 70'],
  [
    {
      logic: 'OR',
      conditions: [
        { left: { price: 'close' }, operator: 'crosses_above', right: { indicator: 'HIGHEST_20', offset: 1 } },
        { logic: 'AND', conditions: SEED },
      ],
    },
    'close crosses above HIGHEST 20, 1 bar ago, or (RSI 14 is above 70 and MACD 12, 26, 9 crosses above MACD 12, 26, 9 signal)',
  ],
  [
    {
      left: { price: 'low', timeframe: '1h', offset: 2 },
      operator: 'between',
      right: [{ session: 'previous_low' }, 5],
    },
    "low on 1h, 2 bars ago, is between the previous session's low and 5",
  ],
  [
    {
      left: { op: 'sub', args: [{ price: 'close' }, { session: 'range_high', minutes: 15 }] },
      operator: '>=',
      right: { op: 'mul', args: [0.5, { indicator: 'ATR', timeframe: '1d' }] },
    },
    '(close − the high of the first 15 minutes) is at or above (0.5 × ATR 14 on 1d)',
  ],
  [{ indicator: 'BBANDS_20_2', output: 'percent_b', operator: '<', value: 0 }, 'BBANDS 20, 2 percent b is below 0'],
  [
    { left: { price: 'last' }, operator: '!=', right: { price: 'close', forming: true } },
    'last differs from close of the forming bar',
  ],
  [{ logic: 'AND', conditions: [] }, 'never'],
];

for (const [document, words] of DOCUMENTS) {
  test(`it reads, fits the schema, is its own normal form and is told in words: ${words}`, () => {
    const group = parseConditionGroup(document);
    assert.equal(describeCondition(group), words);
    assert.deepEqual(parseConditionGroup(JSON.parse(JSON.stringify(group))), group);
    assert.ok(Value.Check(ConditionGroupSchema, group));
  });
}

const leaf = (left: unknown) => ({ left, operator: '>', right: 1 });
const MALFORMED: readonly (readonly [string, unknown, string])[] = [
  ['no object', 'RSI > 70', '/'],
  ['null', null, '/'],
  ['unknown logic', { logic: 'XOR', conditions: [] }, '/logic'],
  ['conditions are no list', { logic: 'AND', conditions: {} }, '/conditions'],
  ['NOT of two', { logic: 'NOT', conditions: [leaf(1), leaf(2)] }, '/conditions'],
  ['NOT of nothing', { logic: 'NOT', conditions: [{ logic: 'AND', conditions: [] }] }, '/conditions'],
  [
    'unknown operator',
    { logic: 'AND', conditions: [leaf(1), { left: 1, operator: '=>', right: 2 }] },
    '/conditions/1/operator',
  ],
  ['missing right', { left: 1, operator: '>' }, '/right'],
  ['a text operand', leaf('close'), '/left'],
  ['an operand that is not a number', leaf(Number.NaN), '/left'],
  ['an empty operand', leaf({}), '/left'],
  ['an unknown price', leaf({ price: 'mid' }), '/left/price'],
  ['an unknown field', leaf({ price: 'close', ofset: 1 }), '/left/ofset'],
  ['an unknown timeframe', leaf({ price: 'close', timeframe: '2h' }), '/left/timeframe'],
  ['a negative offset', leaf({ price: 'close', offset: -1 }), '/left/offset'],
  ['a broken offset', leaf({ price: 'close', offset: 1.5 }), '/left/offset'],
  ['a far offset', leaf({ price: 'close', offset: 1001 }), '/left/offset'],
  ['a bid of the past', leaf({ price: 'bid', offset: 1 }), '/left'],
  ['a forming bar of the past', leaf({ price: 'close', offset: 1, forming: true }), '/left'],
  ['an unknown session fact', leaf({ session: 'lunch' }), '/left/session'],
  ['a range without minutes', leaf({ session: 'range_high' }), '/left/minutes'],
  ['minutes without a range', leaf({ session: 'previous_high', minutes: 5 }), '/left/minutes'],
  ['an unknown operation', leaf({ op: 'pow', args: [1, 2] }), '/left/op'],
  ['too few arguments', leaf({ op: 'sub', args: [1] }), '/left/args'],
  ['a bad argument', leaf({ op: 'abs', args: ['x'] }), '/left/args/0'],
  ['between without bounds', { left: 1, operator: 'between', right: 5 }, '/right'],
  ['between turned round', { left: 1, operator: 'between', right: [5, 1] }, '/right'],
  ['a list for another operator', { left: 1, operator: '>', right: [1, 2] }, '/right'],
  ['a signal of RSI', { indicator: 'RSI', signal: 'bullish_crossover' }, '/signal'],
  ['an unknown signal', { indicator: 'MACD', signal: 'up' }, '/signal'],
  ['a shorthand with both forms', { indicator: 'RSI', operator: '>', value: 1, right: 2 }, '/right'],
];

for (const [name, document, path] of MALFORMED) {
  test(`it refuses ${name} at ${path}, with a remedy`, () => {
    assert.throws(
      () => parseConditionGroup(document),
      (error) => {
        assert.ok(isBellwetherError(error));
        assert.equal(error.code, 'condition/bad-operand');
        assert.equal(error.kind, 'invalid');
        assert.equal(error.details['path'] || '/', path);
        assert.match(error.message, /expected .+, was .+; .+/s);
        return true;
      },
    );
  });
}

test('it refuses an unknown indicator, parameter and output under their own codes, naming the place', () => {
  const refused = (left: unknown, code: string) =>
    assert.throws(
      () => parseConditionGroup([leaf(left)]),
      (error) =>
        isBellwetherError(error) &&
        error.code === code &&
        error.details['path'] === '/0/left' &&
        /^\/0\/left: /.test(error.message),
    );
  refused({ indicator: 'RSY' }, 'indicator/unknown');
  refused({ indicator: 'RSI', params: { period: 0 } }, 'indicator/bad-parameter');
  refused({ indicator: 'RSI', output: 'signal' }, 'indicator/bad-parameter');
});

test('it refuses groups nested too deep and too many conditions', () => {
  let deep: unknown = { logic: 'AND', conditions: [] };
  for (let i = 0; i < 9; i++) deep = { logic: 'AND', conditions: [deep] };
  assert.throws(() => parseConditionGroup(deep), /nested at most 8 deep/);
  const half = { logic: 'AND', conditions: Array.from({ length: 51 }, () => leaf(1)) };
  assert.throws(() => parseConditionGroup([half, half]), /at most 100 conditions/);
});

test('it tells what a group needs', () => {
  const group: ConditionGroup = parseConditionGroup({
    logic: 'NOT',
    conditions: [
      [
        SEED[0],
        {
          left: { op: 'max', args: [{ indicator: 'RSI', timeframe: '1h' }, 5] },
          operator: '>',
          right: { indicator: 'RSI_14' },
        },
      ],
    ].map((conditions) => ({ logic: 'OR', conditions })),
  });
  assert.deepEqual(timeframesOf(group, '5m'), ['5m', '1h']);
  assert.deepEqual(
    indicatorsOf(group, '5m').map(({ timeframe, spec }) => [timeframe, spec.indicator]),
    [
      ['5m', 'RSI'],
      ['1h', 'RSI'],
    ],
  );
  assert.equal(usesForming(group), false);
  assert.equal(usesQuote(group), false);
  assert.equal(usesForming(parseConditionGroup(leaf({ op: 'abs', args: [{ price: 'close', forming: true }] }))), true);
  assert.equal(usesQuote(parseConditionGroup(leaf({ op: 'abs', args: [{ price: 'ask' }] }))), true);
});
