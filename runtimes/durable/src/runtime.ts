import { randomUUID } from 'node:crypto';
import { type Database, openDatabase } from '@bellwether/db';
import type { ExecutionPlan, ExecutionPorts } from '@bellwether/kernel';
import type { Job, PgBoss } from 'pg-boss';
import type { AtCrashPoint, BrokerFor } from './account/account-binding.ts';
import { Accounts } from './account/accounts.ts';
import type { EventCodec } from './engine/event-codec.ts';
import { flushTo } from './engine/flush.ts';
import { type Flush, GroupCommit } from './engine/group-commit.ts';
import type { AccountBindings } from './feed/account-link.ts';
import type { Digests } from './feed/digests.ts';
import { Feed } from './feed/feed.ts';
import type { WallClock } from './feed/pace.ts';
import type { TapeSymbol } from './feed/tape-cursor.ts';
import { ExecutionAdvancer, type ExecutionRow } from './jobs/advance-execution.ts';
import { PROCESS_CLOCK } from './process-clock.ts';
import { DEAD_LETTERS, startBoss } from './queues.ts';

/** What a process that drives is handed; it chooses nothing itself. */
export interface RuntimeOptions {
  /** The engine's database URL. */
  readonly url: string;
  /** Compiles a published document. Throws `pipeline/has-problems`. */
  readonly compile: (document: unknown) => ExecutionPlan;
  readonly loadTape: (tapeId: string) => Promise<readonly TapeSymbol[]>;
  readonly codec: EventCodec;
  readonly sha256: Digests;
  /** Names this installation in client order ids. */
  readonly installation: string;
  readonly log: (line: string, facts?: Readonly<Record<string, unknown>>) => void;
  readonly clock?: WallClock;
  /** Where pipelines trade that have no simulated account; absent where every pipeline has one. */
  readonly accounts?: AccountBindings;
  /** Stands around every transaction: for measuring, and for dying at a chosen write. */
  readonly aroundFlush?: (flush: Flush) => Flush;
  /** What an execution outside any session meets of the world; absent where no such execution is made. */
  readonly portsFor?: (execution: ExecutionRow, plan: ExecutionPlan) => ExecutionPorts;
  /** Who stands behind a broker account; absent where this process works on none. */
  readonly brokerFor?: BrokerFor;
  /** How many broker accounts this process works on at once; 200 when absent. */
  readonly accountsAtOnce?: number;
  /** Stands at named moments of a broker account's work: for dying at one. */
  readonly atCrashPoint?: AtCrashPoint;
}

/** Which parts of the runtime a process carries. */
export interface RuntimeRoles {
  readonly worker: boolean;
  readonly feed: boolean;
  readonly scheduler: boolean;
}

export interface Runtime {
  /** Has work that is about to be committed looked for at once. */
  nudge(): void;
  /** Whether the database answers. */
  isReady(): Promise<boolean>;
  /** Lets go of everything, so that another process takes over at once. */
  close(): Promise<void>;
}

const CONNECTIONS = 10;
const JOBS_AT_ONCE = 100;
const POLL_SECONDS = 0.5;

/** Starts what this process drives: jobs of executions, sessions on tapes, the care of the queues. */
export async function startRuntime(options: RuntimeOptions, roles: RuntimeRoles): Promise<Runtime> {
  const { url, log, clock = PROCESS_CLOCK, aroundFlush = (flush) => flush } = options;
  const database = openDatabase(url, { connections: CONNECTIONS, name: 'bellwether-engine', log });
  const commits = new GroupCommit({
    flush: aroundFlush(flushTo(database.pool)),
    later: (run) => void setImmediate(run),
  });
  const boss = await startBoss({ url, log, supervises: roles.scheduler });
  const holder = `${process.pid}-${randomUUID().slice(0, 8)}`;
  const accounts = roles.worker ? workOnAccounts(options, clock, database, holder) : null;
  const nudgeAccount = () => accounts?.nudge();
  const feed = roles.feed ? new Feed({ ...options, clock, pool: database.pool, commits, holder, nudgeAccount }) : null;
  if (feed !== null) await lookAtSessions(boss, feed);
  const worker = roles.worker ? await lookAtExecutions(boss, database, commits, feed, { ...options, clock }) : null;
  return {
    nudge: () => {
      feed?.nudge();
      accounts?.nudge();
      if (worker !== null) boss.notifyWorker(worker);
    },
    isReady: async () => (await database.pool.query('SELECT 1')).rowCount === 1,
    async close() {
      await boss.stop({ graceful: true, timeout: 5_000 });
      await feed?.close();
      await accounts?.close();
      await database.close();
    },
  };
}

function workOnAccounts(
  { brokerFor, atCrashPoint, accountsAtOnce: most, codec, sha256, installation, log }: RuntimeOptions,
  clock: WallClock,
  { pool }: Database,
  holder: string,
): Accounts | null {
  if (brokerFor === undefined) return null;
  const at = atCrashPoint === undefined ? {} : { at: atCrashPoint };
  const atOnce = most === undefined ? {} : { most };
  return new Accounts({ pool, codec, clock, sha256, installation, holder, log, brokerFor, ...at, ...atOnce });
}

/** The job only wakes: who holds a session is settled by its row. */
async function lookAtSessions(boss: PgBoss, feed: Feed): Promise<void> {
  await boss.work('drive_session', { batchSize: JOBS_AT_ONCE, pollingIntervalSeconds: POLL_SECONDS }, async () => {
    feed.nudge();
  });
}

async function lookAtExecutions(
  boss: PgBoss,
  database: Database,
  commits: GroupCommit,
  feed: Feed | null,
  options: RuntimeOptions & { readonly clock: WallClock },
): Promise<string> {
  const { compile, codec, clock, portsFor, log } = options;
  const plans = new PlanCache(database, compile);
  const advancer =
    portsFor === undefined
      ? null
      : new ExecutionAdvancer({
          pool: database.pool,
          commits,
          codec,
          now: () => clock.now(),
          planOf: (execution) => plans.planOf(execution),
          portsFor,
          wakeAt: async (executionId, at) => {
            await boss.send(
              'advance_execution',
              { id: executionId },
              { singletonKey: executionId, startAfter: new Date(at) },
            );
          },
        });
  const worker = await boss.work<
    { id: string },
    unknown,
    { batchSize: number; pollingIntervalSeconds: number; perJobResults: true; burstWhenBatchFull: true }
  >(
    'advance_execution',
    { batchSize: JOBS_AT_ONCE, pollingIntervalSeconds: POLL_SECONDS, perJobResults: true, burstWhenBatchFull: true },
    async (jobs) => {
      feed?.nudge();
      const results = (await advancer?.advance(jobs.map(({ data }) => data.id))) ?? [];
      return jobs.map(({ id }, i) => {
        const result = results[i];
        if (result?.status !== 'rejected') return { id, status: 'completed' as const };
        log(`an execution could not be advanced and is tried again: ${String(result.reason)}`, { job_id: id });
        return { id, status: 'failed' as const, output: { message: String(result.reason) } };
      });
    },
  );
  await boss.work<{ id: string }>(
    DEAD_LETTERS.advance_execution,
    { pollingIntervalSeconds: POLL_SECONDS },
    async (jobs: Job<{ id: string }>[]) => {
      for (const { data } of jobs) await failExecution(database, data.id);
    },
  );
  return worker;
}

/** An execution whose job failed for good ends in the open instead of staying where nobody looks. */
async function failExecution(database: Database, id: string): Promise<void> {
  await database.pool.query(
    `UPDATE engine.executions SET status = 'failed', result = 'failed', ended_at = now(), attempt = attempt + 1,
       result_reason = 'it could not be advanced, in as many tries as its queue allows; the log of the worker says why'
     WHERE id = $1 AND ended_at IS NULL AND session_id IS NULL`,
    [id],
  );
}

/** Compiled plans by the content of the published document. */
class PlanCache {
  readonly #database: Database;
  readonly #compile: (document: unknown) => ExecutionPlan;
  readonly #plans = new Map<string, Promise<ExecutionPlan>>();

  constructor(database: Database, compile: (document: unknown) => ExecutionPlan) {
    this.#database = database;
    this.#compile = compile;
  }

  planOf({ pipelineId, version, contentHash }: ExecutionRow): Promise<ExecutionPlan> {
    let plan = this.#plans.get(contentHash);
    if (plan === undefined) {
      if (this.#plans.size >= MOST_PLANS) this.#plans.clear();
      plan = this.#load(pipelineId, version);
      this.#plans.set(contentHash, plan);
      plan.catch(() => this.#plans.delete(contentHash));
    }
    return plan;
  }

  async #load(pipelineId: string, version: number): Promise<ExecutionPlan> {
    const { rows } = await this.#database.pool.query<{ document: unknown }>(
      'SELECT document FROM app.pipeline_versions WHERE pipeline_id = $1 AND version = $2',
      [pipelineId, version],
    );
    return this.#compile(rows[0]?.document);
  }
}

const MOST_PLANS = 1_000;
