import { badConfig, readConfig } from '@bellwether/kernel';
import Type from 'typebox';

const AGENT = 'price_trigger';
const OPERATORS = ['>=', '<=', 'crosses_above', 'crosses_below', 'moves_percent'] as const;
const REFERENCES = ['previous_close', 'open', 'arming'] as const;

/** What the form of a price trigger is drawn from; names and units of the wire. */
export const PriceTriggerSchema = Type.Object(
  {
    symbol: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: 32 }), Type.Null()], {
        title: 'Symbol',
        description: 'Whose price is watched; left out, the pipeline’s own.',
        default: null,
      }),
    ),
    operator: Type.Optional(
      Type.Enum([...OPERATORS], {
        title: 'When the price',
        description: 'How it must stand to the value.',
        default: '>=',
      }),
    ),
    value: Type.Optional(
      Type.Number({
        title: 'Value',
        description: 'A price; for moves_percent the percent, negative for a fall. Must be set.',
        default: 0,
        minimum: -1_000_000_000,
        maximum: 1_000_000_000,
      }),
    ),
    reference: Type.Optional(
      Type.Enum([...REFERENCES], {
        title: 'Percent from',
        description: 'What a percent move is counted from.',
        default: 'previous_close',
      }),
    ),
    once_per_session: Type.Optional(
      Type.Boolean({
        title: 'Once per session',
        description: 'Fires at most once in a session.',
        default: true,
      }),
    ),
  },
  { additionalProperties: false },
);

export interface PriceTriggerConfig {
  /** Null is each of the pipeline's own symbols. */
  readonly symbol: string | null;
  readonly operator: (typeof OPERATORS)[number];
  /** USD, or percent for `moves_percent`. */
  readonly value: number;
  readonly reference: (typeof REFERENCES)[number];
  readonly oncePerSession: boolean;
}

/** Reads a node's config. Throws `config/invalid` without a value to compare with. */
export function priceTriggerConfig(config: unknown): PriceTriggerConfig {
  const wire = readConfig(AGENT, PriceTriggerSchema, config);
  if (wire.operator === 'moves_percent' ? wire.value === 0 : wire.value <= 0) {
    const wanted = wire.operator === 'moves_percent' ? 'a percent other than 0' : 'a price above 0';
    throw badConfig(AGENT, 'value', `expected ${wanted}, was ${wire.value}`);
  }
  return {
    symbol: wire.symbol,
    operator: wire.operator,
    value: wire.value,
    reference: wire.reference,
    oncePerSession: wire.once_per_session,
  };
}
