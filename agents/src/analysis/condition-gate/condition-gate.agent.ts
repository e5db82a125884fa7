// Lets a lane pass only while conditions hold: closed bars → conditions → pass, or blocked with the values.
import { type ConditionReading, timeframesOf } from '@bellwether/conditions';
import type { Refusal } from '@bellwether/domain';
import { defineAgent } from '@bellwether/kernel';
import { type ConditionGateConfig, ConditionGateSchema, conditionGateConfig } from './condition-gate.schema.ts';

export const conditionGateAgent = defineAgent<ConditionGateConfig>({
  type: 'condition_gate',
  version: 1,
  category: 'analysis',
  name: 'Condition gate',
  description: 'Lets a symbol pass only while its conditions are true, and says how far off they are.',
  icon: 'filter',
  rate: '0',
  reads: ['market_data'],
  writes: null,
  config: { schema: ConditionGateSchema, parse: conditionGateConfig },
  timeframes: ({ conditions, timeframe }) => timeframesOf(conditions, timeframe),
  conditions: ({ conditions, timeframe }) => [{ timeframe, group: conditions }],
  decide(_input, { conditions, timeframe }, context) {
    const reading = context.condition(conditions, timeframe);
    if (reading.met) return { kind: 'pass', summary: `Passed: ${reading.text}` };
    const refusal = refusalOf(reading);
    return { kind: 'blocked', refusal, summary: `Stopped at the gate: ${refusal.text}` };
  },
});

/** The first comparison that keeps the gate shut, with its numbers. */
function refusalOf(reading: ConditionReading): Refusal {
  const term = reading.terms.find(({ met }) => !met) ?? reading.terms[0];
  if (term === undefined) {
    return { rule: 'condition_not_met', value: null, threshold: null, distance: null, text: reading.text };
  }
  const threshold = typeof term.right === 'object' && term.right !== null ? term.right.join(' to ') : term.right;
  const value = term.left === null ? '' : `, is ${Math.round(term.left * 10_000) / 10_000}`;
  return {
    rule: 'condition_not_met',
    value: term.left,
    threshold,
    distance: term.distance,
    text: term.warm
      ? `asks that ${reading.text}; ${term.text}${value}`
      : `asks that ${reading.text}; ${term.text} is not warm yet`,
  };
}
