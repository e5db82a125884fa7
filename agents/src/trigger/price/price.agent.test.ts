import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeContext } from '@bellwether/kernel/testing';
import { priceTriggerAgent } from './price.agent.ts';

test('a price trigger states what to wait for, by default once per session and from the previous close', () => {
  assert.deepEqual(
    priceTriggerAgent.watch?.(priceTriggerAgent.config.parse({ operator: 'moves_percent', value: -2 })),
    {
      kind: 'price',
      symbol: null,
      operator: 'moves_percent',
      value: -2,
      reference: 'previous_close',
      oncePerSession: true,
    },
  );
});

for (const config of [{}, { value: -5 }, { operator: 'moves_percent' }]) {
  test(`a price trigger refuses ${JSON.stringify(config)}, which would fire always or never`, () => {
    assert.throws(() => priceTriggerAgent.config.parse(config), /value: expected/);
  });
}

test('a fired price trigger hands on the fact as it is', () => {
  const trigger = { nodeId: 'p', kind: 'price', at: 0, text: 'AAPL at 151 is >= 150' } as const;
  const decision = priceTriggerAgent.decide(
    {},
    priceTriggerAgent.config.parse({ value: 150 }),
    new FakeContext({ trigger }),
  );
  assert.ok(!(decision instanceof Promise) && decision.kind === 'output');
  assert.deepEqual(decision.output, { kind: 'trigger', value: trigger });
});
