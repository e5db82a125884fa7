import type { AccountOrder, AccountPosition } from '@bellwether/kernel';
import type { AccountMind } from './account-binding.ts';

export function orderOf(mind: AccountMind, clientOrderId: string): AccountOrder | undefined {
  for (const { orders } of mind.positions()) {
    const found = orders.find((order) => order.clientOrderId === clientOrderId);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function positionOf(mind: AccountMind, { positionId }: AccountOrder): AccountPosition | undefined {
  for (const position of mind.positions()) if (position.positionId === positionId) return position;
  return undefined;
}

export function siblingsOf(mind: AccountMind, order: AccountOrder): readonly AccountOrder[] {
  return positionOf(mind, order)?.orders.filter((other) => other !== order) ?? [];
}
