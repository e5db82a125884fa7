import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startSandbox } from '@bellwether/sandbox';
import { runCommandLine } from '../bellwether.ts';

const PROGRAM = fileURLToPath(new URL('../bellwether.ts', import.meta.url));

async function firstLine(child: ChildProcessByStdio<null, Readable, Readable>): Promise<string> {
  const [line] = await once(createInterface(child.stdout), 'line');
  return String(line);
}

test('the sandbox plays its tape to an Alpaca client, one line per order, until it is asked to stop', async () => {
  const args = [
    'sandbox',
    '--port',
    '0',
    '--tape',
    'opening-range-breakout',
    '--speed',
    '6000',
    '--json',
    '--seed',
    '1',
  ];
  const faults = ['--faults', 'partial_fill_rate=0'];
  const child = spawn(process.execPath, [PROGRAM, ...args, ...faults], { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const { url } = JSON.parse(await firstLine(child)) as { url: string };
    const headers = { 'apca-api-key-id': 'PKDEMO', 'apca-api-secret-key': 'any', 'content-type': 'application/json' };
    const order = {
      symbol: 'ORBX',
      side: 'buy',
      type: 'market',
      qty: '1',
      time_in_force: 'gtc',
      client_order_id: 'mine',
    };
    const sent = await fetch(`${url}/v2/orders`, { method: 'POST', headers, body: JSON.stringify(order) });
    assert.equal(sent.status, 200);
    const seen: string[] = [];
    for await (const line of createInterface(child.stderr)) {
      seen.push(line);
      if (/ fill /.test(line)) break;
    }
    assert.match(seen.join('\n'), /data: Synthetic demo data/);
    assert.match(seen.at(-1) ?? '', /^PKDEMO fill buy 1 ORBX market \d+\.\d+ mine$/);
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
  }
});

test('a port that is taken is told in one sentence', async () => {
  const taken = await startSandbox();
  const err: string[] = [];
  const output = { out: () => undefined, err: (text: string) => void err.push(text) };
  assert.equal(await runCommandLine(['sandbox', '--port', new URL(taken.url).port], output), 1);
  assert.match(err.join(), /expected port \d+ to be free.*give another port/);
  await taken.close();
});
