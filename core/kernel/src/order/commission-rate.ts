import { divideFloor, type Money, type Price, type Quantity, type Ratio, ratioFromNumber } from '@bellwether/domain';

/** Commission = max(minimum, min(quantity × perShare, maximumFraction × notional)) per order, exact. */
export interface CommissionRate {
  /** USD per share in 10⁻¹². */
  readonly perShare: Ratio;
  readonly minimum: Money;
  readonly maximumFraction: Ratio | null;
}

export function commissionFor(settings: {
  readonly perShare: number;
  readonly minimum: number;
  readonly maximumFraction: number | null;
}): CommissionRate {
  return {
    perShare: ratioFromNumber(settings.perShare),
    minimum: divideFloor(ratioFromNumber(settings.minimum), 1_000_000n) as Money,
    maximumFraction: settings.maximumFraction === null ? null : ratioFromNumber(settings.maximumFraction),
  };
}

/** Returns the commission of one order in 10⁻³⁰ USD, unrounded. */
export function exactCommission(rate: CommissionRate, price: Price, quantity: Quantity): bigint {
  if (quantity === 0n) return 0n;
  const byShare = rate.perShare * quantity * 1_000_000_000n;
  const byNotional = rate.maximumFraction === null ? byShare : price * quantity * rate.maximumFraction;
  const bounded = byShare < byNotional ? byShare : byNotional;
  const minimum = rate.minimum * 1_000_000_000_000_000_000_000_000n;
  return bounded > minimum ? bounded : minimum;
}
