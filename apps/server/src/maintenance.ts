import { existsSync } from 'node:fs';
import { connectExternal, type MigrationResult, migrate, openDatabase, startEmbedded } from '@bellwether/db';
import { isBellwetherError } from '@bellwether/domain';
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
  if (config.databaseUrl === null && !existsSync(config.dataDir)) {
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

async function describeDatabase(config: Config): Promise<string> {
  const server =
    config.databaseUrl === null
      ? await startEmbedded({ dataDir: config.dataDir, log: () => undefined })
      : await connectExternal(config.databaseUrl);
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
