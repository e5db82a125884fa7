/** For tests only: a sandbox, a client of it and its market in a few words. */
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { MINUTE_MS } from '@bellwether/domain';
import { decode, encode } from '@msgpack/msgpack';
import type { AccountSettings } from './account-settings.ts';
import { openApiCheck } from './openapi.fixture.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts';
import { SandboxControl } from './sandbox-control.ts';

export const FIRST_OPEN = Date.parse('2026-03-02T14:30:00Z');

export type Fields = Readonly<Record<string, unknown>>;
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as an object; of a list, its first. */
  readonly body: Fields;
  readonly list: readonly Fields[];
}

const check = openApiCheck();
const running: Sandbox[] = [];
after(async () => {
  for (const sandbox of running) await sandbox.close();
});
let keys = 0;

export interface Bench {
  readonly sandbox: Sandbox;
  readonly control: SandboxControl;
  readonly keyId: string;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Sends 100 AAPL at market, `gtc`, unless said otherwise. */
  send(id: string, side: 'buy' | 'sell', more?: Fields): Promise<Answer>;
  bracket(id: string, side?: 'buy' | 'sell', more?: Fields): Promise<Answer>;
  oco(id: string, qty: string, target?: string, stop?: string): Promise<Answer>;
  /** A whole bar of a minute. */
  trades(open: number, high?: number, low?: number, close?: number): Promise<void>;
  quote(bid: number, ask: number): Promise<void>;
  /** The order under our id, legs with it. */
  find(id: string): Promise<Fields & { readonly legs: readonly Fields[] | null }>;
  /** Statuses of an order and its legs, target first. */
  statuses(id: string): Promise<readonly unknown[]>;
  held(): Promise<unknown>;
}

/** Starts a sandbox, or takes the given one, and opens an account of its own. Without a limit of requests unless asked for. */
export async function bench(
  settings: AccountSettings = {},
  options: SandboxOptions = {},
  shared?: Sandbox,
): Promise<Bench> {
  const sandbox = shared ?? (await startSandbox({ seed: 7, requestsPerMinute: 0, ...options }));
  if (shared === undefined) running.push(sandbox);
  keys += 1;
  const keyId = `PK${keys}`;
  const control = new SandboxControl({ url: sandbox.url, keyId });
  await control.openAccount(settings);
  let minute = 0;
  const headers = { 'apca-api-key-id': keyId, 'apca-api-secret-key': 'secret', 'content-type': 'application/json' };

  async function call(method: string, path: string, body?: unknown): Promise<Answer> {
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(sandbox.url + path, init);
    const text = await response.text();
    const parsed: unknown = text === '' ? {} : JSON.parse(text);
    const where = new URL(path, sandbox.url).pathname;
    if (response.ok && text !== '')
      assert.equal(check(method, where, response.status, parsed), null, `${method} ${path}`);
    const list = Array.isArray(parsed) ? (parsed as Fields[]) : [];
    return { status: response.status, headers: response.headers, body: (list[0] ?? parsed) as Fields, list };
  }
  const send: Bench['send'] = (id, side, more = {}) =>
    call('POST', '/v2/orders', {
      client_order_id: id,
      symbol: 'AAPL',
      side,
      type: 'market',
      qty: '100',
      time_in_force: 'gtc',
      ...more,
    });
  const find: Bench['find'] = async (id) => {
    const { body } = await call('GET', `/v2/orders:by_client_order_id?client_order_id=${id}`);
    return (await call('GET', `/v2/orders/${String(body['id'])}?nested=true`)).body as never;
  };
  return {
    sandbox,
    control,
    keyId,
    call,
    send,
    find,
    bracket: (id, side = 'buy', more = {}) =>
      send(id, side, {
        order_class: 'bracket',
        take_profit: { limit_price: side === 'buy' ? '105' : '95' },
        stop_loss: { stop_price: side === 'buy' ? '97' : '103' },
        ...more,
      }),
    oco: (id, qty, target = '105', stop = '97') =>
      send(id, 'sell', {
        order_class: 'oco',
        type: 'limit',
        qty,
        take_profit: { limit_price: target },
        stop_loss: { stop_price: stop },
      }),
    async trades(open, high = open, low = open, close = open) {
      const start = FIRST_OPEN + minute * MINUTE_MS;
      minute += 1;
      const bar = { symbol: 'AAPL', start, end: start + MINUTE_MS, open, high, low, close, volume: 1_000_000 };
      await control.market([
        { kind: 'open', symbol: 'AAPL', at: start, open },
        { kind: 'bar', ...bar },
      ]);
    },
    async quote(bid, ask) {
      await control.market([{ kind: 'quote', symbol: 'AAPL', at: FIRST_OPEN + minute * MINUTE_MS, bid, ask }]);
    },
    async statuses(id) {
      const order = await find(id);
      return [order['status'], ...(order.legs ?? []).map((leg) => leg['status'])];
    },
    async held() {
      return (
        (await call('GET', '/v2/positions')).list.find((position) => position['symbol'] === 'AAPL')?.['qty'] ?? '0'
      );
    },
  };
}

export interface Listener {
  /** What came, one message each: an update's event and order. */
  readonly heard: readonly Fields[];
  /** Resolves when so many messages have come. */
  until(count: number): Promise<readonly Fields[]>;
  readonly closed: Promise<void>;
  close(): void;
}

/** Connects, signs in and listens, as a client does; the two answers to that are the first messages. */
export async function listen(
  sandbox: Sandbox,
  keyId: string,
  spelling: 'json' | 'msgpack' = 'json',
): Promise<Listener> {
  const headers = spelling === 'msgpack' ? { 'Content-Type': 'application/msgpack' } : {};
  const socket = new WebSocket(sandbox.streamUrl, { headers });
  socket.binaryType = 'arraybuffer';
  const heard: Fields[] = [];
  const waiting: (() => void)[] = [];
  socket.addEventListener('message', ({ data }: { data: unknown }) => {
    assert.ok(data instanceof ArrayBuffer, 'frames are binary');
    const bytes = new Uint8Array(data);
    heard.push((spelling === 'json' ? JSON.parse(new TextDecoder().decode(bytes)) : decode(bytes)) as Fields);
    for (const wake of waiting.splice(0)) wake();
  });
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()));
  await new Promise<void>((resolve) => socket.addEventListener('open', () => resolve()));
  const tell = (message: Fields) => socket.send(spelling === 'json' ? JSON.stringify(message) : encode(message));
  tell({ action: 'authenticate', data: { key_id: keyId, secret_key: 'secret' } });
  tell({ action: 'listen', data: { streams: ['trade_updates'] } });
  const until = async (count: number) => {
    while (heard.length < count) await new Promise<void>((wake) => waiting.push(wake));
    return heard;
  };
  await until(2);
  return { heard, until, closed, close: () => socket.close() };
}

export function eventsOf(heard: readonly Fields[]): readonly string[] {
  return heard.flatMap((message) => {
    if (message['stream'] !== 'trade_updates') return [];
    const { event, order } = message['data'] as { event: string; order: Fields };
    return [`${event} ${String(order['side'])} ${String(order['type'])}`];
  });
}
