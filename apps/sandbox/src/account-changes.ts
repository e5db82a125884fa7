import type { EpochMs, Quantity } from '@bellwether/domain';
import type { FillRecord, OrderRecord } from './order-registry.ts';
import type { Stamp } from './wire-stamp.ts';

/** Where an account comes from; kept with it, so that it can be made again. */
export interface AccountOrigin {
  /** Of faults and of how much of an order fills first. */
  readonly seed: number;
  /** Of the ids that the broker gives. Another one than before keeps an account that is begun anew from using its ids again. */
  readonly idSeed: number;
  readonly createdAt: EpochMs;
}

/** What the stream is told; `fill` is there on fills. */
export interface TradeUpdate {
  readonly event: string;
  readonly order: OrderRecord;
  readonly at: Stamp;
  readonly executionId: string;
  readonly fill: FillRecord | null;
  readonly positionQuantity: Quantity;
}

/** What a call of the market came to. */
export interface MarketAnswer {
  readonly events: number;
  readonly streamSeq: number;
}
