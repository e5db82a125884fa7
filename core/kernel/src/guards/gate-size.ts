import {
  capWords,
  formatPrice,
  formatQuantity,
  instrumentOf,
  type Money,
  notional,
  type Price,
  parseQuantity,
  priceFromNumber,
  type Quantity,
  quantityFromNumber,
  type Refusal,
  type SizeLimits,
} from '@bellwether/domain';
import { commissionFor } from '../order/commission-rate.ts';
import { reservedPerShare, riskAtStop } from '../order/desk-account.ts';
import { bindingCap, floorTo, sizeCaps } from '../order/size-caps.ts';
import { wantedQuantity } from '../order/size-position.ts';
import { capsOf, strictestLimits } from './account-limits.ts';
import { absolute, type GateCase, type GateHolding, type GateSize } from './gate-case.ts';

/** What a broker charges is in its fills; here it is part of the slippage allowance. */
const NO_COMMISSION = commissionFor({ perShare: 0, minimum: 0, maximumFraction: null });

/** Returns how many shares may be opened and what bound it, or `size_below_one`. */
export function sizeAtGate(weighed: GateCase): GateSize | Refusal {
  const { request, snapshot, limits, symbol, price, stop, funds } = weighed;
  const { intent } = request;
  const rule = intent.sizeAtFill;
  const equity = snapshot.equity ?? (0n as Money);
  const risk = (absolute(price - stop) + priceFromNumber(limits.slippageAllowance)) as Price;
  const increment = rule === null ? instrumentOf(symbol).quantityIncrement : quantityFromNumber(rule.quantityIncrement);
  const asked =
    rule === null
      ? { name: 'intent', quantity: floorTo(parseQuantity(intent.quantity), increment) }
      : { name: 'sizing', quantity: wantedQuantity(rule, { equity, price, risk, rate: NO_COMMISSION, increment }) };
  const caps = sizeCaps(sizeLimits(weighed), {
    ...exposure(weighed),
    price,
    risk,
    fundsPerShare: reservedPerShare(funds),
    equity,
    batchRisk: 0n as Money,
    buyingPower: availableFunds(weighed),
    increment,
  });
  const { name, quantity } = bindingCap([asked, ...caps]);
  if (quantity >= increment) return { quantity, bindingCap: name };
  const least = formatQuantity(increment);
  return {
    rule: 'size_below_one',
    value: formatQuantity(quantity),
    threshold: least,
    distance: formatQuantity((increment - quantity) as Quantity),
    text: `${name === 'intent' ? 'the decision' : capWords(name)} leaves less than ${least} share of ${symbol} at $${formatPrice(price)} (${name})`,
  };
}

/** The account's caps; with an entry that is sized at its fill, its pipeline's too, the stricter of each. */
function sizeLimits({ limits, snapshot, request }: GateCase): SizeLimits {
  const caps = capsOf(limits, snapshot.averageVolumeShares);
  const own = request.intent.sizeAtFill?.limits;
  if (own === undefined) return { ...caps, maxPositionFraction: null, maxBatchRiskFraction: null, minRiskReward: null };
  return strictestLimits(own, caps);
}

/** What the account holds and is about to hold, absolute, and what of it is lost if every stop is hit. */
function exposure({ others, snapshot, symbol, price }: GateCase): {
  readonly symbolExposure: Money;
  readonly grossExposure: Money;
  readonly openRisk: Money;
} {
  let inSymbol = 0n;
  let gross = 0n;
  let openRisk = 0n;
  for (const holding of others) {
    const value = exposureOf(holding);
    gross += value;
    if (holding.symbol === symbol) inSymbol += value;
    openRisk += riskOf(holding, value);
  }
  for (const [held, quantity] of snapshot.external) {
    // What has no price of its own in the symbol of the entry is worth what the entry is.
    const worth = snapshot.externalPrices.get(held) ?? (held === symbol ? price : (0n as Price));
    const value = notional(worth, absolute(quantity));
    gross += value;
    if (held === symbol) inSymbol += value;
  }
  return { symbolExposure: inSymbol as Money, grossExposure: gross as Money, openRisk: openRisk as Money };
}

/** Shares that may still come count at their price, or at what is set aside for them when that is more. */
function exposureOf({ mark, quantity, pending, reserved }: GateHolding): Money {
  const value = notional(mark, (quantity + pending) as Quantity);
  return pending > 0n && reserved > value ? reserved : value;
}

/** Without a stop everything is at risk. */
function riskOf({ side, stop, averageEntry, mark, quantity, pending }: GateHolding, value: Money): Money {
  if (stop === null) return value;
  const entry = averageEntry > 0n ? averageEntry : mark;
  return riskAtStop(side, entry, stop, (quantity + pending) as Quantity);
}

/** The broker's buying power less what it does not count yet. */
function availableFunds({ others, snapshot }: GateCase): Money {
  const reserved = others.reduce((sum, holding) => (holding.entryAccountedFor ? sum : sum + holding.reserved), 0n);
  return (snapshot.buyingPower - reserved) as Money;
}
