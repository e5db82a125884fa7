import { BellwetherError, sortTimeframes, TIMEFRAMES, type Timeframe } from '@bellwether/domain';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';

const UNREAD = 'The rule analyst does not read it.';

/** What the form of a bias node is drawn from; names and units of the wire. */
export const BiasConfigSchema = Type.Object(
  {
    analysis_timeframes: Type.Optional(
      Type.Array(Type.Enum([...TIMEFRAMES]), {
        title: 'Timeframes',
        description:
          'Timeframes to judge, of which the slowest weighs most. One with fewer than 120 closed bars is left out.',
        default: ['1h', '4h', '1d'],
        format: 'timeframes',
        minItems: 1,
        maxItems: TIMEFRAMES.length,
        uniqueItems: true,
      }),
    ),
    analyst: Type.Optional(
      Type.Enum(['rules'], {
        title: 'Analyst',
        description: 'Who judges: fixed formulas over closed bars, explained factor by factor. Free.',
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
    confidence_threshold: Type.Optional(
      Type.Number({
        title: 'Least strength',
        description:
          'Below this strength (0 to 100) the bias is neutral. Strength says how few shuffles of the same bars score as much; it is no probability of profit, and at 70 a market without any trend still gets a direction in up to 30 % of looks.',
        default: 70,
        minimum: 0,
        maximum: 100,
      }),
    ),
    min_bias_score: Type.Optional(
      Type.Number({
        title: 'Least score',
        description: 'Below this size of the signed score (0 to 1, strength / 100) the bias is neutral as well.',
        default: 0.6,
        minimum: 0,
        maximum: 1,
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
    news_influence: Type.Optional(
      Type.Enum(['off', 'brake', 'vote'], {
        title: 'News',
        description: `Whether news may only weaken a crew's view, or also vote. ${UNREAD}`,
        default: 'brake',
      }),
    ),
    benchmark: Type.Optional(
      Type.String({
        title: 'Benchmark',
        description: `Symbol that stands for the broader market in a crew's facts. ${UNREAD}`,
        default: 'SPY',
        minLength: 1,
        maxLength: 32,
      }),
    ),
  },
  { additionalProperties: false },
);

/** What the rule analyst reads of the config. */
export interface BiasConfig {
  /** Shortest first, each once. */
  readonly analysisTimeframes: readonly Timeframe[];
  /** 0–100. */
  readonly confidenceThreshold: number;
  /** 0–1, compared with the absolute score. */
  readonly minBiasScore: number;
}

/** Reads a node's config. Throws `invalid` `config/invalid` naming the first field that does not fit. */
export function biasConfig(config: unknown): BiasConfig {
  const wire = Value.Default(BiasConfigSchema, Value.Clone(config ?? {}));
  if (!Value.Check(BiasConfigSchema, wire)) {
    const problem = Value.Errors(BiasConfigSchema, wire)[0];
    const field = problem?.instancePath.slice(1) || 'config';
    throw new BellwetherError(
      'invalid',
      'config/invalid',
      `bias_agent: expected ${field} to fit its description, ${problem?.message ?? 'but it does not'}`,
      { field },
    );
  }
  return fromWire(wire as Required<Static<typeof BiasConfigSchema>>);
}

function fromWire(wire: Required<Static<typeof BiasConfigSchema>>): BiasConfig {
  return {
    analysisTimeframes: sortTimeframes(wire.analysis_timeframes),
    confidenceThreshold: wire.confidence_threshold,
    minBiasScore: wire.min_bias_score,
  };
}
