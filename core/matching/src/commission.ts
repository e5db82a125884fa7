import { divideHalfEven, type Money, type Quantity } from '@bellwether/domain';
import type { CommissionSchedule } from './exchange.ts';

const PER_SHARE_TO_MONEY = 10n ** 15n;
const SHARE_OF_EXACT_TO_MONEY = 10n ** 24n;
const PER_SHARE_TO_SHARE_OF_EXACT = 10n ** 9n;

/**
 * Returns the commission of an order that has filled `quantity` shares for `exact` (Σ price × quantity in 10⁻¹⁸ USD):
 * max(minimum, min(quantity × perShare, maximumFraction × notional)), rounded once, half to even. Nothing filled costs nothing.
 */
export function commissionOf(schedule: CommissionSchedule, quantity: Quantity, exact: bigint): Money {
  if (quantity === 0n) return 0n as Money;
  const byShare = quantity * schedule.perShare;
  let amount = divideHalfEven(byShare, PER_SHARE_TO_MONEY);
  if (schedule.maximumFraction !== null) {
    const cap = schedule.maximumFraction * exact;
    if (cap < byShare * PER_SHARE_TO_SHARE_OF_EXACT) amount = divideHalfEven(cap, SHARE_OF_EXACT_TO_MONEY);
  }
  return (amount > schedule.minimum ? amount : schedule.minimum) as Money;
}
