import {
  divideFloor,
  type Money,
  NO_QUANTITY,
  type Price,
  type Quantity,
  quantityFromNumber,
  RATIO_ONE,
  ratioFromNumber,
  type SizeLimits,
} from '@bellwether/domain';

/** One term of the size formula: the shares that it would allow. */
export interface SizeCap {
  readonly name: string;
  readonly quantity: Quantity;
}

/** What the caps are divided by, and what of them is used. */
export interface CapTerms {
  readonly price: Price;
  /** USD lost per share at the stop, with costs; null without a stop: the terms that divide by it fall away. */
  readonly risk: Price | null;
  /** USD of buying power that a share takes. */
  readonly fundsPerShare: Price;
  readonly equity: Money;
  readonly symbolExposure: Money;
  readonly grossExposure: Money;
  readonly openRisk: Money;
  readonly batchRisk: Money;
  readonly buyingPower: Money;
  readonly increment: Quantity;
}

/** Returns every cap but the sizing rule's, in the order of the formula (trading-rules §8 "Size"). A cap of null is absent. */
export function sizeCaps(limits: SizeLimits, terms: CapTerms): readonly SizeCap[] {
  const { price, risk, equity, increment } = terms;
  const caps: SizeCap[] = [];
  const add = (name: string, quantity: Quantity) => caps.push({ name, quantity: floorTo(quantity, increment) });
  const ofEquity = (fraction: number, used: bigint): Money => (fractionOf(equity, fraction) - used) as Money;

  if (limits.maxPositionFraction !== null)
    add('max_position_fraction', sharesFor(ofEquity(limits.maxPositionFraction, 0n), price));
  if (limits.maxSymbolExposureFraction !== null) {
    const left = ofEquity(limits.maxSymbolExposureFraction, terms.symbolExposure);
    add('max_symbol_exposure_fraction', sharesFor(left, price));
  }
  if (limits.grossExposureFraction !== null)
    add('gross_exposure', sharesFor(ofEquity(limits.grossExposureFraction, terms.grossExposure), price));
  if (limits.openRiskFraction !== null && risk !== null)
    add('open_risk', sharesFor(ofEquity(limits.openRiskFraction, terms.openRisk), risk));
  if (limits.maxBatchRiskFraction !== null && risk !== null)
    add('max_batch_risk_fraction', sharesFor(ofEquity(limits.maxBatchRiskFraction, terms.batchRisk), risk));
  if (limits.orderNotional !== null) add('order_notional', sharesFor(moneyOf(limits.orderNotional), price));
  if (limits.averageVolumeShares !== null) add('average_volume', quantityFromNumber(limits.averageVolumeShares));
  add('buying_power', sharesFor(terms.buyingPower, terms.fundsPerShare));
  return caps;
}

/** Returns the smallest; the first on a tie. */
export function bindingCap([first, ...others]: readonly [SizeCap, ...SizeCap[]]): SizeCap {
  return others.reduce((smallest, cap) => (cap.quantity < smallest.quantity ? cap : smallest), first);
}

/** Returns the part of an amount, rounded down. */
export function fractionOf(amount: Money, fraction: number): Money {
  return divideFloor(amount * ratioFromNumber(fraction), RATIO_ONE) as Money;
}

/** Returns how many shares an amount pays for, rounded down to 10⁻⁹; none for an amount that is used up. */
export function sharesFor(amount: Money, perShare: Price): Quantity {
  return (amount <= 0n ? NO_QUANTITY : (amount * 1_000_000_000_000n) / perShare) as Quantity;
}

export function floorTo(quantity: Quantity, increment: Quantity): Quantity {
  return (quantity <= 0n ? 0n : quantity - (quantity % increment)) as Quantity;
}

/** Reads dollars of a configuration, rounded down to 10⁻⁶. */
export function moneyOf(amount: number): Money {
  return divideFloor(ratioFromNumber(amount), 1_000_000n) as Money;
}
