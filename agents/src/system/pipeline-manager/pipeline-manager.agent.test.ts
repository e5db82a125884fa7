import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeContext } from '@bellwether/kernel/testing';
import { pipelineManagerAgent } from './pipeline-manager.agent.ts';

test('the pipeline manager is hidden, has no options and lets everything pass', () => {
  assert.ok(pipelineManagerAgent.isSystem);
  const config = pipelineManagerAgent.config.parse({});
  assert.throws(() => pipelineManagerAgent.config.parse({ limit: 1 }), /limit/);
  const decision = pipelineManagerAgent.decide({}, config, new FakeContext());
  assert.ok(!(decision instanceof Promise));
  assert.equal(decision.kind, 'pass');
});
