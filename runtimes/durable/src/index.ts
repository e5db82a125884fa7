/** The durable runtime: the real clock, PostgreSQL, pg-boss. */
export type {
  AccountBinding,
  AtCrashPoint,
  BrokerFor,
  CrashPoint,
} from './account/account-binding.ts';
export { readExactly, writeExactly } from './account/account-codec.ts';
export type { MarketBody } from './account/account-inbox.ts';
export type { AccountRow } from './account/account-store.ts';
export type { RateLeft } from './account/broker-lanes.ts';
export type { EventCodec } from './engine/event-codec.ts';
export type { AccountBindings, BoundAccount, MarketDriver, MarketStep } from './feed/account-link.ts';
export type { TapeSymbol } from './feed/tape-cursor.ts';
export { type Runtime, type RuntimeOptions, startRuntime } from './runtime.ts';
