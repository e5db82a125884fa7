/**
 * A database put back from a backup while the broker has gone on: nothing is sent again, what happened meanwhile is booked, and entries wait
 * until ledger and broker agree (promise P21).
 *
 * What would make it vacuous: a broker that stood still (fills after the backup are counted), or a ledger that was not put back (it is read before
 * the worker begins).
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { CommandAcceptedWire } from '@bellwether/contracts';
import { eventually } from '@bellwether/durable/testing';
import type { SandboxTruth } from '@bellwether/sandbox/control';
import { AccountRig, type Worker } from './account-rig.ts';
import { isLive, type PaperAccount } from './paper-account.ts';

type PostLine = SandboxTruth['posts'][number];

let rig: AccountRig;
let worker: Worker;
before(async () => {
  rig = await AccountRig.open();
});
afterEach(() => worker.kill());
after(() => rig.close());

test('P21 boots by reconciling: fills, exits and closes of the lost time are booked, nothing is sent again, entries wait', async (t) => {
  worker = await rig.startWorker();
  const account = await rig.openAccount(4);
  const [stopped, resting, closed, kept] = account.pipelines as [string, string, string, string];
  const symbols = {
    stopped: account.newSymbol(),
    closed: account.newSymbol(),
    kept: account.newSymbol(),
    resting: account.newSymbol(),
  };
  await account.hold(stopped, symbols.stopped);
  const byHand = await account.hold(closed, symbols.closed);
  await account.hold(kept, symbols.kept);
  await account.quote(symbols.resting);
  await account.propose({ pipelineId: resting, symbol: symbols.resting, type: 'limit' });
  await eventually(
    async () => ((await stateOf(account, symbols.resting)) === 'working' ? true : undefined),
    'a resting entry',
  );
  const backup = await rig.database.backup();

  await account.quote(symbols.stopped, 98);
  await account.quote(symbols.resting, 89.5);
  const asked = await account.ask<CommandAcceptedWire>('POST', `/positions/${byHand}/close`, {
    reason: 'after the backup',
  });
  assert.equal(asked.status, 202);
  const left = [symbols.kept, symbols.resting].toSorted();
  await eventually(
    async () => (String(await openSymbols(account)) === String(left) ? true : undefined),
    'what is lost with the database',
  );
  await worker.kill();

  await rig.database.restore(backup);
  assert.equal(await stateOf(account, symbols.resting), 'working');
  assert.deepEqual(await openSymbols(account), [symbols.stopped, symbols.closed, symbols.kept].toSorted());
  const ahead = await account.truth();
  const known = new Set(ahead.posts.map(({ client_order_id: id }) => id));
  const waiting = await account.propose({ pipelineId: stopped, symbol: account.newSymbol(), type: 'limit' });
  const bootedAt = Date.now();
  worker = await rig.startWorker();

  const entry = await eventually(
    async () => {
      const { posts } = await account.truth();
      const own = (await account.orders()).find(
        (order) => order.executionId === waiting.executionId && order.leg === 'entry',
      );
      return posts.slice(ahead.posts.length).find((post) => own !== undefined && post.client_order_id === own.id);
    },
    'the entry that waited',
    60_000,
  );
  const cleanAt = await firstCleanPass(account, bootedAt);
  t.diagnostic(
    `reconciled ${cleanAt - bootedAt} ms after boot, the entry that waited left after ${Date.parse(entry.at) - bootedAt} ms`,
  );
  assert.ok(Date.parse(entry.at) >= cleanAt, 'expected the entry to wait for a clean pass');
  assert.deepEqual(resent(ahead.posts.length, (await account.truth()).posts, known), []);
  await agrees(account);
  assert.deepEqual(await openSymbols(account), left);
});

test('P21 a position that only the broker remembers keeps its stop, is paged, and nothing is sent again for it', async () => {
  worker = await rig.startWorker();
  const account = await rig.openAccount(2);
  const [kept, lost] = account.pipelines as [string, string];
  const symbol = account.newSymbol();
  await account.hold(kept, symbol);
  const backup = await rig.database.backup();
  const forgotten = account.newSymbol();
  await account.hold(lost, forgotten);
  await worker.kill();
  await rig.database.restore(backup);
  const ahead = await account.truth();
  const known = new Set(ahead.posts.map(({ client_order_id: id }) => id));
  assert.deepEqual(await openSymbols(account), [symbol]);
  await account.propose({ pipelineId: kept, symbol: account.newSymbol(), type: 'limit' });
  worker = await rig.startWorker();
  await eventually(
    async () => {
      const { rows } = await account.query(
        "SELECT code FROM engine.alerts WHERE account_id = $1 AND level = 'page' AND symbol = $2",
        [account.id, forgotten],
      );
      return rows[0];
    },
    'a page about the forgotten position',
    30_000,
  );
  const truth = await account.truth();
  assert.equal(truth.positions.find((position) => position.symbol === forgotten)?.qty, '10');
  assert.ok(
    truth.orders.some((order) => order.symbol === forgotten && order.type === 'stop' && isLive(order)),
    'expected its stop to rest',
  );
  assert.deepEqual(resent(ahead.posts.length, (await account.truth()).posts, known), []);
});

async function stateOf(account: PaperAccount, symbol: string): Promise<string | undefined> {
  return (await account.orders()).find((order) => order.symbol === symbol && order.leg === 'entry')?.state;
}

async function openSymbols(account: PaperAccount): Promise<readonly string[]> {
  const { rows } = await account.query<{ symbol: string }>(
    "SELECT symbol FROM engine.positions WHERE account_id = $1 AND state <> 'closed' AND quantity <> 0 ORDER BY symbol",
    [account.id],
  );
  return rows.map(({ symbol }) => symbol);
}

async function firstCleanPass(account: PaperAccount, since: number): Promise<number> {
  const { rows } = await account.query<{ at: Temporal.Instant }>(
    'SELECT at FROM engine.reconciliation_runs WHERE account_id = $1 AND clean AND at >= to_timestamp($2::float8 / 1000) ORDER BY at LIMIT 1',
    [account.id, since],
  );
  const [run] = rows;
  assert.ok(run !== undefined, 'expected a pass that ended clean');
  return run.at.epochMilliseconds;
}

/** Orders that were sent before and went out once more. */
function resent(from: number, posts: readonly PostLine[], known: ReadonlySet<string | null>): readonly PostLine[] {
  return posts.slice(from).filter((post) => post.method === 'POST' && known.has(post.client_order_id));
}

/** Ledger and broker hold the same shares, and each fill was booked once. */
async function agrees(account: PaperAccount): Promise<void> {
  const truth = await account.truth();
  const { rows } = await account.query<{ symbol: string; held: string; booked: string }>(
    `SELECT p.symbol, sum(p.quantity)::text AS held, (SELECT sum(CASE o.side WHEN 'buy' THEN f.quantity ELSE -f.quantity END)::text
       FROM engine.fills f JOIN engine.orders o ON o.id = f.order_id WHERE o.account_id = $1 AND o.symbol = p.symbol) AS booked
     FROM engine.positions p WHERE p.account_id = $1 GROUP BY p.symbol`,
    [account.id],
  );
  const atBroker = new Map(truth.positions.map(({ symbol, qty }) => [symbol, Number(qty)]));
  for (const { symbol, held, booked } of rows)
    assert.deepEqual([Number(held), Number(booked)], [atBroker.get(symbol) ?? 0, atBroker.get(symbol) ?? 0], symbol);
}
