import { isLive } from '../position/exit-controller.ts';
import type { DeskOrder } from '../position/position-state.ts';
import type { AccountOrder, AccountPosition } from './account-position.ts';

/** Shares that no armed stop covers. A stop whose cancel is pending covers nothing; the legs of an incomplete entry are dead. */
export function nakedShares(position: AccountPosition): bigint {
  if (position.status === 'closed' || position.initialStop === null) return 0n;
  let covered = 0n;
  if (position.entryComplete) {
    const groups = new Set<string>();
    for (const order of position.orders) {
      if (order.leg !== 'stop' || groups.has(order.groupId) || isUnseenLeg(order)) continue;
      if (order.status !== 'working' && order.status !== 'partially_filled' && order.status !== 'pending_replace')
        continue;
      groups.add(order.groupId);
      const target = position.orders.find(
        (other) => other.groupId === order.groupId && isTarget(other) && isLive(other),
      );
      const left = order.quantity - order.filledQuantity;
      const leftOfTarget = target === undefined ? left : target.quantity - target.filledQuantity;
      covered += left < leftOfTarget ? left : leftOfTarget;
    }
  }
  return covered >= position.quantity ? 0n : position.quantity - covered;
}

/** It works, or somebody else asked for its cancel and may take that back. */
export function mayBeCanceled({ status, cancelAskedAt }: AccountOrder): boolean {
  return (
    status === 'working' || status === 'partially_filled' || (status === 'pending_cancel' && cancelAskedAt === null)
  );
}

/** I1: the newest group, where what rests would sell more than is held; null where it would not. */
export function surplusGroup(position: AccountPosition): readonly AccountOrder[] | null {
  return restingShares(position) > position.quantity ? ([...restingGroups(position).values()].at(-1) ?? null) : null;
}

/** What resting exits could still sell; a group counts once. */
export function restingShares(position: AccountPosition): bigint {
  let resting = 0n;
  for (const [first] of restingGroups(position).values())
    if (first !== undefined) resting += first.quantity - first.filledQuantity;
  return resting;
}

function restingGroups(position: AccountPosition): ReadonlyMap<string, readonly AccountOrder[]> {
  const groups = new Map<string, AccountOrder[]>();
  for (const order of position.orders)
    if (order.leg !== 'entry' && order.leg !== 'close' && isLive(order))
      groups.set(order.groupId, [...(groups.get(order.groupId) ?? []), order]);
  return groups;
}

/** A leg that nobody has seen at the broker: it was sent with its parent, and has no number yet. */
export function isUnseenLeg(order: AccountOrder): boolean {
  return order.request === null && order.replaces === null && order.brokerOrderId === null;
}

export function hasPartialFill(position: AccountPosition, groupId: string): boolean {
  return position.orders.some(
    (order) => order.groupId === groupId && order.leg !== 'entry' && isLive(order) && order.filledQuantity > 0n,
  );
}

export function hasLostTarget(position: AccountPosition, groupId: string): boolean {
  const targets = position.orders.filter((order) => order.groupId === groupId && isTarget(order));
  return targets.length > 0 && !targets.some((order) => isLive(order));
}

/** Its target was filled: the broker ends the stop, and may forget to say so. */
export function hasFilledTarget(position: AccountPosition, stop: AccountOrder): boolean {
  return position.orders.some(
    (order) =>
      order.groupId === stop.groupId && isTarget(order) && order.status === 'filled' && stop.filledQuantity === 0n,
  );
}

export function isTarget({ leg }: DeskOrder): boolean {
  return leg === 'target_1' || leg === 'target_2';
}

export function hasOwnExit(position: AccountPosition): boolean {
  return position.orders.some((order) => order.leg !== 'entry' && order.filledQuantity > 0n);
}

export function isClosed(position: AccountPosition): boolean {
  return position.status === 'closed';
}

export function exitSide(position: AccountPosition): 'buy' | 'sell' {
  return position.side === 'long' ? 'sell' : 'buy';
}
