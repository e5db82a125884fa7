/** The durable runtime: the real clock, PostgreSQL, pg-boss. */
export type {
  AccountBinding,
  BrokerFor,
} from './account/account-binding.ts';
export type { AccountRow } from './account/account-store.ts';
export type { RateLeft } from './account/broker-lanes.ts';
export type { EventCodec } from './engine/event-codec.ts';
export type { AccountBindings, BoundAccount, MarketDriver, MarketStep } from './feed/account-link.ts';
export type { TapeSymbol } from './feed/tape-cursor.ts';
export { type Runtime, type RuntimeOptions, startRuntime } from './runtime.ts';
