import { isTerminal } from '@bellwether/domain';
import type { BrokerOrder } from '@bellwether/ports';
import type { AccountLedger } from './account-ledger.ts';
import type { AccountOrder } from './account-position.ts';

/** A leg is found by the broker's number, by our id for a successor, or by its role under its parent. */
export function legOf(ledger: AccountLedger, parent: AccountOrder, leg: BrokerOrder): AccountOrder | undefined {
  const known = ledger.byBrokerId.get(leg.brokerOrderId) ?? ledger.orders.get(leg.clientOrderId);
  if (known !== undefined) return known;
  const wanted = leg.type === 'limit' ? 'target' : 'stop';
  return ledger
    .positionOf(parent)
    .orders.find(
      (order) =>
        order !== parent &&
        order.groupId === parent.clientOrderId &&
        order.brokerOrderId === null &&
        order.replaces === null &&
        (order.leg === 'stop' ? 'stop' : 'target') === wanted,
    );
}

/** The legs of an entry that ended before it was complete are dead; those of one that is complete are armed. */
export function settleLegs(ledger: AccountLedger, parent: AccountOrder): void {
  if (parent.request === null) return;
  if (parent.request.oco) {
    if (parent.status === 'rejected' || parent.status === 'not_placed') endLegs(ledger, parent, 'rejected');
    // Whatever became of it since, its stop rests until the broker shows that it does not.
    else if (parent.brokerOrderId !== null) armLegs(ledger, parent);
    return;
  }
  if (parent.purpose !== 'entry' || !isTerminal(parent.status)) return;
  if (parent.status === 'filled') armLegs(ledger, parent);
  else endLegs(ledger, parent, 'canceled');
}

function armLegs(ledger: AccountLedger, parent: AccountOrder): void {
  for (const order of ledger.positionOf(parent).orders)
    if (order.groupId === parent.clientOrderId && order !== parent && order.status === 'planned')
      ledger.moveTo(order, 'working');
}

function endLegs(ledger: AccountLedger, parent: AccountOrder, status: 'canceled' | 'rejected'): void {
  for (const order of ledger.positionOf(parent).orders)
    if (order.groupId === parent.clientOrderId && order !== parent && order.filledQuantity === 0n)
      ledger.moveTo(order, status, 'its entry ended before it was complete');
}
