import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BellwetherError } from '@bellwether/domain';
import pg from 'pg';

/** What a run of `migrate` did: the names applied now, oldest first, and how many the database has in all. */
export interface MigrationResult {
  readonly applied: readonly string[];
  readonly total: number;
}

interface Migration {
  readonly name: string;
  readonly statements: string;
  readonly checksum: string;
}

const FOLDER = fileURLToPath(new URL('../migrations/', import.meta.url));
/** Any constant serves: it only has to be the same in every process that migrates. */
const LOCK = 7_213_402_201;

/**
 * Brings the database of the owner's `url` up to date: one process at a time, files in the order of their names, each in
 * a transaction of its own. Refuses, with `database/migration-failed` and without changing anything, a database that
 * has an unknown migration or one whose file was edited after it ran.
 */
export async function migrate(url: string, folder: string = FOLDER): Promise<MigrationResult> {
  const migrations = read(folder);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await client.query('CREATE SCHEMA IF NOT EXISTS app');
    await client.query(
      'CREATE TABLE IF NOT EXISTS app.migrations (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query<{ name: string; checksum: string }>(
      'SELECT name, checksum FROM app.migrations ORDER BY name',
    );
    const pending = check(migrations, rows);
    for (const migration of pending) await apply(client, migration);
    return { applied: pending.map(({ name }) => name), total: migrations.length };
  } finally {
    // Closing the session releases the lock.
    await client.end();
  }
}

function read(folder: string): readonly Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const statements = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
      return { name, statements, checksum: createHash('sha256').update(statements).digest('hex') };
    });
}

/** Returns what is still to run; the applied ones must be an unchanged beginning of the list. */
function check(
  migrations: readonly Migration[],
  applied: readonly { name: string; checksum: string }[],
): readonly Migration[] {
  for (const [place, { name, checksum }] of applied.entries()) {
    const known = migrations.find((migration) => migration.name === name);
    if (known === undefined) {
      throw refused(
        `expected only known migrations in the database, was ${name}, which this version does not have; run the newer Bellwether that made it, or restore an older backup`,
        name,
      );
    }
    if (known.checksum !== checksum) {
      throw refused(
        `expected migration ${name} as it was when it ran on this database, was edited since; restore the file and put the change into a new migration`,
        name,
      );
    }
    if (migrations[place]?.name !== name) {
      throw refused(
        `expected migrations to be added at the end, was ${migrations[place]?.name} before ${name}, which has run already; give the new one a higher number`,
        name,
      );
    }
  }
  return migrations.slice(applied.length);
}

async function apply(client: pg.Client, { name, statements, checksum }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(statements);
    await client.query('INSERT INTO app.migrations (name, checksum) VALUES ($1, $2)', [name, checksum]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw refused(
      `expected migration ${name} to run, was refused by the database: ${(error as Error).message}; nothing of it was kept`,
      name,
      error,
    );
  }
}

function refused(message: string, migration: string, cause?: unknown): BellwetherError {
  return new BellwetherError('invalid', 'database/migration-failed', message, { migration }, cause);
}
