// Starts a run when conditions on closed bars become true: conditions → watched at every close → trigger fact.
import { timeframesOf } from '@bellwether/conditions';
import { defineAgent } from '@bellwether/kernel';
import { type TechnicalTriggerConfig, TechnicalTriggerSchema, technicalTriggerConfig } from './technical.schema.ts';

export const technicalTriggerAgent = defineAgent<TechnicalTriggerConfig>({
  type: 'technical_trigger',
  version: 1,
  category: 'trigger',
  name: 'Technical trigger',
  description: 'Starts a run when indicator and price conditions become true at a bar’s close.',
  icon: 'activity',
  rate: '0.03',
  reads: [],
  writes: 'trigger',
  config: { schema: TechnicalTriggerSchema, parse: technicalTriggerConfig },
  timeframes: ({ conditions, timeframe }) => timeframesOf(conditions, timeframe),
  conditions: ({ conditions, timeframe }) => [{ timeframe, group: conditions }],
  watch: ({ timeframe, conditions, fire, cooldownMs }) => ({
    kind: 'technical',
    timeframe,
    condition: conditions,
    fire,
    cooldownMs,
  }),
  decide(_input, { timeframe }, { trigger }) {
    const value = trigger.kind === 'technical' ? { ...trigger, text: `${trigger.text} (${timeframe} close)` } : trigger;
    return { kind: 'output', output: { kind: 'trigger', value }, summary: value.text };
  },
});
