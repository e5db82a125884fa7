import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bench, type Fields } from './sandbox-bench.fixture.ts';

test('a client id names one order for ever, also after cancel', async () => {
  const { send, find, call } = await bench();
  await send('a', 'buy', { type: 'limit', limit_price: '90' });
  const id = String((await find('a'))['id']);
  await call('DELETE', `/v2/orders/${id}`);
  const { status, body } = await send('a', 'buy');
  assert.deepEqual([status, body['code']], [422, 40010001]);
  assert.match(String(body['message']), /must be unique/);
  assert.equal((await find('a'))['id'], id);
});

test('ids that the client does not give, and those of legs, are the broker’s own', async () => {
  const { call, bracket } = await bench();
  const own = await call('POST', '/v2/orders', {
    symbol: 'AAPL',
    side: 'buy',
    type: 'market',
    qty: 1,
    time_in_force: 'day',
  });
  assert.match(String(own.body['client_order_id']), /^[0-9a-f-]{36}$/);
  await call('DELETE', `/v2/orders/${String(own.body['id'])}`);
  const legs = (await bracket('a')).body['legs'] as Fields[];
  assert.equal(new Set(legs.map((leg) => leg['client_order_id'])).size, 2);
});

test('an id longer than 128 characters is refused', async () => {
  const { send } = await bench();
  assert.equal((await send('x'.repeat(129), 'buy')).status, 422);
  assert.equal((await send('x'.repeat(128), 'buy')).status, 200);
});

test('PATCH makes a new order; the old id leads to it, and its parent shows it', async () => {
  const { bracket, trades, find, call, statuses, held } = await bench();
  await bracket('a');
  await trades(100);
  const stop = (await find('a')).legs?.[1];
  const patched = await call('PATCH', `/v2/orders/${String(stop?.['id'])}`, {
    stop_price: '98.5',
    client_order_id: 'a-s2',
  });
  assert.equal(patched.status, 200);
  assert.notEqual(patched.body['id'], stop?.['id']);
  assert.deepEqual([patched.body['client_order_id'], patched.body['replaces']], ['a-s2', stop?.['id']]);
  const original = await find(String(stop?.['client_order_id']));
  assert.deepEqual([original['status'], original['replaced_by']], ['replaced', patched.body['id']]);
  assert.equal((await find('a')).legs?.[1]?.['id'], patched.body['id']);
  assert.deepEqual(await statuses('a'), ['filled', 'new', 'held']);
  await trades(99, 99.5, 98);
  assert.deepEqual(await statuses('a'), ['filled', 'canceled', 'filled']);
  assert.equal(await held(), '0');
});

test('the limit of a replaced stop-limit moves with its stop', async () => {
  const { bracket, trades, find, call } = await bench();
  await bracket('a', 'sell');
  await trades(100);
  const stop = (await find('a')).legs?.[1];
  const { body } = await call('PATCH', `/v2/orders/${String(stop?.['id'])}`, { stop_price: '101' });
  assert.deepEqual([body['stop_price'], body['limit_price']], ['101.00', '103.53']);
});

test('PATCH changes limit and quantity of a simple order', async () => {
  const { send, call, trades, find } = await bench();
  const { body } = await send('a', 'buy', { type: 'limit', limit_price: '90' });
  await call('PATCH', `/v2/orders/${String(body['id'])}`, { limit_price: '99', qty: '40', client_order_id: 'b' });
  await trades(98);
  const successor = await find('b');
  assert.deepEqual([successor['status'], successor['qty'], successor['filled_avg_price']], ['filled', '40', '98.00']);
});

test('PATCH is refused in pending_cancel, in accepted, and for what has ended', async () => {
  const { send, call, control, trades } = await bench({ faults: { stuck_pending_cancel: 1 } });
  await trades(100);
  const limit = { type: 'limit', limit_price: '90' };
  const stuck = String((await send('a', 'buy', limit)).body['id']);
  await call('DELETE', `/v2/orders/${stuck}`);
  const patch = async (id: string) => {
    const { status, body } = await call('PATCH', `/v2/orders/${id}`, { limit_price: '91' });
    return [status, body['message']];
  };
  assert.deepEqual(await patch(stuck), [422, 'cannot replace order in pending_cancel status']);
  await call('DELETE', `/v2/orders/${stuck}`);
  assert.deepEqual(await patch(stuck), [422, 'cannot replace order in canceled status']);
  await control.market([{ kind: 'session_end', symbol: 'AAPL', at: '2026-03-02T21:00:00Z' }]);
  const waiting = String((await send('b', 'buy', limit)).body['id']);
  assert.deepEqual(await patch(waiting), [422, 'cannot replace order in accepted status']);
});

test('a replacement may be rejected after a 200: the old order stays', async () => {
  const { bracket, trades, find, call, statuses } = await bench({ faults: { replace_rejected: 1 } });
  await bracket('a');
  await trades(100);
  const stop = (await find('a')).legs?.[1];
  const { status, body } = await call('PATCH', `/v2/orders/${String(stop?.['id'])}`, {
    stop_price: '98',
    client_order_id: 's2',
  });
  assert.deepEqual([status, body['status']], [200, 'pending_new']);
  assert.equal((await find('s2'))['status'], 'rejected');
  assert.deepEqual(await statuses('a'), ['filled', 'new', 'held']);
});

for (const [isOriginal, expected] of [
  [0, 'rest'],
  [1, 'original'],
] as const) {
  test(`a partly filled order is re-created with its ${expected} quantity`, async () => {
    const { send, trades, find, call, control } = await bench({ faults: { partial_fill_rate: { count: 1 } } });
    await control.faults({ partial_replace_recreates_original: isOriginal });
    await send('a', 'buy', { type: 'limit', limit_price: '101' });
    await trades(100);
    const old = await find('a');
    const { body } = await call('PATCH', `/v2/orders/${String(old['id'])}`, { limit_price: '102' });
    assert.equal(Number(body['qty']), isOriginal === 1 ? 100 : 100 - Number(old['filled_qty']));
  });
}

test('PATCH with an id used before is refused, as is a quantity beyond what is free', async () => {
  const { send, call, trades } = await bench();
  await send('a', 'buy');
  await trades(100);
  const exit = String((await send('x', 'sell', { type: 'limit', limit_price: '110', qty: '60' })).body['id']);
  assert.equal((await call('PATCH', `/v2/orders/${exit}`, { limit_price: '111', client_order_id: 'a' })).status, 422);
  assert.equal((await call('PATCH', `/v2/orders/${exit}`, { qty: '101' })).status, 403);
  assert.equal((await call('PATCH', `/v2/orders/${exit}`, { qty: '100' })).status, 200);
  assert.equal((await call('PATCH', `/v2/orders/${exit}`, { qty: '90' })).status, 422);
});
