import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type CapabilityResult, capabilityOfCard } from '@bellwether/ports';
import { ManualClock } from '@bellwether/ports/testing';
import { type Sandbox, startSandbox } from '@bellwether/sandbox';
import { SandboxControl } from '@bellwether/sandbox/control';
import { main } from './alpaca-paper.ts';

const KEYS = { BELLWETHER_ALPACA_PAPER_KEY_ID: 'PKCONFORMANCE', BELLWETHER_ALPACA_PAPER_SECRET_KEY: 'secret' };

async function bench(t: TestContext, settings: Parameters<typeof startSandbox>[0] = {}) {
  const clock = new ManualClock('2025-07-01T13:30:00Z');
  clock.advance(1_000);
  const sandbox = await startSandbox({
    clock: () => clock.now().epochMilliseconds,
    requestsPerMinute: 0,
    seed: 1,
    ...settings,
  });
  const dataDir = mkdtempSync(join(tmpdir(), 'conformance-'));
  t.after(async () => {
    await sandbox.close();
    rmSync(dataDir, { recursive: true });
  });
  const printed: string[] = [];
  const run = (args: readonly string[], keys: Readonly<Record<string, string>> = KEYS) =>
    main(['--url', sandbox.url, ...args], {
      environment: { ...keys, BELLWETHER_DATA_DIR: dataDir },
      print: (line) => printed.push(line),
      now: () => clock.now(),
    });
  const stored = (): CapabilityResult => {
    const [file = ''] = readdirSync(join(dataDir, 'conformance'));
    return JSON.parse(readFileSync(join(dataDir, 'conformance', file), 'utf8')) as CapabilityResult;
  };
  return { sandbox, printed, run, stored };
}

function leftBehind(sandbox: Sandbox): readonly unknown[] {
  const account = sandbox.account(KEYS.BELLWETHER_ALPACA_PAPER_KEY_ID);
  return [
    ...account.exchange.positions(),
    ...account.exchange.orders().filter(({ status }) => /held|work|part/.test(status)),
  ];
}

test('P30 the cards that need no moved market run on one account, prove its flags and leave nothing behind', async (t) => {
  const { run, printed, stored, sandbox } = await bench(t);
  assert.equal(await run(['--twin-runs', '2']), 0, printed.join('\n'));
  const { flags, evidence } = stored();
  assert.deepEqual(flags, {
    uniqueClientOrderId: true,
    bracket: true,
    oco: true,
    parallelOco: true,
    sharesHeldByOrders: true,
    bracketOnHeldSymbol: false,
    entryBesideRestingExit: false,
    twinBrackets: false,
  });
  assert.ok(evidence.every(({ card, assumed }) => (assumed === null) === (capabilityOfCard(card) === undefined)));
  assert.deepEqual(leftBehind(sandbox), []);
});

test('twin brackets that live are proven by 50 runs', async (t) => {
  const { run, printed, stored } = await bench(t, { account: { switches: { twin_brackets: true } } });
  assert.equal(await run(['--only', 'BR-300']), 0, printed.join('\n'));
  assert.deepEqual(stored().flags, { twinBrackets: true });
  assert.equal(stored().evidence[0]?.runs, 50);
});

test('an account that does not keep a promise is told of, with exit code 1', async (t) => {
  const { run, printed, stored } = await bench(t, { account: { faults: { replace_rejected: true } } });
  assert.equal(await run(['--only', 'BR-120']), 1);
  assert.match(printed.join('\n'), /FAIL BR-120/);
  assert.equal(stored().evidence[0]?.passed, 0);
});

test('shares that cannot be closed again end the run, and somebody is told to look', async (t) => {
  const { run, printed } = await bench(t, { account: { faults: { refuse_exits: true } } });
  assert.equal(await run([]), 1);
  assert.match(printed.at(-1) ?? '', /FAIL what a card left behind .* close it there by hand/);
});

test('without keys nothing is run, and the exit code says so', async (t) => {
  const { run, printed } = await bench(t);
  assert.equal(await run([], {}), 2);
  assert.match(printed[0] ?? '', /expected BELLWETHER_ALPACA_PAPER_KEY_ID and BELLWETHER_ALPACA_PAPER_SECRET_KEY/);
});

test('a symbol that the account holds is left alone', async (t) => {
  const { run, printed, sandbox } = await bench(t);
  const account = sandbox.account(KEYS.BELLWETHER_ALPACA_PAPER_KEY_ID);
  assert.ok(account.isUntouched);
  const control = new SandboxControl({ url: sandbox.url, keyId: KEYS.BELLWETHER_ALPACA_PAPER_KEY_ID });
  await control.external({ symbol: 'F', side: 'buy', quantity: '1', type: 'limit', limit_price: '1' });
  assert.equal(await run([]), 2);
  assert.match(printed.join('\n'), /choose another --symbol/);
});

test('a host that is not Alpaca’s paper host and not on loopback gets no keys', async (t) => {
  const { run, printed } = await bench(t);
  for (const url of ['https://api.alpaca.markets', 'https://example.com']) assert.equal(await run(['--url', url]), 2);
  assert.match(printed.join('\n'), /was the live host[^]*or a sandbox on loopback/);
});
