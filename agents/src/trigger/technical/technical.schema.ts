import { type ConditionGroup, conditionGroupFrom } from '@bellwether/conditions';
import { MINUTE_MS, type Timeframe } from '@bellwether/domain';
import { badConfig, conditionsField, readConfig, readField, timeframeField } from '@bellwether/kernel';
import Type from 'typebox';

const AGENT = 'technical_trigger';

/** What the form of a technical trigger is drawn from; names and units of the wire. */
export const TechnicalTriggerSchema = Type.Object(
  {
    timeframe: timeframeField('Bars on which the conditions are judged, at each close.'),
    conditions: conditionsField('Conditions', 'What must be true for a run to start.'),
    logic: Type.Optional(
      Type.Enum(['AND', 'OR'], {
        title: 'Joined by',
        description: 'For a bare list of conditions; a group names its own logic.',
        default: 'AND',
      }),
    ),
    fire: Type.Optional(
      Type.Enum(['on_change', 'every_bar'], {
        title: 'Fire',
        description: 'Once when the conditions become true, or at every close at which they are.',
        default: 'on_change',
      }),
    ),
    cooldown_minutes: Type.Optional(
      Type.Number({
        title: 'Cooldown',
        description: 'Minutes of silence after firing.',
        default: 0,
        minimum: 0,
        maximum: 525_600,
      }),
    ),
  },
  { additionalProperties: false },
);

export interface TechnicalTriggerConfig {
  readonly timeframe: Timeframe;
  readonly conditions: ConditionGroup;
  readonly fire: 'on_change' | 'every_bar';
  readonly cooldownMs: number;
}

/** Reads a node's config. Throws `config/invalid` when a condition cannot be read or there is none. */
export function technicalTriggerConfig(config: unknown): TechnicalTriggerConfig {
  const wire = readConfig(AGENT, TechnicalTriggerSchema, config);
  const conditions = readField(AGENT, 'conditions', () => conditionGroupFrom(wire.conditions, wire.logic));
  if (conditions.conditions.length === 0) {
    throw badConfig(AGENT, 'conditions', 'expected at least one condition, was none: the trigger would never fire');
  }
  return {
    timeframe: wire.timeframe,
    conditions,
    fire: wire.fire,
    cooldownMs: wire.cooldown_minutes * MINUTE_MS,
  };
}
