/**
 * Analysts that do not answer for a minute and entries whose requests hang never delay protection, and an old price opens nothing (promise P11).
 *
 * What would make it vacuous: analysts that answer after all, or entries that do not hang (both are looked at while the closes go through).
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CloseCommandWire, CommandAcceptedWire } from '@bellwether/contracts';
import { eventually } from '@bellwether/durable/testing';
import { AccountRig } from './account-rig.ts';
import { MARKET_TIME } from './paper-account.ts';

const STALL_MS = 60_000;
const WAIT_LIMIT_MS = 1_000;
/** Longer than the adapter waits for an answer. */
const HANGS_MS = 11_000;
const HELD = 6;
const STALLED = 20;

let rig: AccountRig;
before(async () => {
  rig = await AccountRig.open();
});
after(() => rig.close());

test('P11 with analysts that stall and entries that hang, a close reaches the broker within a second', async (t) => {
  const thinking = await rig.openAccount(STALLED);
  const executionIds = await Promise.all(thinking.pipelines.map((id) => thinking.beginExecution(id)));
  const worker = await rig.startWorker({ stalled: { executionIds, ms: STALL_MS } });
  const account = await rig.openAccount(HELD + 1);
  const entering = account.pipelines[HELD] as string;
  const held = await Promise.all(
    account.pipelines.slice(0, HELD).map(async (pipelineId) => {
      const symbol = account.newSymbol();
      return { symbol, position: await account.hold(pipelineId, symbol) };
    }),
  );
  await account.control.faults({ late_accept_ms: { count: 2, ms: HANGS_MS } });
  for (let i = 0; i < 10; i++)
    await account.propose({ pipelineId: entering, symbol: account.newSymbol(), type: 'limit' });
  const entries = async () =>
    (await account.orders()).filter(({ leg, pipelineId }) => leg === 'entry' && pipelineId === entering);
  await eventually(async () => ((await entries()).length === 10 ? true : undefined), 'ten entries');

  const waits = await Promise.all(
    held.map(async ({ symbol, position }) => {
      const asked = await account.ask<CommandAcceptedWire>('POST', `/positions/${position}/close`, { reason: 'out' });
      const askedAt = Date.now();
      assert.equal(asked.status, 202);
      const done = await eventually(async () => {
        const { body } = await account.ask<CloseCommandWire>('GET', `/positions/commands/${asked.body.command_id}`);
        return body.is_done ? body : undefined;
      }, 'the close to end');
      assert.equal(done.positions[0]?.outcome, 'closed');
      const truth = await account.truth();
      const own = new Set(truth.orders.filter((order) => order.symbol === symbol).map(({ id }) => id));
      const cancel = truth.posts.find(
        ({ method, path }) => method === 'DELETE' && own.has(path.split('/').at(-1) ?? ''),
      );
      const sale = truth.posts.find((post) => post.method === 'POST' && post.symbol === symbol && post.side === 'sell');
      assert.ok(cancel !== undefined && sale !== undefined, `expected ${symbol} to be canceled and sold`);
      return { first: Date.parse(cancel.at) - askedAt, sale: Date.parse(sale.at) - askedAt };
    }),
  );
  const hanging = (await entries()).filter(({ state }) => state === 'submitting').length;
  assert.equal(hanging, 2, 'expected two entries whose requests hang, and the others behind them');
  assert.equal((await entries()).filter(({ state }) => state === 'planned').length, 8);
  const first = Math.max(...waits.map((each) => each.first));
  const sale = Math.max(...waits.map((each) => each.sale));
  t.diagnostic(`${HELD} closes: first request ≤ ${first} ms, sale ≤ ${sale} ms after the click`);
  assert.ok(first <= WAIT_LIMIT_MS, `expected the first protective request within ${WAIT_LIMIT_MS} ms, was ${first}`);
  const { rows } = await thinking.query<{ status: string }>(
    'SELECT DISTINCT status FROM engine.executions WHERE id = ANY ($1) AND ended_at IS NULL',
    [executionIds],
  );
  assert.deepEqual(
    rows.map(({ status }) => status),
    ['running'],
    'expected analysts that have not answered yet',
  );
  await worker.kill();
});

test('P11 what an analyst decided a minute ago on a price of then opens nothing', async () => {
  const worker = await rig.startWorker();
  const account = await rig.openAccount(2, { max_price_age_seconds: 15, max_signal_age_seconds: 120 });
  const [slow, quick] = account.pipelines as [string, string];
  await account.tell('AAAA', MARKET_TIME + STALL_MS);
  const late = await account.propose({ pipelineId: slow, symbol: account.newSymbol(), type: 'limit' });
  assert.equal(await eventually(() => account.refusalOf(late.executionId), 'a refusal'), 'stale_price');
  const fresh = await account.propose({
    pipelineId: quick,
    symbol: account.newSymbol(),
    type: 'limit',
    at: MARKET_TIME + STALL_MS,
  });
  await eventually(async () => {
    const entry = (await account.orders()).find(
      ({ executionId, leg }) => executionId === fresh.executionId && leg === 'entry',
    );
    return entry?.state === 'working' ? true : undefined;
  }, 'an entry that was decided just now');
  const sent = (await account.truth()).posts.filter(({ method }) => method === 'POST');
  assert.equal(sent.length, 1);
  await worker.kill();
});
