/** A worker that dies by SIGKILL before or after its k-th write: run as a child by `crash.test.ts`, which says what in its arguments. */
import { openDatabase } from '@bellwether/db';
import { startRuntime } from '@bellwether/durable';
import {
  ExecutionAdvancer,
  type Flush,
  flushTo,
  GroupCommit,
  trivialAgents,
  trivialPorts,
} from '@bellwether/durable/testing';
import { crashTape } from './crash-tape.fixture.ts';
import { planOf, runtimeOptions, TEST_CODEC } from './durable-runtime.ts';

export interface CrashOrder {
  readonly url: string;
  readonly kill: { readonly when: 'before' | 'after'; readonly write: number };
  /** An execution without a session; null plays whatever session is free. */
  readonly executionId: string | null;
}

const order = JSON.parse(process.argv[2] ?? '') as CrashOrder;
if (order.executionId === null) await playSession(order);
else await advanceExecution(order, order.executionId);

async function playSession({ url, kill }: CrashOrder): Promise<void> {
  const runtime = await startRuntime(
    { ...runtimeOptions(url, new Map([['crash', await crashTape()]])), aroundFlush: dyingAt(kill) },
    { worker: false, feed: true, scheduler: false },
  );
  // Lives until it dies, or until its parent sees that it never will.
  process.once('SIGTERM', () => void runtime.close());
}

async function advanceExecution({ url, kill }: CrashOrder, executionId: string): Promise<void> {
  const database = openDatabase(url);
  const now = () => Date.now();
  const advancer = new ExecutionAdvancer({
    pool: database.pool,
    commits: new GroupCommit({ flush: dyingAt(kill)(flushTo(database.pool)), later: (run) => void setImmediate(run) }),
    codec: TEST_CODEC,
    now,
    planOf: async () => planOf(await documentOf(database, executionId), trivialAgents()),
    portsFor: () => trivialPorts(now, (commandId) => placeOrder(database, commandId)),
    wakeAt: async () => undefined,
  });
  await advancer.advance([executionId]);
  await database.close();
}

async function documentOf(database: ReturnType<typeof openDatabase>, executionId: string): Promise<unknown> {
  const { rows } = await database.pool.query(
    'SELECT v.document FROM engine.executions e JOIN app.pipeline_versions v USING (pipeline_id, version) WHERE e.id = $1',
    [executionId],
  );
  return rows[0]?.document;
}

/** A venue that knows an order by its id, however often it is told. */
async function placeOrder(database: ReturnType<typeof openDatabase>, commandId: string): Promise<void> {
  await database.pool.query('INSERT INTO engine.test_orders (id) VALUES ($1) ON CONFLICT DO NOTHING', [commandId]);
}

/** Counts the writes that say something; the lease's mere renewal is none. */
function dyingAt({ when, write }: CrashOrder['kill']): (flush: Flush) => Flush {
  let count = 0;
  const die = () => process.kill(process.pid, 'SIGKILL');
  return (flush) => async (writes) => {
    const says = writes.some(
      ({ journal, desk, started }) => journal.length + (started?.length ?? 0) > 0 || desk !== undefined,
    );
    if (says) count += 1;
    const isNow = says && count === write;
    if (isNow && when === 'before') die();
    const outcomes = await flush(writes);
    if (isNow && when === 'after') die();
    return outcomes;
  };
}
