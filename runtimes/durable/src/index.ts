/** The durable runtime: the real clock, PostgreSQL, pg-boss. */
export type { EventCodec, EventDocument } from './engine/event-codec.ts';
export type { WallClock } from './feed/pace.ts';
export type { TapeSymbol } from './feed/tape-cursor.ts';
export type { ExecutionRow } from './jobs/advance-execution.ts';
export { PROCESS_CLOCK } from './process-clock.ts';
export { type Runtime, type RuntimeOptions, type RuntimeRoles, startRuntime } from './runtime.ts';
