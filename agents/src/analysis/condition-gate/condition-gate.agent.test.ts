import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeContext } from '@bellwether/kernel/testing';
import { conditionGateAgent } from './condition-gate.agent.ts';

const config = conditionGateAgent.config.parse({
  timeframe: '1d',
  conditions: { logic: 'AND', conditions: [{ indicator: 'RSI', operator: '<', value: 30 }] },
});
const term = {
  text: 'RSI 14 is below 30',
  left: 41.5,
  operator: '<',
  right: 30,
  met: false,
  warm: true,
  distance: 11.5,
} as const;

test('a gate lets a lane pass while its conditions hold', () => {
  const decision = conditionGateAgent.decide({}, config, new FakeContext({ condition: () => ({ met: true }) }));
  assert.ok(!(decision instanceof Promise));
  assert.equal(decision.kind, 'pass');
});

test('a shut gate names the first failing comparison with value, threshold and distance', () => {
  const terms = [{ ...term, met: true }, term];
  const decision = conditionGateAgent.decide({}, config, new FakeContext({ condition: () => ({ met: false, terms }) }));
  assert.ok(!(decision instanceof Promise) && decision.kind === 'blocked');
  const { text, ...numbers } = decision.refusal;
  assert.deepEqual(numbers, { rule: 'condition_not_met', value: 41.5, threshold: 30, distance: 11.5 });
  assert.match(text, /RSI 14 is below 30, is 41\.5/);
});

test('a gate that is not warm says so, without a value', () => {
  const terms = [{ ...term, left: null, distance: null, warm: false }];
  const decision = conditionGateAgent.decide({}, config, new FakeContext({ condition: () => ({ met: false, terms }) }));
  assert.ok(!(decision instanceof Promise) && decision.kind === 'blocked');
  assert.match(decision.refusal.text, /not warm yet/);
});
