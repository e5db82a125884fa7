import Type from 'typebox';
import { MapOf, TradingModeName } from './wire-value.schema.ts';

export const StatusWire = Type.Object(
  {
    mode_banner: Type.Object({ mode: TradingModeName, text: Type.String() }),
    version: Type.String(),
    demo: Type.Boolean(),
  },
  { 'x-name': 'Status' },
);
export const HealthWire = Type.Object({ status: Type.Literal('ok') });
export const ReadinessWire = Type.Object({
  status: Type.Enum(['ok', 'unavailable']),
  checks: MapOf(Type.Enum(['ok', 'unavailable'])),
});
