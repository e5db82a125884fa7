import Type, { type Static } from 'typebox';
import { BlockedWire } from './executions.schema.ts';
import { OrderWire } from './journal.schema.ts';
import { BiasWire, RiskWire, StrategyWire } from './outputs.schema.ts';
import { PositionWire } from './positions.schema.ts';
import { TradeWire } from './trades.schema.ts';
import {
  DecimalText,
  Id,
  Instant,
  Nullable,
  PageOf,
  SideName,
  TradingModeName,
  VenueName,
} from './wire-value.schema.ts';

const rowFields = {
  id: Id,
  execution_id: Id,
  pipeline_id: Id,
  pipeline_name: Type.String(),
  symbol: Nullable(Type.String()),
  title: Type.String(),
  outcome: Type.String(),
  trading_mode: TradingModeName,
  venue: VenueName,
  created_at: Instant,
};

export const ReportRowWire = Type.Object(rowFields, { 'x-name': 'ReportRow' });
export type ReportRowWire = Static<typeof ReportRowWire>;
export const ReportPage = PageOf(ReportRowWire);

export const FillWire = Type.Object(
  {
    time: Instant,
    side: SideName,
    quantity: DecimalText,
    price: DecimalText,
    commission: DecimalText,
    reason: Nullable(Type.String()),
  },
  { 'x-name': 'Fill' },
);
export type FillWire = Static<typeof FillWire>;

const PriceLevel = Nullable(DecimalText);

export const ReportLaneWire = Type.Object(
  {
    symbol: Type.String(),
    title: Type.String(),
    outcome: Type.String(),
    paragraphs: Type.Array(Type.String()),
    bias: Nullable(BiasWire),
    strategy: Nullable(StrategyWire),
    risk: Nullable(RiskWire),
    blocked: Nullable(BlockedWire),
    orders: Type.Array(OrderWire),
    fills: Type.Array(FillWire),
    position: Nullable(PositionWire),
    trade: Nullable(TradeWire),
    levels: Nullable(
      Type.Object({
        entry: PriceLevel,
        stop: PriceLevel,
        initial_stop: PriceLevel,
        target_1: PriceLevel,
        target_2: PriceLevel,
      }),
    ),
    decided_at: Nullable(Instant),
  },
  { 'x-name': 'ReportLane' },
);
export type ReportLaneWire = Static<typeof ReportLaneWire>;

const FilledOrderWire = Nullable(
  Type.Object({ price: DecimalText, quantity: DecimalText, time: Instant, commission: DecimalText }),
);

export const FillsComparedWire = Type.Object(
  {
    text: Type.String(),
    effect: DecimalText,
    orders: Type.Array(
      Type.Object({
        decided_at: Instant,
        symbol: Type.String(),
        side: SideName,
        simulated: FilledOrderWire,
        actual: FilledOrderWire,
        effect: DecimalText,
      }),
    ),
  },
  {
    'x-name': 'FillsCompared',
    description: 'Entries held against the simulated exchange over the same bars; USD, positive when better.',
  },
);
export type FillsComparedWire = Static<typeof FillsComparedWire>;

export const ReportWire = Type.Object(
  {
    ...rowFields,
    version: Type.Integer(),
    source: Type.Object({ label: Type.String(), synthetic: Type.Boolean(), tape_id: Nullable(Type.String()) }),
    lanes: Type.Array(ReportLaneWire),
    fills_compared: Type.Optional(Nullable(FillsComparedWire)),
    timeline: Type.Array(
      Type.Object({
        timestamp: Instant,
        event: Type.String(),
        agent_id: Nullable(Type.String()),
        agent_type: Nullable(Type.String()),
        symbol: Nullable(Type.String()),
        text: Type.String(),
      }),
    ),
  },
  { 'x-name': 'Report' },
);
export type ReportWire = Static<typeof ReportWire>;
