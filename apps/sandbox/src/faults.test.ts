import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS } from '@bellwether/domain';
import { FAULT_NAMES, Faults, readFaults } from './faults.ts';
import { bench, FIRST_OPEN } from './sandbox-bench.fixture.ts';

const LIMIT = { type: 'limit', limit_price: '90' };

test('a count strikes so many times, a probability by its own generator, 0 never', () => {
  const faults = new Faults(1, { throttle: 2, halt: { probability: 0.3 } });
  assert.deepEqual(
    [1, 2, 3].map(() => faults.strikes('throttle')),
    [true, true, false],
  );
  const draws = (other: Faults) => Array.from({ length: 200 }, () => other.strikes('halt'));
  const first = draws(faults);
  assert.deepEqual(draws(new Faults(1, { halt: { probability: 0.3 } })), first, 'other draws do not move it');
  assert.notDeepEqual(draws(new Faults(2, { halt: { probability: 0.3 } })), first);
  const hits = first.filter(Boolean).length;
  assert.ok(hits > 35 && hits < 90, `${hits} of 200`);
  faults.set({ halt: 0 });
  assert.equal(faults.strikes('halt'), false);
});

test('what a fault does not know is refused by name', () => {
  for (const wrong of [{ nonsense: 1 }, { throttle: -1 }, { throttle: 'x' }, { halt: { probability: 2 } }, [], null])
    assert.throws(() => readFaults(wrong), { code: 'sandbox/bad-market' }, JSON.stringify(wrong));
  for (const name of FAULT_NAMES) readFaults({ [name]: 1 });
});

test('5xx after accept: the order is there', async () => {
  const { send, find, control } = await bench({ faults: { http_5xx_after_accept: 1 } });
  assert.equal((await send('a', 'buy', LIMIT)).status, 504);
  assert.equal((await find('a'))['status'], 'new');
  assert.equal((await send('a', 'buy', LIMIT)).status, 422);
  const { posts } = await control.truth();
  assert.deepEqual(
    posts.map(({ client_order_id, outcome }) => `${client_order_id} ${outcome}`),
    ['a accepted, answered 504', 'a refused 40010001'],
  );
});

test('5xx before accept: the order is not there', async () => {
  const { send, call } = await bench({ faults: { http_5xx_before_accept: 1 } });
  assert.equal((await send('a', 'buy', LIMIT)).status, 503);
  assert.equal((await call('GET', '/v2/orders:by_client_order_id?client_order_id=a')).status, 404);
});

test('a dropped reply: the connection breaks, the order is there', async () => {
  const { send, find } = await bench({ faults: { drop_reply_after_accept: 1 } });
  await assert.rejects(send('a', 'buy', LIMIT), TypeError);
  assert.equal((await find('a'))['status'], 'new');
});

test('accept after the client has gone', async () => {
  let accept = (): void => undefined;
  const waited: number[] = [];
  const wait = (ms: number) => {
    waited.push(ms);
    return new Promise<void>((resolve) => {
      accept = resolve;
    });
  };
  const { sandbox, keyId, call, find, control } = await bench(
    { faults: { late_accept_ms: { ms: 11_000, count: 1 } } },
    { wait },
  );
  const client = new AbortController();
  const headers = { 'apca-api-key-id': keyId, 'apca-api-secret-key': 'x', 'content-type': 'application/json' };
  const body = JSON.stringify({
    client_order_id: 'a',
    symbol: 'AAPL',
    side: 'buy',
    qty: '1',
    time_in_force: 'gtc',
    ...LIMIT,
  });
  const sent = fetch(`${sandbox.url}/v2/orders`, { method: 'POST', headers, body, signal: client.signal });
  while (waited.length === 0) await control.truth();
  client.abort();
  await assert.rejects(sent, { name: 'AbortError' });
  assert.equal((await call('GET', '/v2/orders:by_client_order_id?client_order_id=a')).status, 404);
  accept();
  while ((await control.truth()).orders.length === 0);
  assert.equal((await find('a'))['status'], 'new');
  assert.deepEqual(waited, [11_000]);
});

test('accepted but 404 for 800 ms; its id is taken all the same', async () => {
  let now = FIRST_OPEN;
  const { send, call } = await bench({ faults: { hidden_for_ms: { ms: 800, count: 1 } } }, { clock: () => now });
  const { body } = await send('a', 'buy', LIMIT);
  const reads = ['/v2/orders:by_client_order_id?client_order_id=a', `/v2/orders/${String(body['id'])}`];
  const statuses = async () => Promise.all(reads.map(async (path) => (await call('GET', path)).status));
  assert.deepEqual(await statuses(), [404, 404]);
  assert.equal((await call('GET', '/v2/orders')).list.length, 0);
  assert.equal((await send('a', 'buy', LIMIT)).status, 422);
  now += 800;
  assert.deepEqual(await statuses(), [200, 200]);
  assert.equal((await call('GET', '/v2/orders')).list.length, 1);
});

test('a cancel that is stuck: the order goes on, asked again it ends', async () => {
  const { send, call, trades, find } = await bench({ faults: { stuck_pending_cancel: 2 } });
  const first = String((await send('a', 'buy')).body['id']);
  const second = String((await send('b', 'buy', LIMIT)).body['id']);
  for (const id of [first, second]) assert.equal((await call('DELETE', `/v2/orders/${id}`)).status, 204);
  assert.deepEqual([(await find('a'))['status'], (await find('b'))['status']], ['pending_cancel', 'pending_cancel']);
  await trades(100);
  assert.equal((await find('a'))['status'], 'filled', 'fills still count');
  await call('DELETE', `/v2/orders/${second}`);
  assert.equal((await find('b'))['status'], 'canceled');
});

test('exits are refused, entries are not', async () => {
  const { send, trades, oco } = await bench({ faults: { refuse_exits: 1 } });
  assert.equal((await send('a', 'buy')).status, 200);
  await trades(100);
  const { status, body } = await oco('x', '100');
  assert.deepEqual([status, body['code']], [403, 40310000]);
  assert.equal((await oco('y', '100')).status, 200);
});

test('faults of replacing and cancelling are asked for by name', async () => {
  const { send, call, control, find } = await bench();
  const id = String((await send('a', 'buy', LIMIT)).body['id']);
  await control.faults({ http_5xx_after_accept: { count: 1, on: 'cancel' } });
  const patched = await call('PATCH', `/v2/orders/${id}`, { limit_price: '91', client_order_id: 'b' });
  assert.equal(patched.status, 200);
  assert.equal((await call('DELETE', `/v2/orders/${String(patched.body['id'])}`)).status, 504);
  assert.equal((await find('b'))['status'], 'canceled');
  await control.faults({ http_5xx_after_accept: { count: 1, on: 'replace' } });
  const next = String((await send('c', 'buy', LIMIT)).body['id']);
  assert.equal((await call('PATCH', `/v2/orders/${next}`, { limit_price: '91', client_order_id: 'd' })).status, 504);
  assert.equal((await find('d'))['status'], 'new');
});

test('401 and 429 by switch; a missing secret and a live key are 401 always', async () => {
  const { sandbox, keyId, call, control } = await bench();
  await control.faults({ unauthorized: 1, throttle: 1 });
  const first = await call('GET', '/v2/account');
  assert.deepEqual([first.status, first.body['code']], [401, 40110000]);
  assert.equal((await call('GET', '/v2/account')).status, 429);
  assert.equal((await call('GET', '/v2/account')).status, 200);
  const bare = async (headers: Record<string, string>) =>
    (await fetch(`${sandbox.url}/v2/account`, { headers })).status;
  assert.equal(await bare({ 'apca-api-key-id': keyId }), 401);
  assert.equal(await bare({ 'apca-api-key-id': 'AKLIVE', 'apca-api-secret-key': 'x' }), 401);
});

test('200 requests a minute: 429 beyond, with the headers; a minute of either clock gives new ones', async () => {
  let now = FIRST_OPEN;
  const { call, trades, send } = await bench({}, { clock: () => now, requestsPerMinute: 200 });
  for (let i = 0; i < 200; i++) assert.equal((await call('GET', '/v2/clock')).status, 200);
  const refused = await send('a', 'buy');
  assert.equal(refused.status, 429);
  assert.deepEqual(
    ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'].map((name) => refused.headers.get(name)),
    ['200', '0', String((FIRST_OPEN + MINUTE_MS) / 1000)],
  );
  now += MINUTE_MS;
  assert.equal((await call('GET', '/v2/clock')).headers.get('x-ratelimit-remaining'), '199');
  await trades(100);
  await trades(100);
  assert.equal((await call('GET', '/v2/clock')).headers.get('x-ratelimit-remaining'), '199');
});

test('one order in ten fills in part, the rest later, the same ones every time', async () => {
  async function firstFills(): Promise<readonly unknown[]> {
    const { send, quote, control, keyId } = await bench({
      cash: '100000000',
      faults: { partial_fill_rate: 0.1 },
      seed: 3,
    });
    await quote(100, 100.05);
    for (let i = 0; i < 200; i++) await send(`o${i}`, 'buy');
    const { orders } = await control.truth();
    assert.ok(
      orders.every((order) => order.fills.length === 1),
      keyId,
    );
    await quote(100, 100.05);
    const { orders: later } = await control.truth();
    assert.ok(later.every((order) => order.status === 'filled'));
    return orders.map((order) => order.filled_qty);
  }
  const first = await firstFills();
  const partial = first.filter((quantity) => quantity !== '100').length;
  assert.ok(partial > 8 && partial < 36, `${partial} of 200`);
  assert.deepEqual(await firstFills(), first);
});

test('halts by switch: the next step fills nothing', async () => {
  const { send, trades, find } = await bench({ faults: { halt: 2 } });
  await send('a', 'buy');
  await trades(100);
  assert.equal((await find('a'))['status'], 'new');
  await trades(100);
  assert.equal((await find('a'))['status'], 'filled');
});
