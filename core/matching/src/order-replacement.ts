import type { EpochMs, Money, Quantity } from '@bellwether/domain';
import type { OrderChanges } from './exchange.ts';
import { isLive, type LiveOrder, remainingOf } from './exchange-order.ts';

/** Returns what forbids the replacement, or `undefined`. */
export function replaceProblem(old: LiveOrder, changes: OrderChanges): string | undefined {
  if (!isLive(old) || old.triggered) return `expected a live order, was ${old.type} ${old.status}`;
  const { quantity, limitPrice, stopPrice } = changes;
  if (stopPrice !== undefined && old.type !== 'stop')
    return `expected a stop price on stops only, was type ${old.type}`;
  if (stopPrice !== undefined && stopPrice <= 0n) return 'expected a stop price above 0';
  if (limitPrice !== undefined && limitPrice <= 0n) return 'expected a limit price above 0';
  if (limitPrice !== undefined && old.limitPrice === null)
    return `expected a limit price on orders that have one, was type ${old.type}`;
  return quantity !== undefined && quantity <= 0n ? `expected a quantity above 0, was ${quantity}` : undefined;
}

/** Returns the order that takes the place of `old`: the same group and role, nothing filled yet. */
export function successorOf(old: LiveOrder, changes: OrderChanges, as: string, at: EpochMs): LiveOrder {
  return {
    ...old,
    clientOrderId: as,
    filledQuantity: 0n as Quantity,
    filledExact: 0n,
    fillCount: 0,
    commission: 0n as Money,
    quantity: changes.quantity ?? remainingOf(old),
    limitPrice: changes.limitPrice ?? old.limitPrice,
    stopPrice: changes.stopPrice ?? old.stopPrice,
    status: old.status === 'held' ? 'held' : 'working',
    submittedAt: at,
    workingSince: at,
  };
}
