import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bench } from './sandbox-bench.fixture.ts';

test('shares held by orders are not free: 403 that names them', async () => {
  const { bracket, send, trades, call } = await bench();
  await bracket('a');
  await trades(100);
  const { status, body } = await send('x', 'sell', { qty: '60' });
  assert.deepEqual([status, body['code']], [403, 40310000]);
  assert.match(String(body['message']), /insufficient qty available for order \(requested: 60, available: 0\)/);
  assert.deepEqual([body['existing_qty'], body['held_for_orders']], ['100', '100']);
  assert.equal((await call('GET', '/v2/positions/AAPL')).body['qty_available'], '0');
});

test('no order carries a position through zero', async () => {
  const { send, trades, held } = await bench();
  await send('a', 'buy');
  await trades(100);
  assert.equal((await send('x', 'sell', { qty: '150' })).status, 403);
  assert.equal((await send('y', 'sell', { qty: '100' })).status, 200);
  assert.equal((await send('z', 'sell', { qty: '100' })).status, 403, 'its shares are taken by y');
  await trades(100);
  assert.equal(await held(), '0');
});

test('a wash trade is refused with the order that it would meet; groups are exempt', async () => {
  const { send, trades, bracket, oco } = await bench({ switches: { bracket_on_held_symbol: true } });
  await send('a', 'buy');
  await trades(100);
  const rests = (await send('s', 'sell', { type: 'stop', stop_price: '95', qty: '50' })).body['id'];
  const { status, body } = await send('b', 'buy');
  assert.deepEqual([status, body['code'], body['existing_order_id']], [403, 40310000, rests]);
  assert.equal((await bracket('c')).status, 200, 'a group beside it');
  assert.equal((await oco('o', '50')).status, 200);
});

test('an entry beside a resting group is no wash trade; limits that cannot meet are none either', async () => {
  const { send, trades, bracket } = await bench();
  await bracket('a');
  await trades(100);
  assert.equal((await send('b', 'buy', { type: 'limit', limit_price: '99' })).status, 200);
  const plain = await bench();
  await plain.send('a', 'buy');
  await plain.trades(100);
  await plain.send('t', 'sell', { type: 'limit', limit_price: '110' });
  assert.equal((await plain.send('b', 'buy', { type: 'limit', limit_price: '99' })).status, 200);
  assert.equal((await plain.send('c', 'buy', { type: 'limit', limit_price: '110' })).status, 403);
});

test('a sell stop is refused while a buy rests; the switch lets an entry rest beside an exit', async () => {
  const { send, trades } = await bench();
  await send('a', 'buy');
  await trades(100);
  await send('b', 'buy', { type: 'limit', limit_price: '90' });
  assert.equal((await send('s', 'sell', { type: 'stop', stop_price: '95' })).status, 403);
  const open = await bench({ switches: { entry_beside_resting_exit: true } });
  await open.send('a', 'buy');
  await open.trades(100);
  await open.send('s', 'sell', { type: 'stop', stop_price: '95' });
  assert.equal((await open.send('b', 'buy')).status, 200);
});

test('sub-penny prices are refused from a dollar up, four decimals are the rule below', async () => {
  const { send } = await bench();
  const limit = (id: string, price: string) => send(id, 'buy', { type: 'limit', limit_price: price });
  const { status, body } = await limit('a', '100.001');
  assert.deepEqual([status, body['code']], [422, 42210000]);
  assert.match(String(body['message']), /sub-penny/);
  assert.equal((await limit('b', '0.1234')).status, 200);
  assert.equal((await limit('c', '0.12345')).status, 422);
});

test('buying power: what rests is counted, what exceeds it is refused with both figures', async () => {
  const { send, trades, call } = await bench({ cash: '10000' });
  await trades(100);
  assert.equal((await send('a', 'buy', { qty: '150', type: 'limit', limit_price: '99' })).status, 200);
  assert.equal((await call('GET', '/v2/account')).body['buying_power'], '5150.00');
  const { status, body } = await send('b', 'buy', { qty: '52' });
  assert.deepEqual([status, body['code']], [403, 40310000]);
  assert.deepEqual([body['buying_power'], body['cost_basis']], ['5150.00', '5200.00']);
  assert.equal((await send('c', 'buy', { qty: '51' })).status, 200);
});

test('a short needs the larger of its limit and 3 % above the ask, and a symbol that can be borrowed', async () => {
  const assets = { HARD: { easy_to_borrow: false }, NONE: { shortable: false }, DEAD: { tradable: false } };
  const { send, trades } = await bench({ cash: '10000', margin_multiplier: 1, assets });
  await trades(100);
  assert.equal((await send('a', 'sell', { qty: '98' })).status, 403);
  assert.equal((await send('b', 'sell', { qty: '97' })).status, 200);
  assert.equal((await send('c', 'sell', { symbol: 'HARD', qty: '1' })).status, 422);
  assert.equal((await send('d', 'sell', { symbol: 'HARD', qty: '1', time_in_force: 'day' })).status, 200);
  assert.equal((await send('e', 'sell', { symbol: 'NONE', qty: '1' })).status, 422);
  assert.equal((await send('f', 'buy', { symbol: 'DEAD', qty: '1' })).status, 422);
  assert.equal((await send('g', 'buy', { symbol: 'btc/usd', qty: '1' })).status, 404);
});

test('a position above 600 % of the equity leaves the account nothing but closing', async () => {
  const { send, trades, call } = await bench({ cash: '10000' });
  await send('a', 'sell', { qty: '190' });
  await trades(100);
  await trades(137);
  assert.equal((await call('GET', '/v2/account')).body['status'], 'LIMITED');
  const { status, body } = await send('b', 'sell', { qty: '1' });
  assert.deepEqual([status, body['message']], [403, 'account is restricted to liquidation only']);
  assert.equal((await send('c', 'buy', { qty: '190' })).status, 200);
});

test('the base price of an OCO is the market’s: a stop on the wrong side of it is refused', async () => {
  const { send, trades, oco } = await bench();
  await send('a', 'buy');
  await trades(100);
  assert.equal((await oco('x', '100', '105', '100.00')).status, 422);
  assert.equal((await oco('y', '100', '105', '99.99')).status, 200);
});
