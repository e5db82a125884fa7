import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeContext } from '@bellwether/kernel/testing';
import { templateAgent } from './template.agent.ts';

test('the template agent passes a bar that moved enough and says how far off the others are', () => {
  const config = templateAgent.config.parse({ timeframe: '1d', least_change_pct: 1 });
  const moved = new FakeContext({ closes: { '1d': [100, 102] } });
  assert.equal((templateAgent.decide({}, config, moved) as { kind: string }).kind, 'pass');
  const still = new FakeContext({ closes: { '1d': [100, 100.5] } });
  const decision = templateAgent.decide({}, config, still);
  assert.ok(!(decision instanceof Promise) && decision.kind === 'blocked');
  assert.equal(decision.refusal.rule, 'change_too_small');
});
