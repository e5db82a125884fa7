import Type, { type Static } from 'typebox';
import { DecimalText, Instant, MapOf, Nullable, SideName, TimeframeName } from './wire-value.schema.ts';

const TextOrNumber = Nullable(Type.Union([Type.String(), Type.Number()]));
const AnalystName = Type.Enum(['rules', 'crew']);

export const RefusalWire = Type.Object(
  { rule: Type.String(), value: TextOrNumber, threshold: TextOrNumber, distance: TextOrNumber, text: Type.String() },
  { 'x-name': 'Refusal', description: 'Why a lane stopped: the answer to "why not".' },
);
export type RefusalWire = Static<typeof RefusalWire>;

export const TriggerWire = Type.Object(
  {
    node_id: Nullable(Type.String()),
    kind: Type.Enum(['manual', 'cycle', 'time', 'technical', 'price', 'news', 'webhook', 'schedule']),
    at: Instant,
    text: Type.String(),
  },
  { 'x-name': 'Trigger', description: 'Why an execution started.' },
);
export type TriggerWire = Static<typeof TriggerWire>;

export const UniverseWire = Type.Object(
  { symbols: Type.Array(Type.String()), source: Type.String(), stale: Type.Boolean() },
  { 'x-name': 'Universe' },
);
export type UniverseWire = Static<typeof UniverseWire>;

const LastBar = Type.Object({
  start: Instant,
  end: Instant,
  open: Type.Number(),
  high: Type.Number(),
  low: Type.Number(),
  close: Type.Number(),
  volume: Type.Number(),
});

export const MarketDataWire = Type.Object(
  {
    symbol: Type.String(),
    as_of: Instant,
    price: Type.Number(),
    timeframes: Type.Array(
      Type.Object({
        timeframe: TimeframeName,
        bars: Type.Integer(),
        last: LastBar,
        indicators: MapOf(Nullable(Type.Number())),
      }),
    ),
    synthetic: Type.Boolean(),
    source: Type.String(),
  },
  { 'x-name': 'MarketData' },
);
export type MarketDataWire = Static<typeof MarketDataWire>;

export const BiasWire = Type.Object(
  {
    symbol: Type.String(),
    as_of: Instant,
    timestamp: Instant,
    bias: Type.Enum(['bullish', 'bearish', 'neutral']),
    confidence: Type.Number(),
    bias_score: Type.Number(),
    reasoning: Type.String(),
    factors: Type.Array(
      Type.Object({
        text: Type.String(),
        evidence: Type.Array(Type.String()),
        contribution: Nullable(Type.Number()),
      }),
    ),
    analyst: AnalystName,
    model: Nullable(Type.String()),
    timeframes: Type.Array(TimeframeName),
    warnings: Type.Array(Type.String()),
  },
  { 'x-name': 'BiasSignal' },
);
export type BiasWire = Static<typeof BiasWire>;

export const StrategyWire = Type.Object(
  {
    symbol: Type.String(),
    as_of: Instant,
    timestamp: Instant,
    action: Type.Enum(['buy', 'sell', 'hold']),
    intent: Type.Enum(['open_long', 'close_long', 'open_short', 'close_short', 'reverse', 'none']),
    entry_order: Type.Enum(['market', 'limit']),
    conviction: Type.Number(),
    entry_price: Nullable(Type.Number()),
    stop_loss: Nullable(Type.Number()),
    target_1: Nullable(Type.Number()),
    target_2: Nullable(Type.Number()),
    risk_reward_ratio: Nullable(Type.Number()),
    reasoning: Type.String(),
    technical_factors: Type.Array(Type.Object({ text: Type.String(), evidence: Type.Array(Type.String()) })),
    atr: Nullable(Type.Number()),
    break_even_win_rate: Nullable(Type.Number()),
    hold_reasons: Type.Array(Type.String()),
    warnings: Type.Array(Type.String()),
    analyst: AnalystName,
    model: Nullable(Type.String()),
  },
  { 'x-name': 'StrategySignal' },
);
export type StrategyWire = Static<typeof StrategyWire>;

const SizingWire = Type.Union(
  [
    Type.Object({ kind: Type.Literal('risk_fraction'), fraction: Type.Number() }, { 'x-name': 'RiskFractionSizing' }),
    Type.Object(
      { kind: Type.Literal('equity_fraction'), fraction: Type.Number(), cash_buffer_fraction: Type.Number() },
      { 'x-name': 'EquityFractionSizing' },
    ),
    Type.Object({ kind: Type.Literal('fixed_quantity'), quantity: Type.Number() }, { 'x-name': 'FixedQuantitySizing' }),
    Type.Object({ kind: Type.Literal('fixed_notional'), amount: Type.Number() }, { 'x-name': 'FixedNotionalSizing' }),
  ],
  { 'x-name': 'Sizing', 'x-discriminator': 'kind' },
);

export const SizeRuleWire = Type.Object(
  {
    sizing: SizingWire,
    limits: Type.Object({
      max_position_fraction: Nullable(Type.Number()),
      max_symbol_exposure_fraction: Nullable(Type.Number()),
      gross_exposure_fraction: Nullable(Type.Number()),
      open_risk_fraction: Nullable(Type.Number()),
      max_batch_risk_fraction: Nullable(Type.Number()),
      order_notional: Nullable(Type.Number()),
      average_volume_shares: Nullable(Type.Number()),
      max_open_positions: Nullable(Type.Number()),
      min_risk_reward: Nullable(Type.Number()),
    }),
    allow_short: Type.Boolean(),
    conviction_factor: Type.Number(),
    quantity_increment: Type.Number(),
    price_increment: Type.Number(),
  },
  { 'x-name': 'SizeRule', description: 'What an entry is sized by, kept so that it can be sized at its fill.' },
);
export type SizeRuleWire = Static<typeof SizeRuleWire>;

export const RiskWire = Type.Object(
  {
    symbol: Type.String(),
    timestamp: Instant,
    approved: Type.Boolean(),
    adjusted: Type.Boolean(),
    position_size: DecimalText,
    close_size: DecimalText,
    account_risk_pct: Nullable(Type.Number()),
    position_risk_amount: Nullable(DecimalText),
    notional: DecimalText,
    equity: DecimalText,
    sizing_price: Type.Number(),
    size_reference: Type.Enum(['decision_close', 'fill_price']),
    size_rule: SizeRuleWire,
    adjustments_made: Nullable(Type.String()),
    reasoning: Type.String(),
    binding_cap: Nullable(Type.String()),
    caps: Type.Array(Type.Object({ name: Type.String(), quantity: DecimalText })),
    refusal: Nullable(RefusalWire),
  },
  { 'x-name': 'RiskDecision' },
);
export type RiskWire = Static<typeof RiskWire>;

export const TradePlanWire = Type.Object(
  {
    symbol: Type.String(),
    timestamp: Instant,
    intents: Type.Array(
      Type.Object({
        symbol: Type.String(),
        purpose: Type.Enum(['open', 'close']),
        side: SideName,
        type: Type.Enum(['market', 'limit']),
        quantity: DecimalText,
        limit_price: Nullable(Type.Number()),
        stop_loss: Nullable(Type.Number()),
        target_1: Nullable(Type.Number()),
        target_2: Nullable(Type.Number()),
        sizing_price: Type.Number(),
        size_at_fill: Nullable(SizeRuleWire),
      }),
    ),
    exits: Type.Object({
      plan: Type.Enum(['auto', 'split_exits', 'twin_brackets', 'single_target']),
      split_at: Type.Number(),
      first_target_percent: Type.Number(),
      move_stop_to_breakeven: Type.Boolean(),
      breakeven_fees: Type.Boolean(),
      single_share_target: Type.Enum(['target_1', 'target_2']),
      partial_entry_patience_seconds: Type.Optional(Type.Number({ minimum: 0 })),
      monitoring: Type.Boolean(),
    }),
    entry_valid_ms: Type.Number(),
    entry_when_closed: Type.Enum(['next_open', 'drop']),
    allow_pyramiding: Type.Boolean(),
    summary: Type.String(),
  },
  { 'x-name': 'TradePlan' },
);
export type TradePlanWire = Static<typeof TradePlanWire>;

export const LaneReportWire = Type.Object(
  {
    symbol: Type.String(),
    title: Type.String(),
    outcome: Type.Enum(['traded', 'blocked', 'failed', 'would_execute']),
    paragraphs: Type.Array(Type.String()),
    timestamp: Instant,
  },
  { 'x-name': 'LaneReport' },
);
export type LaneReportWire = Static<typeof LaneReportWire>;

export const AgentOutputWire = Type.Union(
  [
    Type.Object({ kind: Type.Literal('trigger'), value: TriggerWire }, { 'x-name': 'TriggerOutput' }),
    Type.Object({ kind: Type.Literal('universe'), value: UniverseWire }, { 'x-name': 'UniverseOutput' }),
    Type.Object({ kind: Type.Literal('market_data'), value: MarketDataWire }, { 'x-name': 'MarketDataOutput' }),
    Type.Object({ kind: Type.Literal('bias'), value: BiasWire }, { 'x-name': 'BiasOutput' }),
    Type.Object({ kind: Type.Literal('strategy'), value: StrategyWire }, { 'x-name': 'StrategyOutput' }),
    Type.Object({ kind: Type.Literal('risk'), value: RiskWire }, { 'x-name': 'RiskOutput' }),
    Type.Object({ kind: Type.Literal('trade'), value: TradePlanWire }, { 'x-name': 'TradePlanOutput' }),
    Type.Object({ kind: Type.Literal('report'), value: LaneReportWire }, { 'x-name': 'ReportOutput' }),
  ],
  { 'x-name': 'AgentOutput', 'x-discriminator': 'kind' },
);
export type AgentOutputWire = Static<typeof AgentOutputWire>;
