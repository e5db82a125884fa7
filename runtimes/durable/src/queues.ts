import { PgBoss } from 'pg-boss';

/** Every queue, its policy and its limits, in one table. `stately`: per key one job active and one waiting. */
export const QUEUES = {
  /** Look at this execution again; key: its id. */
  advance_execution: {
    policy: 'stately',
    heartbeatSeconds: 10,
    expireInSeconds: 900,
    retryLimit: 5,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 60,
  },
  /** Look at this session: somebody should hold it; key: its id. */
  drive_session: {
    policy: 'stately',
    heartbeatSeconds: 10,
    expireInSeconds: 60,
    retryLimit: 5,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 60,
  },
} as const;
export type QueueName = keyof typeof QUEUES;

/** Where a job ends that failed too often; what it named is then failed in the open. */
export const DEAD_LETTERS = {
  advance_execution: 'advance_execution_dead',
  drive_session: 'drive_session_dead',
} as const;

/** Finished jobs say nothing that the journal does not. */
const KEEP_FINISHED_SECONDS = 3_600;
/** A dead worker's jobs are noticed by the monitor only: heartbeat 10 s and this make the takeover. */
const MONITOR_SECONDS = 2;

export interface BossOptions {
  readonly url: string;
  readonly log: (line: string) => void;
  /** Looks after the queues: expired jobs, dead workers, old rows. At least one process must. */
  readonly supervises: boolean;
}

/** Connects a worker to the queues as the engine, and makes the queues that are missing. */
export async function startBoss({ url, log, supervises }: BossOptions): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: url,
    schema: 'pgboss',
    createSchema: false,
    max: 4,
    application_name: 'bellwether-jobs',
    supervise: supervises,
    schedule: false,
    superviseIntervalSeconds: MONITOR_SECONDS,
    monitorIntervalSeconds: MONITOR_SECONDS,
    maintenanceIntervalSeconds: 300,
    openTelemetry: { enabled: false },
  });
  boss.on('error', (error) => log(`the job queue reported: ${error.message}`));
  await boss.start();
  for (const name of Object.keys(QUEUES) as QueueName[]) {
    await boss.createQueue(DEAD_LETTERS[name], { policy: 'standard' });
    await boss.createQueue(name, {
      ...QUEUES[name],
      deadLetter: DEAD_LETTERS[name],
      deleteAfterSeconds: KEEP_FINISHED_SECONDS,
    });
  }
  return boss;
}

/** Connects as the application, which only enqueues. The queues must exist. */
export async function startSender({ url, log }: Pick<BossOptions, 'url' | 'log'>): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: url,
    schema: 'pgboss',
    createSchema: false,
    migrate: false,
    supervise: false,
    schedule: false,
    registerInstance: false,
    max: 2,
    application_name: 'bellwether-enqueue',
    openTelemetry: { enabled: false },
  });
  boss.on('error', (error) => log(`the job queue reported: ${error.message}`));
  await boss.start();
  return boss;
}
