import type { Quantity } from '@bellwether/domain';
import type { ExchangeOrderRole, ExchangeRequest, RefusalCode } from './exchange.ts';
import { type LiveOrder, remainingOf, wantsNextOpen } from './exchange-order.ts';

export type RoleDecision =
  | { readonly kind: Extract<ExchangeOrderRole, 'entry' | 'exit'> }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly text: string };

/**
 * Decides whether a request opens or closes, by the account's netted position and what already rests on it. Opposite to a
 * holding it is an exit, for at most the shares that no other exit holds; once closes of the whole holding wait for the next
 * open it is the entry of a reversal.
 */
export function roleOf(request: ExchangeRequest, held: Quantity, live: readonly LiveOrder[]): RoleDecision {
  const opposes = held !== 0n && held > 0n === (request.side === 'sell');
  if (!opposes) {
    if (!request.oco) return { kind: 'entry' };
    return refused('insufficient_quantity', `expected an OCO to close a holding of ${request.symbol}, found none`);
  }
  const holding = held > 0n ? held : -held;
  const exits = live.filter((order) => order.role !== 'entry' && order.status !== 'held');
  const closing = exits.filter(wantsNextOpen).reduce((sum, order) => sum + remainingOf(order), 0n);
  if (closing >= holding && !request.oco) return { kind: 'entry' };
  if (!request.oco && (request.takeProfit !== null || request.stopLoss !== null)) {
    return refused('opposite_position', `expected ${request.symbol} to be closed before an entry on the other side`);
  }
  const free = holding - heldByExits(exits);
  if (request.quantity <= free) return { kind: 'exit' };
  return refused(
    'insufficient_quantity',
    `expected at most ${free} free shares of ${request.symbol} (10⁻⁹), was ${request.quantity}`,
  );
}

/** Shares that resting exits reserve; a group counts once. */
function heldByExits(exits: readonly LiveOrder[]): bigint {
  const byGroup = new Map<string, bigint>();
  for (const order of exits) {
    const remaining = remainingOf(order);
    if (remaining > (byGroup.get(order.groupId) ?? 0n)) byGroup.set(order.groupId, remaining);
  }
  return [...byGroup.values()].reduce((sum, quantity) => sum + quantity, 0n);
}

function refused(code: RefusalCode, text: string): RoleDecision {
  return { kind: 'refused', code, text };
}
