import {
  divideFloor,
  formatPrice,
  type Price,
  priceFromNumber,
  priceIncrementAt,
  priceToNumber,
  RATIO_ONE,
  type Refusal,
  ratioFromNumber,
} from '@bellwether/domain';
import { checkLevels } from '../order/levels.ts';
import { checkIntent, entryLimit, intentLevels } from '../position/plan-orders.ts';
import type { AccountLimits } from './account-limits.ts';
import {
  absolute,
  type ExactQuote,
  firstBroken,
  type GateCase,
  type GateRequest,
  type GateRule,
  type GateSnapshot,
  percentText,
  refuse,
  refuseNumber,
  secondsText,
} from './gate-case.ts';

/** A marketable limit reaches this far past the far side, so that a tick against us does not leave it behind. */
const REACH = ratioFromNumber(0.001);
const LEAST_INCREMENTS = 2n;

/** Puts an entry on the scales, or refuses what cannot be weighed: levels that are no levels, a plan without a stop, an impossible quote. */
export function weigh(request: GateRequest, snapshot: GateSnapshot, limits: AccountLimits): GateCase | Refusal {
  const { intent } = request;
  const broken = checkIntent(intent) ?? checkReward(request);
  if (broken !== null) return broken;
  const levels = intentLevels(intent);
  const { stop } = levels;
  if (stop === null) return refuse('stop_required', 'an entry on a broker account needs a stop');
  const side = intent.side === 'buy' ? 'long' : 'short';
  const quote = readQuote(snapshot, side);
  if (quote !== null && 'rule' in quote) return quote;
  const price = levels.limit ?? levels.entry;
  const unlimited: Omit<GateCase, 'limit'> = {
    request,
    snapshot,
    limits,
    symbol: intent.symbol,
    side,
    direction: side === 'long' ? 1n : -1n,
    price,
    stop,
    levels,
    quote,
    funds: { side: intent.side, isMarket: intent.type === 'market', price, ask: quote?.ask ?? null },
    others: snapshot.holdings.filter(
      ({ positionId, quantity, pending }) => positionId !== request.positionId && quantity + pending > 0n,
    ),
  };
  return { ...unlimited, limit: levels.limit ?? marketableLimit(unlimited) };
}

/** What sizes at the fill is judged by its own rule again, at the price that sizes it now. */
function checkReward({ intent }: GateRequest): Refusal | null {
  if (intent.sizeAtFill === null) return null;
  const { side, sizingPrice, limitPrice, stopLoss: stop, target1, target2, sizeAtFill } = intent;
  const { priceIncrement, limits } = sizeAtFill;
  const entry = limitPrice ?? sizingPrice;
  return checkLevels({ side, entry, stop, target1, target2, priceIncrement, minRiskReward: limits.minRiskReward });
}

function readQuote({ quote, marketTime }: GateSnapshot, side: 'long' | 'short'): ExactQuote | Refusal | null {
  if (quote === null) return null;
  if (!(quote.bid > 0 && quote.ask >= quote.bid && Number.isFinite(quote.ask)))
    return refuse('bad_quote', `the quote says bid ${quote.bid} and ask ${quote.ask}, which no market has`);
  const bid = priceFromNumber(quote.bid);
  const ask = priceFromNumber(quote.ask);
  // A stamp of the future is as far off as one of the past.
  const ageMs = Math.abs(marketTime - quote.at);
  return { bid, ask, twiceMid: bid + ask, far: side === 'long' ? ask : bid, ageMs };
}

/** Far side plus 0.1 %, held inside collar and allowed drift, rounded to our side; null where nobody quotes. */
function marketableLimit(weighed: Omit<GateCase, 'limit'>): Price | null {
  const { quote, limits, direction, request } = weighed;
  if (quote === null) return null;
  const reach = quote.far + direction * -divideFloor(-quote.far * REACH, RATIO_ONE);
  const bounds = [reach];
  if (limits.collarFraction !== null)
    bounds.push(
      quote.twiceMid / 2n + (direction * divideFloor(quote.twiceMid * ratio(limits.collarFraction), RATIO_ONE)) / 2n,
    );
  const drift = allowedDrift(weighed);
  if (drift !== null) bounds.push(weighed.price + direction * drift);
  const nearest = bounds.reduce((least, bound) => ((bound - least) * direction < 0n ? bound : least));
  return entryLimit(nearest as Price, request.intent.side);
}

/** How far beyond the decided entry we may buy: 0.25 R, and the collar; null without either. */
function allowedDrift({ limits, price, stop }: Pick<GateCase, 'limits' | 'price' | 'stop'>): bigint | null {
  const parts: bigint[] = [];
  if (limits.maxEntryDriftR !== null)
    parts.push(divideFloor(absolute(price - stop) * ratio(limits.maxEntryDriftR), RATIO_ONE));
  if (limits.collarFraction !== null) parts.push(divideFloor(price * ratio(limits.collarFraction), RATIO_ONE));
  return parts.length === 0 ? null : parts.reduce((least, part) => (part < least ? part : least));
}

/** Everything about the order itself, against the market it would meet. */
export const orderRules: GateRule = firstBroken([
  stopFarEnough,
  stopNearEnough,
  quoteFresh,
  signalFresh,
  priceFresh,
  openNearDecision,
  entryDrift,
  marketBeyondStop,
  collar,
  spread,
  duplicateSignal,
]);

function stopFarEnough({ limits, price, stop }: GateCase): Refusal | null {
  if (limits.minStopDistanceFraction === null) return null;
  const distance = absolute(price - stop);
  const increments = LEAST_INCREMENTS * priceIncrementAt(price);
  const share = -divideFloor(-price * ratio(limits.minStopDistanceFraction), RATIO_ONE);
  const least = (increments > share ? increments : share) as Price;
  if (distance >= least) return null;
  return refuseNumber(
    'stop_too_near',
    priceToNumber(distance as Price),
    priceToNumber(least),
    `the stop is $${formatPrice(distance as Price)} from the entry, needs at least $${formatPrice(least)}`,
  );
}

function stopNearEnough({ limits, price, stop }: GateCase): Refusal | null {
  if (limits.maxStopDistanceFraction === null) return null;
  const distance = absolute(price - stop);
  const most = divideFloor(price * ratio(limits.maxStopDistanceFraction), RATIO_ONE) as Price;
  if (distance <= most) return null;
  return refuseNumber(
    'stop_too_far',
    priceToNumber(distance as Price),
    priceToNumber(most),
    `the stop is $${formatPrice(distance as Price)} from the entry, at most ${percentText(limits.maxStopDistanceFraction)} ($${formatPrice(most)}) is allowed`,
  );
}

function tooOld(rule: string, what: string, ageMs: number, most: number | null): Refusal | null {
  if (most === null || ageMs <= most) return null;
  const text = `${what} is ${secondsText(ageMs)} old, at most ${secondsText(most)} is allowed`;
  return refuseNumber(rule, ageMs / 1000, most / 1000, text);
}

function quoteFresh({ quote, limits, symbol }: GateCase): Refusal | null {
  return quote === null ? null : tooOld('stale_quote', `the quote of ${symbol}`, quote.ageMs, limits.maxQuoteAgeMs);
}

/** By the market's clock and by ours: a tape that runs fast, and an account that hears late, both make a decision old. */
function decisionAge({ request, snapshot }: GateCase): number {
  return Math.max(snapshot.marketTime - request.decidedAt, snapshot.at - request.heardAt);
}

function signalFresh(weighed: GateCase): Refusal | null {
  if (weighed.request.deferred) return null;
  return tooOld('stale_signal', 'the signal', decisionAge(weighed), weighed.limits.maxSignalAgeMs);
}

function priceFresh(weighed: GateCase): Refusal | null {
  if (weighed.request.deferred) return null;
  const { quote, limits } = weighed;
  const age = quote === null ? decisionAge(weighed) : quote.ageMs;
  return tooOld('stale_price', 'the price that the entry was last checked against', age, limits.maxPriceAgeMs);
}

function openNearDecision({ request, quote, limits, price }: GateCase): Refusal | null {
  if (!request.deferred || quote === null || limits.collarFraction === null) return null;
  const gap = absolute(quote.twiceMid - 2n * price);
  if (gap * RATIO_ONE <= 2n * price * ratio(limits.collarFraction)) return null;
  return refuseFraction(
    'price_moved',
    fractionBetween(gap, 2n * price),
    limits.collarFraction,
    (value, most) => `the market opened ${value} away from the price of the decision, at most ${most} is allowed`,
  );
}

function entryDrift(weighed: GateCase): Refusal | null {
  const { quote, request, price, stop, direction, limits } = weighed;
  if (quote === null || request.intent.type !== 'market') return null;
  const most = allowedDrift(weighed);
  const drift = (quote.far - price) * direction;
  if (most === null || drift <= most) return null;
  const inR = (distance: bigint) => fractionBetween(distance, absolute(price - stop));
  const byR = limits.maxEntryDriftR !== null && inR(drift) > limits.maxEntryDriftR;
  const allowed = byR ? `${limits.maxEntryDriftR} R` : percentText(limits.collarFraction ?? 0);
  return refuseNumber(
    'entry_drift',
    inR(drift),
    inR(most),
    `the market is at $${formatPrice(quote.far)}, ${inR(drift)} R worse than the decided $${formatPrice(price)}; at most ${allowed} is allowed`,
  );
}

/** A better price than decided is none when the stop is already behind it. */
function marketBeyondStop({ quote, limit, stop, levels, direction, side }: GateCase): Refusal | null {
  if (quote === null) return null;
  const fillsAt = limit !== null && (limit - quote.far) * direction < 0n ? limit : quote.far;
  const { target1 } = levels;
  if ((fillsAt - stop) * direction <= 0n)
    return refuse(
      'stop_wrong_side',
      `the market is at $${formatPrice(fillsAt)}, already beyond the stop at $${formatPrice(stop)}`,
    );
  if (target1 !== null && limit !== null && (target1 - limit) * direction <= 0n)
    return refuse(
      't1_wrong_side',
      `a ${side} entry at $${formatPrice(limit)} leaves nothing to target 1 at $${formatPrice(target1)}`,
    );
  return null;
}

function collar({ quote, limit, limits, request }: GateCase): Refusal | null {
  if (quote === null || limits.collarFraction === null) return null;
  // A marketable limit is held inside the collar; what counts then is where the market itself stands.
  const ours = request.intent.type === 'limit' && limit !== null ? limit : quote.far;
  const distance = absolute(2n * ours - quote.twiceMid);
  if (distance * RATIO_ONE <= quote.twiceMid * ratio(limits.collarFraction)) return null;
  return refuseFraction(
    'collar',
    fractionBetween(distance, quote.twiceMid),
    limits.collarFraction,
    (value, most) => `$${formatPrice(ours)} is ${value} from the middle of the market, at most ${most} is allowed`,
  );
}

function spread({ quote, limits }: GateCase): Refusal | null {
  if (quote === null || limits.maxSpreadFraction === null) return null;
  const width = 2n * (quote.ask - quote.bid);
  if (width * RATIO_ONE <= quote.twiceMid * ratio(limits.maxSpreadFraction)) return null;
  return refuseFraction(
    'spread',
    fractionBetween(width, quote.twiceMid),
    limits.maxSpreadFraction,
    (value, most) => `bid and ask are ${value} apart, at most ${most} is allowed`,
  );
}

function duplicateSignal({ snapshot, limits, symbol, side }: GateCase): Refusal | null {
  const { sameSignalAt } = snapshot.counters;
  if (limits.duplicateSignalMs === null || sameSignalAt === null) return null;
  const since = snapshot.marketTime - sameSignalAt;
  if (since >= limits.duplicateSignalMs) return null;
  return refuseNumber(
    'duplicate_signal',
    since / 1000,
    limits.duplicateSignalMs / 1000,
    `this pipeline opened ${symbol} ${side} ${secondsText(since)} ago; it may do so again after ${secondsText(limits.duplicateSignalMs)}`,
  );
}

function ratio(fraction: number): bigint {
  return ratioFromNumber(fraction);
}

/** For people: eight decimals are enough, the comparison itself is exact. */
function fractionBetween(part: bigint, whole: bigint): number {
  return Number((part * 100_000_000n) / whole) / 1e8;
}

function refuseFraction(
  rule: string,
  value: number,
  most: number,
  text: (value: string, most: string) => string,
): Refusal {
  return refuseNumber(rule, value, most, text(percentText(value), percentText(most)));
}
