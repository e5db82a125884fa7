import Type, { type Static } from 'typebox';
import {
  DecimalText,
  Id,
  Instant,
  Nullable,
  PageOf,
  PositionSide,
  TradingModeName,
  VenueName,
} from './wire-value.schema.ts';

/** A closed round of one position. */
export const TradeWire = Type.Object(
  {
    id: Id,
    position_id: Id,
    pipeline_id: Id,
    execution_id: Id,
    symbol: Type.String(),
    side: PositionSide,
    quantity: DecimalText,
    entry_time: Instant,
    entry_price: DecimalText,
    exit_time: Instant,
    exit_price: DecimalText,
    pnl: DecimalText,
    fees: DecimalText,
    slippage: DecimalText,
    r_multiple: Nullable(Type.Number()),
    close_reason: Type.String(),
    trading_mode: TradingModeName,
    /** Left out by events. */
    venue: Type.Optional(VenueName),
  },
  { 'x-name': 'Trade' },
);
export type TradeWire = Static<typeof TradeWire>;
export const TradePage = PageOf(TradeWire);
