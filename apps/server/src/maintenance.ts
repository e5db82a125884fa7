import {
  connectExternal,
  type DatabaseServer,
  hasCluster,
  type MigrationResult,
  migrate,
  openDatabase,
  reachEmbedded,
  startEmbedded,
} from '@bellwether/db';
import { BellwetherError, isBellwetherError } from '@bellwether/domain';
import type { CapabilityResult } from '@bellwether/ports';
import type { Config } from './config.ts';
import { readTemplates } from './templates.ts';

/** Brings the configured database to this version, and stops what it had to start. */
export async function migrateDatabase(config: Config): Promise<MigrationResult> {
  const server =
    config.databaseUrl === null
      ? await startEmbedded({ dataDir: config.dataDir, log: () => undefined })
      : await connectExternal(config.databaseUrl);
  try {
    return await migrate(server.url('owner'));
  } finally {
    await server.stop();
  }
}

/** One thing looked at: what was found, or what is wrong and the remedy. */
export interface Finding {
  readonly subject: string;
  readonly isWell: boolean;
  readonly text: string;
}

/** Looks at what a start needs, changing nothing that a start would not. */
export async function diagnose(config: Config): Promise<readonly Finding[]> {
  const findings: Finding[] = [
    { subject: 'runtime', isWell: process.versions.node.startsWith('26.'), text: `Node ${process.versions.node}` },
    await look('templates', async () => `${(await readTemplates()).length} templates`),
  ];
  if (config.databaseUrl === null && !hasCluster(config.dataDir)) {
    findings.push({
      subject: 'database',
      isWell: true,
      text: `none yet; the first start makes one in ${config.dataDir}`,
    });
    return findings;
  }
  findings.push(await look('database', () => describeDatabase(config)));
  return findings;
}

/** Checks the hash chain of every user's audit log: each entry's hash covers the one before it. A log cut off at its end is not found out. */
export async function verifyAudit(config: Config): Promise<readonly Finding[]> {
  const server = await reachDatabase(config);
  const database = openDatabase(server.url('engine'), { connections: 1, name: 'bellwether-doctor' });
  try {
    const { rows: counted } = await database.pool.query<{ entries: number; users: number }>(
      'SELECT count(*)::int AS entries, count(DISTINCT user_id)::int AS users FROM app.audit_log',
    );
    const { rows: breaks } = await database.pool.query<{ user_id: string; seq: string; fault: string }>(
      'SELECT user_id, seq, fault FROM app.audit_breaks()',
    );
    const [{ entries, users } = { entries: 0, users: 0 }] = counted;
    if (breaks.length === 0)
      return [{ subject: 'audit', isWell: true, text: `${entries} entries of ${users} users, each chain is whole` }];
    return breaks.map(({ user_id, seq, fault }) => ({
      subject: 'audit',
      isWell: false,
      text: `entry ${seq} of user ${user_id}: ${fault}; compare with a backup`,
    }));
  } finally {
    await database.close();
    await server.stop();
  }
}

async function describeDatabase(config: Config): Promise<string> {
  const server = await reachDatabase(config);
  const database = openDatabase(server.url('owner'), { connections: 1, name: 'bellwether-doctor' });
  try {
    const { rows } = await database.pool.query<{ version: string; size: string }>(
      "SELECT current_setting('server_version') AS version, pg_size_pretty(pg_database_size(current_database())) AS size",
    );
    const [row] = rows;
    const place = config.databaseUrl === null ? `in ${config.dataDir}` : 'at DATABASE_URL';
    return `PostgreSQL ${row?.version} ${place}, ${row?.size}`;
  } finally {
    await database.close();
    await server.stop();
  }
}

async function look(subject: string, find: () => Promise<string>): Promise<Finding> {
  try {
    return { subject, isWell: true, text: await find() };
  } catch (error) {
    // In use is how a running Bellwether looks from outside: nothing is wrong with it.
    if (isBellwetherError(error) && error.code === 'database/in-use')
      return {
        subject,
        isWell: true,
        text: `in use by a Bellwether that runs (process ${String(error.details['pid'])})`,
      };
    return { subject, isWell: false, text: error instanceof Error ? error.message : String(error) };
  }
}

/** The configured database, whether or not it is running for somebody else already. */
export function reachDatabase(config: Config): Promise<DatabaseServer> {
  return config.databaseUrl === null
    ? reachEmbedded({ dataDir: config.dataDir, log: () => undefined })
    : connectExternal(config.databaseUrl);
}

/** An execution as the database holds it: what was run, its journal in wire form, and what each step was told, by hash. */
export interface RecordedExecution {
  readonly document: unknown;
  readonly journal: readonly unknown[];
  readonly answers: ReadonlyMap<string, unknown>;
}

/** Reads one execution of any user, for replay. Throws `execution/not-found`. */
export async function readRecordedExecution(config: Config, executionId: string): Promise<RecordedExecution> {
  const server = await reachDatabase(config);
  const database = openDatabase(server.url('engine'), { connections: 1, name: 'bellwether-replay' });
  try {
    const { rows } = await database.pool.query<{ document: unknown; user_id: string }>(
      `SELECT v.document, e.user_id FROM engine.executions e
       JOIN app.pipeline_versions v ON v.pipeline_id = e.pipeline_id AND v.version = e.version WHERE e.id = $1`,
      [executionId],
    );
    const [execution] = rows;
    if (execution === undefined) {
      throw new BellwetherError(
        'invalid',
        'execution/not-found',
        `expected an execution of this database, was ${executionId}; the Activity page lists them`,
      );
    }
    const journal = await database.pool.query<{ body: unknown }>(
      'SELECT body FROM engine.journal WHERE execution_id = $1 ORDER BY journal_seq',
      [executionId],
    );
    const contents = await database.pool.query<{ hash: string; body: unknown }>(
      `SELECT c.hash, c.body FROM engine.contents c WHERE c.user_id = $1
       AND c.hash IN (SELECT body ->> 'inputs_hash' FROM engine.journal WHERE execution_id = $2)`,
      [execution.user_id, executionId],
    );
    return {
      document: execution.document,
      journal: journal.rows.map(({ body }) => body),
      answers: new Map(contents.rows.map(({ hash, body }) => [hash, body])),
    };
  } finally {
    await database.close();
    await server.stop();
  }
}

/** Of which broker account something was found out; the label tells a sandbox's from a paper one's. */
export interface ProvenAccount {
  readonly broker: string;
  readonly label: string;
  readonly brokerAccountId: string;
}

/**
 * Stores what the conformance suite found out with every account of this database that trades there; its worker reads it when it opens the
 * account next. Returns how many accounts that were: none before the first pipeline is started there. Throws as `reachDatabase` does.
 */
export async function storeCapabilityResult(
  config: Config,
  { broker, label, brokerAccountId }: ProvenAccount,
  { at, flags, evidence }: CapabilityResult,
): Promise<number> {
  if (config.databaseUrl === null && !hasCluster(config.dataDir)) return 0;
  const server = await reachDatabase(config);
  const database = openDatabase(server.url('engine'), { connections: 1, name: 'bellwether-conformance' });
  try {
    const { rowCount } = await database.pool.query(
      `INSERT INTO engine.capability_results (user_id, account_id, at, flags, evidence)
       SELECT user_id, id, $4, $5, $6 FROM engine.accounts a WHERE broker = $1 AND label = $2 AND broker_account_id = $3
       AND NOT EXISTS (SELECT FROM engine.capability_results r WHERE r.account_id = a.id AND r.at = $4)`,
      [broker, label, brokerAccountId, at, JSON.stringify(flags), JSON.stringify(evidence)],
    );
    return rowCount ?? 0;
  } finally {
    await database.close();
    await server.stop();
  }
}
