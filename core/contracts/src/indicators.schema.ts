import Type, { type Static } from 'typebox';
import { ListOf } from './wire-value.schema.ts';

export const IndicatorWire = Type.Object(
  {
    name: Type.String(),
    title: Type.String(),
    description: Type.String(),
    params: Type.Array(
      Type.Object({
        name: Type.String(),
        title: Type.String(),
        description: Type.String(),
        type: Type.Enum(['integer', 'number']),
        default: Type.Number(),
        minimum: Type.Number(),
        maximum: Type.Number(),
      }),
    ),
    outputs: Type.Array(Type.String()),
    default_output: Type.String(),
  },
  { 'x-name': 'Indicator' },
);
export type IndicatorWire = Static<typeof IndicatorWire>;
export const IndicatorList = ListOf(IndicatorWire);
