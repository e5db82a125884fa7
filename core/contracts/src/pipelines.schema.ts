import Type, { type Static } from 'typebox';
import {
  Id,
  Instant,
  ListOf,
  Nullable,
  OpenObject,
  PageOf,
  RunModeName,
  TradingModeName,
  VenueName,
} from './wire-value.schema.ts';

export const ExecutionStatusName = Type.Enum(['pending', 'running', 'waiting', 'completed', 'failed', 'canceled']);
export const ExecutionResultName = Type.Enum(['traded', 'blocked', 'failed', 'canceled']);
const PipelineStateName = Type.Enum([
  'stopped',
  'armed',
  'running',
  'holding',
  'sleeping',
  'paused',
  'cooling',
  'halted',
  'completed',
]);

const pipelineFields = {
  id: Id,
  name: Type.String(),
  description: Type.String(),
  symbol: Nullable(Type.String()),
  symbols: Type.Array(Type.String()),
  run_mode: RunModeName,
  trading_mode: TradingModeName,
  venue: VenueName,
  state: PipelineStateName,
  state_text: Type.String({ description: 'One line for people: what it does or waits for.' }),
  draft_version: Type.Integer(),
  published_version: Nullable(Type.Integer()),
  has_unpublished_changes: Type.Boolean(),
  template_id: Nullable(Type.String()),
  open_execution_id: Nullable(Id),
  last_execution: Nullable(
    Type.Object({
      id: Id,
      status: ExecutionStatusName,
      result: Nullable(ExecutionResultName),
      reason: Nullable(Type.String()),
      ended_at: Nullable(Instant),
    }),
  ),
  next_run_at: Nullable(Instant),
  created_at: Instant,
  updated_at: Instant,
  archived_at: Nullable(Instant),
};

export const PipelineWire = Type.Object(pipelineFields, { 'x-name': 'Pipeline' });
export type PipelineWire = Static<typeof PipelineWire>;
/** A symbol that was closed by hand: nothing is entered in it until it is re-armed. */
export const LatchWire = Type.Object(
  { symbol: Type.String(), since: Instant, reason: Type.String() },
  { 'x-name': 'Latch' },
);
export type LatchWire = Static<typeof LatchWire>;

export const PipelineDetailWire = Type.Object(
  { ...pipelineFields, config: OpenObject, latches: Type.Array(LatchWire) },
  { 'x-name': 'PipelineDetail' },
);
export type PipelineDetailWire = Static<typeof PipelineDetailWire>;
export const PipelinePage = PageOf(PipelineWire);

export const PipelineProblemWire = Type.Object(
  {
    code: Type.String(),
    severity: Type.Enum(['error', 'warning']),
    node_id: Type.Optional(Type.String()),
    edge: Type.Optional(Type.Object({ from: Type.String(), to: Type.String() })),
    field: Type.Optional(Type.String()),
    message: Type.String(),
    fix: Type.Optional(Type.Object({ text: Type.String(), edits: Type.Array(OpenObject) })),
  },
  { 'x-name': 'PipelineProblem' },
);
export const ValidationWire = Type.Object(
  { problems: Type.Array(PipelineProblemWire), order: Type.Array(Type.String()) },
  { 'x-name': 'Validation' },
);

const versionFields = {
  version: Type.Integer(),
  content_hash: Type.String(),
  published_at: Instant,
  note: Nullable(Type.String()),
};
export const PipelineVersionWire = Type.Object(versionFields, { 'x-name': 'PipelineVersion' });
export type PipelineVersionWire = Static<typeof PipelineVersionWire>;
export const PipelineVersionDetailWire = Type.Object(
  { ...versionFields, document: OpenObject },
  { 'x-name': 'PipelineVersionDetail' },
);
export type PipelineVersionDetailWire = Static<typeof PipelineVersionDetailWire>;
export const PipelineVersionList = ListOf(PipelineVersionWire);

export const PublishWire = Type.Object({ note: Type.Optional(Nullable(Type.String({ maxLength: 2000 }))) });
export const PublishedWire = Type.Object({ version: Type.Integer(), content_hash: Type.String() });
export const CloneWire = Type.Object({ name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })) });

/** Where the prices of a simulated execution come from; without a tape the pipeline's template chooses. */
export const SourceRequestWire = Type.Object({
  kind: Type.Literal('demo_tape'),
  tape_id: Type.Optional(Nullable(Type.String({ maxLength: 100 }))),
  speed: Type.Optional(Nullable(Type.Number({ minimum: 0, maximum: 1_000_000 }))),
});
export type SourceRequestWire = Static<typeof SourceRequestWire>;
export const RunWire = Type.Object({ source: Type.Optional(SourceRequestWire) });
export const RunAcceptedWire = Type.Object({ execution_id: Id });

export const TemplateWire = Type.Object(
  {
    template_id: Type.String(),
    name: Type.String(),
    description: Type.String(),
    symbols: Type.Array(Type.String()),
    tags: Type.Array(Type.String()),
    free: Type.Boolean(),
    document: OpenObject,
    tape_id: Nullable(Type.String()),
  },
  { 'x-name': 'Template' },
);
export type TemplateWire = Static<typeof TemplateWire>;
export const TemplateList = ListOf(TemplateWire);
