import { SECOND_MS } from '@bellwether/domain';
import { badConfig, type ExitSettings, readConfig } from '@bellwether/kernel';
import Type from 'typebox';

const AGENT = 'trade_manager_agent';
const PLANS = ['auto', 'split_exits', 'twin_brackets', 'single_target'] as const;

const ExitStyle = Type.Object(
  {
    plan: Type.Optional(
      Type.Enum([...PLANS], {
        title: 'Plan',
        description: 'How two targets are worked by a broker that knows one per order.',
        default: 'auto',
      }),
    ),
    split_at: Type.Optional(
      Type.Number({
        title: 'Split at',
        description: 'Part of the way from the entry to target 1.',
        default: 0.5,
        exclusiveMinimum: 0,
        maximum: 1,
      }),
    ),
    partial_entry_patience_seconds: Type.Optional(
      Type.Number({
        title: 'Patience with a partial entry',
        description: 'Seconds until the rest is canceled and the filled part protected.',
        default: 3,
        minimum: 0,
        maximum: 60,
      }),
    ),
    single_share_target: Type.Optional(
      Type.Enum(['target_1', 'target_2'], {
        title: 'Target of an unsplittable position',
        description: 'Where a position exits that is too small for two targets.',
        default: 'target_2',
      }),
    ),
    breakeven_fees: Type.Optional(
      Type.Boolean({
        title: 'Fees in breakeven',
        description: 'Counts the fees per share into the breakeven stop.',
        default: true,
      }),
    ),
  },
  { additionalProperties: false },
);

/** What the form of a trade manager is drawn from; names and units of the wire. */
export const TradeManagerConfigSchema = Type.Object(
  {
    allow_pyramiding: Type.Optional(
      Type.Boolean({
        title: 'Add to positions',
        description: 'Whether an entry may be made while one is held; each is a position of its own.',
        default: false,
      }),
    ),
    partial_exit_split: Type.Optional(
      Type.Array(Type.Number({ minimum: 0, maximum: 100 }), {
        title: 'Split of the exit',
        description: 'Percent of the position for target 1 and target 2, together 100.',
        default: [50, 50],
        minItems: 2,
        maxItems: 2,
      }),
    ),
    move_stop_to_breakeven: Type.Optional(
      Type.Boolean({
        title: 'Stop to breakeven',
        description: 'After target 1 the stop of the rest moves to the average entry.',
        default: true,
      }),
    ),
    monitoring_enabled: Type.Optional(
      Type.Boolean({
        title: 'Monitoring',
        description: 'Off: no split and no breakeven; stop and target stay.',
        default: true,
      }),
    ),
    entry_valid_seconds: Type.Optional(
      Type.Number({
        title: 'Entry valid',
        description: 'Seconds after which an unfilled entry is canceled, counted in an open session.',
        default: 60,
        minimum: 1,
        maximum: 86_400,
      }),
    ),
    exit_style: Type.Optional(
      Type.Union([Type.Enum([...PLANS]), ExitStyle], {
        title: 'Exit style',
        description: 'The plan’s name, or its settings.',
        default: 'auto',
      }),
    ),
    entry_when_closed: Type.Optional(
      Type.Enum(['next_open', 'drop'], {
        title: 'Decided while closed',
        description: 'Wait for the next open, or drop the entry.',
        default: 'next_open',
      }),
    ),
  },
  { additionalProperties: false },
);

export interface TradeManagerConfig {
  readonly exits: ExitSettings;
  readonly entryValidMs: number;
  readonly entryWhenClosed: 'next_open' | 'drop';
  readonly allowPyramiding: boolean;
}

/** Reads a node's config. Throws `config/invalid` when the split is not a whole. */
export function tradeManagerConfig(config: unknown): TradeManagerConfig {
  const wire = readConfig(AGENT, TradeManagerConfigSchema, config);
  const [first = 0, second = 0] = wire.partial_exit_split;
  if (Math.abs(first + second - 100) > 1e-9) {
    throw badConfig(
      AGENT,
      'partial_exit_split',
      `expected two percentages that sum to 100, was ${first} and ${second}`,
    );
  }
  const style = typeof wire.exit_style === 'string' ? { plan: wire.exit_style } : wire.exit_style;
  return {
    exits: {
      plan: style.plan ?? 'auto',
      splitAt: ('split_at' in style ? style.split_at : undefined) ?? 0.5,
      firstTargetPercent: first,
      moveStopToBreakeven: wire.move_stop_to_breakeven,
      breakevenFees: ('breakeven_fees' in style ? style.breakeven_fees : undefined) ?? true,
      singleShareTarget: ('single_share_target' in style ? style.single_share_target : undefined) ?? 'target_2',
      partialPatienceMs:
        (('partial_entry_patience_seconds' in style ? style.partial_entry_patience_seconds : undefined) ?? 3) * 1_000,
      monitoring: wire.monitoring_enabled,
    },
    entryValidMs: Math.round(wire.entry_valid_seconds * SECOND_MS),
    entryWhenClosed: wire.entry_when_closed,
    allowPyramiding: wire.allow_pyramiding,
  };
}
