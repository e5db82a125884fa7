import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase, withUser } from './connect.ts';
import { recall } from './data-folder.ts';
import { type EmbeddedServer, startEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';

/** A migrated database of a test's own, with one pool per role. */
export interface TestDatabase extends AsyncDisposable {
  readonly server: EmbeddedServer;
  readonly owner: Database;
  readonly app: Database;
  readonly engine: Database;
  /** Creates a user to own rows, and returns the id. */
  addUser(): Promise<string>;
  /** Runs statements as the superuser, whom neither grants nor row-level security bind: for tests of constraints. */
  administrator(statements: string): Promise<void>;
  /** Closes the pools, stops the server and removes the folder. */
  close(): Promise<void>;
}

/** Starts a real PostgreSQL in a temporary folder and migrates it; about two seconds, so once per test file. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bellwether-db-'));
  if (process.getuid?.() === 0) chmodSync(dataDir, 0o711);
  const server = await startEmbedded({ dataDir, log: () => undefined });
  await migrate(server.url('owner'));
  const open = (role: 'owner' | 'app' | 'engine') => openDatabase(server.url(role), { connections: 8 });
  const owner = open('owner');
  const app = open('app');
  const engine = open('engine');
  const { passwords } = recall(dataDir, true);
  const root = new URL(server.url('owner'));
  root.username = 'postgres';
  root.password = passwords.superuser;
  const administrator = async (statements: string) => {
    const all = openDatabase(root.href, { connections: 1 });
    try {
      await all.pool.query(statements);
    } finally {
      await all.close();
    }
  };
  const close = async () => {
    await Promise.all([owner.close(), app.close(), engine.close()]);
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return {
    server,
    owner,
    app,
    engine,
    addUser: () => addUser(app),
    administrator,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function addUser(app: Database): Promise<string> {
  const id = randomUUID();
  await withUser(app, id, (transaction) =>
    transaction
      .insertInto('app.users')
      .values({ id, email: `${id}@example.test`, password_hash: 'argon2id$test', display: 'Test' })
      .execute(),
  );
  return id;
}
