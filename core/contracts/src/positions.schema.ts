import Type, { type Static } from 'typebox';
import { DecimalText, Id, Instant, Nullable, PositionSide, TradingModeName } from './wire-value.schema.ts';

export const PositionWire = Type.Object(
  {
    id: Id,
    pipeline_id: Id,
    execution_id: Id,
    symbol: Type.String(),
    side: PositionSide,
    state: Type.Enum(['opening', 'protecting', 'open', 'converting', 'closing', 'closed']),
    quantity: DecimalText,
    intended_quantity: DecimalText,
    average_entry: Nullable(DecimalText),
    initial_stop: Nullable(DecimalText),
    stop: Nullable(DecimalText),
    target_1: Nullable(DecimalText),
    target_2: Nullable(DecimalText),
    last_price: Nullable(DecimalText),
    unrealized_pnl: Nullable(DecimalText),
    realized_pnl: Nullable(DecimalText),
    opened_at: Nullable(Instant),
    closed_at: Nullable(Instant),
    trading_mode: TradingModeName,
  },
  { 'x-name': 'Position' },
);
export type PositionWire = Static<typeof PositionWire>;
