// Starts a run when a price reaches a level or moves by a percentage: level → watched as prices arrive → trigger fact.
import { defineAgent } from '@bellwether/kernel';
import { type PriceTriggerConfig, PriceTriggerSchema, priceTriggerConfig } from './price.schema.ts';

export const priceTriggerAgent = defineAgent<PriceTriggerConfig>({
  type: 'price_trigger',
  version: 1,
  category: 'trigger',
  name: 'Price trigger',
  description: 'Starts a run when a price reaches or crosses a level, or moves by a percentage.',
  icon: 'bell-ring',
  rate: '0.02',
  reads: [],
  writes: 'trigger',
  config: { schema: PriceTriggerSchema, parse: priceTriggerConfig },
  watch: (config) => ({ kind: 'price', ...config }),
  decide(_input, _config, { trigger }) {
    return { kind: 'output', output: { kind: 'trigger', value: trigger }, summary: trigger.text };
  },
});
