import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { BrokerEvent } from '@bellwether/ports';
import { ManualClock } from '@bellwether/ports/testing';
import { encode } from '@msgpack/msgpack';
import { type WebSocket, WebSocketServer } from 'ws';
import { fixture } from './alpaca-fixtures.fixture.ts';
import { AlpacaTradeUpdates } from './alpaca-stream.ts';

/** Timers that run when the test says so. */
class ManualTimers {
  #next: { readonly run: () => void; readonly ms: number } | null = null;
  readonly schedule = (run: () => void, ms: number): (() => void) => {
    const timer = { run, ms };
    this.#next = timer;
    return () => {
      if (this.#next === timer) this.#next = null;
    };
  };
  /** Milliseconds until the timer that is set. */
  get dueIn(): number | undefined {
    return this.#next?.ms;
  }
  fire(): void {
    const timer = this.#next ?? assert.fail('expected a timer to be set, was none');
    this.#next = null;
    timer.run();
  }
}

const UPDATE = fixture('stream.partial-fill.synthetic');
const AUTHORIZED = { stream: 'authorization', data: { action: 'authenticate', status: 'authorized' } };
const LISTENING = { stream: 'listening', data: { streams: ['trade_updates'] } };

/** A server on loopback that lets everybody listen, and a stream on it. */
async function bench(t: TestContext, greet = true) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const clock = new ManualClock('2025-07-01T13:30:00Z');
  clock.advance(1_000);
  const timers = new ManualTimers();
  const asked: unknown[] = [];
  const troubles: string[] = [];
  const sockets: WebSocket[] = [];
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { readonly action: string };
      asked.push(message);
      if (greet) socket.send(Buffer.from(JSON.stringify(message.action === 'authenticate' ? AUTHORIZED : LISTENING)));
    });
  });
  const stream = new AlpacaTradeUpdates({
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/stream`,
    keys: { keyId: 'PKTEST', secretKey: 'secret' },
    clock,
    schedule: timers.schedule,
    random: () => 0.5,
    patienceMs: 5_000,
    report: (trouble) => troubles.push(trouble),
  });
  t.after(async () => {
    await stream.return();
    for (const socket of server.clients) socket.terminate();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const heard = async (): Promise<BrokerEvent> => {
    const { value, done } = await stream.next();
    return done === true ? assert.fail('expected the stream to go on, was its end') : value;
  };
  const socket = (): WebSocket => sockets.at(-1) ?? assert.fail('expected a connection, was none');
  const reported = async (): Promise<string> => {
    while (troubles.length === 0) await new Promise((resolve) => setImmediate(resolve));
    return troubles.shift() ?? '';
  };
  return { server, timers, asked, troubles, stream, heard, socket, reported };
}

test('a stream authenticates, listens, and begins with connected once that is confirmed', async (t) => {
  const { heard, asked } = await bench(t);
  const event = await heard();
  assert.deepEqual([event.kind, String(event.at)], ['connected', '2025-07-01T13:30:01Z']);
  assert.deepEqual(asked, [
    { action: 'authenticate', data: { key_id: 'PKTEST', secret_key: 'secret' } },
    { action: 'listen', data: { streams: ['trade_updates'] } },
  ]);
});

test('updates are read from JSON in text, JSON in binary frames, and MessagePack', async (t) => {
  const { heard, socket } = await bench(t);
  await heard();
  socket().send(JSON.stringify(UPDATE));
  socket().send(Buffer.from(JSON.stringify(UPDATE)));
  socket().send(encode(UPDATE));
  const events = [await heard(), await heard(), await heard()];
  assert.deepEqual(new Set(events.map(({ kind }) => kind)), new Set(['partially_filled']));
  assert.deepEqual(events[2], events[0]);
});

test('frames of streams that we did not ask for say nothing', async (t) => {
  const { heard, socket } = await bench(t);
  await heard();
  socket().send(JSON.stringify({ stream: 'account_updates', data: {} }));
  socket().send(JSON.stringify(LISTENING));
  socket().send(JSON.stringify(UPDATE));
  assert.equal((await heard()).kind, 'partially_filled');
});

test('P8 a stream that breaks says so, waits longer each time, and begins again', async (t) => {
  const { heard, socket, timers, server, reported } = await bench(t);
  await heard();
  socket().terminate();
  const broken = await heard();
  assert.equal(broken.kind, 'disconnected');
  await reported();
  // Half of the wait is fixed, half of it is chance.
  assert.equal(timers.dueIn, 250 * 0.75);
  server.removeAllListeners('connection');
  server.on('connection', (other) => other.close(1013, 'try again later'));
  timers.fire();
  assert.match(await reported(), /closed with 1013 try again later/);
  assert.equal(timers.dueIn, 500 * 0.75);
  timers.fire();
  await reported();
  assert.equal(timers.dueIn, 1_000 * 0.75);
  server.removeAllListeners('connection');
  server.on('connection', (other) =>
    other.on('message', () => [AUTHORIZED, LISTENING].map((frame) => other.send(JSON.stringify(frame)))),
  );
  timers.fire();
  // Attempts that came to nothing are no events.
  assert.equal((await heard()).kind, 'connected');
});

test('an update that cannot be read ends the connection and is never thrown', async (t) => {
  const { heard, socket } = await bench(t);
  await heard();
  socket().send(JSON.stringify({ stream: 'trade_updates', data: { event: 'fill', order: { id: 'x' } } }));
  const event = await heard();
  assert.match(event.kind === 'disconnected' ? event.cause : '', /cannot be read/);
});

test('a frame that is neither JSON nor MessagePack ends the connection', async (t) => {
  const { heard, socket } = await bench(t);
  await heard();
  socket().send(Buffer.from([0xc1, 0x00]));
  const event = await heard();
  assert.match(event.kind === 'disconnected' ? event.cause : '', /neither JSON nor MessagePack/);
});

test('keys that are refused are reported and tried again, and connected is never said', async (t) => {
  const { server, reported, socket, timers } = await bench(t, false);
  await once(server, 'connection');
  socket().send(JSON.stringify({ stream: 'authorization', data: { status: 'unauthorized', action: 'authenticate' } }));
  assert.match(await reported(), /the keys were refused: unauthorized/);
  assert.notEqual(timers.dueIn, undefined);
});

test('a connection that does not come to listen in time is begun anew', async (t) => {
  const { server, timers, reported } = await bench(t, false);
  await once(server, 'connection');
  assert.equal(timers.dueIn, 5_000);
  timers.fire();
  assert.match(await reported(), /not listening within 5000 ms/);
});

test('a peer that leaves a ping unanswered counts as gone', async (t) => {
  const { heard, timers } = await bench(t);
  await heard();
  assert.equal(timers.dueIn, 10_000);
  timers.fire();
  assert.equal(timers.dueIn, 5_000);
  timers.fire();
  const event = await heard();
  assert.match(event.kind === 'disconnected' ? event.cause : '', /no answer to a ping/);
});

test('a peer that answers pings is pinged again', async (t) => {
  const { heard, timers, socket } = await bench(t);
  await heard();
  timers.fire();
  await once(socket(), 'ping');
  while (timers.dueIn !== 10_000) await new Promise((resolve) => setImmediate(resolve));
  socket().send(JSON.stringify(UPDATE));
  assert.equal((await heard()).kind, 'partially_filled');
});

test('a reader who does not read begins anew instead of hearing half', async (t) => {
  const { heard, socket, reported } = await bench(t);
  await heard();
  const frame = JSON.stringify(fixture('stream.new.synthetic'));
  for (let i = 0; i <= 10_000; i++) socket().send(frame);
  assert.match(await reported(), /more than 10000 events/);
  assert.equal((await heard()).kind, 'disconnected');
});

test('a stream that is left ends, also for who waits on it', async (t) => {
  const { heard, stream, server, timers } = await bench(t);
  await heard();
  const pending = stream.next();
  await stream.return();
  assert.equal((await pending).done, true);
  assert.equal((await stream.next()).done, true);
  assert.equal(timers.dueIn, undefined);
  while (server.clients.size > 0) await new Promise((resolve) => setImmediate(resolve));
});
