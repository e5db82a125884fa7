import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { withUser } from '@bellwether/db';
import { tellPipelineUpdated } from '../records/stream-record.ts';
import { openWorld, type TestUser, testDocument, type World } from '../world.fake.ts';

let world: World;
let base: string;

before(async () => {
  world = await openWorld();
  await world.api.listen({ port: 0, host: '127.0.0.1' });
  base = `127.0.0.1:${(world.api.server.address() as AddressInfo).port}`;
});
after(() => world[Symbol.asyncDispose]());

interface Frame {
  readonly seq?: number;
  readonly type?: string;
  readonly id?: unknown;
}

/** A client that keeps what it was sent and says when there is more. */
class Client {
  readonly frames: Frame[] = [];
  readonly socket: WebSocket;
  #more: (() => void) | null = null;

  constructor(query: string, headers: Record<string, string>) {
    this.socket = new WebSocket(`ws://${base}/api/v1/ws${query}`, { headers });
    this.socket.addEventListener('message', (message) => {
      this.frames.push(JSON.parse(String(message.data)) as Frame);
      this.#more?.();
    });
  }

  async opened(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.socket.addEventListener('open', () => resolve());
      this.socket.addEventListener('error', () => reject(new Error('refused')));
    });
  }

  async until(count: number): Promise<void> {
    while (this.frames.length < count) await new Promise<void>((resolve) => (this.#more = resolve));
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.socket.addEventListener('close', () => resolve()));
    this.socket.close();
    await closed;
  }
}

const bearer = (user: TestUser) => ({ authorization: `Bearer ${user.token}` });

async function withPipeline() {
  const user = await world.addUser('user');
  const created = await world.ask(user, { method: 'POST', url: '/api/v1/pipelines', payload: testDocument() });
  const { id } = created.json<{ id: string }>();
  const tell = () =>
    withUser(world.database.app, user.id, (transaction) =>
      tellPipelineUpdated(transaction, user.id, id, '2026-03-13T14:00:00Z'),
    );
  return { user, tell };
}

const numbers = (client: Client) => client.frames.map((frame) => frame.seq);

test('P6: a stream gives everything after since, then what is committed, in order, without gap or repetition', async () => {
  const { user, tell } = await withPipeline();
  for (let i = 0; i < 4; i++) await tell();
  const client = new Client('?since=2', bearer(user));
  await client.opened();
  await client.until(3);
  await Promise.all(Array.from({ length: 20 }, tell));
  await client.until(23);
  assert.deepEqual(
    numbers(client),
    Array.from({ length: 23 }, (_, i) => i + 3),
  );
  await client.close();
});

test('without since a stream begins with what comes next, and a number of another database is no reason to wait', async () => {
  const { user, tell } = await withPipeline();
  const [fresh, lost] = [new Client('', bearer(user)), new Client('?since=4000', bearer(user))];
  await Promise.all([fresh.opened(), lost.opened()]);
  // An answered ping says that the server has taken the client up; its place is read after that at the latest.
  for (const client of [fresh, lost]) client.socket.send('{"type":"ping","id":7}');
  await Promise.all([fresh.until(1), lost.until(1)]);
  assert.deepEqual(fresh.frames, [{ type: 'pong', id: 7 }]);
  while (lost.frames.length < 2 || fresh.frames.length < 2) {
    await tell();
    await world.ask(user, { url: '/api/v1/events' });
  }
  for (const client of [fresh, lost]) {
    const [first = 0, ...rest] = numbers(client).slice(1) as number[];
    assert.ok(first >= 2);
    assert.deepEqual(
      rest,
      rest.map((_, i) => first + 1 + i),
    );
    await client.close();
  }
});

test('two users listen side by side and neither hears the other', async () => {
  const [one, two] = [await withPipeline(), await withPipeline()];
  const [first, second] = [new Client('?since=0', bearer(one.user)), new Client('?since=0', bearer(two.user))];
  await Promise.all([first.opened(), second.opened()]);
  await Promise.all([one.tell(), two.tell(), one.tell()]);
  await Promise.all([first.until(3), second.until(2)]);
  assert.deepEqual(
    [numbers(first), numbers(second)],
    [
      [1, 2, 3],
      [1, 2],
    ],
  );
  await Promise.all([first.close(), second.close()]);
});

test('nobody opens a stream without signing in, or with a cookie from another page', async () => {
  const { user } = await withPipeline();
  await assert.rejects(new Client('', {}).opened());
  const cookie = `bellwether_session=${user.token}`;
  await assert.rejects(new Client('', { cookie, origin: 'http://evil.test' }).opened());
  const own = new Client('', { cookie, origin: `http://${base}` });
  await own.opened();
  await own.close();
});
