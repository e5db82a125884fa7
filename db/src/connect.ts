import { BellwetherError } from '@bellwether/domain';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { Schema } from './schema.generated.ts';

/** One role's connections, by Kysely and bare. */
export interface Database {
  readonly kysely: Kysely<Schema>;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** The most connections held at once; default 10. */
  readonly connections?: number;
  /** Shown in `pg_stat_activity`. */
  readonly name?: string;
  /** Told when an idle connection breaks; the pool replaces it by itself. */
  readonly log?: (line: string) => void;
}

const TIMESTAMPTZ = 1184;
const DATE = 1082;
const CONNECT_LIMIT_MS = 10_000;

/**
 * Opens a pool for one role's URL. Instants come as `Temporal.Instant`, dates as `YYYY-MM-DD`, `bigint` and `numeric` as
 * strings, `jsonb` parsed; instants may be passed as parameters. Nothing is connected before the first query.
 */
export function openDatabase(
  url: string,
  { connections = 10, name = 'bellwether', log }: DatabaseOptions = {},
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    application_name: name,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    Client: InstantClient,
    types: { getTypeParser },
  });
  // Without a listener an idle connection that breaks would end the process.
  pool.on('error', (error) => {
    // Once it is being closed, a connection that goes is no news.
    if (!pool.ending) log?.(`an idle database connection broke: ${error.message}`);
  });
  // Nor does the pool listen to one that is taken; whoever has it hears of the break from its next question.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  const kysely = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  const close = async () => {
    await kysely.destroy();
    // Kysely ends only a pool that it has used itself.
    if (!pool.ended) await pool.end();
  };
  return { kysely, pool, close };
}

/**
 * Runs `work` in one transaction as this user: row-level security shows and takes that user's rows only. Commits when
 * `work` returns, rolls back when it throws.
 */
export function withUser<T>(
  database: Pick<Database, 'kysely'>,
  userId: string,
  work: (transaction: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  return database.kysely.transaction().execute(async (transaction) => {
    await sql`SELECT set_config('app.user_id', ${userId}, true)`.execute(transaction);
    return work(transaction);
  });
}

/** Tells whether an error is PostgreSQL's refusal of a row that breaks the named constraint (or any, without a name). */
export function violates(error: unknown, constraint?: string): boolean {
  return (
    error instanceof pg.DatabaseError &&
    error.code?.startsWith('23') === true &&
    (constraint === undefined || error.constraint === constraint)
  );
}

/** The driver would write an instant as a quoted JSON string, which PostgreSQL refuses. */
class InstantClient extends pg.Client {
  // The driver's `query` has eight signatures; all of them carry parameters in the same two places.
  override query = ((first: unknown, second?: unknown, ...rest: unknown[]) => {
    const inConfig = typeof first === 'object' && first !== null && 'values' in first && Array.isArray(first.values);
    const config = inConfig ? { ...first, values: (first.values as unknown[]).map(asParameter) } : first;
    const values = Array.isArray(second) ? second.map(asParameter) : second;
    return (super.query as (...all: unknown[]) => unknown)(config, values, ...rest);
  }) as pg.Client['query'];
}

function asParameter(value: unknown): unknown {
  return value instanceof Temporal.Instant ? value.toString() : value;
}

function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === TIMESTAMPTZ && format !== 'binary') return parseInstant;
  if (oid === DATE && format !== 'binary') return (text: string) => text;
  return pg.types.getTypeParser(oid, format as 'text');
}

function parseInstant(text: string): Temporal.Instant {
  try {
    return Temporal.Instant.from(text);
  } catch (cause) {
    throw new BellwetherError(
      'bug',
      'domain/unexpected-value',
      `expected an instant from the database, was ${text}`,
      {},
      cause,
    );
  }
}
