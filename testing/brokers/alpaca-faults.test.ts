import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openAlpacaPaper, verifyAlpacaConnection } from '@bellwether/adapters';
import { isBellwetherError, type OrderRequest, parsePrice, parseQuantity } from '@bellwether/domain';
import { approvedInTest, ManualClock } from '@bellwether/ports/testing';
import { startSandbox } from '@bellwether/sandbox';
import { type FaultSettings, SandboxControl } from '@bellwether/sandbox/control';

const ORDER: OrderRequest = {
  clientOrderId: 'bw1-a',
  symbol: 'AAPL',
  side: 'buy',
  type: 'limit',
  quantity: parseQuantity('10'),
  limitPrice: parsePrice('90'),
  stopPrice: null,
  timeInForce: 'gtc',
  takeProfit: null,
  stopLoss: null,
  oco: false,
};

async function bench(t: TestContext, { requestsPerMinute = 0, timeoutMs = 10_000 } = {}) {
  const clock = new ManualClock('2025-07-01T13:30:00Z');
  clock.advance(1_000);
  const late = Promise.withResolvers<void>();
  const sandbox = await startSandbox({
    clock: () => clock.now().epochMilliseconds,
    // A late order is taken when the client has given up.
    wait: () => late.promise,
    requestsPerMinute,
    seed: 1,
  });
  t.after(() => sandbox.close());
  const keys = { keyId: 'PKFAULTS', secretKey: 'secret' };
  const connection = await verifyAlpacaConnection({ baseUrl: sandbox.url, keys, clock });
  const binding = await openAlpacaPaper({ mode: 'paper', keys, connection, clock, timeoutMs });
  const control = new SandboxControl({ url: sandbox.url, keyId: keys.keyId });
  const submit = () => binding.broker.submit(approvedInTest(ORDER));
  const posted = async () => (await control.truth()).orders.filter((order) => order.client_order_id === 'bw1-a').length;
  return { ...binding, clock, control, submit, posted, giveUp: late.resolve };
}
const failsAs = (code: string) => (error: unknown) => isBellwetherError(error) && error.code === code;

const LOST: readonly (readonly [string, FaultSettings])[] = [
  ['a 5xx after it was accepted', { http_5xx_after_accept: { count: 1 } }],
  ['a reply that was dropped', { drop_reply_after_accept: { count: 1 } }],
  ['an answer that comes after the client has given up', { late_accept_ms: { count: 1, ms: 150 } }],
];
for (const [name, faults] of LOST) {
  test(`P2 ${name} leaves the order unknown; it is there once`, async (t) => {
    const { broker, control, submit, posted, giveUp } = await bench(t, { timeoutMs: 500 });
    await control.faults(faults);
    assert.equal((await submit()).kind, 'unknown');
    giveUp();
    while ((await broker.find('bw1-a')) === undefined) await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await submit()).kind, 'duplicate');
    assert.equal(await posted(), 1);
  });
}

test('a 5xx before anything was accepted is unknown too, and the same id may be sent again', async (t) => {
  const { control, submit, posted, broker } = await bench(t);
  await control.faults({ http_5xx_before_accept: { count: 1 } });
  assert.equal((await submit()).kind, 'unknown');
  assert.equal(await broker.find('bw1-a'), undefined);
  assert.equal((await submit()).kind, 'accepted');
  assert.equal(await posted(), 1);
});

test('P2 an accepted order that cannot be found at first is absent, which proves nothing', async (t) => {
  const { broker, control, submit, clock } = await bench(t);
  await control.faults({ hidden_for_ms: { count: 1, ms: 800 } });
  await submit();
  assert.equal(await broker.find('bw1-a'), undefined);
  assert.equal((await submit()).kind, 'duplicate');
  clock.advance(801);
  assert.equal((await broker.find('bw1-a'))?.status, 'working');
});

test('keys that are refused are a refusal of the account, and a read that is not retried', async (t) => {
  const { broker, control, submit, posted } = await bench(t);
  await control.faults({ unauthorized: { count: 2 } });
  const outcome = await submit();
  assert.equal(outcome.kind === 'refused' && outcome.scope, 'account');
  await assert.rejects(broker.positions(), failsAs('broker/unauthorized'));
  assert.equal(await posted(), 0);
});

test('a rate limit throttles reads and leaves an order unknown; what is left of it is known', async (t) => {
  // Verifying, and verifying again on opening, took two.
  const { broker, submit } = await bench(t, { requestsPerMinute: 4 });
  await broker.positions();
  assert.deepEqual([broker.rateLimit?.limit, broker.rateLimit?.remaining], [4, 1]);
  await broker.positions();
  await assert.rejects(broker.positions(), failsAs('broker/throttled'));
  assert.equal((await submit()).kind, 'unknown');
});

test('instruments, clock and calendar are those of the sandbox', async (t) => {
  const { instruments, marketClock, clock } = await bench(t);
  assert.deepEqual(await instruments.find('AAPL'), {
    symbol: 'AAPL',
    tradable: true,
    shortable: true,
    easyToBorrow: true,
    fractionable: true,
  });
  assert.equal(await instruments.find('no such symbol'), undefined);
  const now = await marketClock.now();
  assert.deepEqual([now.isOpen, String(now.nextClose)], [true, '2025-07-01T20:00:00Z']);
  assert.equal(Temporal.Instant.compare(now.at, clock.now()), 0);
  assert.deepEqual(
    (await marketClock.sessions('2025-07-03', '2025-07-07')).map(({ date, closesAt }) => `${date} ${closesAt}`),
    ['2025-07-03 2025-07-03T17:00:00Z', '2025-07-07 2025-07-07T20:00:00Z'],
  );
});
