import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBellwetherError, type OrderRequest, parseMoney, parsePrice, parseQuantity } from '@bellwether/domain';
import { changed, fixture } from './alpaca-fixtures.fixture.ts';
import {
  accountFromWire,
  eventFromWire,
  fillFromWire,
  instrumentFromWire,
  orderFromWire,
  orderToWire,
  positionFromWire,
  sessionFromWire,
  statusFromWire,
  stopToWire,
} from './alpaca-translate.ts';
import type { WireObject } from './alpaca-wire.ts';

const PLAIN: OrderRequest = {
  clientOrderId: 'bw1-a',
  symbol: 'AAPL',
  side: 'buy',
  type: 'market',
  quantity: parseQuantity('66'),
  limitPrice: null,
  stopPrice: null,
  timeInForce: 'gtc',
  takeProfit: null,
  stopLoss: null,
  oco: false,
};
const TARGET = { clientOrderId: 'bw1-t', limitPrice: parsePrice('154.25') };
const STOP = { clientOrderId: 'bw1-s', stopPrice: parsePrice('148') };
const COMMON = { client_order_id: 'bw1-a', symbol: 'AAPL', side: 'buy', qty: '66', time_in_force: 'gtc' };

const REQUESTS: readonly (readonly [string, Partial<OrderRequest>, WireObject])[] = [
  ['a market order', {}, { ...COMMON, type: 'market' }],
  [
    'a fraction for the day',
    { quantity: parseQuantity('0.123456789'), timeInForce: 'day' },
    { ...COMMON, type: 'market', qty: '0.123456789', time_in_force: 'day' },
  ],
  [
    'a limit order',
    { type: 'limit', limitPrice: parsePrice('150.5') },
    { ...COMMON, type: 'limit', limit_price: '150.50' },
  ],
  [
    'a stop below a dollar',
    { side: 'sell', type: 'stop', stopPrice: parsePrice('0.9871') },
    { ...COMMON, side: 'sell', type: 'stop', stop_price: '0.9871' },
  ],
  [
    'a bracket',
    { takeProfit: TARGET, stopLoss: STOP },
    {
      ...COMMON,
      type: 'market',
      order_class: 'bracket',
      take_profit: { limit_price: '154.25' },
      stop_loss: { stop_price: '148.00' },
    },
  ],
  [
    'an OTO',
    { type: 'limit', limitPrice: parsePrice('150'), stopLoss: STOP },
    { ...COMMON, type: 'limit', limit_price: '150.00', order_class: 'oto', stop_loss: { stop_price: '148.00' } },
  ],
  [
    'an OCO, whose limit is its target',
    { side: 'sell', type: 'limit', limitPrice: parsePrice('154.25'), stopLoss: STOP, oco: true },
    {
      ...COMMON,
      side: 'sell',
      type: 'limit',
      order_class: 'oco',
      take_profit: { limit_price: '154.25' },
      stop_loss: { stop_price: '148.00' },
    },
  ],
];

for (const [name, more, wire] of REQUESTS) {
  test(`asks Alpaca for ${name}`, () => {
    assert.deepEqual(orderToWire({ ...PLAIN, ...more }), wire);
  });
}

test('asks Alpaca to move a stop under a name of ours', () => {
  assert.deepEqual(stopToWire(parsePrice('149.1'), 'bw1-s2'), { stop_price: '149.10', client_order_id: 'bw1-s2' });
});

test('reads a bracket whose entry has filled', () => {
  const order = orderFromWire(fixture('get-order.bracket-filled.synthetic'));
  assert.equal(order.status, 'filled');
  assert.equal(order.filledQuantity, parseQuantity('66'));
  // 151.0022727272727: an average has more places than the ledger.
  assert.equal(order.averageFillPrice, parsePrice('151.002272727'));
  assert.equal(String(order.submittedAt), '2025-07-01T13:30:00.102731Z');
  assert.deepEqual(
    order.legs.map(({ type, status, limitPrice, stopPrice }) => ({ type, status, limitPrice, stopPrice })),
    [
      { type: 'limit', status: 'working', limitPrice: parsePrice('154.25'), stopPrice: null },
      { type: 'stop', status: 'held', limitPrice: null, stopPrice: parsePrice('148') },
    ],
  );
});

test('reads an accepted bracket, an OCO, a replaced stop and an order by amount', () => {
  const sent = orderFromWire(fixture('post-order.bracket-accepted.synthetic'));
  assert.deepEqual([sent.status, sent.limitPrice, sent.legs.length], ['working', parsePrice('150.5'), 2]);
  assert.equal(sent.averageFillPrice, null);
  const oco = orderFromWire(fixture('get-order.oco-working.synthetic'));
  assert.deepEqual([oco.type, oco.side, oco.legs[0]?.quantity], ['limit', 'sell', parseQuantity('33')]);
  const replaced = orderFromWire(fixture('get-order.stop-replaced.synthetic'));
  assert.deepEqual([replaced.status, replaced.replacedBy], ['replaced', 'd11f0e5b-7a52-4b64-9f6e-3c2b1a0d9e33']);
  const byAmount = orderFromWire(fixture('get-order.by-amount.synthetic'));
  assert.equal(byAmount.quantity, parseQuantity('3.311258278'));
});

test('a buy stop that became a stop-limit is the stop that we sent; a sell stop-limit is nothing of ours', () => {
  const name = 'get-order.short-stop-as-stop-limit.synthetic';
  const stop = orderFromWire(fixture(name));
  assert.deepEqual([stop.type, stop.stopPrice, stop.limitPrice], ['stop', parsePrice('152'), null]);
  assert.equal(orderFromWire(changed(name, { side: 'sell' })).type, 'other');
  assert.equal(orderFromWire(changed(name, { type: 'trailing_stop' })).type, 'other');
  assert.equal(orderFromWire(changed(name, { time_in_force: 'opg' })).timeInForce, 'other');
});

const STATUSES: readonly (readonly [string, string, string])[] = [
  // Alpaca's, ours before a fill, ours after one.
  ['new', 'working', 'partially_filled'],
  ['accepted', 'working', 'partially_filled'],
  ['pending_new', 'working', 'partially_filled'],
  ['accepted_for_bidding', 'working', 'partially_filled'],
  ['stopped', 'working', 'partially_filled'],
  ['suspended', 'working', 'partially_filled'],
  ['calculated', 'working', 'partially_filled'],
  ['done_for_day', 'working', 'partially_filled'],
  ['partially_filled', 'working', 'partially_filled'],
  ['a status of next year', 'working', 'partially_filled'],
  ['held', 'held', 'held'],
  ['pending_cancel', 'pending_cancel', 'pending_cancel'],
  ['pending_replace', 'pending_replace', 'pending_replace'],
  ['filled', 'filled', 'filled'],
  ['canceled', 'canceled', 'canceled'],
  ['expired', 'expired', 'expired'],
  ['rejected', 'rejected', 'rejected'],
  ['replaced', 'replaced', 'replaced'],
];
for (const [theirs, before, after] of STATUSES) {
  test(`the status "${theirs}" is ${before}, with fills ${after}`, () => {
    assert.equal(statusFromWire(theirs, 'gtc', 0n), before);
    assert.equal(statusFromWire(theirs, 'gtc', 1n), after);
  });
}
test('an order for the day is over when it is done for the day', () => {
  assert.equal(statusFromWire('done_for_day', 'day', 0n), 'expired');
});

test('reads accounts of before and after the day-trade fields went', () => {
  const account = accountFromWire(fixture('account.plain.synthetic'));
  assert.deepEqual(account, {
    brokerAccountId: '904837e3-3b76-47ec-b432-046db621571b',
    equity: parseMoney('100000.005'),
    lastEquity: parseMoney('99871.123456'),
    cash: parseMoney('90033.85'),
    buyingPower: parseMoney('199933.9'),
    closingOnly: false,
    blocked: false,
  });
  assert.deepEqual(accountFromWire(fixture('account.before-2026.synthetic')), account);
});

test('an account needs its id, equity, cash and buying power, and says which one is missing', () => {
  for (const field of ['id', 'equity', 'cash', 'buying_power']) {
    assert.throws(
      () => accountFromWire(changed('account.plain.synthetic', { [field]: undefined })),
      (error) => isBellwetherError(error) && error.code === 'broker/bad-answer' && error.details['field'] === field,
    );
  }
  const bare = { id: 'x', equity: 100000, cash: '-12.5', buying_power: '0' };
  assert.deepEqual(accountFromWire(bare), {
    brokerAccountId: 'x',
    equity: parseMoney('100000'),
    lastEquity: null,
    cash: parseMoney('-12.5'),
    buyingPower: parseMoney('0'),
    closingOnly: false,
    blocked: false,
  });
});

test('money that was paid in or drawn out today is told apart from gains and losses', () => {
  for (const [told, expected] of [
    ['0', '0'],
    ['-2500.5', '-2500.5'],
  ] as const)
    assert.equal(
      accountFromWire(changed('account.plain.synthetic', { intraday_adjustments: told })).netDepositsToday,
      parseMoney(expected),
    );
});

test('what a fill or an order has cost is read where it is told, and nothing where it is not', () => {
  const name = 'get-order.bracket-filled.synthetic';
  assert.equal(orderFromWire(changed(name, { commission: '0.35' })).commission, parseMoney('0.35'));
  assert.equal('commission' in orderFromWire(fixture(name)), false);
  const [fill] = fixture('activities.fills.synthetic') as readonly WireObject[];
  assert.equal(fillFromWire({ ...fill, commission: '0.35' }).fee, parseMoney('0.35'));
  assert.equal(fillFromWire(fill).fee, 0n);
  const event = fixture('stream.partial-fill.synthetic') as WireObject;
  const data = (event['data'] ?? event) as WireObject;
  const told = eventFromWire({ ...data, commission: '0.35' });
  assert.equal('fill' in told ? told.fill?.fee : null, parseMoney('0.35'));
});

const STANDINGS: readonly (readonly [WireObject, { readonly closingOnly: boolean; readonly blocked: boolean }])[] = [
  [{ account_blocked: true }, { closingOnly: false, blocked: true }],
  [{ trading_blocked: true }, { closingOnly: false, blocked: true }],
  [{ trade_suspended_by_user: true }, { closingOnly: false, blocked: true }],
  [{ status: 'ACCOUNT_CLOSED' }, { closingOnly: false, blocked: true }],
  [{ status: 'LIMITED' }, { closingOnly: true, blocked: false }],
  [{ maintenance_margin: '100000.01' }, { closingOnly: true, blocked: false }],
  [
    { status: undefined, trading_blocked: undefined },
    { closingOnly: false, blocked: false },
  ],
];
for (const [changes, expected] of STANDINGS) {
  test(`an account with ${JSON.stringify(changes)} stands as it says`, () => {
    const { closingOnly, blocked } = accountFromWire(changed('account.plain.synthetic', changes));
    assert.deepEqual({ closingOnly, blocked }, expected);
  });
}

test('positions are signed, whichever way Alpaca spells a short', () => {
  const [long, short] = fixture('positions.long-and-short.synthetic') as readonly WireObject[];
  assert.equal(positionFromWire(long).quantity, parseQuantity('66'));
  assert.equal(positionFromWire(long).averageEntry, parsePrice('151.002272727'));
  assert.equal(positionFromWire(short).quantity, -parseQuantity('10'));
  assert.equal(positionFromWire({ ...short, qty: '10' }).quantity, -parseQuantity('10'));
});

test('a fill has one id in the activities and in the stream', () => {
  const [first, second] = (fixture('activities.fills.synthetic') as readonly WireObject[]).map(fillFromWire);
  const event = eventFromWire((fixture('stream.partial-fill.synthetic') as WireObject)['data']);
  assert.equal(event.kind, 'partially_filled');
  if (event.kind !== 'partially_filled') return;
  assert.deepEqual(event.fill, first);
  assert.equal(String(event.at), '2025-07-01T13:30:00.912345Z');
  assert.deepEqual([second?.side, second?.price], ['sell', parsePrice('151.0058')]);
});

test('events that we do not know are other, and a fill without its id is left to the activities', () => {
  const update = (fixture('stream.partial-fill.synthetic') as { readonly data: WireObject }).data;
  const kindOf = (event: string) => eventFromWire({ ...update, event }).kind;
  const kinds = ['new', 'accepted', 'fill', 'canceled', 'expired', 'rejected', 'replaced'].map(kindOf);
  assert.deepEqual(kinds, ['accepted', 'accepted', 'filled', 'canceled', 'expired', 'rejected', 'replaced']);
  const others = ['order_replace_rejected', 'done_for_day', 'pending_cancel', 'held', 'trade_bust', 'of next year'];
  assert.deepEqual(new Set(others.map(kindOf)), new Set(['other']));
  const nameless = eventFromWire({ ...update, execution_id: undefined });
  assert.equal(nameless.kind === 'partially_filled' && nameless.fill, null);
  const timeless = eventFromWire({ ...update, timestamp: undefined, at: undefined });
  assert.equal(String(timeless.at), '2025-07-01T13:30:00.221034Z');
  const opened = eventFromWire((fixture('stream.new.synthetic') as WireObject)['data']);
  assert.equal(opened.kind === 'accepted' && opened.fill, null);
});

test('what cannot be read is a bad answer that names the field', () => {
  const refused = (read: () => unknown, field: string) =>
    assert.throws(
      read,
      (error) => isBellwetherError(error) && error.kind === 'bug' && error.details['field'] === field,
    );
  const name = 'get-order.bracket-filled.synthetic';
  refused(() => orderFromWire('<html>'), '');
  refused(() => orderFromWire(changed(name, { id: undefined })), 'id');
  refused(() => orderFromWire(changed(name, { qty: '6e1' })), 'qty');
  refused(() => orderFromWire(changed(name, { limit_price: 'NaN' })), 'limit_price');
  refused(() => orderFromWire(changed(name, { submitted_at: 'soon' })), 'submitted_at');
  refused(() => orderFromWire(changed(name, { legs: [{ id: 'x' }] })), 'side');
});

test('instruments and sessions are read as the exchange has them', () => {
  assert.deepEqual(instrumentFromWire(fixture('asset.easy-to-borrow.synthetic')), {
    symbol: 'AAPL',
    tradable: true,
    shortable: true,
    easyToBorrow: true,
    fractionable: true,
  });
  const gone = changed('asset.easy-to-borrow.synthetic', { status: 'inactive', easy_to_borrow: undefined });
  assert.deepEqual([instrumentFromWire(gone).tradable, instrumentFromWire(gone).easyToBorrow], [false, false]);
  const days = (fixture('calendar.early-close.synthetic') as readonly unknown[]).map(sessionFromWire);
  assert.deepEqual(
    days.map(({ opensAt, closesAt }) => `${opensAt} ${closesAt}`),
    [
      '2025-07-02T13:30:00Z 2025-07-02T20:00:00Z',
      '2025-07-03T13:30:00Z 2025-07-03T17:00:00Z',
      // After the clocks went back.
      '2025-11-28T14:30:00Z 2025-11-28T18:00:00Z',
    ],
  );
});
