import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSandbox } from './sandbox.ts';
import { bench, FIRST_OPEN } from './sandbox-bench.fixture.ts';
import { SandboxControl } from './sandbox-control.ts';

test('an account is opened before its first use, and not after', async () => {
  const { call, control, send } = await bench({ cash: '5000' });
  assert.equal((await call('GET', '/v2/account')).body['cash'], '5000.00');
  await control.openAccount({ cash: '6000' });
  assert.equal((await call('GET', '/v2/account')).body['cash'], '6000.00');
  await send('a', 'buy', { qty: '1' });
  await assert.rejects(control.openAccount({ cash: '7000' }), { kind: 'conflict' });
});

test('an account that was never opened has 100,000 and an id of its own, the same at every start', async () => {
  const { sandbox } = await bench();
  const read = async (url: string, key: string) => {
    const headers = { 'apca-api-key-id': key, 'apca-api-secret-key': 'x' };
    return (await (await fetch(`${url}/v2/account`, { headers })).json()) as { cash: string; id: string };
  };
  const one = await read(sandbox.url, 'PKone');
  assert.equal(one.cash, '100000.00');
  assert.notEqual((await read(sandbox.url, 'PKtwo')).id, one.id);
  const other = await bench();
  assert.equal((await read(other.sandbox.url, 'PKone')).id, one.id);
});

test('an account that is begun anew uses no id again, whatever its seed', async () => {
  const ids: unknown[] = [];
  for (let i = 0; i < 2; i++) {
    const sandbox = await startSandbox();
    const control = new SandboxControl({ url: sandbox.url, keyId: 'PKsame' });
    await control.openAccount({ seed: 1 });
    ids.push((await control.external({ symbol: 'AAPL', side: 'buy', quantity: '1' })).id);
    await sandbox.close();
  }
  assert.notEqual(ids[0], ids[1]);
});

test('a step that was played is not played again under its key, and answers the same', async () => {
  const { send, control, held } = await bench();
  await send('a', 'buy');
  const steps = [{ kind: 'open', symbol: 'AAPL', at: '2026-03-02T14:30:00Z', open: '100' }] as const;
  const first = await control.market(steps, 'step-1');
  assert.deepEqual(first, { events: 1, stream_seq: 2 });
  await send('b', 'buy');
  assert.deepEqual(await control.market(steps, 'step-1'), first);
  assert.equal(await held(), '100');
  assert.equal((await control.market(steps, 'step-2')).events, 1);
});

test('steps that cannot be are refused whole, and named', async () => {
  const { send, control, find } = await bench();
  await send('a', 'buy');
  const open = { kind: 'open', symbol: 'AAPL', at: FIRST_OPEN, open: 100 };
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ ...open, kind: 'dream' }, /steps\[1\]: expected kind/],
    [{ ...open, open: 0 }, /steps\[1\]: expected open as a number/],
    [{ ...open, at: 'noon' }, /expected at as an instant/],
    [{ kind: 'quote', symbol: 'AAPL', at: FIRST_OPEN, bid: 101, ask: 100 }, /bid at or below ask/],
    [{ kind: 'bar', symbol: 'AAPL', start: 0, end: 1, open: 1, high: 0.5, low: 1, close: 1 }, /coherent bar/],
    [{ ...open, symbol: '' }, /symbol/],
    ['nothing', /object/],
  ];
  for (const [step, text] of wrong)
    await assert.rejects(control.market([open, step] as never), { code: 'sandbox/bad-market', message: text });
  await assert.rejects(control.market('no list' as never), /list/);
  await assert.rejects(control.openAccount({ cash: 'much' }), /cash/);
  assert.equal((await find('a'))['status'], 'new');
});

test('whole bars without their opens fill what waits for one', async () => {
  const { send, control, find } = await bench();
  await send('a', 'buy');
  const end = FIRST_OPEN + 60_000;
  const prices = { open: '100', high: '101', low: '99', close: '100.5', volume: '1000' };
  await control.market([{ kind: 'bar', symbol: 'AAPL', start: FIRST_OPEN, end, ...prices }]);
  assert.equal((await find('a'))['filled_avg_price'], '100.00');
});

test('the user trades by hand: it is external, obeys the same rules, and is not ours to protect', async () => {
  const { control, trades, send, held } = await bench();
  await trades(100);
  const order = await control.external({ symbol: 'AAPL', side: 'buy', quantity: '50' });
  assert.match(order.client_order_id, /^[0-9a-f-]{36}$/);
  await trades(100);
  await trades(100);
  assert.equal(await held(), '50');
  const alone = await control.truth();
  assert.deepEqual(alone.naked_share_seconds_by_symbol, {});
  assert.equal(alone.orders[0]?.is_external, true);
  await assert.rejects(control.external({ symbol: 'AAPL', side: 'sell', quantity: '51' }), /insufficient qty/);
  await send('a', 'buy', { qty: '10' });
  await trades(100);
  await trades(100);
  // Filled at its bar's open, then a minute naked, and the next bar's open has not come.
  assert.deepEqual((await control.truth()).naked_share_seconds_by_symbol['AAPL']?.market, 10 * 120);
});

test('naked share-seconds: none under a bracket, all without a stop, over both clocks', async () => {
  let now = FIRST_OPEN;
  const { bracket, control, trades, call, find } = await bench({}, { clock: () => now });
  const naked = async () => (await control.truth()).naked_share_seconds_by_symbol['AAPL'];
  await bracket('a');
  await trades(100);
  now += 5_000;
  assert.equal(await naked(), undefined);
  await call('DELETE', `/v2/orders/${String((await find('a')).legs?.[1]?.['id'])}`);
  now += 3_000;
  await trades(100);
  assert.deepEqual(await naked(), { market: 6_000, wall: 300 });
});

test('truth has every order with its fills, positions and what was asked', async () => {
  const { bracket, trades, control, call, find } = await bench();
  await bracket('a');
  await trades(100);
  await call('DELETE', `/v2/orders/${String((await find('a')).legs?.[0]?.['id'])}`);
  const { orders, positions, posts } = await control.truth();
  assert.deepEqual(
    orders.map(({ status, fills }) => [status, fills.map(({ qty, price }) => `${qty}@${price}`)]),
    [
      ['filled', ['100@100.00']],
      ['canceled', []],
      ['canceled', []],
    ],
  );
  assert.equal(new Set(orders.map(({ group_id }) => group_id)).size, 1);
  assert.deepEqual([positions[0]?.symbol, positions[0]?.qty], ['AAPL', '100']);
  assert.deepEqual(
    posts.map(({ method, symbol, outcome }) => [method, symbol, outcome]),
    [
      ['POST', 'AAPL', 'accepted'],
      ['DELETE', null, 'accepted'],
    ],
  );
});

test('with a folder accounts go on where they stopped, even when the last line was cut off', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bellwether-sandbox-'));
  try {
    const first = await bench({ faults: { partial_fill_rate: { count: 1 } } }, { folder });
    await first.bracket('a');
    await first.trades(100);
    await first.send('a', 'buy');
    await first.trades(100);
    const before = await first.control.truth();
    await first.sandbox.close();
    await appendFile(join(folder, `${first.keyId}.jsonl`), '{"kind":"cancel","wa');
    const again = await startSandbox({ folder });
    const control = new SandboxControl({ url: again.url, keyId: first.keyId });
    const after = await control.truth();
    assert.deepEqual({ ...after, posts: before.posts }, before);
    await assert.rejects(control.openAccount({}), { kind: 'conflict' });
    await control.market([{ kind: 'quote', symbol: 'AAPL', at: '2026-03-02T15:00:00Z', bid: '96', ask: '96.1' }]);
    const end = await control.truth();
    assert.equal(end.positions.length, 0, 'its stop still works');
    await again.close();
    const third = await startSandbox({ folder });
    assert.deepEqual((await new SandboxControl({ url: third.url, keyId: first.keyId }).truth()).orders, end.orders);
    await third.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a market that is played to everybody reaches every account', async () => {
  const one = await bench();
  const two = await bench({}, {}, one.sandbox);
  await one.send('a', 'buy');
  await two.send('a', 'buy');
  one.sandbox.market([{ kind: 'open', symbol: 'AAPL', at: FIRST_OPEN, open: 100 }]);
  assert.deepEqual([await one.held(), await two.held()], ['100', '100']);
});

test('a port that is taken, and a sandbox that is not there, are said in one sentence', async () => {
  const { sandbox } = await bench();
  await assert.rejects(startSandbox({ port: Number(new URL(sandbox.url).port) }), { code: 'server/port-in-use' });
  const nobody = await startSandbox();
  await nobody.close();
  const control = new SandboxControl({ url: nobody.url, keyId: 'PK1' });
  await assert.rejects(control.truth(), { code: 'broker/unreachable', kind: 'retryable' });
});

test('a body that is no JSON is refused as the broker does', async () => {
  const { sandbox, keyId } = await bench();
  const headers = { 'apca-api-key-id': keyId, 'apca-api-secret-key': 'x', 'content-type': 'application/json' };
  const response = await fetch(`${sandbox.url}/v2/orders`, { method: 'POST', headers, body: '{' });
  assert.deepEqual(
    [response.status, await response.json()],
    [400, { code: 40010000, message: 'request body format is invalid' }],
  );
});
