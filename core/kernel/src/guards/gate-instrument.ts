import { formatPrice, priceFromNumber, priceToNumber } from '@bellwether/domain';
import { firstBroken, type GateCase, type GateRule, refuse, refuseNumber } from './gate-case.ts';

/** Whether the broker trades it at all, and on this side. */
export const instrumentRules: GateRule = firstBroken([tradable, halted, priceHighEnough, shortable]);

function tradable({ snapshot, symbol }: GateCase) {
  if (snapshot.instrument === null)
    return refuse('not_tradable', `the broker has not said whether ${symbol} can be traded`);
  return snapshot.instrument.tradable ? null : refuse('not_tradable', `the broker does not trade ${symbol}`);
}

function halted({ snapshot, symbol }: GateCase) {
  return snapshot.halted ? refuse('halted', `trading in ${symbol} is halted`) : null;
}

function priceHighEnough({ limits, price, symbol }: GateCase) {
  if (limits.minPrice === null || price >= priceFromNumber(limits.minPrice)) return null;
  return refuseNumber(
    'min_price',
    priceToNumber(price),
    limits.minPrice,
    `${symbol} is at $${formatPrice(price)}, entries need at least $${formatPrice(priceFromNumber(limits.minPrice))}`,
  );
}

function shortable({ snapshot, side, symbol }: GateCase) {
  const { instrument, capabilities } = snapshot;
  if (side === 'long' || instrument === null || capabilities.shortSelling === 'any') return null;
  if (!instrument.shortable) return refuse('not_shortable', `the broker lends no shares of ${symbol} to sell short`);
  if (instrument.easyToBorrow) return null;
  return refuse('hard_to_borrow', `${symbol} is hard to borrow, and only what is easy to borrow is sold short`);
}
