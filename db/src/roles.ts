import { BellwetherError } from '@bellwether/domain';
import type pg from 'pg';

/** Who speaks to the database: `owner` migrates, `app` serves one user at a time, `engine` drives everybody's executions. */
export type DatabaseRole = 'owner' | 'app' | 'engine';

/** The database's names for the two roles that never own a table and never bypass row-level security. */
export const APP_ROLE = 'bellwether_app';
export const ENGINE_ROLE = 'bellwether_engine';
export const OWNER_ROLE = 'bellwether_owner';

/** Row-level security with the features used here, and grants that let an owner pass `SET ROLE` on, need this version. */
const OLDEST_SERVER = 160_000;

/**
 * Creates the application's and the engine's role, or gives them their passwords again, and lets the connected owner
 * hand objects to the engine. Throws `database/permission` with the statements to run when the owner may not.
 */
export async function provisionRoles(
  client: pg.Client,
  owner: string,
  passwords: { readonly app: string; readonly engine: string },
): Promise<void> {
  await checkVersion(client);
  const wanted = [
    [APP_ROLE, passwords.app],
    [ENGINE_ROLE, passwords.engine],
  ] as const;
  try {
    for (const [name, password] of wanted) {
      await giveLogin(client, name, password);
    }
    if (!(await mayBecomeEngine(client, owner))) {
      await client.query(`GRANT ${ENGINE_ROLE} TO ${client.escapeIdentifier(owner)} WITH INHERIT FALSE, SET TRUE`);
    }
  } catch (error) {
    if ((error as pg.DatabaseError).code !== '42501') throw error;
    throw new BellwetherError(
      'invalid',
      'database/permission',
      `expected the database user ${owner} to be allowed to create and change the roles ${APP_ROLE} and ${ENGINE_ROLE}, was not; let an administrator run: ALTER ROLE ${client.escapeIdentifier(owner)} CREATEROLE; and, if the roles exist already: GRANT ${APP_ROLE}, ${ENGINE_ROLE} TO ${client.escapeIdentifier(owner)} WITH ADMIN OPTION; then start again`,
      { owner },
      error,
    );
  }
}

/** Creates the role, or resets its password; both without superuser, replication, or the right to bypass row-level security. */
export async function giveLogin(client: pg.Client, name: string, password: string): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  const secret = client.escapeLiteral(password);
  if (found.rowCount === 0) {
    await client.query(
      `CREATE ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD ${secret}`,
    );
  } else {
    await client.query(`ALTER ROLE ${name} LOGIN PASSWORD ${secret}`);
  }
}

/** Tells whether the owner may hand objects to the engine. */
export async function mayBecomeEngine(client: pg.Client, owner: string): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>("SELECT pg_has_role($1, $2, 'SET') AS may", [
    owner,
    ENGINE_ROLE,
  ]);
  return rows[0]?.may === true;
}

async function checkVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string }>("SELECT current_setting('server_version_num') AS version");
  const version = Number(rows[0]?.version);
  if (version >= OLDEST_SERVER) return;
  throw new BellwetherError(
    'invalid',
    'config/invalid',
    `expected PostgreSQL ${OLDEST_SERVER / 10_000} or newer, was ${Math.floor(version / 10_000)}; upgrade the server, or leave DATABASE_URL unset to use the embedded one`,
    { version },
  );
}
