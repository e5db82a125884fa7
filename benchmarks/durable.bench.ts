// Durable executions against DBOS on the same PostgreSQL: as many steps, every one committed, fsync on (performance.md, row 3).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type ExecutionEventWire, eventFromWire, eventToWire } from '@bellwether/contracts';
import { openDatabase } from '@bellwether/db';
import { startTestDatabase, type TestDatabase } from '@bellwether/db/testing';
import { type RuntimeOptions, startRuntime } from '@bellwether/durable';
import { chainOf, TEST_DIGESTS, trivialAgents, trivialPorts } from '@bellwether/durable/testing';
import { compile } from '@bellwether/pipeline';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { PgBoss } from 'pg-boss';
import { figure, handOver, installedVersion, load, type Measure, median, quantile } from './bench-report.ts';

const NODES = 7;
const CONCURRENCY = 100;
const EXECUTIONS = 3_000;
const PEER_EXECUTIONS = 1_000;
const ROUNDS = 3;
const USERS = 10;
const HALF_LOAD_SECONDS = 6;
const PEER_CONNECTIONS = 20;
const QUEUE = 'advance_execution';
const AGENTS = trivialAgents();
const WORKER = { worker: true, feed: false, scheduler: true };

/** Agents that answer at once share a commit per execution; one that answers later is asked only when all before it is committed. */
const KINDS = [
  { label: 'steps that answer later, a commit before each', step: 'slow_step' },
  { label: 'steps that answer at once, a commit before anything leaves', step: 'quick_step' },
] as const;
type Kind = (typeof KINDS)[number];

/** When each execution was handed over, first asked an agent, and was committed as ended; `performance.now()`. */
class Probe {
  readonly sent = new Map<string, number>();
  readonly begun = new Map<string, number>();
  readonly ended = new Map<string, number>();
  #awaited = Number.POSITIVE_INFINITY;
  #settle: () => void = () => undefined;

  options(url: string): RuntimeOptions {
    return {
      url,
      compile: (document) => {
        const { plan, problems } = compile(document, AGENTS);
        if (plan === null) throw new Error(problems.map(({ message }) => message).join('; '));
        return plan;
      },
      loadTape: async () => [],
      codec: {
        toWire: eventToWire,
        fromWire: (document) => eventFromWire(document as ExecutionEventWire),
        position: () => ({}),
        trade: () => ({}),
      },
      sha256: TEST_DIGESTS,
      installation: 'bench',
      log: (line) => void process.stderr.write(`${line}\n`),
      portsFor: ({ id }) => {
        const ports = trivialPorts(
          () => Date.now(),
          async () => undefined,
        );
        return {
          ...ports,
          contextFor: (...asked) => {
            if (!this.begun.has(id)) this.begun.set(id, performance.now());
            return ports.contextFor(...asked);
          },
        };
      },
      aroundFlush: (flush) => async (writes) => {
        const outcomes = await flush(writes);
        const now = performance.now();
        for (const { executions = [] } of writes) {
          for (const { id, status } of executions) if (status === 'completed') this.ended.set(id, now);
        }
        if (this.ended.size >= this.#awaited) this.#settle();
        return outcomes;
      },
    };
  }

  /** Resolves once `count` executions have been committed as ended. */
  untilEnded(count: number): Promise<void> {
    this.#awaited = count;
    return new Promise((settle) => {
      this.#settle = settle;
      if (this.ended.size >= count) settle();
    });
  }
}

function chainOfKind({ step }: Kind): object {
  return chainOf(Array.from({ length: NODES - 1 }, () => step));
}

/** Writes down `count` executions, each of a pipeline of its own, and returns their ids. Their jobs are not sent. */
async function addExecutions(database: TestDatabase, kind: Kind, count: number): Promise<readonly string[]> {
  const document = JSON.stringify(chainOfKind(kind));
  const trigger = JSON.stringify({ node_id: null, kind: 'manual', at: '2026-01-05T15:00:00Z', text: 'by hand' });
  const ids: string[] = [];
  for (let user = 0; user < USERS; user++) {
    const userId = await database.addUser();
    await database.administrator(`
      INSERT INTO app.pipelines (id, user_id, name, config)
        SELECT gen_random_uuid(), '${userId}', 'Bench', '${document}' FROM generate_series(1, ${Math.ceil(count / USERS)});
      INSERT INTO app.pipeline_versions (pipeline_id, version, user_id, content_hash, document)
        SELECT id, 1, user_id, '${TEST_DIGESTS.hex(document)}', '${document}' FROM app.pipelines WHERE user_id = '${userId}';
      INSERT INTO engine.executions (id, user_id, pipeline_id, version, trading_mode, run_mode, trigger, trigger_key, source)
        SELECT id, user_id, id, 1, 'simulation', 'run_once', '${trigger}', id::text, '{}' FROM app.pipelines WHERE user_id = '${userId}';`);
    const { rows } = await database.engine.pool.query<{ id: string }>(
      'SELECT id FROM engine.executions WHERE user_id = $1',
      [userId],
    );
    ids.push(...rows.map(({ id }) => id));
  }
  return ids;
}

async function send(boss: PgBoss, ids: readonly string[]): Promise<void> {
  await boss.insert(
    QUEUE,
    ids.map((id) => ({ data: { id }, singletonKey: id })),
  );
}

/** Executions per second from a full queue; throws unless every step of every execution is in the journal afterwards. */
async function ourRate(database: TestDatabase, boss: PgBoss, kind: Kind): Promise<number> {
  const ids = await addExecutions(database, kind, EXECUTIONS);
  await send(boss, ids);
  const probe = new Probe();
  const from = performance.now();
  const runtime = await startRuntime(probe.options(database.server.url('engine')), WORKER);
  await probe.untilEnded(ids.length);
  const rate = ids.length / ((performance.now() - from) / 1_000);
  await runtime.close();
  const { rows } = await database.engine.pool.query<{ steps: number; completed: number }>(
    `SELECT (SELECT count(*)::int FROM engine.journal WHERE execution_id = ANY ($1::uuid[]) AND event = 'agent_completed') AS steps,
            (SELECT count(*)::int FROM engine.executions WHERE id = ANY ($1::uuid[]) AND status = 'completed') AS completed`,
    [ids],
  );
  assert.deepEqual(rows, [{ steps: ids.length * NODES, completed: ids.length }]);
  return rate;
}

interface HalfLoad {
  /** Milliseconds from handing the job over to the first agent being asked. */
  readonly starts: readonly number[];
  /** Milliseconds from the first agent being asked to the commit of the end, per node. */
  readonly steps: readonly number[];
}

/** Hands executions over at an even rate, and measures each. */
async function halfLoad(database: TestDatabase, boss: PgBoss, kind: Kind, perSecond: number): Promise<HalfLoad> {
  const ids = await addExecutions(database, kind, Math.ceil(perSecond * HALF_LOAD_SECONDS));
  const probe = new Probe();
  const runtime = await startRuntime(probe.options(database.server.url('engine')), WORKER);
  const from = performance.now();
  const sending: Promise<void>[] = [];
  for (let sent = 0; sent < ids.length; ) {
    const due = Math.min(ids.length, Math.floor(((performance.now() - from) / 1_000) * perSecond) + 1);
    const batch = ids.slice(sent, due);
    for (const id of batch) probe.sent.set(id, performance.now());
    if (batch.length > 0) sending.push(send(boss, batch).then(() => runtime.nudge()));
    sent = Math.max(sent, due);
    await pause(5);
  }
  await Promise.all(sending);
  await probe.untilEnded(ids.length);
  await runtime.close();
  const at = (map: ReadonlyMap<string, number>, id: string) => map.get(id) ?? Number.NaN;
  return {
    starts: ids.map((id) => at(probe.begun, id) - at(probe.sent, id)),
    steps: ids.map((id) => (at(probe.ended, id) - at(probe.begun, id)) / NODES),
  };
}

let peerSteps = 0;
const peerWorkflow = DBOS.registerWorkflow(
  async (_n: number) => {
    for (let step = 0; step < NODES; step++) {
      await DBOS.runStep(
        async () => {
          peerSteps += 1;
          return { kind: 'pass', summary: 'ok' };
        },
        { name: `n${step}` },
      );
    }
    return 'ok';
  },
  { name: 'chain' },
);

/** Executions per second of DBOS, started directly, a hundred at a time; throws unless every step is recorded afterwards. */
async function peerRate(recorded: () => Promise<number>): Promise<number> {
  const before = await recorded();
  peerSteps = 0;
  let next = 0;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (next < PEER_EXECUTIONS) {
        next += 1;
        const handle = await DBOS.startWorkflow(peerWorkflow, { workflowID: randomUUID() })(next);
        assert.equal(await handle.getResult(), 'ok');
      }
    }),
  );
  const rate = PEER_EXECUTIONS / ((performance.now() - from) / 1_000);
  assert.equal(peerSteps, PEER_EXECUTIONS * NODES);
  assert.equal((await recorded()) - before, PEER_EXECUTIONS * NODES);
  return rate;
}

const database = await startTestDatabase();
const boss = new PgBoss({
  connectionString: database.server.url('engine'),
  schema: 'pgboss',
  createSchema: false,
  supervise: false,
  schedule: false,
});
boss.on('error', (error) => void process.stderr.write(`${error.message}\n`));
try {
  const settings = await database.owner.pool.query<{ version: string; fsync: string; commits: string }>(
    `SELECT split_part(version(), ' ', 2) AS version, current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commits`,
  );
  const { version, fsync, commits } = settings.rows[0] ?? {};
  assert.deepEqual([fsync, commits], ['on', 'on']);
  // The runtime makes its queues when it starts for the first time.
  await (await startRuntime(new Probe().options(database.server.url('engine')), WORKER)).close();
  await boss.start();
  const peerUrl = new URL(database.server.url('owner'));
  await database.administrator(`CREATE DATABASE bench_peer OWNER "${peerUrl.username}"`);
  peerUrl.pathname = '/bench_peer';
  DBOS.setConfig({
    name: 'bench',
    systemDatabaseUrl: peerUrl.href,
    systemDatabasePoolSize: PEER_CONNECTIONS,
    logLevel: 'error',
  });
  await DBOS.launch();
  const peerDatabase = openDatabase(peerUrl.href, { connections: 1 });
  const recorded = async () => {
    const { rows } = await peerDatabase.pool.query<{ steps: number }>(
      'SELECT count(*)::int AS steps FROM dbos.operation_outputs',
    );
    return rows[0]?.steps ?? 0;
  };

  const measures: Measure[] = [];
  const rates = new Map(KINDS.map((kind) => [kind, [] as number[]]));
  const peerRates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [kind, list] of rates) list.push(await ourRate(database, boss, kind));
    peerRates.push(await peerRate(recorded));
    process.stderr.write(`round ${round + 1} of ${ROUNDS}: load ${figure(load())}\n`);
  }
  await DBOS.shutdown();
  await peerDatabase.close();
  measures.push({ what: 'dbos', value: median(peerRates), unit: 'executions/s' });
  for (const [kind, list] of rates) {
    const rate = median(list);
    const ratios = list.map((ours, round) => ours / (peerRates[round] as number));
    const { starts, steps } = await halfLoad(database, boss, kind, rate / 2);
    measures.push(
      { what: `${kind.label}: bellwether`, value: rate, unit: 'executions/s', target: { atLeast: 1_000 } },
      { what: `${kind.label}: bellwether ÷ dbos`, value: median(ratios), unit: '×', target: { atLeast: 5 } },
      { what: `${kind.label}: per step at half load, p50`, value: median(steps), unit: 'ms', target: { atMost: 2 } },
      { what: `${kind.label}: start at half load, p50`, value: median(starts), unit: 'ms' },
      {
        what: `${kind.label}: start at half load, p99`,
        value: quantile(starts, 0.99),
        unit: 'ms',
        target: { atMost: 100 },
      },
    );
  }
  handOver({
    name: 'durable',
    peers: {
      '@dbos-inc/dbos-sdk': installedVersion('@dbos-inc/dbos-sdk'),
      PostgreSQL: `${version}, fsync ${fsync}, synchronous_commit ${commits}`,
    },
    proofs: [
      `each of the executions ended completed with ${NODES} steps in the journal; each of DBOS's with ${NODES} recorded steps`,
    ],
    method: [
      `${NODES} trivial nodes; bellwether: ${EXECUTIONS} jobs waiting, ${CONCURRENCY} at a time through one worker, from its start to the last commit; dbos: ${PEER_EXECUTIONS} workflows started directly, ${CONCURRENCY} at a time, ${PEER_CONNECTIONS} connections; ${ROUNDS} rounds in turn`,
      `half load: jobs handed over at an even rate for ${HALF_LOAD_SECONDS} s; start: from the job's hand-over to the first agent being asked; step: from there to the commit of the end, by ${NODES}; load ${figure(load())}`,
    ],
    measures,
  });
} finally {
  await boss.stop({ graceful: false });
  await database.close();
}
