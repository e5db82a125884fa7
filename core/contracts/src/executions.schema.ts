import Type, { type Static } from 'typebox';
import { RefusalWire, TriggerWire } from './outputs.schema.ts';
import { ExecutionResultName, ExecutionStatusName } from './pipelines.schema.ts';
import {
  DecimalText,
  Id,
  Instant,
  Nullable,
  PageOf,
  RunModeName,
  TradingModeName,
  VenueName,
} from './wire-value.schema.ts';

export const SourceWire = Type.Object(
  {
    kind: Type.Enum(['demo_tape', 'live']),
    tape_id: Nullable(Type.String()),
    speed: Nullable(Type.Number()),
    label: Type.String(),
    synthetic: Type.Boolean(),
  },
  { 'x-name': 'Source', description: 'Where the prices come from, with what must be said wherever they appear.' },
);
export type SourceWire = Static<typeof SourceWire>;

export const BlockedWire = Type.Object({ ...RefusalWire.properties, agent_id: Type.String() }, { 'x-name': 'Blocked' });
export type BlockedWire = Static<typeof BlockedWire>;

export const LaneWire = Type.Object(
  {
    symbol: Type.String(),
    status: Type.Enum(['running', 'waiting', 'traded', 'blocked', 'failed', 'canceled']),
    blocked: Nullable(BlockedWire),
    steps: Type.Array(
      Type.Object({
        agent_id: Type.String(),
        agent_type: Type.String(),
        status: Type.Enum(['waiting', 'running', 'done', 'blocked', 'failed', 'skipped']),
        summary: Nullable(Type.String()),
        at: Nullable(Instant),
      }),
    ),
  },
  { 'x-name': 'Lane' },
);
export type LaneWire = Static<typeof LaneWire>;

export const ExecutionWire = Type.Object(
  {
    id: Id,
    pipeline_id: Id,
    pipeline_name: Type.String(),
    version: Type.Integer(),
    status: ExecutionStatusName,
    result: Nullable(ExecutionResultName),
    reason: Nullable(Type.String()),
    trading_mode: TradingModeName,
    venue: VenueName,
    run_mode: RunModeName,
    trigger: Nullable(TriggerWire),
    source: SourceWire,
    symbols: Type.Array(Type.String()),
    started_at: Instant,
    market_time: Nullable(Instant),
    ended_at: Nullable(Instant),
    total_cost: DecimalText,
    report_id: Nullable(Id),
    last_journal_seq: Type.Integer(),
    lanes: Type.Array(LaneWire),
    as_of_seq: Type.Integer({ description: "The newest number of the user's stream that this snapshot may contain." }),
  },
  { 'x-name': 'Execution' },
);
export type ExecutionWire = Static<typeof ExecutionWire>;
export const ExecutionPage = PageOf(ExecutionWire);
export const CancelWire = Type.Object({ reason: Type.Optional(Nullable(Type.String({ maxLength: 2000 }))) });
