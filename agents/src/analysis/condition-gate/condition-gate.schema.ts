import { type ConditionGroup, parseConditionGroup } from '@bellwether/conditions';
import type { Timeframe } from '@bellwether/domain';
import { badConfig, conditionsField, readConfig, readField, timeframeField } from '@bellwether/kernel';
import Type from 'typebox';

const AGENT = 'condition_gate';

/** What the form of a gate is drawn from; names and units of the wire. */
export const ConditionGateSchema = Type.Object(
  {
    timeframe: timeframeField('Bars of operands that name none.'),
    conditions: conditionsField('Conditions', 'What must be true for a symbol to pass.'),
  },
  { additionalProperties: false },
);

export interface ConditionGateConfig {
  readonly timeframe: Timeframe;
  readonly conditions: ConditionGroup;
}

/** Reads a node's config. Throws `config/invalid` when a condition cannot be read or there is none. */
export function conditionGateConfig(config: unknown): ConditionGateConfig {
  const wire = readConfig(AGENT, ConditionGateSchema, config);
  const conditions = readField(AGENT, 'conditions', () => parseConditionGroup(wire.conditions));
  if (conditions.conditions.length === 0) {
    throw badConfig(AGENT, 'conditions', 'expected at least one condition, was none: the gate would let nothing pass');
  }
  return { timeframe: wire.timeframe, conditions };
}
