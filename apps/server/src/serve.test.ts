/** The server as a real process: starts, serves, refuses, stops, and leaves nothing behind. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const COMMAND_LINE = fileURLToPath(new URL('../../cli/src/bellwether.ts', import.meta.url));

/** Enough for what the database's start looks up. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

interface Started {
  readonly child: ChildProcess;
  readonly text: () => string;
}

let dataDir: string;
let port: number;
before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'bellwether-server-'));
  if (process.getuid?.() === 0) chmodSync(dataDir, 0o711);
  port = await freePort();
});
after(() => rmSync(dataDir, { recursive: true, force: true }));

function start(environment: Readonly<Record<string, string>>): Started {
  const child = spawn(process.execPath, [COMMAND_LINE, 'serve'], {
    env: { PATH, HOME: homedir(), BELLWETHER_DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  return { child, text: () => text };
}

/** Resolves when the process has said so, or fails with what it said instead. */
async function saying({ child, text }: Started, wanted: string): Promise<void> {
  while (!text().includes(wanted)) {
    if (child.exitCode !== null)
      throw new Error(`expected "${wanted}", the process ended with ${child.exitCode}: ${text()}`);
    await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), once(child, 'exit')]);
  }
}

async function exitOf({ child }: Started): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'close');
  return child.exitCode;
}

describe('the server', () => {
  test('serves, tells its address and login, keeps the password to itself, and stops without a trace', async (context) => {
    const first = start({});
    await saying(first, 'Demo login');
    const password = /Demo login: \S+ · (\S+)/.exec(first.text())?.[1];
    const base = `http://127.0.0.1:${port}`;
    const signedIn = await fetch(`${base}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: base },
      body: JSON.stringify({ email: 'demo@bellwether.local', password }),
    });
    assert.equal(signedIn.status, 200);
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const pipelines = (await (await fetch(`${base}/api/v1/pipelines`, { headers: { cookie } })).json()) as {
      items: unknown[];
    };
    assert.ok(pipelines.items.length >= 6, 'expected a pipeline per template');
    assert.equal((await fetch(`${base}/readyz`)).status, 200);
    assert.equal(statSync(join(dataDir, 'installation.json')).mode & 0o777, 0o600);

    const onOurFolder = start({ PORT: String(await freePort()) });
    assert.equal(await exitOf(onOurFolder), 1);
    assert.match(onOurFolder.text(), /expected the data folder .* to be free/);

    first.child.kill('SIGINT');
    assert.equal(await exitOf(first), 0);

    const again = start({});
    await saying(again, 'Demo login');
    assert.ok(again.text().includes(String(password)), 'expected the password of the first start');
    const elapsed = Number(/ready in (\d+) ms/.exec(again.text())?.[1]);
    context.diagnostic(`warm start ready in ${elapsed} ms`);
    again.child.kill('SIGTERM');
    assert.equal(await exitOf(again), 0);
  });

  test('names a port in use and the remedy, and starts nothing', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = (other.address() as { port: number }).port;
    const refused = start({ PORT: String(taken) });
    assert.equal(await exitOf(refused), 1);
    assert.match(refused.text(), new RegExp(`expected port ${taken} .* PORT=${taken + 1} npm start`));
    other.close();
  });

  test('names a database that cannot be reached, and the remedy', async () => {
    const refused = start({ DATABASE_URL: `postgres://user:secret@127.0.0.1:${await freePort()}/bellwether` });
    assert.equal(await exitOf(refused), 1);
    assert.match(refused.text(), /not reachable.*DATABASE_URL/);
    assert.ok(!refused.text().includes('secret'));
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return free;
}
