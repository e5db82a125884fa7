/** A newcomer trades on paper: the server as a real process, its own sandbox, one pipeline taken up a mode and run. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const COMMAND_LINE = fileURLToPath(new URL('../../cli/src/bellwether.ts', import.meta.url));
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Far faster than any market: the tape waits for its broker alone. */
const SPEED = 100_000;
const PATIENCE_MS = 60_000;

let dataDir: string;
let server: ChildProcess;
let base: string;
let headers: Record<string, string>;
before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'bellwether-paper-'));
  if (process.getuid?.() === 0) chmodSync(dataDir, 0o711);
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  server = spawn(process.execPath, [COMMAND_LINE, 'serve'], {
    env: { PATH, HOME: homedir(), BELLWETHER_DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const password = await passwordOf(server);
  const signedIn = await fetch(`${base}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: base },
    body: JSON.stringify({ email: 'demo@bellwether.local', password }),
  });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  headers = { cookie, 'content-type': 'application/json', origin: base };
});
after(async () => {
  server.kill('SIGTERM');
  if (server.exitCode === null) await once(server, 'close');
  rmSync(dataDir, { recursive: true, force: true });
});

interface Pipeline {
  readonly id: string;
  readonly template_id: string | null;
  readonly trading_mode: string;
  readonly draft_version: number;
  readonly state: string;
  readonly state_text: string;
}

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`${base}/api/v1${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as T;
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const limit = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(performance.now() < limit, `expected ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a template is cloned, taken to paper and run: it trades at the sandbox, says so everywhere, and ends flat', async () => {
  const { items } = await ask<{ items: Pipeline[] }>('GET', '/pipelines?limit=50');
  const template = items.find(({ template_id }) => template_id === 'opening-range-breakout');
  assert.ok(template, 'expected the demo pipeline');
  const clone = await ask<Pipeline>('POST', `/pipelines/${template.id}/clone`, { name: 'On paper' });
  assert.equal(clone.trading_mode, 'simulation');
  const mode = await ask<{ trading_mode: string; venue: string }>('PATCH', `/pipelines/${clone.id}/mode`, {
    mode: 'paper',
    reason: 'to see it at a broker',
    expected_version: clone.draft_version,
  });
  assert.deepEqual([mode.trading_mode, mode.venue], ['paper', 'sandbox']);

  const { execution_id: executionId } = await ask<{ execution_id: string }>('POST', `/pipelines/${clone.id}/run`, {
    source: { kind: 'demo_tape', speed: SPEED },
  });
  const ended = await until('the pipeline to have run', async () => {
    const pipeline = await ask<Pipeline>('GET', `/pipelines/${clone.id}`);
    return pipeline.state === 'completed' || pipeline.state === 'stopped' ? pipeline : undefined;
  });
  assert.equal(ended.state, 'completed', ended.state_text);

  const trades = await ask<{ items: { execution_id: string; trading_mode: string }[] }>('GET', '/trades');
  assert.deepEqual(
    trades.items.map(({ execution_id, trading_mode }) => [execution_id, trading_mode]),
    [[executionId, 'paper']],
  );
  const orders = await ask<{ items: { purpose: string; account: { label: string } }[] }>('GET', '/orders');
  assert.ok(orders.items.some(({ purpose }) => purpose === 'entry'));
  assert.deepEqual(new Set(orders.items.map(({ account }) => account.label)), new Set(['sandbox']));
  const report = await ask<{ fills_compared: { text: string } | null }>('GET', `/reports/${executionId}`);
  assert.match(report.fills_compared?.text ?? '', /simulated exchange would have/);
});

function passwordOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const password = /Demo login: \S+ · (\S+)/.exec(text)?.[1];
      if (password !== undefined) resolve(password);
    });
    child.once('exit', () => reject(new Error(`expected the server to start, it said: ${text}`)));
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
