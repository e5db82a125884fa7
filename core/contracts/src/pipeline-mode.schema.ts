import Type, { type Static } from 'typebox';
import { Id, Nullable, TradingModeName, VenueName } from './wire-value.schema.ts';

/** Something that a change of mode asks for and that is not there. */
export const MissingGuardWire = Type.Object(
  { guard: Type.String({ description: 'Its name, such as open_position or carries_stop.' }), text: Type.String() },
  { 'x-name': 'MissingGuard' },
);
export type MissingGuardWire = Static<typeof MissingGuardWire>;

export const ModeStepWire = Type.Object(
  {
    mode: TradingModeName,
    venue: VenueName,
    text: Type.String(),
    missing: Type.Array(MissingGuardWire),
  },
  { 'x-name': 'ModeStep' },
);
export type ModeStepWire = Static<typeof ModeStepWire>;

export const PipelineModeWire = Type.Object(
  {
    pipeline_id: Id,
    trading_mode: TradingModeName,
    venue: VenueName,
    draft_version: Type.Integer(),
    published_version: Nullable(Type.Integer()),
    ladder: Type.Array(ModeStepWire, { description: 'Every mode in the order of risk, and what is missing for it.' }),
  },
  { 'x-name': 'PipelineMode' },
);
export type PipelineModeWire = Static<typeof PipelineModeWire>;

export const ChangeModeWire = Type.Object(
  {
    mode: TradingModeName,
    reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }),
    expected_version: Type.Integer({ description: 'The draft_version that was looked at.' }),
  },
  { 'x-name': 'ChangeMode', additionalProperties: false },
);
export type ChangeModeWire = Static<typeof ChangeModeWire>;
