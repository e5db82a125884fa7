import type { SizeLimits, Sizing } from '@bellwether/domain';
import { badConfig, readConfig } from '@bellwether/kernel';
import Type from 'typebox';

const AGENT = 'risk_manager_agent';

const fraction = (title: string, description: string, initial: number) =>
  Type.Optional(Type.Number({ title, description, default: initial, minimum: 0, maximum: 1 }));
const limit = (title: string, description: string, type: Parameters<typeof Type.Optional>[0]) =>
  Type.Optional(Type.Union([type, Type.Null()], { title, description, default: null }));

/** What the form of a risk manager is drawn from; names and units of the wire. */
export const RiskManagerConfigSchema = Type.Object(
  {
    sizing: Type.Optional(
      Type.Enum(['risk_fraction', 'equity_fraction', 'fixed_quantity', 'fixed_notional'], {
        title: 'Sizing',
        description: 'By the loss at the stop, by a part of equity, by shares, or by dollars.',
        default: 'risk_fraction',
      }),
    ),
    risk_fraction: fraction('Risk', 'Part of equity that is lost when the stop is hit.', 0.01),
    equity_fraction: Type.Optional(
      Type.Number({
        title: 'Equity',
        description: 'Part of equity that is invested; above 1 uses margin.',
        default: 1,
        minimum: 0,
        maximum: 4,
      }),
    ),
    fixed_quantity: Type.Optional(
      Type.Number({
        title: 'Shares',
        description: 'Always this many.',
        default: 1,
        minimum: 0,
        maximum: 1_000_000_000,
      }),
    ),
    fixed_notional: Type.Optional(
      Type.Number({
        title: 'Dollars',
        description: 'Always this much.',
        default: 1000,
        minimum: 0,
        maximum: 1_000_000_000,
      }),
    ),
    cash_buffer_fraction: fraction('Cash buffer', 'Part of the invested equity that stays in cash.', 0.0025),
    size_reference: Type.Optional(
      Type.Enum(['decision_close', 'fill_price'], {
        title: 'Sized at',
        description: 'The close of the decision, or the open of the bar that fills the order.',
        default: 'decision_close',
      }),
    ),
    max_position_fraction: Type.Optional(
      Type.Number({
        title: 'Largest position',
        description: 'Part of equity that one position may be worth.',
        default: 0.1,
        minimum: 0,
        maximum: 4,
      }),
    ),
    max_symbol_exposure_fraction: limit(
      'Largest exposure per symbol',
      'Part of equity over all holdings and pending entries in the symbol; null is no limit.',
      Type.Number({ minimum: 0, maximum: 4 }),
    ),
    min_risk_reward: Type.Optional(
      Type.Number({
        title: 'Least reward to risk',
        description: 'To target 1; not asked without a stop or a target.',
        default: 1.5,
        minimum: 0,
        maximum: 100,
      }),
    ),
    max_open_positions: limit(
      'Most open positions',
      'Positions open in the account; null is no limit, 0 allows none.',
      Type.Integer({ minimum: 0, maximum: 10_000 }),
    ),
    max_batch_risk_fraction: limit(
      'Risk of a batch',
      'Part of equity that all symbols of one execution may risk together; 0.03 when left out.',
      Type.Number({ minimum: 0, maximum: 1 }),
    ),
    allow_short: Type.Optional(
      Type.Boolean({ title: 'Allow short', description: 'Whether short positions may be opened.', default: true }),
    ),
    size_by_conviction: Type.Optional(
      Type.Boolean({
        title: 'Size by conviction',
        description: 'Shrinks the size to the conviction of the signal, in percent.',
        default: false,
      }),
    ),
    analyst: Type.Optional(
      Type.Enum(['rules'], {
        title: 'Narration',
        description: 'Who words the decision; the numbers are always computed.',
        default: 'rules',
      }),
    ),
  },
  { additionalProperties: false },
);

export interface RiskManagerConfig {
  readonly sizing: Sizing;
  readonly sizeReference: 'decision_close' | 'fill_price';
  readonly limits: Pick<
    SizeLimits,
    'maxPositionFraction' | 'maxSymbolExposureFraction' | 'maxOpenPositions' | 'minRiskReward'
  >;
  /** Of executions of two or more symbols. */
  readonly maxBatchRiskFraction: number;
  readonly allowShort: boolean;
  readonly sizeByConviction: boolean;
}

const BATCH_RISK = 0.03;

/** Reads a node's config. Throws `config/invalid` for a sizing value of 0, which would refuse every signal in silence. */
export function riskManagerConfig(config: unknown): RiskManagerConfig {
  const wire = readConfig(AGENT, RiskManagerConfigSchema, config);
  if (wire[wire.sizing] === 0)
    throw badConfig(AGENT, wire.sizing, 'expected a value above 0, was 0: nothing could be sized by it');
  return {
    sizing: sizingOf(wire),
    sizeReference: wire.size_reference,
    limits: {
      maxPositionFraction: wire.max_position_fraction,
      maxSymbolExposureFraction: wire.max_symbol_exposure_fraction as number | null,
      maxOpenPositions: wire.max_open_positions as number | null,
      minRiskReward: wire.min_risk_reward,
    },
    maxBatchRiskFraction: (wire.max_batch_risk_fraction as number | null) ?? BATCH_RISK,
    allowShort: wire.allow_short,
    sizeByConviction: wire.size_by_conviction,
  };
}

function sizingOf(wire: {
  readonly sizing: Sizing['kind'];
  readonly risk_fraction: number;
  readonly equity_fraction: number;
  readonly fixed_quantity: number;
  readonly fixed_notional: number;
  readonly cash_buffer_fraction: number;
}): Sizing {
  switch (wire.sizing) {
    case 'risk_fraction':
      return { kind: wire.sizing, fraction: wire.risk_fraction };
    case 'equity_fraction':
      return { kind: wire.sizing, fraction: wire.equity_fraction, cashBufferFraction: wire.cash_buffer_fraction };
    case 'fixed_quantity':
      return { kind: wire.sizing, quantity: wire.fixed_quantity };
    case 'fixed_notional':
      return { kind: wire.sizing, amount: wire.fixed_notional };
    default:
      return wire.sizing satisfies never;
  }
}
