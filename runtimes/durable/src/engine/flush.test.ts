import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTestDatabase, type TestDatabase } from '@bellwether/db/testing';
import { addTestExecutions, chainOf } from '../testing.ts';
import { flushTo } from './flush.ts';
import { type Flush, GroupCommit } from './group-commit.ts';
import type { EventRow, Write } from './write.ts';

let database: TestDatabase;
let flush: Flush;
before(async () => {
  database = await startTestDatabase();
  flush = flushTo(database.engine.pool);
});
after(() => database.close());

const AT = Date.UTC(2026, 0, 5, 15);

async function newExecution(): Promise<{ readonly userId: string; readonly id: string }> {
  const userId = await database.addUser();
  const [id] = await addTestExecutions(database, { userId, document: chainOf(['quick_step']), count: 1 });
  return { userId, id: id as string };
}

function appending({ userId, id }: { userId: string; id: string }, journalSeq: number, attempt: number): Write {
  const event: EventRow = { pipelineId: null, executionId: id, journalSeq, body: '{"event":"agent_started"}' };
  return {
    userId,
    executions: [
      {
        id,
        attempt,
        status: 'running',
        lastSeq: journalSeq,
        result: null,
        reason: null,
        costMicros: '0',
        marketTime: AT,
      },
    ],
    journal: [{ executionId: id, journalSeq, event: 'agent_started', at: AT, body: event.body }],
    events: [event],
  };
}

async function journalOf(id: string): Promise<readonly number[]> {
  const { rows } = await database.engine.pool.query<{ journal_seq: number }>(
    'SELECT journal_seq FROM engine.journal WHERE execution_id = $1 ORDER BY 1',
    [id],
  );
  return rows.map(({ journal_seq }) => journal_seq);
}

describe('a flush', () => {
  test('P: writes nothing for a worker whose attempt is over, and everything for its neighbors', async () => {
    const stale = await newExecution();
    const other = await newExecution();
    assert.deepEqual(await flush([appending(stale, 1, 0)]), ['kept']);
    await database.engine.pool.query('UPDATE engine.executions SET attempt = attempt + 1 WHERE id = $1', [stale.id]);
    assert.deepEqual(await flush([appending(stale, 2, 0), appending(other, 1, 0)]), ['lost', 'kept']);
    assert.deepEqual(await journalOf(stale.id), [1]);
    assert.deepEqual(await journalOf(other.id), [1]);
    assert.deepEqual(await flush([appending(stale, 2, 1)]), ['kept']);
  });

  test('refuses a second event in the same place of a journal, and keeps the first', async () => {
    const execution = await newExecution();
    await flush([appending(execution, 1, 0)]);
    await assert.rejects(flush([appending(execution, 1, 0)]), { constraint: 'journal_pkey' });
    assert.deepEqual(await journalOf(execution.id), [1]);
  });

  test('writes nothing to an execution that has ended', async () => {
    const execution = await newExecution();
    const last = appending(execution, 1, 0);
    await flush([{ ...last, executions: [{ ...(last.executions?.[0] as object), status: 'completed' } as never] }]);
    assert.deepEqual(await flush([appending(execution, 2, 0)]), ['lost']);
  });

  test('numbers the events of a user without gaps while many flushes run at once', async () => {
    const users = await Promise.all([newExecution(), newExecution(), newExecution()]);
    const executions = await Promise.all(
      users.map(async ({ userId }) => {
        const ids = await addTestExecutions(database, { userId, document: chainOf(['quick_step']), count: 6 });
        return ids.map((id) => ({ userId, id }));
      }),
    );
    const all = executions.flat();
    // Half of the writes fail, so that numbers would be lost if they were taken outside the transaction.
    const writes = all.flatMap((execution) => [1, 2, 3].map((seq) => appending(execution, seq, 0)));
    const failing = all.map((execution) => ({
      ...appending(execution, 9, 0),
      journal: [{ ...(appending(execution, 9, 0).journal[0] as object), body: 'no json' } as never],
    }));
    const outcomes = await Promise.allSettled([...writes, ...failing].map((write) => flush([write])));
    assert.equal(outcomes.filter(({ status }) => status === 'rejected').length, failing.length);
    for (const { userId } of users) {
      const { rows } = await database.engine.pool.query<{ seq: string }>(
        'SELECT seq FROM engine.events WHERE user_id = $1 ORDER BY seq',
        [userId],
      );
      assert.deepEqual(
        rows.map(({ seq }) => Number(seq)),
        Array.from({ length: 18 }, (_, i) => i + 1),
      );
    }
  });
});

describe('the group commit', () => {
  test('carries the writes of many callers in few transactions, two at a time at most', async () => {
    let running = 0;
    let most = 0;
    let transactions = 0;
    const commits = new GroupCommit({
      later: (run) => void setImmediate(run),
      flush: async (writes) => {
        transactions += 1;
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return writes.map(() => 'kept' as const);
      },
    });
    const empty: Write = { userId: '', journal: [], events: [] };
    await Promise.all(Array.from({ length: 200 }, () => commits.write(empty)));
    assert.ok(transactions <= 5, `expected few transactions, were ${transactions}`);
    assert.equal(most <= 2, true);
  });

  test('lets a write that the database refuses fail alone', async () => {
    const commits = new GroupCommit({ flush, later: (run) => void setImmediate(run) });
    const good = await newExecution();
    const bad = await newExecution();
    await flush([appending(bad, 1, 0)]);
    const [kept, refused] = await Promise.allSettled([
      commits.write(appending(good, 1, 0)),
      commits.write(appending(bad, 1, 0)),
    ]);
    assert.deepEqual(kept, { status: 'fulfilled', value: 'kept' });
    assert.equal(refused.status, 'rejected');
    assert.deepEqual(await journalOf(good.id), [1]);
  });
});
