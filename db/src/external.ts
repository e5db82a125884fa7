import { createHmac } from 'node:crypto';
import { BellwetherError } from '@bellwether/domain';
import pg from 'pg';
import type { DatabaseServer } from './embedded.ts';
import { APP_ROLE, type DatabaseRole, ENGINE_ROLE, mayBecomeEngine, provisionRoles } from './roles.ts';

const CONNECT_LIMIT_MS = 10_000;
/** Any constant serves: it only has to be the same in every process that prepares roles. */
const LOCK = 7_213_402_202;

/**
 * Uses the database that `url` (the owner's) names, and gives its server the application's and the engine's role. Their
 * passwords are derived from the owner's, so that every machine with the same `DATABASE_URL` knows them and none is stored.
 * Throws `database/unreachable`, `database/permission` or `config/invalid`; no message holds a password.
 */
export async function connectExternal(url: string): Promise<DatabaseServer> {
  const address = parse(url);
  const ownerPassword = decodeURIComponent(address.password);
  const derive = (role: string) =>
    createHmac('sha256', ownerPassword).update(`bellwether role ${role}`).digest('base64url');
  const passwords = { app: derive(APP_ROLE), engine: derive(ENGINE_ROLE) };
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_LIMIT_MS });
  try {
    await client.connect();
  } catch (error) {
    throw unreachable(address, error);
  }
  const forRole = (role: 'app' | 'engine') => {
    const own = new URL(url);
    own.username = role === 'app' ? APP_ROLE : ENGINE_ROLE;
    own.password = passwords[role];
    return own.href;
  };
  try {
    // One at a time: PostgreSQL refuses two changes of one role at once.
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const owner = decodeURIComponent(address.username);
    const ready =
      (await canSignIn(forRole('app'))) &&
      (await canSignIn(forRole('engine'))) &&
      (await mayBecomeEngine(client, owner));
    if (!ready) {
      await provisionRoles(client, owner, passwords);
      const database = client.escapeIdentifier(decodeURIComponent(address.pathname.slice(1)));
      await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${APP_ROLE}, ${ENGINE_ROLE}`);
    }
  } finally {
    await client.end();
  }
  return {
    url: (role: DatabaseRole) => (role === 'owner' ? url : forRole(role)),
    async stop() {
      // It is not ours to stop.
    },
  };
}

async function canSignIn(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_LIMIT_MS });
  try {
    await client.connect();
    return true;
  } catch (error) {
    // Refused for whatever reason: the role is then created or given its password, and that failing is the error to show.
    if (error instanceof pg.DatabaseError) return false;
    throw error;
  } finally {
    await client.end();
  }
}

function parse(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (
    address === undefined ||
    !/^postgres(ql)?:$/.test(address.protocol) ||
    address.hostname === '' ||
    address.pathname.length < 2
  ) {
    throw new BellwetherError(
      'invalid',
      'config/invalid',
      'expected DATABASE_URL to read postgres://user:password@host:port/database, was something else; correct it, or leave it unset to use the embedded database',
    );
  }
  if (address.username === '' || address.password === '') {
    throw new BellwetherError(
      'invalid',
      'config/invalid',
      `expected DATABASE_URL to name a user and a password for ${address.host}, was without; add them (the passwords of Bellwether's own roles are derived from it)`,
    );
  }
  return address;
}

function unreachable(address: URL, cause: unknown): BellwetherError {
  const host = address.hostname;
  const port = address.port || '5432';
  const { code, message } = cause as NodeJS.ErrnoException;
  const causes: Record<string, string> = {
    ECONNREFUSED: 'nothing listens there',
    ENOTFOUND: 'the host name is unknown',
    EAI_AGAIN: 'the host name cannot be resolved',
    ETIMEDOUT: 'it does not answer',
    '28P01': 'the password was refused',
    '3D000': 'the database does not exist',
    '28000': 'the user was refused',
  };
  // The driver's text never holds the password, but it may quote the address: only what is known to be harmless is passed on.
  const reason =
    causes[code ?? ''] ?? (/timeout/.test(message) ? 'it does not answer' : (code ?? 'the connection failed'));
  return new BellwetherError(
    'retryable',
    'database/unreachable',
    `expected a PostgreSQL server at ${host}, port ${port}, was not reachable: ${reason}; start it, correct DATABASE_URL, or leave DATABASE_URL unset to use the embedded database`,
    { host, port },
  );
}
