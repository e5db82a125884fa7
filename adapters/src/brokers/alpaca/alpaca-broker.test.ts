import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBellwetherError, type OrderRequest, parsePrice, parseQuantity } from '@bellwether/domain';
import { BROKER_PROFILES, type BrokerEvent, type BrokerOrderId } from '@bellwether/ports';
import { approvedInTest } from '@bellwether/ports/testing';
import { AlpacaBroker } from './alpaca-broker.ts';
import { changed, fixture } from './alpaca-fixtures.fixture.ts';
import type { AlpacaReply, AlpacaRequest } from './alpaca-http.ts';
import { AlpacaInstruments } from './alpaca-instruments.ts';
import { AlpacaMarketClock } from './alpaca-market-clock.ts';
import type { WireObject } from './alpaca-wire.ts';

const ACCOUNT = '904837e3-3b76-47ec-b432-046db621571b';
const PARENT = '61e69015-8549-4bfd-b9c3-01e75843f47d';
const STOP = 'c7d9e7a1-52ab-4f3c-8a4e-6b1c0a9e8f22' as BrokerOrderId;
const SUCCESSOR = 'd11f0e5b-7a52-4b64-9f6e-3c2b1a0d9e33';
const BRACKET = 'get-order.bracket-filled.synthetic';
const ORDER: OrderRequest = {
  clientOrderId: 'bw1-a',
  symbol: 'AAPL',
  side: 'buy',
  type: 'market',
  quantity: parseQuantity('66'),
  limitPrice: null,
  stopPrice: null,
  timeInForce: 'gtc',
  takeProfit: { clientOrderId: 'bw1-t', limitPrice: parsePrice('154.25') },
  stopLoss: { clientOrderId: 'bw1-s', stopPrice: parsePrice('148') },
  oco: false,
};

/** "METHOD /path" → answers in turn, the last one again and again; what was asked is remembered. */
function bench(answers: Readonly<Record<string, readonly AlpacaReply[]>>) {
  const asked: AlpacaRequest[] = [];
  const left = new Map(Object.entries(answers).map(([key, replies]) => [key, [...replies]]));
  const transport = async (request: AlpacaRequest): Promise<AlpacaReply> => {
    asked.push(request);
    const key = [...left.keys()].find((known) => `${request.method} ${request.path}`.startsWith(known));
    const replies = left.get(key ?? '') ?? assert.fail(`nobody answers ${request.method} ${request.path}`);
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    return reply ?? assert.fail(`nobody answers ${request.path} any more`);
  };
  const broker = new AlpacaBroker({
    label: 'paper',
    brokerAccountId: ACCOUNT,
    capabilities: BROKER_PROFILES.alpaca,
    transport,
    openStream: () => ({ next: async () => ({ done: true, value: undefined }) as IteratorResult<BrokerEvent> }),
  });
  return { broker, asked, transport };
}
function ok(json: unknown, status = 200): AlpacaReply {
  return { kind: 'answer', status, json, text: JSON.stringify(json), headers: {} };
}
const NOT_FOUND = ok({ code: 40410000, message: 'order not found' }, 404);
const HTML: AlpacaReply = { kind: 'answer', status: 200, json: undefined, text: '<html>', headers: {} };
const SILENCE: AlpacaReply = { kind: 'no_answer', cause: 'socket hang up' };

test('an order is one request, and its answer is the order with its legs', async () => {
  const { broker, asked } = bench({ 'POST /v2/orders': [ok(fixture('post-order.bracket-accepted.synthetic'))] });
  const outcome = await broker.submit(approvedInTest(ORDER));
  assert.equal(outcome.kind === 'accepted' && outcome.order.legs.length, 2);
  assert.equal(asked.length, 1);
  assert.equal((asked[0]?.body as WireObject)['order_class'], 'bracket');
});

test('an order whose answer is no order is unknown, whatever its status says', async () => {
  for (const reply of [HTML, SILENCE, ok({}), ok([]), ok({ id: PARENT, side: 'buy' }), ok({}, 504)]) {
    const { broker, asked } = bench({ 'POST /v2/orders': [reply] });
    assert.equal((await broker.submit(approvedInTest(ORDER))).kind, 'unknown');
    assert.equal(asked.length, 1);
  }
});

test('a stop is moved by one request under our name', async () => {
  const moved = changed('get-order.stop-replaced.synthetic', {
    id: SUCCESSOR,
    client_order_id: 'bw1-s2',
    status: 'accepted',
  });
  const { broker, asked } = bench({ [`PATCH /v2/orders/${STOP}`]: [ok(moved)] });
  const outcome = await broker.replace(STOP, { stopPrice: parsePrice('149') }, 'bw1-s2');
  assert.equal(outcome.kind === 'accepted' && outcome.order.clientOrderId, 'bw1-s2');
  assert.deepEqual(asked[0]?.body, { stop_price: '149.00', client_order_id: 'bw1-s2' });
});

test('a refused replacement is a refusal: the old stop stands', async () => {
  const refused = ok({ code: 42210000, message: 'order is partially filled' }, 422);
  const { broker } = bench({ [`PATCH /v2/orders/${STOP}`]: [refused] });
  const outcome = await broker.replace(STOP, { stopPrice: parsePrice('149') }, 'bw1-s2');
  assert.deepEqual(outcome.kind === 'refused' && [outcome.code, outcome.scope], ['42210000', 'order']);
});

test('an order is found by our id with its legs, which need a second read', async () => {
  const { broker, asked } = bench({
    'GET /v2/orders:by_client_order_id': [ok(changed(BRACKET, { legs: null }))],
    [`GET /v2/orders/${PARENT}?nested=true`]: [ok(fixture(BRACKET))],
  });
  assert.equal((await broker.find('bw1-a b'))?.legs.length, 2);
  assert.equal(asked[0]?.path, '/v2/orders:by_client_order_id?client_order_id=bw1-a+b');
});

test('an order without legs is found by one read, and one that Alpaca does not know by none', async () => {
  const plain = bench({ 'GET /v2/orders:by_client_order_id': [ok(fixture('get-order.by-amount.synthetic'))] });
  assert.equal((await plain.broker.find('x'))?.status, 'filled');
  assert.equal(plain.asked.length, 1);
  const none = bench({ 'GET /v2/orders:by_client_order_id': [NOT_FOUND] });
  assert.equal(await none.broker.find('x'), undefined);
});

test('find follows replacements to their end, and stops where the successor is not shown yet', async () => {
  const replaced = ok(fixture('get-order.stop-replaced.synthetic'));
  const successor = ok(
    changed('get-order.stop-replaced.synthetic', { id: SUCCESSOR, replaced_by: null, status: 'held' }),
  );
  const chain = bench({
    [`GET /v2/orders/${STOP}`]: [replaced],
    [`GET /v2/orders/${SUCCESSOR}`]: [successor],
    'GET /v2/orders:by_client_order_id': [replaced],
  });
  assert.equal((await chain.broker.findById(STOP))?.brokerOrderId, SUCCESSOR);
  assert.equal((await chain.broker.find('bw1-s'))?.brokerOrderId, SUCCESSOR);
  const early = bench({ [`GET /v2/orders/${STOP}`]: [replaced], [`GET /v2/orders/${SUCCESSOR}`]: [NOT_FOUND] });
  assert.equal((await early.broker.findById(STOP))?.status, 'replaced');
});

test('an id that is none of Alpaca’s is asked of nobody', async () => {
  const { broker, asked } = bench({});
  assert.equal(await broker.findById('../account' as BrokerOrderId), undefined);
  assert.equal(await broker.cancel('x' as BrokerOrderId), 'unknown');
  assert.equal(asked.length, 0);
});

test('a 404 in HTML is not the word of Alpaca', async () => {
  const page: AlpacaReply = { kind: 'answer', status: 404, json: undefined, text: '<html>', headers: {} };
  const { broker } = bench({ 'GET /v2/orders:by_client_order_id': [page] });
  await assert.rejects(broker.find('x'), (error) => isBellwetherError(error) && error.code === 'broker/unreachable');
});

function plainOrder(number: number, submittedAt: string, more: WireObject = {}): WireObject {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  return changed(BRACKET, { id, client_order_id: `o${number}`, submitted_at: submittedAt, legs: null, ...more });
}

test('orders come in pages of 500 and once each, also where a page ends inside an instant', async () => {
  const at = (number: number) => `2025-07-01T13:${String(30 + Math.floor(number / 400)).padStart(2, '0')}:00Z`;
  const all = Array.from({ length: 700 }, (_, number) => plainOrder(number, at(number)));
  const { broker, asked } = bench({ 'GET /v2/orders?': [ok(all.slice(0, 500)), ok(all.slice(400))] });
  const orders = await broker.orders({ status: 'all', symbol: 'AAPL' });
  assert.deepEqual([orders.length, new Set(orders.map(({ clientOrderId }) => clientOrderId)).size], [700, 700]);
  const [first, second] = asked.map(({ path }) => new URLSearchParams(path.split('?')[1]));
  assert.deepEqual(
    ['status', 'nested', 'limit', 'direction', 'symbols', 'after'].map((name) => first?.get(name)),
    ['all', 'true', '500', 'asc', 'AAPL', null],
  );
  assert.equal(second?.get('after'), '2025-07-01T13:30:59.999Z');
});

test('a page that never moves on is a bad answer, not an endless read', async () => {
  const same = Array.from({ length: 500 }, (_, number) => plainOrder(number, '2025-07-01T13:30:00Z'));
  const { broker } = bench({ 'GET /v2/orders?': [ok(same)] });
  await assert.rejects(broker.orders({ status: 'all' }), (error) => isBellwetherError(error) && error.kind === 'bug');
});

test('orders since an instant include it', async () => {
  const since = Temporal.Instant.from('2025-07-01T13:30:00Z');
  const listed = [plainOrder(1, '2025-07-01T13:29:59.9995Z'), plainOrder(2, '2025-07-01T13:30:00Z')];
  const { broker } = bench({ 'GET /v2/orders?': [ok(listed)] });
  const found = await broker.orders({ status: 'all', since });
  assert.deepEqual(
    found.map(({ clientOrderId }) => clientOrderId),
    ['o2'],
  );
});

test('a group whose entry is done is live while a leg of it is, and is listed once', async () => {
  const group = changed(BRACKET, {});
  const target = (group['legs'] as readonly WireObject[])[0];
  const other = plainOrder(1, '2025-07-01T13:30:05Z', { status: 'new', filled_qty: '0' });
  const done = plainOrder(2, '2025-07-01T13:30:06Z');
  const { broker, asked } = bench({
    'GET /v2/orders?status=open': [ok([target, other])],
    'GET /v2/orders?status=all': [ok([group, target, other, done])],
  });
  const live = await broker.orders({ status: 'live' });
  assert.deepEqual(
    live.map(({ brokerOrderId, legs }) => [brokerOrderId, legs.length]),
    [
      [PARENT, 2],
      [other['id'], 0],
    ],
  );
  assert.equal(asked.length, 2);
  const quiet = bench({ 'GET /v2/orders?status=open': [ok([])] });
  assert.deepEqual(await quiet.broker.orders({ status: 'live' }), []);
});

test('fills come page by page, once each, oldest first, from the instant asked for', async () => {
  const [first] = fixture('activities.fills.synthetic') as readonly WireObject[];
  const activity = (number: number) => ({
    ...first,
    id: `20250701133000912::${number}`,
    transaction_time: `2025-07-01T13:30:${String(number % 60).padStart(2, '0')}Z`,
  });
  const page = Array.from({ length: 100 }, (_, number) => activity(number));
  const { broker, asked } = bench({ 'GET /v2/account/activities/FILL': [ok(page), ok([activity(99), activity(100)])] });
  const fills = await broker.fills(Temporal.Instant.from('2025-07-01T13:30:30Z'));
  assert.equal(new Set(fills.map(({ fillId }) => fillId)).size, fills.length);
  assert.equal(fills.length, 41);
  assert.ok(
    fills.every(({ at }, index) => index === 0 || Temporal.Instant.compare(fills[index - 1]?.at ?? at, at) <= 0),
  );
  assert.match(asked[1]?.path ?? '', /page_token=20250701133000912%3A%3A99/);
  assert.match(asked[0]?.path ?? '', /after=2025-07-01T13%3A30%3A29Z/);
});

test('an account that is not the one we verified is refused', async () => {
  const account = fixture('account.plain.synthetic');
  const same = bench({ 'GET /v2/account': [ok(account)] });
  assert.equal((await same.broker.account()).brokerAccountId, ACCOUNT);
  const other = bench({ 'GET /v2/account': [ok(changed('account.plain.synthetic', { id: 'another' }))] });
  await assert.rejects(
    other.broker.account(),
    (error) => isBellwetherError(error) && error.code === 'broker/wrong-account',
  );
});

test('reads that fail say how, and the rate limit is remembered', async () => {
  const headers = { 'x-ratelimit-limit': '200', 'x-ratelimit-remaining': '41', 'x-ratelimit-reset': '1751376660' };
  const throttled: AlpacaReply = { kind: 'answer', status: 429, json: {}, text: '{}', headers };
  const { broker } = bench({
    'GET /v2/positions': [ok(fixture('positions.long-and-short.synthetic')), throttled, SILENCE],
  });
  const remaining = () => broker.rateLimit?.remaining;
  assert.equal(remaining(), undefined);
  assert.equal((await broker.positions()).length, 2);
  await assert.rejects(broker.positions(), (error) => isBellwetherError(error) && error.code === 'broker/throttled');
  assert.equal(remaining(), 41);
  await assert.rejects(broker.positions(), (error) => isBellwetherError(error) && error.code === 'broker/unreachable');
  assert.equal(remaining(), 41);
});

test('instruments are found by symbol, and one that Alpaca does not list is none', async () => {
  const { transport, asked } = bench({
    'GET /v2/assets/AAPL': [ok(fixture('asset.easy-to-borrow.synthetic')), SILENCE],
    'GET /v2/assets/': [ok({ code: 40410000, message: 'asset not found for NONE' }, 404)],
  });
  const instruments = new AlpacaInstruments(transport);
  assert.equal((await instruments.find('AAPL'))?.tradable, true);
  assert.equal(await instruments.find('BRK/B'), undefined);
  assert.equal(asked[1]?.path, '/v2/assets/BRK%2FB');
  await assert.rejects(instruments.find('AAPL'), (error) => isBellwetherError(error) && error.kind === 'retryable');
});

test('clock and calendar are read as instants', async () => {
  const { transport, asked } = bench({
    'GET /v2/clock': [ok(fixture('clock.open.synthetic'))],
    'GET /v2/calendar': [ok(fixture('calendar.early-close.synthetic')), HTML],
  });
  const clock = new AlpacaMarketClock(transport);
  const { at, isOpen, nextClose } = await clock.now();
  assert.deepEqual(
    [String(at), isOpen, String(nextClose)],
    ['2025-07-01T13:30:00.123456789Z', true, '2025-07-01T20:00:00Z'],
  );
  assert.equal((await clock.sessions('2025-07-02', '2025-11-28')).length, 3);
  assert.equal(asked[1]?.path, '/v2/calendar?start=2025-07-02&end=2025-11-28');
  await assert.rejects(clock.sessions('2025-07-02', '2025-07-03'), /expected the calendar from Alpaca/);
});
