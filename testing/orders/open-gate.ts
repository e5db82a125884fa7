import { notional, type Price, parseQuantity, priceFromNumber, type Refusal } from '@bellwether/domain';
import { type AccountSettings, type GateAnswer, PAPER_LIMITS } from '@bellwether/kernel';

/** Limits that no play runs into by accident. */
export const PLAY_LIMITS = {
  ...PAPER_LIMITS,
  duplicateSignalMs: null,
  entriesPerPipelineHour: null,
  ordersPerMinute: null,
  ordersPerDay: null,
  maxOpenPositions: null,
  maxDailyLossFraction: null,
  maxDrawdownFraction: null,
};

/** A gate for plays about what comes after it: it asks who owns the symbol, and lets every size through. */
export const openGate: AccountSettings['gate'] = (request, snapshot): GateAnswer => {
  const { intent } = request;
  const refused = (rule: string): GateAnswer => ({ kind: 'refused', refusal: refusalOf(rule, intent.symbol) });
  if (snapshot.holdings.some(({ symbol }) => symbol === intent.symbol)) return refused('symbol_owned');
  if ((snapshot.external.get(intent.symbol) ?? 0n) !== 0n) return refused('symbol_held_outside');
  if (snapshot.externalOrders.has(intent.symbol)) return refused('opposite_holding');
  const quantity = parseQuantity(intent.quantity);
  const sizingPrice = priceFromNumber(intent.limitPrice ?? intent.sizingPrice);
  return {
    kind: 'approved',
    quantity,
    bindingCap: 'intent',
    reserved: notional(sizingPrice, quantity),
    sizingPrice,
    limitPrice: intent.type === 'market' && snapshot.quote !== null ? marketable(intent.side, snapshot.quote) : null,
  };
};

function marketable(side: 'buy' | 'sell', { bid, ask }: { bid: number; ask: number }): Price {
  const price = side === 'buy' ? Math.floor(ask * 100.1) / 100 : Math.ceil(bid * 99.9) / 100;
  return priceFromNumber(price);
}

function refusalOf(rule: string, symbol: string): Refusal {
  return { rule, value: null, threshold: null, distance: null, text: `${rule} in ${symbol}` };
}
