import Type, { type Static } from 'typebox';
import { Instant, ListOf, Nullable, TimeframeName } from './wire-value.schema.ts';

export const TapeWire = Type.Object(
  {
    tape_id: Type.String(),
    title: Type.String(),
    label: Type.String(),
    synthetic: Type.Boolean(),
    symbols: Type.Array(Type.String()),
    timeframe: TimeframeName,
    from: Type.String({ description: 'Session date, included.' }),
    to: Type.String({ description: 'Session date, included.' }),
  },
  { 'x-name': 'Tape' },
);
export type TapeWire = Static<typeof TapeWire>;
export const TapeList = ListOf(TapeWire);

export const BarsWire = Type.Object(
  {
    symbol: Type.String(),
    timeframe: TimeframeName,
    source: Type.Object({ label: Type.String(), synthetic: Type.Boolean() }),
    bars: Type.Array(
      Type.Object({
        time: Instant,
        open: Type.Number(),
        high: Type.Number(),
        low: Type.Number(),
        close: Type.Number(),
        volume: Type.Number(),
      }),
    ),
  },
  { 'x-name': 'Bars' },
);
export type BarsWire = Static<typeof BarsWire>;

export const MarketSessionWire = Type.Object(
  {
    phase: Type.Enum(['pre_market', 'open', 'closing_soon', 'after_hours', 'closed']),
    until: Nullable(Instant),
    next_open: Nullable(Instant),
    next_close: Nullable(Instant),
    half_day: Type.Boolean(),
    server_time: Instant,
    exchange: Type.String(),
  },
  { 'x-name': 'MarketSession' },
);
export type MarketSessionWire = Static<typeof MarketSessionWire>;
