import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leftOut } from '@bellwether/testing';
import { OPENAPI, openApiCheck } from './openapi.fixture.ts';
import { bench, FIRST_OPEN, type Fields } from './sandbox-bench.fixture.ts';

const ids = (list: readonly Fields[]) => list.map((order) => order['client_order_id']);

test('the check against the published description bites', { skip: leftOut(OPENAPI) }, async () => {
  const { bracket } = await bench();
  const { body } = await bracket('a');
  const check = openApiCheck();
  assert.equal(check('POST', '/v2/orders', 200, body), null);
  assert.match(String(check('POST', '/v2/orders', 200, { ...body, status: 'dreaming' })), /status/);
  assert.match(String(check('GET', '/v2/positions', 200, [{ symbol: 'AAPL' }])), /required/);
  assert.equal(check('GET', '/v2/nothing', 200, {}), 'undocumented');
});

test('every endpoint answers as documented', async () => {
  const { send, bracket, trades, call } = await bench();
  await send('m', 'buy', { symbol: 'MSFT', qty: '1', type: 'limit', limit_price: '5' });
  await bracket('a');
  await trades(100);
  for (const path of [
    '/v2/account',
    '/v2/orders?status=all',
    '/v2/positions',
    '/v2/positions/AAPL',
    '/v2/account/activities/FILL',
    '/v2/account/activities',
    '/v2/clock',
    '/v2/calendar?start=2026-11-23&end=2026-11-30',
    '/v2/calendar',
    '/v2/assets/AAPL',
  ])
    assert.equal((await call('GET', path)).status, 200, path);
  assert.equal((await call('DELETE', '/v2/positions/AAPL')).status, 403, 'its shares are held by orders');
  assert.equal((await call('DELETE', '/v2/orders')).status, 207);
  assert.equal((await call('DELETE', '/v2/positions/AAPL?qty=40')).status, 200);
  const rest = await call('DELETE', '/v2/positions?cancel_orders=true');
  assert.deepEqual([rest.status, rest.list.length], [207, 1]);
  await trades(100);
  assert.equal((await call('GET', '/v2/positions/AAPL')).status, 404);
  assert.equal((await call('GET', '/v2/assets/btc')).status, 404);
  assert.equal((await call('GET', '/v2/nothing')).status, 404);
});

test('orders are listed by status, symbol, side, age and direction, fifty at a time', async () => {
  const { send, call } = await bench();
  for (let i = 0; i < 60; i++) {
    const symbol = i % 2 === 0 ? 'AAPL' : 'MSFT';
    await send(`o${i}`, 'buy', { type: 'limit', limit_price: '1', qty: '1', symbol });
  }
  const list = async (query: string) => (await call('GET', `/v2/orders?${query}`)).list;
  assert.equal((await list('')).length, 50);
  assert.deepEqual(ids(await list('limit=2')), ['o59', 'o58']);
  assert.deepEqual(ids(await list('limit=2&direction=asc')), ['o0', 'o1']);
  assert.deepEqual(ids(await list('limit=2&symbols=MSFT')), ['o59', 'o57']);
  assert.equal((await list('side=sell')).length, 0);
  const seen: unknown[] = [];
  let after = '';
  for (;;) {
    const page = await list(`status=all&direction=asc&limit=25${after}`);
    seen.push(...ids(page));
    if (page.length < 25) break;
    after = `&after=${String(page.at(-1)?.['submitted_at'])}`;
  }
  assert.equal(new Set(seen).size, 60);
  assert.equal(seen.length, 60);
  const until = String((await list('limit=1&direction=asc'))[0]?.['submitted_at']);
  assert.equal((await list(`status=all&until=${until}`)).length, 0, 'instants are excluded');
  const first = (await list('limit=1&direction=asc'))[0];
  await call('DELETE', `/v2/orders/${String(first?.['id'])}`);
  assert.deepEqual(ids(await list('status=closed')), ['o0']);
  for (const wrong of ['limit=501', 'limit=0', 'status=odd', 'after=yesterday'])
    assert.equal((await call('GET', `/v2/orders?${wrong}`)).status, 422, wrong);
});

test('activities tell every fill once, by page, and their ids end with the execution id', async () => {
  const { send, trades, call, control } = await bench();
  for (let i = 0; i < 5; i++) {
    await send(`o${i}`, 'buy', { qty: '1' });
    await trades(100);
  }
  const page = async (query: string) => (await call('GET', `/v2/account/activities/FILL?${query}`)).list;
  const all = await page('direction=asc');
  assert.equal(all.length, 5);
  const first = await page('direction=asc&page_size=2');
  const second = await page(`direction=asc&page_size=2&page_token=${encodeURIComponent(String(first[1]?.['id']))}`);
  assert.deepEqual([...first, ...second], all.slice(0, 4));
  assert.deepEqual(await page(`after=${String(all[3]?.['transaction_time'])}`), [all[4]]);
  assert.equal((await page('date=2026-03-02')).length, 5);
  assert.equal((await page('date=2026-03-03')).length, 0);
  assert.equal((await page(`until=${String(all[1]?.['transaction_time'])}`)).length, 1);
  const { orders } = await control.truth();
  const told = orders.flatMap(({ fills }) => fills.map((fill) => fill.execution_id));
  assert.deepEqual(
    all.map(({ id }) => String(id).split('::')[1]),
    told,
  );
});

test('the account adds up: equity is cash and what is held at its mark', async () => {
  const { send, trades, call } = await bench({ commission: { per_share: 0.01 }, slippage_pct: 0.1 });
  await send('a', 'buy');
  await trades(100, 102, 100, 102);
  const { body } = await call('GET', '/v2/account');
  assert.deepEqual([body['cash'], body['equity'], body['long_market_value']], ['89989.00', '100189.00', '10200.00']);
  assert.deepEqual([body['buying_power'], body['multiplier']], ['190178.00', '2']);
  const { body: position } = await call('GET', '/v2/positions/AAPL');
  assert.deepEqual([position['avg_entry_price'], position['unrealized_pl']], ['100.10', '190.00']);
});

test('what is charged is told with each fill, in stream, activities and orders, and nothing where nothing is charged', async () => {
  const { send, trades, call, find } = await bench({ commission: { per_share: 0.01 } });
  await send('a', 'buy');
  await trades(100, 102, 100, 102);
  const { list } = await call('GET', '/v2/account/activities/FILL');
  assert.deepEqual(
    list.map((fill) => fill['commission']),
    ['1.00'],
  );
  assert.equal((await find('a'))['commission'], '1.00');
  const free = await bench();
  await free.send('a', 'buy');
  await free.trades(100, 102, 100, 102);
  assert.equal('commission' in (await free.find('a')), false);
});

test('money paid in or drawn out is cash and no gain, until the next close', async () => {
  const { trades, call, control } = await bench();
  await trades(100);
  await control.transfer('-2500.00');
  await control.transfer('1000');
  const money = async () => {
    const { body } = await call('GET', '/v2/account');
    return [body['cash'], body['last_equity'], body['intraday_adjustments']];
  };
  assert.deepEqual(await money(), ['98500.00', '100000.00', '-1500.00']);
  await control.market([{ kind: 'session_end', symbol: 'AAPL', at: '2026-03-02T21:00:00Z' }]);
  assert.deepEqual(await money(), ['98500.00', '98500.00', '0.00']);
  await assert.rejects(control.transfer('a lot'), /expected amount to be a decimal/);
});

test('the equity of the last close is kept', async () => {
  const { send, trades, call, control } = await bench();
  await send('a', 'buy');
  await trades(100, 102, 100, 102);
  await control.market([{ kind: 'session_end', symbol: 'AAPL', at: '2026-03-02T21:00:00Z' }]);
  await trades(110);
  const { body } = await call('GET', '/v2/account');
  assert.deepEqual([body['last_equity'], body['equity']], ['100200.00', '101000.00']);
});

test('the fields of the old day-trade rule are there only when asked for', async () => {
  const { body } = await (await bench()).call('GET', '/v2/account');
  assert.equal('pattern_day_trader' in body || 'daytrade_count' in body, false);
  const old = await (await bench({ old_day_trade_fields: true })).call('GET', '/v2/account');
  assert.deepEqual([old.body['pattern_day_trader'], old.body['daytrade_count']], [false, 0]);
});

test('positions lag behind orders when switched on', async () => {
  let now = FIRST_OPEN;
  const { send, quote, held, control, find } = await bench({}, { clock: () => now });
  await quote(100, 100.05);
  await control.faults({ positions_lag_ms: 10_000 });
  await send('a', 'buy');
  assert.equal((await find('a'))['status'], 'filled');
  assert.equal(await held(), '0');
  now += 9_999;
  assert.equal(await held(), '0');
  now += 1;
  assert.equal(await held(), '100');
});

test('clock and calendar are the exchange’s, at the time of the account', async () => {
  const { trades, call } = await bench();
  await trades(100);
  const { body } = await call('GET', '/v2/clock');
  assert.equal(body['is_open'], true);
  assert.equal(body['next_close'], '2026-03-02T16:00:00-05:00');
  const { list } = await call('GET', '/v2/calendar?start=2026-11-25&end=2026-11-27');
  assert.deepEqual(
    list.map((day) => [day['date'], day['open'], day['close']]),
    [
      ['2026-11-25', '09:30', '16:00'],
      ['2026-11-27', '09:30', '13:00'],
    ],
  );
});
