import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BellwetherError, isBellwetherError } from '@bellwether/domain';
import pg from 'pg';
import {
  clusterDir,
  createDataDir,
  holdDataDir,
  inUse,
  type RememberedServer,
  recall,
  remember,
} from './data-folder.ts';
import { commandLine, isAlive } from './live-process.ts';
import {
  createCluster,
  findBinaries,
  freePort,
  type Log,
  postmasterPid,
  type ServerProcess,
  startServer,
} from './postgres-process.ts';
import { APP_ROLE, type DatabaseRole, ENGINE_ROLE, giveLogin, OWNER_ROLE, provisionRoles } from './roles.ts';
import { closedFolder, type SystemUser, serverUser } from './system-user.ts';

/** A database that can be reached: embedded or external. */
export interface DatabaseServer {
  /** Returns a connection string with the role's password in it: for the driver, never for a log. */
  url(role: DatabaseRole): string;
  stop(): Promise<void>;
}

export interface EmbeddedServer extends DatabaseServer {
  readonly port: number;
  /** Resolves when the server has ended, whether asked to or not. */
  readonly ended: Promise<void>;
}

export interface EmbeddedOptions {
  /** The folder that holds everything; see `defaultDataDir`. */
  readonly dataDir: string;
  readonly log: Log;
}

const DATABASE = 'bellwether';
const LOGIN: Readonly<Record<DatabaseRole, string>> = { owner: OWNER_ROLE, app: APP_ROLE, engine: ENGINE_ROLE };
/** A server whose holder was killed gets this long to finish its own fast shutdown before it is told to. */
const PATIENCE_MS = 3_000;
/** After being told to, the longest a shutdown checkpoint may take. */
const SHUTDOWN_MS = 20_000;

/**
 * Starts a PostgreSQL of our own in `dataDir`: folder held → leftovers of a dead holder cleared → cluster created at
 * the first start → server under its watchdog → roles and database. The server ends when this process ends, however.
 * Throws `database/in-use` while another process holds the folder, `database/permission`, `database/full`,
 * `database/unreachable`.
 */
export async function startEmbedded({ dataDir, log }: EmbeddedOptions): Promise<EmbeddedServer> {
  if (process.platform === 'win32') {
    throw new BellwetherError(
      'invalid',
      'config/invalid',
      'expected Linux or macOS for the embedded database, was Windows; run inside WSL, or set DATABASE_URL to an external database',
    );
  }
  createDataDir(dataDir);
  const cluster = clusterDir(dataDir);
  const user = serverUser(cluster);
  checkReachable(dataDir, user);
  const hold = holdDataDir(dataDir);
  try {
    await clearLeftovers(dataDir, cluster, hold.previous, log);
    const binaries = await findBinaries(dataDir, user);
    const exists = hasCluster(dataDir);
    const remembered = recall(dataDir, exists);
    if (!exists) {
      remember(dataDir, remembered);
      await createCluster(binaries, cluster, remembered.passwords.superuser, user);
    }
    const port = await freePort(remembered.port);
    const server = await startServer(binaries, cluster, port, user, log);
    try {
      if (!remembered.provisioned) await provision(port, remembered);
      if (!remembered.provisioned || port !== remembered.port)
        remember(dataDir, { ...remembered, port, provisioned: true });
    } catch (error) {
      await server.stop();
      throw error;
    }
    return running(server, port, remembered, hold.release);
  } catch (error) {
    hold.release();
    throw error;
  }
}

/** Tells whether a data folder has a database already; looking makes none. */
export function hasCluster(dataDir: string): boolean {
  return existsSync(join(clusterDir(dataDir), 'PG_VERSION'));
}

/**
 * Reaches the database of a data folder for a short look: the server that another process runs there, or one of our own for as long as it
 * takes. `stop` ends only what this started.
 */
export async function reachEmbedded(options: EmbeddedOptions): Promise<DatabaseServer> {
  try {
    return await startEmbedded(options);
  } catch (error) {
    if (!isBellwetherError(error) || error.code !== 'database/in-use') throw error;
    const { port, passwords, provisioned } = recall(options.dataDir, true);
    if (port === undefined || !provisioned) throw error;
    return { url: (role) => urlOf(role, port, passwords), stop: async () => undefined };
  }
}

function urlOf(role: DatabaseRole, port: number, passwords: RememberedServer['passwords']): string {
  return `postgres://${LOGIN[role]}:${passwords[role]}@127.0.0.1:${port}/${DATABASE}`;
}

function running(
  server: ServerProcess,
  port: number,
  { passwords }: RememberedServer,
  release: () => void,
): EmbeddedServer {
  return {
    port,
    ended: server.ended.then(() => undefined),
    url: (role) => urlOf(role, port, passwords),
    async stop() {
      await server.stop();
      release();
    },
  };
}

function checkReachable(dataDir: string, user: SystemUser | undefined): void {
  const closed = user === undefined ? undefined : closedFolder(dataDir, user);
  if (closed === undefined) return;
  throw new BellwetherError(
    'invalid',
    'database/permission',
    `expected a data folder that the system user ${user?.name} can reach, because PostgreSQL refuses to run as root, was ${dataDir} below ${closed}, which is closed to others; set BELLWETHER_DATA_DIR to a folder such as /var/lib/bellwether`,
    { dataDir, closed },
  );
}

/**
 * Deals with the server of a holder that died: waits while it shuts down by itself, tells it to if it does not, and
 * removes a lock file whose process is gone or is not PostgreSQL. A living server that we never held is not touched.
 */
async function clearLeftovers(
  dataDir: string,
  cluster: string,
  previousHolder: number | undefined,
  log: Log,
): Promise<void> {
  const pid = postmasterPid(cluster);
  if (pid === undefined) return;
  const serves = () => isAlive(pid) && /(^|\/)postgres:? /.test(commandLine(pid));
  if (serves()) {
    if (!(await goneWithin(serves, PATIENCE_MS))) {
      if (previousHolder === undefined) throw inUse(dataDir, pid);
      log(`stopping the database server ${pid}, left behind by process ${previousHolder}`);
      process.kill(pid, 'SIGINT');
      if (!(await goneWithin(serves, SHUTDOWN_MS))) throw inUse(dataDir, pid);
    }
  }
  rmSync(join(cluster, 'postmaster.pid'), { force: true });
}

async function goneWithin(serves: () => boolean, limitMs: number): Promise<boolean> {
  for (let waited = 0; waited < limitMs; waited += 20) {
    if (!serves()) return true;
    await delay(20);
  }
  return !serves();
}

async function provision(port: number, { passwords }: RememberedServer): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: passwords.superuser,
    database: 'postgres',
  });
  await client.connect();
  try {
    await giveLogin(client, OWNER_ROLE, passwords.owner);
    await provisionRoles(client, OWNER_ROLE, passwords);
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER_ROLE}`);
    await client.query(`REVOKE ALL ON DATABASE ${DATABASE} FROM PUBLIC`);
    await client.query(`GRANT CONNECT ON DATABASE ${DATABASE} TO ${APP_ROLE}, ${ENGINE_ROLE}`);
  } finally {
    await client.end();
  }
}
