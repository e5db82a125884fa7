import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { isBellwetherError, type TradingMode } from '@bellwether/domain';
import { ManualClock } from '@bellwether/ports/testing';
import * as door from '../../index.ts';
import {
  ALPACA_LIVE_URL,
  ALPACA_PAPER_URL,
  type AlpacaLiveOptions,
  openAlpacaLive,
  openAlpacaPaper,
  type VerifiedConnection,
  verifyAlpacaConnection,
} from './alpaca-bindings.ts';
import { changed, fixture } from './alpaca-fixtures.fixture.ts';
import type { AlpacaReply, AlpacaRequest } from './alpaca-http.ts';
import type { WireObject } from './alpaca-wire.ts';

const ACCOUNT = '904837e3-3b76-47ec-b432-046db621571b';
const clock = new ManualClock('2025-07-01T13:30:00Z');
clock.advance(1_000);

function answering(account: unknown, status = 200) {
  const asked: AlpacaRequest[] = [];
  const transport = async (request: AlpacaRequest): Promise<AlpacaReply> => {
    asked.push(request);
    return { kind: 'answer', status, json: account, text: JSON.stringify(account), headers: {} };
  };
  return { asked, transport };
}
const PLAIN = fixture('account.plain.synthetic');

function connected(label: VerifiedConnection['label'], baseUrl: string, brokerAccountId = ACCOUNT): VerifiedConnection {
  return { label, baseUrl, brokerAccountId, verifiedAt: clock.now() };
}
const LIVE = connected('live', ALPACA_LIVE_URL);
const PAPER = connected('paper', ALPACA_PAPER_URL);

/** Everything that a live binding wants, save what a test takes away. */
function live(changes: Partial<AlpacaLiveOptions> = {}): AlpacaLiveOptions {
  return {
    mode: 'live',
    keys: { keyId: 'AKTEST', secretKey: 'secret' },
    connection: LIVE,
    gate: { isOpenFor: ({ userId, versionId }) => userId === 'ann' && versionId === 'v7' },
    userId: 'ann',
    versionId: 'v7',
    clock,
    transport: answering(PLAIN).transport,
    ...changes,
  };
}
function refusedAs(code: string, text: RegExp) {
  return (error: unknown) => isBellwetherError(error) && error.code === code && text.test(error.message);
}

test('P29 a live binding opens when mode, host, verification, account and gate agree', async () => {
  const { label, broker } = await openAlpacaLive(live());
  assert.deepEqual([label, broker.label, broker.brokerAccountId], ['live', 'live', ACCOUNT]);
});

const REFUSALS: readonly (readonly [string, Partial<AlpacaLiveOptions>, string, RegExp])[] = [
  ...(['validation', 'simulation', 'paper'] as const satisfies readonly TradingMode[]).map(
    (mode) => [`in mode ${mode}`, { mode }, 'broker/live-locked', /expected trading mode live/] as const,
  ),
  ['on the paper host', { connection: PAPER }, 'broker/live-locked', /expected the live host/],
  [
    'on a sandbox',
    { connection: connected('live', 'http://127.0.0.1:4010') },
    'broker/live-locked',
    /expected the live host/,
  ],
  [
    'on any other host',
    { connection: connected('live', 'https://api.alpaca.markets.example.com') },
    'broker/wrong-account',
    /or a sandbox on loopback/,
  ],
  [
    'without encryption',
    { connection: connected('live', 'http://api.alpaca.markets') },
    'broker/wrong-account',
    /or a sandbox on loopback/,
  ],
  [
    'on a connection that was verified as paper',
    { connection: connected('paper', ALPACA_LIVE_URL) },
    'broker/live-locked',
    /verified as live/,
  ],
  ['behind a closed gate', { gate: { isOpenFor: () => false } }, 'broker/live-locked', /to be unlocked/],
  ['for another user', { userId: 'bob' }, 'broker/live-locked', /to be unlocked/],
  ['for another version', { versionId: 'v8' }, 'broker/live-locked', /to be unlocked/],
  [
    'for another account than the verified one',
    { connection: connected('live', ALPACA_LIVE_URL, 'another') },
    'broker/wrong-account',
    /expected the keys to open the account another/,
  ],
  [
    'with keys of a paper account',
    { keys: { keyId: 'PKTEST', secretKey: 'secret' } },
    'broker/wrong-account',
    /was a key of the other kind/,
  ],
  [
    'for an account that is for paper only',
    { transport: answering(changed('account.plain.synthetic', { status: 'PAPER_ONLY' })).transport },
    'broker/wrong-account',
    /for paper only/,
  ],
  [
    'with keys that the live host refuses',
    { transport: answering({ message: 'forbidden.' }, 403).transport },
    'broker/unauthorized',
    /enter the keys again/,
  ],
];
for (const [name, changes, code, text] of REFUSALS) {
  test(`P29 no live binding ${name}`, async () => {
    await assert.rejects(openAlpacaLive(live(changes)), refusedAs(code, text));
  });
}

test('P29 what is locked is refused before anything is asked', async () => {
  const { asked, transport } = answering(PLAIN);
  await assert.rejects(openAlpacaLive(live({ transport, gate: { isOpenFor: () => false } })));
  await assert.rejects(openAlpacaLive(live({ transport, mode: 'paper' })));
  await assert.rejects(openAlpacaLive(live({ transport, keys: { keyId: 'PKTEST', secretKey: 'secret' } })));
  assert.equal(asked.length, 0);
});

test('P29 nothing but the two factories leads to a broker of Alpaca', () => {
  const fromAlpaca = Object.keys(door).filter((name) => /alpaca/i.test(name));
  assert.deepEqual(fromAlpaca.sort(), [
    'ALPACA_LIVE_URL',
    'ALPACA_PAPER_URL',
    'openAlpacaLive',
    'openAlpacaPaper',
    'verifyAlpacaConnection',
  ]);
});

test('a paper binding opens on the paper host and is labelled so', async () => {
  const keys = { keyId: 'PKTEST', secretKey: 'secret' };
  const { transport } = answering(PLAIN);
  const { label } = await openAlpacaPaper({ mode: 'paper', keys, connection: PAPER, clock, transport });
  assert.equal(label, 'paper');
});

const PAPER_REFUSALS: readonly (readonly [string, TradingMode, VerifiedConnection, string])[] = [
  ['in mode live', 'live', PAPER, 'broker/live-locked'],
  ['in mode simulation', 'simulation', PAPER, 'broker/live-locked'],
  ['on the live host', 'paper', connected('paper', ALPACA_LIVE_URL), 'broker/live-locked'],
  ['on the live host, verified as live', 'paper', LIVE, 'broker/live-locked'],
  ['on any other host', 'paper', connected('paper', 'https://example.com'), 'broker/wrong-account'],
  ['on a host that was verified as another kind', 'paper', connected('live', ALPACA_PAPER_URL), 'broker/wrong-account'],
  ['on a sandbox that was verified as paper', 'paper', connected('paper', 'http://[::1]:4010'), 'broker/wrong-account'],
  ['for another account', 'paper', connected('paper', ALPACA_PAPER_URL, 'another'), 'broker/wrong-account'],
];
for (const [name, mode, connection, code] of PAPER_REFUSALS) {
  test(`no paper binding ${name}`, async () => {
    const keys = { keyId: 'PKTEST', secretKey: 'secret' };
    const { transport } = answering(PLAIN);
    await assert.rejects(openAlpacaPaper({ mode, keys, connection, clock, transport }), refusedAs(code, /./));
  });
}

test('verification refuses live keys on the paper host', async () => {
  const keys = { keyId: 'AKTEST', secretKey: 'secret' };
  const { transport, asked } = answering(PLAIN);
  await assert.rejects(
    verifyAlpacaConnection({ baseUrl: ALPACA_PAPER_URL, keys, clock, transport }),
    refusedAs('broker/wrong-account', /key of the other kind/),
  );
  assert.equal(asked.length, 0);
});

test('a sandbox on loopback is verified over HTTP, opened, and refused when its account changes', async () => {
  let account = PLAIN as WireObject;
  const keysHeard: unknown[] = [];
  const server = createServer((request, response) => {
    keysHeard.push([request.url, request.headers['apca-api-key-id']]);
    response.end(JSON.stringify(account));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keys = { keyId: 'PKTEST', secretKey: 'secret' };
  const connection = await verifyAlpacaConnection({ baseUrl, keys, clock });
  assert.deepEqual(connection, { label: 'sandbox', baseUrl, brokerAccountId: ACCOUNT, verifiedAt: clock.now() });
  assert.deepEqual(keysHeard, [['/v2/account', 'PKTEST']]);
  const { broker, label } = await openAlpacaPaper({ mode: 'paper', keys, connection, clock });
  assert.equal(label, 'sandbox');
  account = { ...account, id: 'another' };
  await assert.rejects(broker.account(), refusedAs('broker/wrong-account', /connect the account anew/));
  await assert.rejects(
    openAlpacaPaper({ mode: 'paper', keys, connection, clock }),
    refusedAs('broker/wrong-account', /anew/),
  );
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});
