import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bench, eventsOf, type Fields, listen } from './sandbox-bench.fixture.ts';

for (const spelling of ['json', 'msgpack'] as const) {
  test(`authenticate, listen, trade updates in binary frames: ${spelling}`, async () => {
    const { sandbox, keyId, bracket, trades, find, held } = await bench();
    const { until, close } = await listen(sandbox, keyId, spelling);
    await bracket('a');
    await trades(100);
    const heard = await until(5);
    assert.deepEqual(heard[0], {
      stream: 'authorization',
      data: { status: 'authorized', action: 'authenticate' },
    });
    assert.deepEqual(heard[1], { stream: 'listening', data: { streams: ['trade_updates'] } });
    assert.deepEqual(eventsOf(heard), ['new buy market', 'fill buy market', 'new sell limit']);
    const fill = heard[3]?.['data'] as Fields;
    assert.deepEqual([fill['price'], fill['qty'], fill['position_qty']], ['100.00', '100', await held()]);
    assert.match(String(fill['execution_id']), /^[0-9a-f-]{36}$/);
    assert.equal((fill['order'] as Fields)['id'], (await find('a'))['id']);
    assert.ok(Temporal.Instant.from(String(fill['timestamp'])));
    close();
  });
}

test('a stranger hears nothing: bad keys, and accounts of others', async () => {
  const { sandbox, send, trades } = await bench();
  const stranger = await listen(sandbox, 'AK1');
  assert.equal((stranger.heard[0]?.['data'] as Fields)['status'], 'unauthorized');
  const other = await listen(sandbox, 'PKother');
  await send('a', 'buy');
  await trades(100);
  const own = await bench({}, {}, sandbox);
  const mine = await listen(sandbox, own.keyId);
  await own.send('b', 'buy');
  await mine.until(3);
  assert.equal(other.heard.length, 2);
  assert.equal(stranger.heard.length, 2);
  for (const listener of [stranger, other, mine]) listener.close();
});

test('nothing is replayed to who comes back', async () => {
  const { sandbox, keyId, send, quote } = await bench();
  await quote(100, 100.05);
  await send('a', 'buy');
  const { until, close } = await listen(sandbox, keyId);
  await send('b', 'buy');
  assert.deepEqual(eventsOf(await until(4)), ['new buy market', 'fill buy market']);
  close();
});

test('a dropped stream loses its event and its connections', async () => {
  const { sandbox, keyId, send, quote, control, find } = await bench();
  await quote(100, 100.05);
  const { heard, closed } = await listen(sandbox, keyId);
  await control.faults({ drop_stream: 1 });
  await send('a', 'buy');
  await closed;
  assert.deepEqual(eventsOf(heard), []);
  assert.equal((await find('a'))['status'], 'filled');
});

test('events are repeated, told out of order, and of kinds nobody knows, when switched on', async () => {
  const { sandbox, keyId, send, quote, control } = await bench();
  await quote(100, 100.05);
  const { until, close } = await listen(sandbox, keyId);
  await control.faults({ duplicate_events: 1 });
  await send('a', 'buy');
  assert.deepEqual(eventsOf(await until(5)), ['new buy market', 'new buy market', 'fill buy market']);
  await control.faults({ reorder_events: 1 });
  await send('b', 'buy');
  assert.deepEqual(eventsOf(await until(7)).slice(3), ['fill buy market', 'new buy market']);
  await control.faults({ unknown_events: 1 });
  await send('c', 'buy');
  assert.deepEqual(eventsOf(await until(10)).slice(5), ['new buy market', 'restated buy market', 'fill buy market']);
  close();
});

test('an event that is told late comes by itself when none follows', async () => {
  const { sandbox, keyId, send, control } = await bench();
  const { until, close } = await listen(sandbox, keyId);
  await control.faults({ reorder_events: 1 });
  await send('a', 'buy');
  assert.deepEqual(eventsOf(await until(3)), ['new buy market']);
  close();
});

test("the stop leg's cancel after a target fill is missing when switched on", async () => {
  const { sandbox, keyId, bracket, trades, control, statuses } = await bench();
  await bracket('a');
  await trades(100);
  const { until, close } = await listen(sandbox, keyId);
  await control.faults({ missing_stop_cancel_event: 1 });
  await trades(104, 106, 103);
  await bracket('b');
  assert.deepEqual(eventsOf(await until(4)), ['fill sell limit', 'new buy market']);
  assert.deepEqual(await statuses('a'), ['filled', 'filled', 'canceled']);
  close();
});

test('replacement, rejected replacement and cancel are told', async () => {
  const { sandbox, keyId, send, call, control } = await bench();
  const { until, close } = await listen(sandbox, keyId);
  const { body } = await send('a', 'buy', { type: 'limit', limit_price: '90' });
  await control.faults({ replace_rejected: 1, stuck_pending_cancel: 1 });
  await call('PATCH', `/v2/orders/${String(body['id'])}`, { limit_price: '91' });
  const { body: successor } = await call('PATCH', `/v2/orders/${String(body['id'])}`, { limit_price: '92' });
  await call('DELETE', `/v2/orders/${String(successor['id'])}`);
  await call('DELETE', `/v2/orders/${String(successor['id'])}`);
  assert.deepEqual(
    eventsOf(await until(8)).map((line) => line.split(' ')[0]),
    ['new', 'order_replace_rejected', 'replaced', 'new', 'pending_cancel', 'canceled'],
  );
  close();
});

test('frames that cannot be read, and a listener that is not signed in, do no harm', async () => {
  const { sandbox } = await bench();
  const socket = new WebSocket(sandbox.streamUrl);
  socket.binaryType = 'arraybuffer';
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const answer = new Promise<unknown>((resolve) =>
    socket.addEventListener('message', ({ data }) =>
      resolve(JSON.parse(new TextDecoder().decode(data as ArrayBuffer))),
    ),
  );
  socket.send('not json');
  socket.send(JSON.stringify({ action: 'listen', data: { streams: ['trade_updates'] } }));
  assert.deepEqual(await answer, { stream: 'listening', data: { error: 'not authenticated' } });
  socket.close();
});
