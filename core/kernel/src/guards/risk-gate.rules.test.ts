import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseQuantity } from '@bellwether/domain';
import { UNLIMITED } from './account-limits.ts';
import {
  ALPACA,
  holding,
  INSTRUMENT,
  judge,
  limitAt,
  many,
  NOW,
  pending,
  quoted,
  ruleOf,
  SHARING,
  SHORT,
  usd,
  type Weights,
} from './gate-weights.fixture.ts';

const QUOTE = { bid: 150.49, ask: 150.51, at: NOW };

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
