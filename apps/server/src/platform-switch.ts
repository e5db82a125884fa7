import { openDatabase } from '@bellwether/db';
import type { Config } from './config.ts';
import { reachDatabase } from './maintenance.ts';

export interface PlatformStop {
  readonly engagedAt: Temporal.Instant;
  readonly reason: string;
  readonly flatten: boolean;
}

/**
 * Engages the kill switch of the whole installation: no entry of anybody leaves after 2 s, working entries are canceled, and it stays so
 * until `releasePlatform`. `flatten` also closes what is held. Returns the stop that stands; one that stands already is kept, unless this
 * one also flattens.
 */
export async function stopPlatform(
  config: Config,
  { reason, flatten }: { readonly reason: string; readonly flatten: boolean },
): Promise<PlatformStop> {
  return inTransaction(config, async (query) => {
    const [standing] = await query<PlatformStop>(STANDING, []);
    if (standing !== undefined && (standing.flatten || !flatten)) return standing;
    if (standing !== undefined) await query(RELEASE, ['replaced by one that also closes positions']);
    const [engaged] = await query<PlatformStop>(
      `INSERT INTO engine.kill_switches (scope, flatten, reason, engaged_by) VALUES ('platform', $1, $2, 'operator')
       RETURNING engaged_at AS "engagedAt", reason, flatten`,
      [flatten, reason],
    );
    if (engaged === undefined) throw new Error('expected the row that was written, was none');
    return engaged;
  });
}

/** Releases it; every other stop stays. Returns the stop that stood, or undefined when there was none. */
export async function releasePlatform(config: Config, reason: string): Promise<PlatformStop | undefined> {
  return inTransaction(config, async (query) => (await query<PlatformStop>(RELEASE, [reason]))[0]);
}

const STANDING = `SELECT engaged_at AS "engagedAt", reason, flatten FROM engine.kill_switches
  WHERE scope = 'platform' AND released_at IS NULL FOR UPDATE`;

const RELEASE = `UPDATE engine.kill_switches SET released_at = clock_timestamp(), released_by = 'operator', release_reason = $1
  WHERE scope = 'platform' AND released_at IS NULL RETURNING engaged_at AS "engagedAt", reason, flatten`;

type Query = <R extends object>(text: string, values: readonly unknown[]) => Promise<readonly R[]>;

async function inTransaction<T>(config: Config, work: (query: Query) => Promise<T>): Promise<T> {
  const server = await reachDatabase(config);
  const database = openDatabase(server.url('engine'), { connections: 1, name: 'bellwether-operator' });
  try {
    const client = await database.pool.connect();
    try {
      await client.query('BEGIN');
      // Two operators who act at once act one after the other.
      await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', ['platform switch']);
      const done = await work(async <R extends object>(text: string, values: readonly unknown[]) => {
        const { rows } = await client.query<R>(text, [...values]);
        return rows;
      });
      await client.query('COMMIT');
      return done;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  } finally {
    await database.close();
    await server.stop();
  }
}
