import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bench } from './sandbox-bench.fixture.ts';

test('legs are held until the entry is filled; then the target is new and the stop still held', async () => {
  const { bracket, trades, statuses, held } = await bench();
  assert.equal((await bracket('a')).status, 200);
  assert.deepEqual(await statuses('a'), ['new', 'held', 'held']);
  await trades(100);
  assert.deepEqual(await statuses('a'), ['filled', 'new', 'held']);
  assert.equal(await held(), '100');
});

test('a held stop is told under its parent only, never among open orders', async () => {
  const { bracket, trades, call } = await bench();
  await bracket('a');
  await trades(100);
  const open = (await call('GET', '/v2/orders?status=open')).list;
  assert.deepEqual(
    open.map((order) => [order['type'], order['status']]),
    [['limit', 'new']],
  );
  const nested = (await call('GET', '/v2/orders?status=all&nested=true')).list;
  assert.equal(nested.length, 1);
  assert.deepEqual(
    (nested[0]?.['legs'] as { status: string }[]).map(({ status }) => status),
    ['new', 'held'],
  );
});

test('a lone stop of an OTO is new once its entry has filled', async () => {
  const { send, trades, statuses } = await bench();
  await send('a', 'buy', { order_class: 'oto', stop_loss: { stop_price: '97' } });
  assert.deepEqual(await statuses('a'), ['new', 'held']);
  await trades(100);
  assert.deepEqual(await statuses('a'), ['filled', 'new']);
});

test('a member that fills ends the others: target', async () => {
  const { bracket, trades, statuses, held } = await bench();
  await bracket('a');
  await trades(100);
  await trades(104, 106, 103);
  assert.deepEqual(await statuses('a'), ['filled', 'filled', 'canceled']);
  assert.equal(await held(), '0');
});

test('a member that fills ends the others: stop', async () => {
  const { bracket, trades, statuses } = await bench();
  await bracket('a');
  await trades(100);
  await trades(98, 99, 96);
  assert.deepEqual(await statuses('a'), ['filled', 'canceled', 'filled']);
});

test('cancel of one member cancels the group; asked again it is 422, an unknown order is 404', async () => {
  const { bracket, trades, statuses, find, call } = await bench();
  await bracket('a');
  await trades(100);
  const stop = (await find('a')).legs?.[1]?.['id'];
  assert.equal((await call('DELETE', `/v2/orders/${String(stop)}`)).status, 204);
  assert.deepEqual(await statuses('a'), ['filled', 'canceled', 'canceled']);
  const again = await call('DELETE', `/v2/orders/${String(stop)}`);
  assert.deepEqual([again.status, again.body['code']], [422, 42210000]);
  const nobody = await call('DELETE', '/v2/orders/00000000-0000-4000-8000-000000000000');
  assert.deepEqual([nobody.status, nobody.body['code']], [404, 40410000]);
});

test('cancelling a partly filled entry kills its legs', async () => {
  const { bracket, trades, statuses, find, call, held } = await bench({ faults: { partial_fill_rate: { count: 1 } } });
  await bracket('a');
  await trades(100);
  assert.deepEqual(await statuses('a'), ['partially_filled', 'held', 'held']);
  await call('DELETE', `/v2/orders/${String((await find('a'))['id'])}`);
  assert.deepEqual(await statuses('a'), ['canceled', 'canceled', 'canceled']);
  assert.notEqual(await held(), '0');
});

test('a target that fills in part shrinks its stop to what is left', async () => {
  const { bracket, trades, find, control, held } = await bench();
  await bracket('a');
  await trades(100);
  await control.faults({ partial_fill_rate: { count: 1 } });
  await trades(104, 106, 103);
  const [target, stop] = (await find('a')).legs ?? [];
  assert.equal(target?.['status'], 'partially_filled');
  assert.equal(stop?.['qty'], await held());
  assert.equal(Number(target?.['filled_qty']) + Number(stop?.['qty']), 100);
});

test('both legs fill in a fast market: the position ends on the other side', async () => {
  const { bracket, trades, statuses, held } = await bench({ faults: { both_legs_fill: 1 } });
  await bracket('a');
  await trades(100);
  await trades(104, 106, 103);
  assert.deepEqual(await statuses('a'), ['filled', 'filled', 'filled']);
  assert.equal(await held(), '-100');
});

const WRONG: readonly (readonly [string, Record<string, unknown>])[] = [
  ['a bracket without a target', { order_class: 'bracket', stop_loss: { stop_price: '97' } }],
  ['a bracket without a stop', { order_class: 'bracket', take_profit: { limit_price: '105' } }],
  [
    'an OTO with both legs',
    { order_class: 'oto', take_profit: { limit_price: '105' }, stop_loss: { stop_price: '97' } },
  ],
  ['a group with ioc', { order_class: 'oto', stop_loss: { stop_price: '97' }, time_in_force: 'ioc' }],
  ['a group in extended hours', { order_class: 'oto', stop_loss: { stop_price: '97' }, extended_hours: true }],
  ['a stop less than a cent below its base price', { order_class: 'oto', stop_loss: { stop_price: '100' } }],
  ['a target below its base price', { order_class: 'oto', take_profit: { limit_price: '99' } }],
  ['legs on a simple order', { stop_loss: { stop_price: '97' } }],
  [
    'an OCO that closes nothing',
    { order_class: 'oco', type: 'limit', take_profit: { limit_price: '105' }, stop_loss: { stop_price: '97' } },
  ],
  ['a market order with a limit', { limit_price: '99' }],
  ['a limit order without one', { type: 'limit' }],
  ['a quantity of 0', { qty: '0' }],
  ['a fraction that rests overnight', { qty: '1.5' }],
  ['a trailing stop', { type: 'trailing_stop', trail_percent: '1' }],
  ['an amount instead of a quantity', { notional: '100' }],
];
for (const [name, order] of WRONG) {
  test(`422 for ${name}`, async () => {
    const { send, trades } = await bench();
    await trades(100);
    const { status, body } = await send('a', 'buy', order);
    assert.deepEqual([status, body['code']], [422, 42210000], String(body['message']));
  });
}

test('two OCOs rest side by side, unless the switch says otherwise', async () => {
  const { send, oco, trades, statuses, held } = await bench();
  await send('a', 'buy', { qty: '19' });
  await trades(100);
  assert.equal((await oco('x', '8', '103')).status, 200);
  assert.equal((await oco('y', '11', '106')).status, 200);
  assert.deepEqual(await statuses('x'), ['new', 'held']);
  await trades(102, 104, 101);
  assert.deepEqual(await statuses('x'), ['filled', 'canceled']);
  assert.deepEqual(await statuses('y'), ['new', 'held']);
  assert.equal(await held(), '11');

  const strict = await bench({ switches: { parallel_oco: false } });
  await strict.send('a', 'buy', { qty: '19' });
  await strict.trades(100);
  await strict.oco('x', '8', '103');
  assert.equal((await strict.oco('y', '11', '106')).status, 422);
});

test('a bracket on a held or working symbol is refused; the switch, or that of twins, lets it through', async () => {
  for (const [switches, expected] of [
    [{}, 422],
    [{ bracket_on_held_symbol: true }, 200],
    [{ twin_brackets: true }, 200],
  ] as const) {
    const { bracket, trades } = await bench({ switches });
    await bracket('a', 'buy', { qty: '50' });
    assert.equal((await bracket('b', 'buy', { qty: '50' })).status, expected, 'working');
    await trades(100);
    assert.equal((await bracket('c', 'buy', { qty: '50' })).status, expected, 'held');
  }
});

test("a short's stop becomes a stop-limit 2.5 % above and may stay unfilled when the market jumps", async () => {
  const { bracket, trades, find, held } = await bench();
  await bracket('a', 'sell');
  await trades(100);
  assert.equal(await held(), '-100');
  const stop = (await find('a')).legs?.[1];
  assert.deepEqual([stop?.['type'], stop?.['stop_price'], stop?.['limit_price']], ['stop_limit', '103.00', '105.58']);
  await trades(110);
  assert.equal(await held(), '-100');
  await trades(105, 106, 104);
  assert.equal(await held(), '0');
});

test('a buy stop under $50 becomes a stop-limit 4 % above', async () => {
  const { send, trades } = await bench();
  await trades(40);
  const { body } = await send('a', 'buy', { type: 'stop', stop_price: '45', qty: '10' });
  assert.deepEqual([body['type'], body['limit_price']], ['stop_limit', '46.80']);
});

test('day orders end at the close, gtc orders stay; what is sent while closed is accepted, and new at the open', async () => {
  const { send, trades, control, find } = await bench();
  await trades(100);
  await send('d', 'buy', { type: 'limit', limit_price: '90', time_in_force: 'day' });
  await send('g', 'buy', { type: 'limit', limit_price: '90' });
  await control.market([{ kind: 'session_end', symbol: 'AAPL', at: '2026-03-02T21:00:00Z' }]);
  assert.equal((await find('d'))['status'], 'expired');
  assert.equal((await find('g'))['status'], 'new');
  await send('n', 'buy', { type: 'limit', limit_price: '90' });
  assert.equal((await find('n'))['status'], 'accepted');
  await control.market([{ kind: 'open', symbol: 'AAPL', at: '2026-03-03T14:30:00Z', open: '100' }]);
  assert.equal((await find('n'))['status'], 'new');
});

test('against a standing quote a market order fills at the far side at once, a limit that it meets as well', async () => {
  const { send, quote, find } = await bench();
  await quote(100, 100.05);
  const sent = await send('m', 'buy');
  assert.deepEqual([sent.body['status'], sent.body['filled_avg_price']], ['filled', '100.05']);
  await send('l', 'buy', { type: 'limit', limit_price: '100.10' });
  assert.equal((await find('l'))['filled_avg_price'], '100.05');
  await send('r', 'buy', { type: 'limit', limit_price: '99' });
  assert.equal((await find('r'))['status'], 'new');
  await quote(98.9, 98.95);
  assert.equal((await find('r'))['filled_avg_price'], '98.95');
});

test('no fills in a halt', async () => {
  const { send, trades, control, find } = await bench();
  await send('a', 'buy');
  await control.market([{ kind: 'halt', symbol: 'AAPL', at: '2026-03-02T14:29:00Z', halted: true }]);
  await trades(100);
  assert.equal((await find('a'))['status'], 'new');
  await control.market([{ kind: 'halt', symbol: 'AAPL', at: '2026-03-02T14:31:00Z', halted: false }]);
  await trades(100);
  assert.equal((await find('a'))['status'], 'filled');
});
