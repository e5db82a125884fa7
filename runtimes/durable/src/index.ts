/** The durable runtime: the real clock, PostgreSQL, pg-boss. */
export type { EventCodec } from './engine/event-codec.ts';
export type { TapeSymbol } from './feed/tape-cursor.ts';
export { type Runtime, type RuntimeOptions, startRuntime } from './runtime.ts';
