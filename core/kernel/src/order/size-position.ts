import {
  divideFloor,
  formatMoney,
  formatQuantity,
  type Money,
  moneyToNumber,
  NO_QUANTITY,
  notional,
  type Price,
  parseMoney,
  priceFromNumber,
  type Quantity,
  quantityFromNumber,
  RATIO_ONE,
  type Ratio,
  type Refusal,
  ratioFromNumber,
  type SizeRule,
  type Sizing,
} from '@bellwether/domain';
import type { AccountView } from '../agent/agent-context.ts';
import { type CommissionRate, commissionFor, exactCommission } from './commission-rate.ts';
import { checkLevels } from './levels.ts';
import { bindingCap, floorTo, moneyOf, type SizeCap, sharesFor, sizeCaps } from './size-caps.ts';

export interface SizeRequest extends SizeRule {
  readonly side: 'buy' | 'sell';
  /** The sizing reference: limit price, decision's close, or the fill bar's open. */
  readonly price: number;
  readonly stop: number | null;
  readonly target1: number | null;
  readonly target2: number | null;
  readonly account: AccountView;
  /** USD already risked by this execution's earlier lanes. */
  readonly batchRiskUsed: string;
}

export interface SizeResult {
  readonly quantity: Quantity;
  /** What the sizing rule alone asked for. */
  readonly wanted: Quantity;
  /** In the order of the formula, the sizing rule first. */
  readonly caps: readonly SizeCap[];
  readonly bindingCap: string | null;
  /** At risk after capping, costs left out; null without a stop. */
  readonly riskAmount: Money | null;
  readonly riskPct: number | null;
  readonly notional: Money;
  readonly refusal: Refusal | null;
}

/**
 * Returns how many shares may be opened: the floor of the smallest of the sizing rule and every cap (trading-rules §8 "Size").
 * Exact arithmetic throughout; never throws on market data: what cannot be sized is refused with its rule.
 */
export function sizePosition(request: SizeRequest): SizeResult {
  const refused = (refusal: Refusal): SizeResult => ({
    quantity: NO_QUANTITY,
    wanted: NO_QUANTITY,
    caps: [],
    bindingCap: null,
    riskAmount: null,
    riskPct: null,
    notional: 0n as Money,
    refusal,
  });

  const bad = checkLevels({
    side: request.side,
    entry: request.price,
    stop: request.stop,
    target1: request.target1,
    target2: request.target2,
    minRiskReward: request.limits.minRiskReward,
    priceIncrement: request.priceIncrement,
  });
  if (request.side === 'sell' && !(request.allowShort && request.account.allowShort)) {
    return refused({
      rule: 'allow_short',
      value: 'sell',
      threshold: 'buy',
      distance: null,
      text: 'short selling is off for this pipeline or account',
    });
  }
  if (bad !== null) return refused(bad);
  const { limits, account } = request;
  if (limits.maxOpenPositions !== null && account.openPositions >= limits.maxOpenPositions) {
    return refused({
      rule: 'max_open_positions',
      value: account.openPositions,
      threshold: limits.maxOpenPositions,
      distance: 0,
      text: `${account.openPositions} positions are open and at most ${limits.maxOpenPositions} may be`,
    });
  }
  if (request.stop === null && request.sizing.kind === 'risk_fraction') {
    return refused({
      rule: 'stop_required',
      value: null,
      threshold: null,
      distance: null,
      text: 'sizing by risk_fraction needs a stop; give the strategy a stop, or size by equity_fraction, fixed_quantity or fixed_notional',
    });
  }

  const price = priceFromNumber(request.price);
  const equity = parseMoney(account.equity);
  const stop = request.stop === null ? null : priceFromNumber(request.stop);
  const distance = stop === null ? null : ((price > stop ? price - stop : stop - price) as Price);
  const rate = commissionFor(account.commission);
  const risk = distance === null ? null : ((distance + roundTripPerShare(rate, price)) as Price);
  const increment = quantityFromNumber(request.quantityIncrement);

  const wanted = wantedQuantity(request, { equity, price, risk, rate, increment });
  const caps = [
    { name: 'sizing', quantity: wanted },
    ...sizeCaps(limits, {
      price,
      risk,
      fundsPerShare: price,
      equity,
      symbolExposure: parseMoney(account.symbolExposure),
      grossExposure: parseMoney(account.grossExposure),
      openRisk: parseMoney(account.openRisk),
      batchRisk: parseMoney(request.batchRiskUsed),
      buyingPower: parseMoney(account.buyingPower),
      increment,
    }),
  ] as const;
  const binding = bindingCap(caps);
  const { quantity } = binding;
  const amount = notional(price, quantity);
  const riskAmount = distance === null ? null : notional(distance, quantity);
  const riskPct =
    riskAmount === null || equity <= 0n ? null : (moneyToNumber(riskAmount) / moneyToNumber(equity)) * 100;
  const result = { quantity, wanted, caps, bindingCap: binding.name, riskAmount, riskPct, notional: amount };
  if (quantity >= increment) return { ...result, refusal: null };
  return {
    ...result,
    quantity: NO_QUANTITY,
    refusal: {
      rule: 'size_below_one',
      value: formatQuantity(quantity),
      threshold: formatQuantity(increment),
      distance: formatQuantity((increment - quantity) as Quantity),
      text: `${binding.name} leaves less than ${formatQuantity(increment)} share at ${request.price} (equity $${formatMoney(equity)})`,
    },
  };
}

/** What a size is computed from. `risk`: USD lost per share at the stop, with costs; null without a stop. */
export interface SizeTerms {
  readonly equity: Money;
  readonly price: Price;
  readonly risk: Price | null;
  readonly rate: CommissionRate;
  readonly increment: Quantity;
}

/**
 * Returns what the sizing rule alone asks for, conviction taken off. A symbol counts from zero, since a pipeline opens only when flat; adds
 * are positions of their own.
 */
export function wantedQuantity(
  { sizing, convictionFactor }: Pick<SizeRule, 'sizing' | 'convictionFactor'>,
  terms: SizeTerms,
): Quantity {
  return scale(unscaledQuantity(sizing, terms), convictionFactor, terms.increment);
}

function unscaledQuantity(sizing: Sizing, { equity, price, risk, rate, increment }: SizeTerms): Quantity {
  switch (sizing.kind) {
    case 'fixed_quantity':
      return floorTo(quantityFromNumber(sizing.quantity), increment);
    case 'fixed_notional':
      return floorTo(sharesFor(moneyOf(sizing.amount), price), increment);
    case 'risk_fraction': {
      if (risk === null || risk === 0n || equity <= 0n) return NO_QUANTITY;
      return floorTo(((equity * ratioFromNumber(sizing.fraction)) / risk) as Quantity, increment);
    }
    case 'equity_fraction':
      return equityFractionQuantity(
        equity,
        ratioFromNumber(sizing.fraction),
        ratioFromNumber(sizing.cashBufferFraction),
        price,
        rate,
        increment,
      );
  }
}

/**
 * Returns the largest multiple of `increment` for which quantity × price + commission fits in equity × fraction × (1 − buffer).
 * Both terms rise with the quantity, so a binary search finds it exactly.
 */
export function equityFractionQuantity(
  equity: Money,
  fraction: Ratio,
  buffer: Ratio,
  price: Price,
  rate: CommissionRate,
  increment: Quantity,
): Quantity {
  if (equity <= 0n) return NO_QUANTITY;
  // Everything in 10⁻³⁰ USD: equity 10⁻⁶ × two ratios 10⁻¹² each.
  const budget = equity * fraction * (RATIO_ONE - buffer);
  const fits = (lots: bigint): boolean => {
    const quantity = (lots * increment) as Quantity;
    return price * quantity * 1_000_000_000_000n + exactCommission(rate, price, quantity) <= budget;
  };
  let low = 0n;
  let high = budget / (price * increment * 1_000_000_000_000n) + 1n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return (low * increment) as Quantity;
}

/** Twice the commission that a share adds, the minimum per order left out because it does not grow with the size. */
function roundTripPerShare(rate: CommissionRate, price: Price): Price {
  const perShare = divideFloor(rate.perShare * 1_000_000_000n, RATIO_ONE);
  const capped = rate.maximumFraction === null ? perShare : divideFloor(price * rate.maximumFraction, RATIO_ONE);
  return ((perShare < capped ? perShare : capped) * 2n) as Price;
}

function scale(quantity: Quantity, factor: number, increment: Quantity): Quantity {
  return factor >= 1
    ? quantity
    : floorTo(divideFloor(quantity * ratioFromNumber(factor), RATIO_ONE) as Quantity, increment);
}
