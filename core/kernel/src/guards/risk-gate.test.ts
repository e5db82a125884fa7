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
  ALPACA,
  holding,
  INSTRUMENT,
  judge,
  LONG,
  NOW,
  pending,
  price,
  ruleOf,
  SHARING,
  SHORT,
  usd,
  type Weights,
} from './gate-weights.fixture.ts';
import { type GateAnswer, type GateHolding, mintApproved } from './risk-gate.ts';

const QUOTE = { bid: 150.49, ask: 150.51, at: NOW };
const quoted = (bid: number, ask: number, at = NOW): Weights => ({ snapshot: { quote: { bid, ask, at } } });
const limitAt = (limitPrice: number) => ({ type: 'limit', limitPrice, sizingPrice: limitPrice }) as const;

/** Each rule at its limit, and one step beyond. */
const EDGES: readonly (readonly [rule: string, within: Weights, beyond: Weights])[] = [
  ['reducing', {}, { standing: { account: 'reducing' } }],
  ['kill_switch', {}, { standing: { platform: 'halted' } }],
  [
    'kill_switch',
    { standing: { pipelines: new Map([['p2', 'halted']]) } },
    { standing: { pipelines: new Map([['p1', 'halted']]) } },
  ],
  ['symbol_latched', { standing: { latched: new Set(['p1 MSFT']) } }, { standing: { latched: new Set(['p1 AAPL']) } }],
  ['stop_wrong_side', { intent: { stopLoss: 149 } }, { intent: { stopLoss: 150.5 } }],
  ['stop_wrong_side', {}, { intent: { stopLoss: 151 } }],
  ['t1_wrong_side', { intent: { target1: null, target2: null } }, { intent: { target1: 150.5 } }],
  ['t2_not_beyond_t1', {}, { intent: { target2: 154.25 } }],
  ['not_a_price', {}, { intent: { sizingPrice: Number.NaN } }],
  ['not_a_price', {}, { intent: { target1: Number.POSITIVE_INFINITY } }],
  ['stop_required', {}, { intent: { stopLoss: null } }],
  [
    'opposite_holding',
    { snapshot: { holdings: [holding({ side: 'short' })] } },
    { snapshot: { holdings: [holding({ symbol: 'AAPL', side: 'short' })] } },
  ],
  ['opposite_holding', {}, { snapshot: { holdings: [pending({ symbol: 'AAPL', side: 'short' })] } }],
  [
    'opposite_holding',
    { snapshot: { external: new Map([['MSFT', parseQuantity('-5')]]) } },
    { snapshot: { external: new Map([['AAPL', parseQuantity('-5')]]) } },
  ],
  [
    'opposite_holding',
    { snapshot: { externalOrders: new Map([['MSFT', 'sell']]) } },
    { snapshot: { externalOrders: new Map([['AAPL', 'sell']]) } },
  ],
  [
    'opposite_holding',
    { snapshot: { externalOrders: new Map([['AAPL', 'buy']]), capabilities: SHARING } },
    { snapshot: { externalOrders: new Map([['AAPL', 'both']]), capabilities: SHARING } },
  ],
  ['symbol_owned', {}, { snapshot: { holdings: [holding({ symbol: 'AAPL' })] } }],
  ['symbol_owned', {}, { snapshot: { holdings: [pending({ symbol: 'AAPL' })] } }],
  ['symbol_owned', {}, { snapshot: { holdings: [holding({ symbol: 'AAPL' })], capabilities: SHARING } }],
  [
    'symbol_owned',
    {
      snapshot: { holdings: [holding({ symbol: 'AAPL' })], capabilities: SHARING },
      limits: { symbolSharing: 'shared' },
    },
    {
      snapshot: {
        holdings: [holding({ symbol: 'AAPL' })],
        capabilities: { ...SHARING, entryBesideRestingExit: false },
      },
      limits: { symbolSharing: 'shared' },
    },
  ],
  [
    'symbol_owned',
    {
      snapshot: { holdings: [holding({ symbol: 'AAPL', pipelineId: 'p1' })], capabilities: SHARING },
      request: { allowPyramiding: true },
    },
    { snapshot: { holdings: [holding({ symbol: 'AAPL', pipelineId: 'p1' })], capabilities: SHARING } },
  ],
  [
    'symbol_owned',
    { snapshot: { holdings: [holding({ symbol: 'AAPL', positionId: 'own' })] }, request: { positionId: 'own' } },
    {
      snapshot: {
        holdings: [holding({ symbol: 'AAPL', pipelineId: 'p1' })],
        capabilities: { ...SHARING, bracketOnHeldSymbol: false },
      },
      request: { allowPyramiding: true },
    },
  ],
  [
    'symbol_held_outside',
    { snapshot: { external: new Map([['AAPL', parseQuantity('5')]]), capabilities: SHARING } },
    { snapshot: { external: new Map([['AAPL', parseQuantity('5')]]) } },
  ],
  [
    'symbol_held_outside',
    { snapshot: { externalOrders: new Map([['AAPL', 'buy']]), capabilities: SHARING } },
    { snapshot: { externalOrders: new Map([['AAPL', 'buy']]) } },
  ],
  ['drift', { snapshot: { drifting: new Set(['MSFT']) } }, { snapshot: { drifting: new Set(['AAPL']) } }],
  ['not_tradable', {}, { snapshot: { instrument: null } }],
  ['not_tradable', {}, { snapshot: { instrument: { ...INSTRUMENT, tradable: false } } }],
  ['halted', {}, { snapshot: { halted: true } }],
  [
    'min_price',
    { intent: { sizingPrice: 1, stopLoss: 0.95, target1: 1.1, target2: 1.2 } },
    { intent: { sizingPrice: 0.9999, stopLoss: 0.95, target1: 1.1, target2: 1.2 } },
  ],
  [
    'not_shortable',
    { intent: SHORT },
    { intent: SHORT, snapshot: { instrument: { ...INSTRUMENT, shortable: false } } },
  ],
  [
    'hard_to_borrow',
    {
      intent: SHORT,
      snapshot: {
        instrument: { ...INSTRUMENT, easyToBorrow: false },
        capabilities: { ...ALPACA, shortSelling: 'any' },
      },
    },
    { intent: SHORT, snapshot: { instrument: { ...INSTRUMENT, easyToBorrow: false } } },
  ],
  // Of 150.50, 0.05 % are 0.07525; of 20.00 it is a cent, and two increments are more.
  ['stop_too_near', { intent: { stopLoss: 150.42 } }, { intent: { stopLoss: 150.43 } }],
  [
    'stop_too_near',
    { intent: { sizingPrice: 20, stopLoss: 19.98, target1: 21, target2: 22 } },
    { intent: { sizingPrice: 20, stopLoss: 19.99, target1: 21, target2: 22 } },
  ],
  ['stop_too_far', { intent: { stopLoss: 120.4 } }, { intent: { stopLoss: 120.39 } }],
  ['bad_quote', quoted(150.5, 150.5), quoted(150.51, 150.5)],
  ['bad_quote', {}, quoted(0, 150.5)],
  ['bad_quote', {}, quoted(150.5, Number.NaN)],
  ['stale_quote', quoted(150.49, 150.51, NOW - 5_000), quoted(150.49, 150.51, NOW - 5_001)],
  ['stale_quote', quoted(150.49, 150.51, NOW + 5_000), quoted(150.49, 150.51, NOW + 5_001)],
  [
    'stale_signal',
    { request: { decidedAt: NOW - 120_000 }, snapshot: { quote: QUOTE } },
    { request: { decidedAt: NOW - 120_001 }, snapshot: { quote: QUOTE } },
  ],
  [
    'stale_signal',
    { request: { heardAt: NOW - 120_000 }, snapshot: { quote: QUOTE } },
    { request: { heardAt: NOW - 120_001 }, snapshot: { quote: QUOTE } },
  ],
  ['stale_price', { request: { decidedAt: NOW - 15_000 } }, { request: { decidedAt: NOW - 15_001 } }],
  [
    'stale_price',
    { ...quoted(150.49, 150.51, NOW - 15_000), limits: { maxQuoteAgeMs: null } },
    { ...quoted(150.49, 150.51, NOW - 15_001), limits: { maxQuoteAgeMs: null } },
  ],
  [
    'price_moved',
    {
      request: { deferred: true, decidedAt: NOW - 9e7 },
      snapshot: { quote: { bid: 153.49, ask: 153.53, at: NOW } },
      limits: { maxEntryDriftR: null, collarFraction: 0.03 },
    },
    { request: { deferred: true, decidedAt: NOW - 9e7 }, snapshot: { quote: { bid: 153.5, ask: 153.54, at: NOW } } },
  ],
  // 0.25 R are 0.625: the ask may be 151.125, so 151.12.
  ['entry_drift', quoted(151.11, 151.12), quoted(151.12, 151.13)],
  ['entry_drift', { intent: SHORT, ...quoted(149.88, 149.89) }, { intent: SHORT, ...quoted(149.87, 149.88) }],
  ['stop_wrong_side', quoted(148, 148.01), quoted(147.99, 148)],
  ['stop_wrong_side', { intent: SHORT, ...quoted(152.99, 153) }, { intent: SHORT, ...quoted(153, 153.01) }],
  // 2 % around a mid of 100.00.
  [
    'collar',
    { intent: { ...limitAt(98), stopLoss: 95, target1: null, target2: null }, ...quoted(99.99, 100.01) },
    { intent: { ...limitAt(97.99), stopLoss: 95, target1: null, target2: null }, ...quoted(99.99, 100.01) },
  ],
  // A spread of 1 % around 150.50 is 1.505.
  [
    'spread',
    { ...quoted(149.75, 151.25), limits: { maxEntryDriftR: null } },
    { ...quoted(149.74, 151.26), limits: { maxEntryDriftR: null } },
  ],
  ['duplicate_signal', { counters: { sameSignalAt: NOW - 60_000 } }, { counters: { sameSignalAt: NOW - 59_999 } }],
  ['entries_per_hour', { counters: { entriesInHour: 4 } }, { counters: { entriesInHour: 5 } }],
  ['orders_per_minute', { counters: { ordersInMinute: 9 } }, { counters: { ordersInMinute: 10 } }],
  ['orders_per_day', { counters: { ordersInDay: 199 } }, { counters: { ordersInDay: 200 } }],
  ['equity_stale', { snapshot: { snapshotAt: NOW - 60_000 } }, { snapshot: { snapshotAt: NOW - 60_001 } }],
  ['equity_stale', {}, { snapshot: { equity: null } }],
  // 3 % of the 100,000 of the previous close.
  [
    'max_daily_loss',
    { snapshot: { equity: usd('97000.000001'), dayPnl: usd('-2999.999999') } },
    { snapshot: { equity: usd('97000'), dayPnl: usd('-3000') } },
  ],
  [
    'day_pnl_unknown',
    { snapshot: { dayPnl: null }, limits: { maxDailyLossFraction: null } },
    { snapshot: { dayPnl: null } },
  ],
  ['max_open_positions', { snapshot: { holdings: many(9) } }, { snapshot: { holdings: many(10) } }],
  [
    'max_open_positions',
    { limits: { maxOpenPositions: 1 } },
    { snapshot: { holdings: [pending()] }, limits: { maxOpenPositions: 1 } },
  ],
  [
    'max_day_trades',
    { counters: { dayTrades: 2 }, limits: { maxDayTrades: 3 } },
    { counters: { dayTrades: 3 }, limits: { maxDayTrades: 3 } },
  ],
  ['size_below_one', { limits: { orderNotional: 150.5 } }, { limits: { orderNotional: 150.49 } }],
  ['size_below_one', { snapshot: { buyingPower: usd('156.52') } }, { snapshot: { buyingPower: usd('156.519999') } }],
];

function many(count: number): readonly GateHolding[] {
  return Array.from({ length: count }, (_, i) => holding({ positionId: `${i}`, symbol: `S${i}` }));
}

describe('every rule lets through what is at its limit and refuses the next step', () => {
  for (const [index, [rule, within, beyond]] of EDGES.entries())
    test(`${rule} (${index + 1})`, () => {
      assert.notEqual(ruleOf(judge(within)), rule, 'within its limit');
      assert.equal(judge(within).kind, 'approved', ruleOf(judge(within)) ?? rule);
      const answer = judge(beyond);
      assert.equal(ruleOf(answer), rule);
      assert.ok(answer.kind === 'refused' && answer.refusal.text.length > 10);
      assert.doesNotMatch(answer.refusal.text, /undefined|null|\[object/);
    });
});

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

test('rules are asked in the order of the document: the first failure is the one that is told', () => {
  const everything: Weights = {
    intent: { stopLoss: 150.5 },
    snapshot: { holdings: many(10), halted: true, drifting: new Set(['AAPL']), equity: null },
    counters: { ordersInDay: 1e6 },
    standing: { account: 'halted' },
  };
  const { standing: _, ...released } = everything;
  assert.equal(ruleOf(judge(everything)), 'kill_switch');
  assert.equal(ruleOf(judge(released)), 'stop_wrong_side');
  assert.equal(ruleOf(judge({ ...released, intent: {} })), 'drift');
  assert.equal(ruleOf(judge({ ...released, intent: {}, snapshot: { halted: true } })), 'halted');
});

describe('P26 null is no limit, 0 allows nothing', () => {
  const used: Weights = {
    counters: { entriesInHour: 0, ordersInMinute: 0, ordersInDay: 0, dayTrades: 0, sameSignalAt: NOW },
    snapshot: { dayPnl: usd('0') },
  };
  const budgets = {
    entriesPerPipelineHour: 'entries_per_hour',
    ordersPerMinute: 'orders_per_minute',
    ordersPerDay: 'orders_per_day',
    maxOpenPositions: 'max_open_positions',
    maxDayTrades: 'max_day_trades',
    maxDailyLossFraction: 'max_daily_loss',
    maxSymbolExposureFraction: 'size_below_one',
    grossExposureFraction: 'size_below_one',
    openRiskFraction: 'size_below_one',
    orderNotional: 'size_below_one',
    averageVolumeFraction: 'size_below_one',
    maxStopDistanceFraction: 'stop_too_far',
  } as const;
  for (const [name, rule] of Object.entries(budgets))
    test(name, () => {
      const alone = { ...UNLIMITED, [name]: 0 };
      assert.equal(ruleOf(judge({ ...used, limits: alone })), rule);
      assert.equal(judge({ ...used, limits: UNLIMITED }).kind, 'approved');
    });
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
