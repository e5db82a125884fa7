/** An execution that the server ran is decided again by the command line, from the database of the same installation. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort, type RealServer, startRealServer, temporaryDataDir } from './journeys/real-server.ts';

const ENTRY = fileURLToPath(new URL('../apps/cli/src/bellwether.ts', import.meta.url));

let folder: Awaited<ReturnType<typeof temporaryDataDir>>;
let server: RealServer;
before(async () => {
  folder = await temporaryDataDir();
  server = await startRealServer(folder.path, await freePort());
});
after(async () => {
  await server?.stop();
  await folder?.remove();
});

async function request<T>(
  cookie: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ headers: Headers; json: T }> {
  const response = await fetch(`${server.address}/api/v1${path}`, {
    method,
    headers: { origin: server.address, cookie, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return { headers: response.headers, json: (await response.json()) as T };
}

async function executionOf(template: string): Promise<string> {
  const login = await request('', 'POST', '/auth/login', { email: server.email, password: server.password });
  const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const { items } = (await request<{ items: { id: string; name: string }[] }>(cookie, 'GET', '/pipelines')).json;
  const pipeline = items.find(({ name }) => name === template);
  assert.ok(pipeline, template);
  const source = { kind: 'demo_tape', tape_id: 'opening-range-breakout', speed: 100_000 };
  const started = await request<{ execution_id: string }>(cookie, 'POST', `/pipelines/${pipeline.id}/run`, { source });
  const id = started.json.execution_id;
  // Every look is a request of its own: a bounded number of them is time enough.
  for (let look = 0; look < 500; look++) {
    const { status } = (await request<{ status: string }>(cookie, 'GET', `/executions/${id}`)).json;
    if (status === 'completed') return id;
  }
  throw new Error(`expected the execution to end, it has not:\n${server.output()}`);
}

function bellwether(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY, ...args], {
    env: { ...process.env, BELLWETHER_DATA_DIR: folder.path },
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

test('replays an execution identically, with the server running and after it has stopped', {
  timeout: 90_000,
}, async () => {
  const id = await executionOf('Opening-range breakout');
  const running = bellwether('replay', id, '--json');
  assert.equal(running.status, 0, running.err);
  assert.deepEqual(JSON.parse(running.out).kind, 'identical');
  assert.ok(JSON.parse(running.out).decisions >= 6);
  assert.equal(await server.stop(), 0);
  assert.equal(JSON.parse(bellwether('replay', id, '--json').out).kind, 'identical');
  const unknown = bellwether('replay', '00000000-0000-4000-8000-000000000000');
  assert.equal(unknown.status, 1);
  assert.match(unknown.err, /expected an execution of this database/);
});
