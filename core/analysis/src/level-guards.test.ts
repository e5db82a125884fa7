import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  LEVEL_GUARD_CODES,
  type LevelGuardCode,
  type LevelGuardContext,
  levelGuards,
  type PlanLevels,
  riskReward,
} from './level-guards.ts';

const plan: PlanLevels = {
  action: 'buy',
  entryPrice: 150.5,
  stopLoss: 148,
  target1: 154.25,
  target2: 158,
  claimedRiskReward: 1.5,
};
const context: LevelGuardContext = {
  atr: 1.25,
  riskRewardMin: 1.5,
  bias: 'bullish',
  direction: 'both',
  shortAllowed: true,
  distances: 'hold',
};
const short: PlanLevels = {
  action: 'sell',
  entryPrice: 150.5,
  stopLoss: 153,
  target1: 146.75,
  target2: 143,
  claimedRiskReward: 1.5,
};

const codes = (change: Partial<PlanLevels>, around: Partial<LevelGuardContext> = {}) =>
  levelGuards({ ...plan, ...change }, { ...context, ...around }).map(({ code }) => code);

test('the plan of the seed passes, and so does its mirror', () => {
  assert.deepEqual(codes({}), []);
  assert.deepEqual(codes(short, { bias: 'bearish' }), []);
  assert.equal(riskReward(150.5, 148, 154.25), 1.5);
  assert.equal(riskReward(150.5, 153, 146.75), 1.5);
});

const failing: readonly [LevelGuardCode, Partial<PlanLevels>, Partial<LevelGuardContext>][] = [
  ['not_a_price', { target2: Number.NaN }, {}],
  ['not_a_price', { stopLoss: -1 }, {}],
  ['off_tick', { target2: 158.004 }, {}],
  ['stop_wrong_side', { stopLoss: 151 }, {}],
  ['t1_wrong_side', { target1: 150 }, {}],
  ['t2_not_beyond_t1', { target2: 154.25 }, {}],
  ['rr_too_low', { target1: 154.24, claimedRiskReward: null }, {}],
  ['rr_claim_wrong', { claimedRiskReward: 3 }, {}],
  ['stop_inside_noise', {}, { atr: 5.01 }],
  ['stop_too_wide', {}, { atr: 0.62 }],
  ['target_unreal', {}, { atr: 0.6249 }],
  ['against_bias', {}, { bias: 'bearish' }],
  ['short_not_allowed', short, { bias: 'bearish', direction: 'long' }],
  ['short_not_allowed', short, { bias: 'bearish', shortAllowed: false }],
];
for (const [code, change, around] of failing) {
  test(`${code}: ${JSON.stringify({ ...change, ...around })}`, () => {
    const found = levelGuards({ ...plan, ...change }, { ...context, ...around });
    const hit = found.find((finding) => finding.code === code);
    assert.ok(hit, `was ${found.map((finding) => finding.code)}`);
    assert.equal(hit.outcome, 'hold');
    assert.ok(hit.text.length > 10);
    if (code === 'not_a_price') assert.equal(found.length, 1);
  });
}

test('every code has a failing example', () => {
  assert.deepEqual(new Set(failing.map(([code]) => code)), new Set(LEVEL_GUARD_CODES));
});

test('where distances are the user’s own, they and the bias only warn', () => {
  const found = levelGuards(plan, { ...context, atr: 6, bias: 'bearish', distances: 'warn' });
  assert.deepEqual(
    found.map(({ code, outcome }) => [code, outcome]),
    [
      ['stop_inside_noise', 'warn'],
      ['against_bias', 'warn'],
    ],
  );
});

test('a level left out skips the checks that need it', () => {
  assert.deepEqual(codes({ stopLoss: null, target1: null, target2: null, claimedRiskReward: null }), []);
  assert.deepEqual(codes({ stopLoss: null, claimedRiskReward: null }), []);
  assert.deepEqual(codes({ target1: 151, claimedRiskReward: null }, { riskRewardMin: null }), []);
});

const cents = (price: number) => Math.round(price * 100) / 100;
const valid = fc
  .record({
    isLong: fc.boolean(),
    entry: fc.integer({ min: 5_000, max: 50_000 }),
    risk: fc.integer({ min: 60, max: 390 }),
    reward: fc.double({ min: 1.51, max: 2.9, noNaN: true }),
  })
  .map(({ isLong, entry, risk, reward }): PlanLevels => {
    const at = (distance: number) => (isLong ? entry + distance : entry - distance) / 100;
    return {
      action: isLong ? 'buy' : 'sell',
      entryPrice: entry / 100,
      stopLoss: at(-risk),
      target1: at(Math.ceil(reward * risk)),
      target2: at(3 * risk),
      claimedRiskReward: null,
    };
  });
const around = (levels: PlanLevels): LevelGuardContext => ({
  ...context,
  atr: 1,
  bias: levels.action === 'buy' ? 'bullish' : 'bearish',
});

test('300 valid plans pass', () => {
  fc.assert(
    fc.property(valid, (levels) => assert.deepEqual(levelGuards(levels, around(levels)), [])),
    { numRuns: 300 },
  );
});

test('400 corrupted plans are all stopped', () => {
  const corruptions: readonly ((levels: PlanLevels) => PlanLevels)[] = [
    (levels) => ({ ...levels, entryPrice: Number.NaN }),
    (levels) => ({ ...levels, stopLoss: 0 }),
    (levels) => ({ ...levels, target1: Number.POSITIVE_INFINITY }),
    (levels) => ({ ...levels, stopLoss: levels.target1, target1: levels.stopLoss }),
    (levels) => ({ ...levels, target1: levels.target2, target2: levels.target1 }),
    (levels) => ({ ...levels, stopLoss: levels.entryPrice }),
    (levels) => ({ ...levels, entryPrice: levels.entryPrice + 0.003 }),
    (levels) => ({ ...levels, claimedRiskReward: 9 }),
    (levels) => ({ ...levels, action: levels.action === 'buy' ? 'sell' : 'buy' }),
    (levels) => ({ ...levels, target1: cents(levels.entryPrice + (levels.entryPrice - (levels.stopLoss ?? 0)) * 1.4) }),
  ];
  fc.assert(
    fc.property(valid, fc.constantFrom(...corruptions), (levels, corrupt) => {
      assert.ok(levelGuards(corrupt(levels), around(levels)).some(({ outcome }) => outcome === 'hold'));
    }),
    { numRuns: 400 },
  );
});
