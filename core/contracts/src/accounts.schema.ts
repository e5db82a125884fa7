import Type, { type Static } from 'typebox';
import { Id, Nullable, TradingModeName } from './wire-value.schema.ts';

/** Whose money it is: a simulated account belongs to one pipeline; a broker's is a sandbox, paper or live. */
export const AccountRefWire = Type.Object(
  {
    id: Id,
    kind: Type.Enum(['simulated', 'broker']),
    label: Nullable(Type.Enum(['sandbox', 'paper', 'live'])),
    name: Type.String({ examples: ['Alpaca paper'] }),
    trading_mode: TradingModeName,
  },
  { 'x-name': 'AccountRef' },
);
export type AccountRefWire = Static<typeof AccountRefWire>;

export const PipelineRefWire = Type.Object({ id: Id, name: Type.String() }, { 'x-name': 'PipelineRef' });
export type PipelineRefWire = Static<typeof PipelineRefWire>;
