import type { EpochMs, OrderType, Price, Quantity, Side, TimeInForce } from '@bellwether/domain';
import type { BrokerFill, BrokerOrder, BrokerOrderId, BrokerOrderStatus } from './broker.ts';

/** Orders of which one's fill or cancel ends the others. The root is the member that was sent. */
export interface FakeGroup {
  readonly kind: 'simple' | 'bracket' | 'oto' | 'oco';
  readonly members: FakeOrder[];
}

/** An order as the fake broker keeps it. */
export interface FakeOrder {
  readonly id: BrokerOrderId;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  quantity: Quantity;
  filled: Quantity;
  /** Σ price × quantity, unrounded. */
  amount: bigint;
  readonly limitPrice: Price | null;
  readonly stopPrice: Price | null;
  readonly timeInForce: TimeInForce;
  status: BrokerOrderStatus;
  readonly submittedAt: Temporal.Instant;
  /** Before it, no read shows the order. */
  readonly visibleAt: EpochMs;
  replacedBy: FakeOrder | null;
  /** The order whose place it is to take, while that one still works. */
  waitsFor: FakeOrder | null;
  /** Through the API, or by the user's own hand. */
  readonly by: 'api' | 'user';
  readonly part: 'plain' | 'entry' | 'target' | 'stop';
  readonly group: FakeGroup;
  /** A stop that was hit: it sells at the market until it is through. */
  triggered: boolean;
  /** What is left of a partial fill fills no earlier. */
  restAt: EpochMs;
  /** Whether luck makes its first fill a partial one. */
  readonly breaks: boolean;
  /** When its cancel takes effect; null while none was asked for. */
  cancelAt: EpochMs | null;
}

/** Something that happened to an order; the report is of that instant. */
export interface FakeEvent {
  readonly kind:
    | 'accepted'
    | 'rejected'
    | 'partially_filled'
    | 'filled'
    | 'canceled'
    | 'expired'
    | 'replaced'
    | 'other';
  readonly at: EpochMs;
  readonly order: BrokerOrder;
  readonly fill: BrokerFill | null;
}

const OVER: ReadonlySet<BrokerOrderStatus> = new Set(['filled', 'canceled', 'expired', 'rejected', 'replaced']);

export function isOver(order: FakeOrder): boolean {
  return OVER.has(order.status);
}

export function remainingOf(order: FakeOrder): Quantity {
  return (order.quantity - order.filled) as Quantity;
}

export function rootOf(order: FakeOrder): FakeOrder {
  return order.group.members[0] ?? order;
}

export function memberOf(order: FakeOrder, part: FakeOrder['part']): FakeOrder | undefined {
  return order.group.members.find((member) => member.part === part && !isOver(member));
}

/** Whether a stop acts by itself now: plain ones at once, those of a group when their entry is completely filled. */
export function isArmed(order: FakeOrder): boolean {
  if (order.type !== 'stop' || isOver(order) || order.waitsFor !== null) return false;
  const root = rootOf(order);
  return root.part !== 'entry' || root.status === 'filled';
}

/** The end of its chain of replacements. */
export function successorOf(order: FakeOrder): FakeOrder {
  let last = order;
  while (last.status === 'replaced' && last.replacedBy !== null) last = last.replacedBy;
  return last;
}

/** Returns what the broker tells of an order, its legs with it when it is the one under which they were sent. */
export function reportOf(order: FakeOrder): BrokerOrder {
  const { members } = order.group;
  const legs = members.length > 1 && members[0] === order ? members.slice(1).map(reportOf) : [];
  return {
    brokerOrderId: order.id,
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    quantity: order.quantity,
    filledQuantity: order.filled,
    averageFillPrice: order.filled === 0n ? null : ((order.amount / order.filled) as Price),
    limitPrice: order.limitPrice,
    stopPrice: order.stopPrice,
    timeInForce: order.timeInForce,
    status: order.status,
    submittedAt: order.submittedAt,
    replacedBy: order.replacedBy?.id ?? null,
    legs,
  };
}
