import type { Fill, Money, OrderRequest, OrderType, Price, Quantity, Side, TimeInForce } from '@bellwether/domain';
import type { BrokerCapabilities } from './capabilities.ts';

export type BrokerOrderId = string & { readonly unit: 'broker order' };

/** `held`: a leg whose entry is not complete. */
export type BrokerOrderStatus =
  | 'held'
  | 'working'
  | 'partially_filled'
  | 'filled'
  | 'canceled'
  | 'expired'
  | 'rejected'
  | 'replaced';

/** What the broker holds for an order of ours. */
export interface BrokerOrder {
  readonly brokerOrderId: BrokerOrderId;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: Quantity;
  readonly filledQuantity: Quantity;
  /** Σ price × quantity ÷ Σ quantity of its fills; null before the first. */
  readonly averageFillPrice: Price | null;
  readonly limitPrice: Price | null;
  readonly stopPrice: Price | null;
  readonly timeInForce: TimeInForce;
  readonly status: BrokerOrderStatus;
  readonly submittedAt: Temporal.Instant;
  readonly replacedBy: BrokerOrderId | null;
  /** The other members of its group, when it is the one under which the group was sent. */
  readonly legs: readonly BrokerOrder[];
}

export type SubmitOutcome =
  | { readonly kind: 'accepted'; readonly order: BrokerOrder }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly code: string; readonly text: string }
  | { readonly kind: 'unknown'; readonly cause: string };

export interface OrderQuery {
  readonly status: 'live' | 'all';
  /** Every symbol when absent. */
  readonly symbol?: string;
}

/** The account's net per symbol; negative when short. */
export interface BrokerPosition {
  readonly symbol: string;
  readonly quantity: Quantity;
  readonly averageEntry: Price;
}

export interface BrokerAccount {
  readonly equity: Money;
  readonly cash: Money;
  readonly buyingPower: Money;
  /** The broker takes nothing but closes: a margin call, or a restriction. */
  readonly closingOnly: boolean;
}

/** Something happened to an order. Lossy by contract: what counts is read from the broker again. */
export interface BrokerEvent {
  readonly kind: 'accepted' | 'rejected' | 'partially_filled' | 'filled' | 'canceled' | 'expired' | 'replaced';
  readonly at: Temporal.Instant;
  readonly order: BrokerOrder;
  readonly fill: Fill | null;
}

/**
 * One account at one broker. There is no "close this symbol" and no "close everything": those act on shares we may not own.
 *
 * Invariants: 1. `submit` and `replace` make exactly one request, never retried inside. 2. what cannot be known is said: `unknown`.
 */
export interface Broker {
  readonly capabilities: BrokerCapabilities;
  submit(order: OrderRequest): Promise<SubmitOutcome>;
  /** Returns the order, at the end of its chain of replacements. `undefined` proves nothing. */
  find(clientOrderId: string): Promise<BrokerOrder | undefined>;
  /** Moves a live stop; its successor is known as `as`. */
  replace(id: BrokerOrderId, prices: { readonly stopPrice: Price }, as: string): Promise<SubmitOutcome>;
  /** Asks; that it is done comes as an event. */
  cancel(id: BrokerOrderId): Promise<'requested' | 'already_terminal' | 'unknown'>;
  /** Returns orders under which groups were sent, oldest first, legs nested. */
  orders(query: OrderQuery): Promise<readonly BrokerOrder[]>;
  /** Returns fills at or after `since`, oldest first. */
  fills(since: Temporal.Instant): Promise<readonly Fill[]>;
  positions(): Promise<readonly BrokerPosition[]>;
  account(): Promise<BrokerAccount>;
  /** Each (re)connect starts a reconciliation: what happened in between is not told again. */
  events(): AsyncIterable<BrokerEvent>;
}
