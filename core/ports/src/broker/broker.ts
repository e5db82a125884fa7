import type { Money, OrderRequest, OrderType, Price, Quantity, Side, TimeInForce } from '@bellwether/domain';
import type { BrokerCapabilities } from './capabilities.ts';

export type BrokerOrderId = string & { readonly unit: 'broker order' };

/** An order that the risk gate has let through. Only the gate can mint one. */
export type ApprovedOrder = OrderRequest & { readonly approvedBy: 'risk gate' };

/** `held`: a leg that waits for its entry, or a stop that waits behind its target. */
export type BrokerOrderStatus =
  | 'held'
  | 'working'
  | 'partially_filled'
  | 'pending_cancel'
  | 'pending_replace'
  | 'filled'
  | 'canceled'
  | 'expired'
  | 'rejected'
  | 'replaced';

/** What the broker holds for an order, ours or somebody else's. */
export interface BrokerOrder {
  readonly brokerOrderId: BrokerOrderId;
  /** Ours for what we submitted and for the successors we named; the broker's own for legs. */
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  /** `other`: a kind that we never send. A stop that the broker turned into a stop-limit is a `stop`. */
  readonly type: OrderType | 'other';
  readonly quantity: Quantity;
  readonly filledQuantity: Quantity;
  /** Σ price × quantity ÷ Σ quantity of its fills; null before the first. */
  readonly averageFillPrice: Price | null;
  /** What its fills have cost so far; absent where the broker does not say. */
  readonly commission?: Money;
  readonly limitPrice: Price | null;
  readonly stopPrice: Price | null;
  readonly timeInForce: TimeInForce | 'other';
  readonly status: BrokerOrderStatus;
  readonly submittedAt: Temporal.Instant;
  readonly replacedBy: BrokerOrderId | null;
  /** The other members of its group, when it is the one under which the group was sent. */
  readonly legs: readonly BrokerOrder[];
}

/** `account`: the refusal concerns everything that this connection could send (keys, a blocked account), not just the order. */
export type SubmitOutcome =
  | { readonly kind: 'accepted'; readonly order: BrokerOrder }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly code: string; readonly text: string; readonly scope: 'order' | 'account' }
  | { readonly kind: 'unknown'; readonly cause: string };

export type CancelOutcome = 'requested' | 'already_terminal' | 'unknown';

export interface OrderQuery {
  readonly status: 'live' | 'all';
  /** Every symbol when absent. */
  readonly symbol?: string;
  /** Only what was submitted at or after it. */
  readonly since?: Temporal.Instant;
}

/** The account's net per symbol; negative when short. */
export interface BrokerPosition {
  readonly symbol: string;
  readonly quantity: Quantity;
  readonly averageEntry: Price;
}

export interface BrokerAccount {
  /** As the broker numbers it; it never changes behind a connection. */
  readonly brokerAccountId: string;
  readonly equity: Money;
  /** Equity at the previous close; null where the broker does not say. */
  readonly lastEquity: Money | null;
  /** Paid in less drawn out since `lastEquity`: no gain and no loss. Absent where the broker does not say. */
  readonly netDepositsToday?: Money;
  readonly cash: Money;
  readonly buyingPower: Money;
  /** The broker takes nothing but closes: a margin call, or a restriction. */
  readonly closingOnly: boolean;
  /** The broker takes nothing at all. */
  readonly blocked: boolean;
}

/** An executed part of an order as the broker tells it. */
export interface BrokerFill {
  /** Unique in the account, the same in stream and history. */
  readonly fillId: string;
  readonly brokerOrderId: BrokerOrderId;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly at: Temporal.Instant;
  /** What this fill added to the fees, where the broker says; zero otherwise. */
  readonly fee: Money;
}

/** Something happened to an order, or to the stream itself. Lossy by contract: what counts is read from the broker again. */
export type BrokerEvent =
  | {
      readonly kind:
        | 'accepted'
        | 'rejected'
        | 'partially_filled'
        | 'filled'
        | 'canceled'
        | 'expired'
        | 'replaced'
        | 'other';
      readonly at: Temporal.Instant;
      readonly order: BrokerOrder;
      readonly fill: BrokerFill | null;
    }
  | { readonly kind: 'connected'; readonly at: Temporal.Instant }
  | { readonly kind: 'disconnected'; readonly at: Temporal.Instant; readonly cause: string };

/**
 * One account at one broker. There is no "close this symbol" and no "close everything": those act on shares we may not own.
 *
 * Invariants: 1. `submit` and `replace` make exactly one request, never retried inside. 2. what cannot be known is said: `unknown`.
 * Reads throw a retryable `broker/unreachable`, a `broker/throttled`, or a `rejected` `broker/unauthorized`.
 */
export interface Broker {
  readonly capabilities: BrokerCapabilities;
  submit(order: ApprovedOrder): Promise<SubmitOutcome>;
  /** Returns the order, at the end of its chain of replacements, its legs with it. `undefined` proves nothing. */
  find(clientOrderId: string): Promise<BrokerOrder | undefined>;
  /** The same by the broker's number: legs have no other name. */
  findById(id: BrokerOrderId): Promise<BrokerOrder | undefined>;
  /** Moves a live stop; its successor is known as `as`. */
  replace(id: BrokerOrderId, prices: { readonly stopPrice: Price }, as: string): Promise<SubmitOutcome>;
  /** Asks; that it is done comes as an event. */
  cancel(id: BrokerOrderId): Promise<CancelOutcome>;
  /** Returns orders under which groups were sent, oldest first, legs nested. */
  orders(query: OrderQuery): Promise<readonly BrokerOrder[]>;
  /** Returns fills at or after `since`, oldest first. */
  fills(since: Temporal.Instant): Promise<readonly BrokerFill[]>;
  positions(): Promise<readonly BrokerPosition[]>;
  account(): Promise<BrokerAccount>;
  /** Begins with `connected`. Each (re)connect starts a reconciliation: what happened in between is not told again. */
  events(): AsyncIterable<BrokerEvent>;
}
