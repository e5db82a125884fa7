/**
 * Closing by hand, over HTTP, on a paper account that a real worker trades: one position, all of them, clicked twice, asked again with the same
 * key, while its own stop fills; with the user's own shares beside it.
 *
 * What would make it vacuous: positions that were flat before (each is held under a stop first), or outcomes read from our own rows only: shares
 * and requests are the broker's own count.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { CloseCommandWire, CommandAcceptedWire, ProblemWire } from '@bellwether/contracts';
import { eventually } from '@bellwether/durable/testing';
import { AccountRig } from './account-rig.ts';
import type { PaperAccount } from './paper-account.ts';

let rig: AccountRig;
before(async () => {
  rig = await AccountRig.open();
  await rig.startWorker();
});
after(() => rig.close());

async function command(account: PaperAccount, id: string): Promise<CloseCommandWire> {
  return eventually(async () => {
    const { body } = await account.ask<CloseCommandWire>('GET', `/positions/commands/${id}`);
    return body.is_done ? body : undefined;
  }, `command ${id} to end`);
}

async function sharesAtBroker(account: PaperAccount): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await account.truth()).positions.map(({ symbol, qty }) => [symbol, qty]));
}

async function recorded(account: PaperAccount, kind: string) {
  const { rows } = await account.query<{ id: string; reason: string; outcomes: string[] | null; audited: number }>(
    `SELECT m.id, m.reason, (SELECT array_agg(o.outcome) FROM engine.intervention_outcomes o WHERE o.intervention_id = m.id) AS outcomes,
       (SELECT count(*)::int FROM app.audit_log l WHERE l.user_id = m.user_id AND to_jsonb(l)::text LIKE '%' || m.id || '%') AS audited
     FROM engine.manual_interventions m WHERE m.user_id = $1 AND m.kind = $2 ORDER BY m.at`,
    [account.userId, kind],
  );
  return rows;
}

describe('a position closed by hand', () => {
  test('is sold at the broker, its exits are canceled, and the record says who asked, why and what came of it', async () => {
    const account = await rig.openAccount(2);
    const [one, other] = account.pipelines as [string, string];
    const position = await account.hold(one);
    await account.hold(other);
    const symbol = 'AAAB';
    const asked = await account.ask<CommandAcceptedWire>('POST', `/positions/${position}/close`, { reason: 'news' });
    assert.equal(asked.status, 202);
    const done = await command(account, asked.body.command_id);
    const [closed] = done.positions;
    assert.deepEqual([closed?.outcome, closed?.remaining, closed?.fills.length], ['closed', '0', 1]);
    assert.deepEqual(await sharesAtBroker(account), { AAAC: '10' });
    const live = (await account.truth()).orders.filter((order) => order.symbol === symbol && isWorking(order.status));
    assert.deepEqual(live, []);
    const [record] = await recorded(account, 'close');
    assert.deepEqual([record?.reason, record?.outcomes], ['news', ['closed']]);
    assert.ok((record?.audited ?? 0) >= 1, 'expected an entry of the audit log');
    const again = await account.propose({ pipelineId: one, symbol, type: 'limit' });
    const rule = await eventually(() => account.refusalOf(again.executionId), 'a refusal');
    assert.equal(rule, 'symbol_latched');
  });

  test('clicked twice, or asked again with its key, is one command and one sale', async () => {
    const account = await rig.openAccount(1);
    const position = await account.hold(account.pipelines[0] as string);
    const path = `/positions/${position}/close`;
    const key = randomUUID();
    const answers = await Promise.all([
      account.ask<CommandAcceptedWire>('POST', path, { reason: 'now' }, key),
      account.ask<CommandAcceptedWire>('POST', path, { reason: 'now' }, key),
      account.ask<CommandAcceptedWire>('POST', path, { reason: 'now' }),
      account.ask<CommandAcceptedWire>('POST', path, { reason: 'now' }),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [202, 202, 202, 202],
    );
    const ids = new Set(answers.map(({ body }) => body.command_id));
    assert.equal(ids.size, 1);
    await command(account, [...ids][0] as string);
    const replay = await account.ask<CommandAcceptedWire>('POST', path, { reason: 'now' }, key);
    assert.deepEqual([replay.status, replay.body.command_id], [202, [...ids][0]]);
    const other = await account.ask<ProblemWire>('POST', path, { reason: 'something else' }, key);
    assert.ok(other.status >= 400, `expected a key used for another request to be refused, was ${other.status}`);
    assert.deepEqual(await sharesAtBroker(account), {});
    const sales = (await account.truth()).posts.filter(({ method, side }) => method === 'POST' && side === 'sell');
    assert.equal(sales.length, 1);
    const late = await account.ask<ProblemWire>('POST', path, { reason: 'once more' });
    assert.deepEqual([late.status, late.body.code], [409, 'position/closed']);
  });

  test('while its own stop fills, is flat once and never short', async () => {
    const account = await rig.openAccount(4);
    const held = await Promise.all(
      account.pipelines.map(async (pipelineId) => {
        const symbol = account.newSymbol();
        return { symbol, position: await account.hold(pipelineId, symbol) };
      }),
    );
    await Promise.all(
      held.map(async ({ symbol, position }, i) => {
        const closing = account.ask<CommandAcceptedWire>('POST', `/positions/${position}/close`, { reason: 'race' });
        // Before the worker has heard of it, and about when it has.
        await new Promise((resolve) => setTimeout(resolve, i * 170));
        await account.quote(symbol, 98);
        const { status, body } = await closing;
        assert.equal(status, 202);
        const [ended] = (await command(account, body.command_id)).positions;
        assert.ok(
          ended?.outcome === 'closed' || ended?.outcome === 'nothing_to_close',
          `expected an end without shares, was ${ended?.outcome}: ${ended?.text}`,
        );
      }),
    );
    assert.deepEqual(await sharesAtBroker(account), {});
    for (const { symbol } of held) {
      const sold = (await account.truth()).orders
        .filter((order) => order.symbol === symbol && order.side === 'sell')
        .reduce((sum, order) => sum + Number(order.filled_qty), 0);
      assert.equal(sold, 10, `expected 10 ${symbol} to be sold once`);
    }
  });

  test('whose sale the broker refuses at first is asked for again until it is sold', async () => {
    const account = await rig.openAccount(1);
    const symbol = account.newSymbol();
    const position = await account.hold(account.pipelines[0] as string, symbol);
    await account.control.faults({ refuse_exits: { count: 2 } });
    const { body } = await account.ask<CommandAcceptedWire>('POST', `/positions/${position}/close`, { reason: 'out' });
    const [ended] = (await command(account, body.command_id)).positions;
    assert.equal(ended?.outcome, 'closed');
    assert.deepEqual(await sharesAtBroker(account), {});
  });
});

describe('everything closed by hand', () => {
  test('needs its words typed; closes each position, stops all entries, and leaves the user’s own shares alone', async () => {
    const account = await rig.openAccount(3);
    await account.quote('OWN');
    await account.control.external({ symbol: 'OWN', side: 'buy', quantity: '7' });
    const held = await Promise.all(account.pipelines.map((pipelineId) => account.hold(pipelineId)));
    const resting = await account.propose({
      pipelineId: account.pipelines[0] as string,
      symbol: 'REST',
      type: 'limit',
    });
    await eventually(async () => {
      const entry = (await account.orders()).find(
        ({ executionId, leg }) => executionId === resting.executionId && leg === 'entry',
      );
      return entry?.state === 'working' ? true : undefined;
    }, 'an entry that rests');
    const wrong = await account.ask('POST', '/positions/close-all', { confirm: 'close', reason: 'out' });
    assert.equal(wrong.status, 400);
    const key = randomUUID();
    const body = { confirm: 'close all', reason: 'out' };
    const [first, second] = await Promise.all([
      account.ask<CommandAcceptedWire>('POST', '/positions/close-all', body, key),
      account.ask<CommandAcceptedWire>('POST', '/positions/close-all', body, key),
    ]);
    assert.deepEqual([first.status, second.status], [202, 202]);
    assert.equal(first.body.command_id, second.body.command_id);
    const done = await command(account, first.body.command_id);
    const outcomes = new Map(done.positions.map(({ position_id, outcome }) => [position_id, outcome]));
    for (const id of held) assert.equal(outcomes.get(id), 'closed');
    assert.deepEqual(await sharesAtBroker(account), { OWN: '7' });
    const listed = await eventually(
      async () => {
        const { body: read } = await account.ask<{ external: readonly Holding[] }>('GET', '/positions');
        return read.external.find(({ symbol }) => symbol === 'OWN');
      },
      'the user’s own shares to be listed',
      90_000,
    );
    assert.equal(Number(listed.quantity), 7);
    assert.ok(!(await account.truth()).orders.some((order) => order.symbol === 'REST' && isWorking(order.status)));
    const later = await account.propose({ pipelineId: account.pipelines[1] as string, symbol: 'LATE', type: 'limit' });
    assert.equal(await eventually(() => account.refusalOf(later.executionId), 'a refusal'), 'kill_switch');
    const [record] = await recorded(account, 'close_all');
    assert.equal(record?.reason, 'out');
    assert.deepEqual(new Set(record?.outcomes), new Set(['closed']));
    assert.ok((record?.audited ?? 0) >= 1, 'expected an entry of the audit log');
  });
});

interface Holding {
  readonly symbol: string;
  readonly quantity: string;
}

function isWorking(status: string): boolean {
  return !['filled', 'canceled', 'expired', 'rejected', 'replaced'].includes(status);
}
