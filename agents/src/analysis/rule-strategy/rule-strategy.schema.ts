import { type ConditionGroup, parseConditionGroup } from '@bellwether/conditions';
import type { Timeframe } from '@bellwether/domain';
import { badConfig, conditionsField, readConfig, readField, timeframeField } from '@bellwether/kernel';
import Type from 'typebox';

const AGENT = 'rule_strategy_agent';

/** What the form of a rule strategy is drawn from; names and units of the wire. */
export const RuleStrategyConfigSchema = Type.Object(
  {
    timeframe: timeframeField('Bars on which the rules are judged.'),
    long_entry: conditionsField('Long entry', 'Opens a long position when flat. Empty never does.'),
    long_exit: conditionsField('Long exit', 'Closes a long position. Empty leaves that to stop and targets.'),
    short_entry: conditionsField('Short entry', 'Opens a short position when flat. Empty never does.'),
    short_exit: conditionsField('Short exit', 'Closes a short position. Empty leaves that to stop and targets.'),
    reverse_on_opposite: Type.Optional(
      Type.Boolean({
        title: 'Reverse on the opposite entry',
        description: 'In a position, the opposite entry closes it and opens the other side; otherwise it only closes.',
        default: true,
      }),
    ),
    stop: Type.Optional(
      Type.Object(
        {
          type: Type.Optional(
            Type.Enum(['none', 'percent', 'atr', 'swing'], {
              title: 'Stop',
              description: 'None, a percentage from the entry, multiples of ATR, or beyond the last confirmed swing.',
              default: 'none',
            }),
          ),
          value: Type.Optional(
            Type.Number({
              title: 'Distance',
              description: 'Percent of the entry; in ATR; in ATR beyond the swing.',
              default: 2,
              minimum: 0,
              maximum: 100,
            }),
          ),
          period: Type.Optional(
            Type.Integer({
              title: 'ATR period',
              description: 'Bars of the average true range.',
              default: 14,
              minimum: 1,
              maximum: 500,
            }),
          ),
        },
        {
          title: 'Stop loss',
          description: 'Where the idea is wrong.',
          default: { type: 'none', value: 2, period: 14 },
          additionalProperties: false,
        },
      ),
    ),
    targets: Type.Optional(
      Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 100 }), {
        title: 'Targets',
        description: 'Multiples of the risk per share (R), nearest first; at most two.',
        default: [],
        maxItems: 2,
      }),
    ),
    entry_order: Type.Optional(
      Type.Enum(['market', 'limit'], {
        title: 'Entry order',
        description: 'At the market, or a limit at the price of the decision.',
        default: 'market',
      }),
    ),
  },
  { additionalProperties: false },
);

export type StopRule =
  | { readonly type: 'none' }
  /** 0–1 of the entry price. */
  | { readonly type: 'percent'; readonly fraction: number }
  | { readonly type: 'atr' | 'swing'; readonly atrs: number; readonly period: number };

export interface RuleStrategyConfig {
  readonly timeframe: Timeframe;
  /** A group without conditions is never met. */
  readonly longEntry: ConditionGroup;
  readonly longExit: ConditionGroup;
  readonly shortEntry: ConditionGroup;
  readonly shortExit: ConditionGroup;
  readonly reverseOnOpposite: boolean;
  readonly stop: StopRule;
  /** In R, rising; at most two. */
  readonly targets: readonly number[];
  readonly entryOrder: 'market' | 'limit';
}

/** Reads a node's config. Throws `config/invalid` for rules that could never open, and for targets without a stop to measure them by. */
export function ruleStrategyConfig(config: unknown): RuleStrategyConfig {
  const wire = readConfig(AGENT, RuleStrategyConfigSchema, config);
  const group = (field: 'long_entry' | 'long_exit' | 'short_entry' | 'short_exit') =>
    readField(AGENT, field, () => parseConditionGroup(wire[field]));
  const longEntry = group('long_entry');
  const shortEntry = group('short_entry');
  if (longEntry.conditions.length === 0 && shortEntry.conditions.length === 0) {
    throw badConfig(
      AGENT,
      'long_entry',
      'expected conditions in long_entry or short_entry, was neither: the rules would never open a position',
    );
  }
  const stop = stopRule(wire.stop.type ?? 'none', wire.stop.value ?? 2, wire.stop.period ?? 14);
  if (wire.targets.length > 0 && stop.type === 'none') {
    throw badConfig(
      AGENT,
      'targets',
      'expected a stop, because targets are multiples of the distance to it, was none; set stop.type or empty the targets',
    );
  }
  const [first, second] = wire.targets;
  if (first !== undefined && second !== undefined && second <= first) {
    throw badConfig(AGENT, 'targets', `expected the second target beyond the first, was ${first} and ${second}`);
  }
  return {
    timeframe: wire.timeframe,
    longEntry,
    longExit: group('long_exit'),
    shortEntry,
    shortExit: group('short_exit'),
    reverseOnOpposite: wire.reverse_on_opposite,
    stop,
    targets: wire.targets,
    entryOrder: wire.entry_order,
  };
}

function stopRule(type: 'none' | 'percent' | 'atr' | 'swing', value: number, period: number): StopRule {
  if (type === 'none') return { type };
  if (value === 0 && type !== 'swing') throw badConfig(AGENT, 'stop.value', 'expected a distance above 0, was 0');
  if (type === 'percent') return { type, fraction: value / 100 };
  return { type, atrs: value, period };
}
