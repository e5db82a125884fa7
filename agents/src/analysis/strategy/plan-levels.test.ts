import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Level } from '@bellwether/analysis';
import { planLevels } from './plan-levels.ts';

const level = (price: number, touches = 2): Level => ({ price, touches, strength: 1, source: 'swing' });
const base = { side: 1, close: 150.5, atr: 1.25, swing: null, levels: [], riskRewardMin: 1.5 } as const;

test('seed: the plan 150.50 / 148.00 / 154.25 / 158.00 at reward to risk 1.5', () => {
  const plan = planLevels(base);
  assert.deepEqual([plan.entry, plan.stop, plan.target1, plan.target2], [150.5, 148, 154.25, 158]);
  const mirror = planLevels({ ...base, side: -1 });
  assert.deepEqual([mirror.entry, mirror.stop, mirror.target1, mirror.target2], [150.5, 153, 146.75, 143]);
});

test('a swing between one and three ATR away carries the stop, a quarter ATR beyond it', () => {
  assert.deepEqual(
    [planLevels({ ...base, atr: 1, swing: 149 }).stop, planLevels({ ...base, atr: 1, swing: 149 }).isSwingStop],
    [148.75, true],
  );
  assert.equal(planLevels({ ...base, atr: 1, swing: 149.8 }).stop, 148.5, 'nearer than one ATR');
  assert.equal(planLevels({ ...base, atr: 1, swing: 147.2 }).stop, 148.5, 'farther than three ATR');
  assert.equal(planLevels({ ...base, side: -1, atr: 1, swing: 152 }).stop, 152.25);
});

test('an adjusted price moves to the tick: entry never worse, stop toward it, target 1 at or beyond m·R', () => {
  const plan = planLevels({ ...base, close: 150.5071, atr: 1.2345 });
  assert.deepEqual([plan.entry, plan.stop], [150.5, 148.04]);
  assert.equal(plan.target1, 154.19);
  const short = planLevels({ ...base, side: -1, close: 150.5071, atr: 1.2345 });
  assert.deepEqual([short.entry, short.stop, short.target1], [150.51, 152.97, 146.82]);
});

test('target 2 is three R, at least one R beyond target 1, and stays before a wall between two and three R', () => {
  assert.equal(planLevels({ ...base, riskRewardMin: 2.5 }).target2, 159.25);
  assert.equal(planLevels({ ...base, levels: [level(156)] }).target2, 155.87);
  assert.equal(planLevels({ ...base, levels: [level(156, 1)] }).target2, 158);
  assert.equal(planLevels({ ...base, levels: [level(155.4)] }).target2, 158, 'nearer than two R');
});

test('a wall nearer than target 1 is named, and room is measured to the next level of any kind', () => {
  const wall = level(153);
  const plan = planLevels({ ...base, levels: [level(149), level(151.75, 1), wall] });
  assert.equal(plan.wall, wall);
  assert.equal(plan.room, 0.5);
  assert.equal(planLevels(base).room, 3);
});
