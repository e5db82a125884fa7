import type { TradeDirection } from '@bellwether/analysis';
import { BellwetherError, TIMEFRAMES, type Timeframe } from '@bellwether/domain';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';

const UNREAD = 'The rule analyst does not read it.';

/** What the form of a strategy node is drawn from; names and units of the wire. */
export const StrategyConfigSchema = Type.Object(
  {
    timeframe: Type.Optional(
      Type.Enum([...TIMEFRAMES], {
        title: 'Timeframe',
        description: 'Bars that entry, stop and targets are taken from; left out, the pipeline’s primary timeframe.',
        default: '5m',
        format: 'timeframe',
      }),
    ),
    analyst: Type.Optional(
      Type.Enum(['rules'], {
        title: 'Analyst',
        description: 'Who plans: fixed rules over swings, levels and the average true range. Free.',
        default: 'rules',
      }),
    ),
    model: Type.Optional(
      Type.Union([Type.String({ maxLength: 200 }), Type.Null()], {
        title: 'Model',
        description: `Language model of a crew. ${UNREAD}`,
        default: null,
        format: 'model-select',
      }),
    ),
    risk_reward_min: Type.Optional(
      Type.Number({
        title: 'Least reward to risk',
        description:
          'Target 1 is at least this many times as far from the entry as the stop, and never less than 1.5 times.',
        default: 1.5,
        minimum: 0.1,
        maximum: 10,
      }),
    ),
    creativity: Type.Optional(
      Type.Number({
        title: 'Creativity',
        description: `Temperature of a crew's further samples. ${UNREAD}`,
        default: 0.7,
        minimum: 0,
        maximum: 2,
      }),
    ),
    direction: Type.Optional(
      Type.Enum(['long', 'short', 'both'], {
        title: 'Direction',
        description: 'Which sides may be opened. Short also needs an account and a risk manager that allow it.',
        default: 'both',
      }),
    ),
    instructions: Type.Optional(
      Type.String({
        title: 'Instructions',
        description: `Your own words to a language model. ${UNREAD}`,
        default: '',
        maxLength: 2_000,
        format: 'instructions',
      }),
    ),
    samples: Type.Optional(
      Type.Integer({
        title: 'Samples',
        description: `How often a crew's deciding role is asked. ${UNREAD}`,
        default: 1,
        minimum: 1,
        maximum: 5,
      }),
    ),
    when_model_fails: Type.Optional(
      Type.Enum(['abstain', 'use_rules'], {
        title: 'When the model fails',
        description: `Whether the lane stops or the rules answer instead. ${UNREAD}`,
        default: 'abstain',
      }),
    ),
  },
  { additionalProperties: false },
);

/** What the rule analyst reads of the config. */
export interface StrategyConfig {
  readonly timeframe: Timeframe;
  readonly riskRewardMin: number;
  readonly direction: TradeDirection;
}

/** Reads a node's config. Throws `invalid` `config/invalid` naming the first field that does not fit. */
export function strategyConfig(config: unknown): StrategyConfig {
  const wire = Value.Default(StrategyConfigSchema, Value.Clone(config ?? {}));
  if (!Value.Check(StrategyConfigSchema, wire)) {
    const problem = Value.Errors(StrategyConfigSchema, wire)[0];
    const field = problem?.instancePath.slice(1) || 'config';
    throw new BellwetherError(
      'invalid',
      'config/invalid',
      `strategy_agent: expected ${field} to fit its description, ${problem?.message ?? 'but it does not'}`,
      { field },
    );
  }
  return fromWire(wire as Required<Static<typeof StrategyConfigSchema>>);
}

function fromWire(wire: Required<Static<typeof StrategyConfigSchema>>): StrategyConfig {
  return { timeframe: wire.timeframe, riskRewardMin: wire.risk_reward_min, direction: wire.direction };
}
