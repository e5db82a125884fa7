import { seededChance } from '@bellwether/domain';
import type { Faults } from './faults.ts';
import type { OrderRecord } from './order-registry.ts';

const LEAST_PART = 0.2;
const LARGEST_PART = 0.9;

/** Returns the part of an order's first fill, or `null` when it fills whole. How large depends on the client's id alone. */
export function firstPartDrawn(faults: Faults, seed: number, order: OrderRecord | undefined): number | null {
  if (order === undefined || !faults.strikes('partial_fill_rate')) return null;
  const draw = seededChance(seed, `part|${order.clientOrderId}`);
  return LEAST_PART + (LARGEST_PART - LEAST_PART) * draw();
}
