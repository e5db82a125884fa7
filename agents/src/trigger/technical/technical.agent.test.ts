import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeContext } from '@bellwether/kernel/testing';
import { technicalTriggerAgent } from './technical.agent.ts';

test('a technical trigger takes the seed’s bare list with logic beside it', () => {
  const conditions = [
    { indicator: 'RSI', operator: '>', value: 70 },
    { indicator: 'MACD', signal: 'bullish_crossover' },
  ];
  for (const logic of ['AND', 'OR'] as const) {
    const config = technicalTriggerAgent.config.parse({ timeframe: '1h', conditions, logic });
    assert.equal(config.conditions.logic, logic);
    assert.equal(config.conditions.conditions.length, 2);
    assert.deepEqual(technicalTriggerAgent.timeframes(config), ['1h']);
    const watch = technicalTriggerAgent.watch?.(config);
    assert.ok(watch?.kind === 'technical' && watch.fire === 'on_change');
  }
});

test('a condition on another timeframe is fetched too, and an empty one would never fire', () => {
  const conditions = { left: { indicator: 'RSI', timeframe: '1d' }, operator: '<', right: 30 };
  const config = technicalTriggerAgent.config.parse({ timeframe: '5m', conditions, cooldown_minutes: 30 });
  assert.deepEqual(technicalTriggerAgent.timeframes(config), ['5m', '1d']);
  assert.equal(config.cooldownMs, 1_800_000);
  assert.throws(() => technicalTriggerAgent.config.parse({}), /at least one condition/);
});

test('a crossing names the timeframe on which it was seen', () => {
  const config = technicalTriggerAgent.config.parse({
    timeframe: '1d',
    conditions: { indicator: 'RSI', operator: '<', value: 30 },
  });
  const trigger = { nodeId: 't', kind: 'technical', at: 0, text: 'RSI 14 is below 30' } as const;
  const decision = technicalTriggerAgent.decide({}, config, new FakeContext({ trigger }));
  assert.ok(!(decision instanceof Promise));
  assert.equal(decision.summary, 'RSI 14 is below 30 (1d close)');
});
