import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  formatMoney,
  formatPrice,
  formatQuantity,
  type OrderRequest,
  parseQuantity,
  type SizeRule,
} from '@bellwether/domain';
import { UNLIMITED } from './account-limits.ts';
import {
  holding,
  judge,
  LONG,
  limitAt,
  many,
  NOW,
  pending,
  price,
  quoted,
  ruleOf,
  SHARING,
  SHORT,
  usd,
  type Weights,
} from './gate-weights.fixture.ts';
import { type GateAnswer, mintApproved } from './risk-gate.ts';

test('a refusal reads aloud: what was, what may be', () => {
  const text = (weights: Weights) => {
    const answer = judge(weights);
    return answer.kind === 'refused' ? answer.refusal.text : 'approved';
  };
  assert.equal(text(quoted(150.49, 150.51, NOW - 7_500)), 'the quote of AAPL is 7.5 s old, at most 5 s is allowed');
  assert.equal(
    text(quoted(152.74, 152.75)),
    'the market is at $152.75, 0.9 R worse than the decided $150.50; at most 0.25 R is allowed',
  );
  assert.equal(
    text({ snapshot: { equity: usd('96500'), dayPnl: usd('-3500') } }),
    'the account has lost $3500.00 today, its limit is $3000.00 (3 %)',
  );
  assert.equal(
    text({ limits: { orderNotional: 100 } }),
    'the limit of one order leaves less than 1 share of AAPL at $150.50 (order_notional)',
  );
  assert.equal(
    text({ snapshot: { external: new Map([['AAPL', parseQuantity('1')]]) } }),
    'AAPL is held outside of our pipelines (1 share, long), and this broker takes no protected entry beside it',
  );
});

test('a refusal says how far it was from being let through', () => {
  const answer = judge({ counters: { entriesInHour: 7 } });
  assert.ok(answer.kind === 'refused');
  assert.deepEqual([answer.refusal.value, answer.refusal.threshold, answer.refusal.distance], [7, 5, 2]);
});

test('without limits of its own a simulated account is bound by ownership, instrument and buying power alone', () => {
  const busy: Weights = {
    counters: { entriesInHour: 1e6, ordersInMinute: 1e6, ordersInDay: 1e6, dayTrades: 1e6, sameSignalAt: NOW },
    snapshot: { holdings: many(500), dayPnl: null, quote: { bid: 100, ask: 250, at: 0 } },
    request: { decidedAt: 0, heardAt: 0 },
    intent: { sizingPrice: 240, stopLoss: 20, target1: 400, target2: null },
    limits: UNLIMITED,
  };
  assert.equal(judge(busy).kind, 'approved');
  assert.equal(
    ruleOf(judge({ ...busy, snapshot: { ...busy.snapshot, buyingPower: usd('249.59') } })),
    'size_below_one',
  );
});

const shares = (answer: GateAnswer) =>
  answer.kind === 'approved' ? [formatQuantity(answer.quantity), answer.bindingCap] : ruleOf(answer);

describe('the worked examples of sizing', () => {
  test('66 shares of 150.50 fit as they were decided, a twin short too', () => {
    assert.deepEqual(shares(judge()), ['66', 'intent']);
    assert.deepEqual(shares(judge({ intent: SHORT })), ['66', 'intent']);
  });

  test('200 short at 50.00 with an ask of 50.02 reserve $10,304.12', () => {
    const answer = judge({
      intent: { side: 'sell', quantity: '200', sizingPrice: 50, stopLoss: 51.2, target1: 48.2, target2: 46.4 },
      ...quoted(50, 50.02),
    });
    assert.ok(answer.kind === 'approved');
    assert.equal(formatQuantity(answer.quantity), '200');
    assert.equal(formatMoney(answer.reserved), '10304.12');
  });

  test('471 shares by a rule of 1 % with costs of 3 cents in r', () => {
    const rule: SizeRule = {
      sizing: { kind: 'risk_fraction', fraction: 0.01 },
      limits: {
        maxPositionFraction: 0.5,
        maxSymbolExposureFraction: null,
        grossExposureFraction: null,
        openRiskFraction: null,
        maxBatchRiskFraction: null,
        orderNotional: null,
        averageVolumeShares: null,
        maxOpenPositions: null,
        minRiskReward: 1.5,
      },
      allowShort: true,
      convictionFactor: 1,
      quantityIncrement: 1,
      priceIncrement: 0.01,
    };
    const intent = { quantity: '1', sizingPrice: 20, stopLoss: 19.5, target1: 20.75, target2: null, sizeAtFill: rule };
    const weights = (change: Partial<SizeRule['limits']>): Weights => ({
      intent: { ...intent, sizeAtFill: { ...rule, limits: { ...rule.limits, ...change } } },
      snapshot: { equity: usd('25000'), buyingPower: usd('50000') },
      limits: { ...UNLIMITED, slippageAllowance: 0.03 },
    });
    assert.deepEqual(shares(judge(weights({}))), ['471', 'sizing']);
    assert.deepEqual(shares(judge(weights({ maxPositionFraction: 0.1 }))), ['125', 'max_position_fraction']);
    assert.deepEqual(shares(judge(weights({ maxBatchRiskFraction: 0.001 }))), ['47', 'max_batch_risk_fraction']);
    assert.equal(ruleOf(judge(weights({ minRiskReward: 2 }))), 'min_risk_reward');
    assert.equal(ruleOf(judge(weights({ maxOpenPositions: 0 }))), 'max_open_positions');
  });

  test('1 share, bound by buying power of which another entry has reserved 9,933', () => {
    const weights: Weights = {
      intent: { quantity: '2000', sizingPrice: 52, stopLoss: 51, target1: 54, target2: null },
      snapshot: {
        buyingPower: usd('10000'),
        holdings: [
          pending({ pending: parseQuantity('66'), mark: price('150.50'), stop: price('148'), reserved: usd('9933') }),
        ],
      },
      limits: UNLIMITED,
    };
    assert.deepEqual(shares(judge(weights)), ['1', 'buying_power']);
  });
});

test('every cap of the account can be the binding one, by its name; the first on a tie', () => {
  const caps: Readonly<Record<string, Weights>> = {
    intent: {},
    max_symbol_exposure_fraction: { limits: { maxSymbolExposureFraction: 0.05 } },
    gross_exposure: { limits: { grossExposureFraction: 0.05 } },
    open_risk: { limits: { openRiskFraction: 0.001 } },
    order_notional: { limits: { orderNotional: 5_000 } },
    average_volume: { limits: { averageVolumeFraction: 1e-6 } },
    buying_power: { snapshot: { buyingPower: usd('5000') } },
  };
  for (const [name, weights] of Object.entries(caps)) {
    const answer = judge(weights);
    assert.ok(answer.kind === 'approved', name);
    assert.equal(answer.bindingCap, name);
    assert.equal(answer.quantity < parseQuantity('66'), name !== 'intent', name);
  }
  const tie = judge({ limits: { maxSymbolExposureFraction: 0.05, orderNotional: 5_000 } });
  assert.ok(tie.kind === 'approved' && tie.bindingCap === 'max_symbol_exposure_fraction');
});

test('what is held, pending and held outside all count toward exposure and risk', () => {
  const limits = { ...UNLIMITED, symbolSharing: 'shared', maxSymbolExposureFraction: 0.05 } as const;
  const five = { quantity: parseQuantity('5'), mark: price('150.50') };
  const size = (snapshot: Weights['snapshot']) =>
    shares(judge({ limits, snapshot: { capabilities: SHARING, ...snapshot } }));
  assert.deepEqual(size({}), ['33', 'max_symbol_exposure_fraction']);
  assert.deepEqual(size({ holdings: [holding({ symbol: 'AAPL', ...five })] }), ['28', 'max_symbol_exposure_fraction']);
  const coming = pending({ symbol: 'AAPL', pending: five.quantity, mark: five.mark, reserved: usd('782.60') });
  assert.deepEqual(size({ holdings: [coming] }), ['28', 'max_symbol_exposure_fraction']);
  assert.deepEqual(size({ external: new Map([['AAPL', five.quantity]]) }), ['28', 'max_symbol_exposure_fraction']);
  const elsewhere = {
    external: new Map([['MSFT', parseQuantity('-490')]]),
    externalPrices: new Map([['MSFT', price('200')]]),
  };
  const gross = judge({ limits: { ...UNLIMITED, grossExposureFraction: 1 }, snapshot: elsewhere });
  assert.deepEqual(shares(gross), ['13', 'gross_exposure']);
  const risk = (held: ReturnType<typeof holding>) =>
    shares(judge({ limits: { ...UNLIMITED, openRiskFraction: 0.001 }, snapshot: { holdings: [held] } }));
  assert.deepEqual(risk(holding()), ['20', 'open_risk']);
  assert.deepEqual(risk(holding({ stop: price('101') })), ['40', 'open_risk'], 'a stop in profit risks nothing');
  assert.equal(risk(holding({ stop: null })), 'size_below_one', 'without a stop everything is at risk');
});

test('where nobody knows the average volume, the share of it is not asked', () => {
  assert.deepEqual(shares(judge({ snapshot: { averageVolumeShares: null } })), ['66', 'intent']);
});

describe('a market entry with a quote goes out as a marketable limit', () => {
  const limitOf = (weights: Weights) => {
    const answer = judge(weights);
    return answer.kind === 'approved' && answer.limitPrice !== null ? formatPrice(answer.limitPrice) : ruleOf(answer);
  };
  test('far side plus 0.1 %, a buy rounded down, a sell up', () => {
    assert.equal(limitOf(quoted(150.49, 150.51)), '150.66');
    assert.equal(limitOf({ intent: SHORT, ...quoted(150.49, 150.51) }), '150.34');
  });
  test('never worse than the allowed drift: 0.25 R from the decided entry', () => {
    assert.equal(limitOf(quoted(151.09, 151.1)), '151.12');
    assert.equal(limitOf({ intent: SHORT, ...quoted(149.9, 149.91) }), '149.88');
  });
  test('never outside of the collar', () => {
    const narrow = { limits: { maxEntryDriftR: null, collarFraction: 0.0005 } };
    assert.equal(limitOf({ ...quoted(150.49, 150.51), ...narrow }), '150.57');
  });
  test('without a quote it stays a market order, and a limit keeps its price, rounded to our side', () => {
    const answer = judge();
    assert.ok(answer.kind === 'approved' && answer.limitPrice === null);
    assert.equal(limitOf({ intent: limitAt(150.508) }), '150.50');
    assert.equal(limitOf({ intent: { ...SHORT, ...limitAt(150.501) } }), '150.51');
  });
});

test('an entry reserves what it may cost: 4 % more at the market, 3 % above the ask when short', () => {
  const reserved = (weights: Weights) => {
    const answer = judge(weights);
    return answer.kind === 'approved' ? formatMoney(answer.reserved) : ruleOf(answer);
  };
  assert.equal(reserved({}), '10330.32');
  assert.equal(reserved({ intent: limitAt(150.5) }), '9933.00');
  assert.equal(reserved({ intent: SHORT }), '10230.99');
  assert.equal(reserved({ intent: { ...SHORT, ...limitAt(160), stopLoss: 165 } }), '10876.80');
});

test('a deferred entry is judged by the open instead of its age', () => {
  const old = { deferred: true, decidedAt: NOW - 64_000_000, heardAt: NOW - 64_000_000 };
  assert.equal(judge({ request: old, ...quoted(150.49, 150.51) }).kind, 'approved');
  assert.equal(judge({ request: old }).kind, 'approved');
  assert.equal(ruleOf(judge({ request: { ...old, deferred: false } })), 'stale_signal');
  assert.equal(ruleOf(judge({ request: old, ...quoted(147.4, 147.42) })), 'price_moved');
});

test('mintApproved marks an order as let through and changes nothing else', () => {
  const request: OrderRequest = {
    clientOrderId: 'bw1-a',
    symbol: 'AAPL',
    side: 'buy',
    type: 'limit',
    quantity: parseQuantity(LONG.quantity),
    limitPrice: price('150.66'),
    stopPrice: null,
    timeInForce: 'gtc',
    takeProfit: null,
    stopLoss: null,
    oco: false,
  };
  assert.deepEqual(mintApproved(request), { ...request, approvedBy: 'risk gate' });
});
