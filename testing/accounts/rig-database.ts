import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, migrate, openDatabase, startEmbedded } from '@bellwether/db';

type Server = Awaited<ReturnType<typeof startEmbedded>>;

/** A real PostgreSQL of a test's own that can be crashed, copied and put back. */
export class RigDatabase {
  readonly engine: Database;
  readonly app: Database;
  readonly #folder: string;
  #server: Server;

  private constructor(folder: string, server: Server) {
    this.#folder = folder;
    this.#server = server;
    // The port is kept from start to start, so these outlive the server.
    this.engine = openDatabase(server.url('engine'), { connections: 6, log: () => undefined });
    this.app = openDatabase(server.url('app'), { connections: 10, log: () => undefined });
  }

  static async open(): Promise<RigDatabase> {
    const folder = mkdtempSync(join(tmpdir(), 'bellwether-rig-'));
    if (process.getuid?.() === 0) chmodSync(folder, 0o711);
    const server = await start(join(folder, 'data'));
    await migrate(server.url('owner'));
    return new RigDatabase(folder, server);
  }

  get url(): string {
    return this.#server.url('engine');
  }

  get appUrl(): string {
    return this.#server.url('app');
  }

  /** Runs statements as the owner of the schema. */
  async asOwner(statements: string): Promise<void> {
    const owner = openDatabase(this.#server.url('owner'), { connections: 1, log: () => undefined });
    try {
      await owner.pool.query(statements);
    } finally {
      await owner.close();
    }
  }

  /** Crashes the server: connections break, nothing is flushed that was not committed. Then starts it again. */
  async crash(): Promise<void> {
    const [pid] = readFileSync(join(this.#data, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGQUIT');
    await this.#restart();
  }

  /** Copies the data folder, as a backup of a server that is stopped. Returns the copy. */
  async backup(): Promise<string> {
    const copy = join(this.#folder, `backup-${Date.now()}`);
    await this.#restart(() => copyFolder(this.#data, copy));
    return copy;
  }

  /** Puts a copy in the place of what is there; `meanwhile` happens before the server starts. */
  async restore(copy: string): Promise<void> {
    await this.#restart(() => {
      rmSync(this.#data, { recursive: true, force: true });
      copyFolder(copy, this.#data);
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.engine.close(), this.app.close()]);
    await this.#server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  async #restart(meanwhile: () => void = () => undefined): Promise<void> {
    await this.#server.stop();
    meanwhile();
    this.#server = await start(this.#data);
  }
}

function start(dataDir: string): Promise<Server> {
  return startEmbedded({ dataDir, log: () => undefined });
}

/** With owners and modes: the server runs as another user when the tests run as root. */
function copyFolder(from: string, to: string): void {
  const { status, stderr } = spawnSync('cp', ['-a', from, to]);
  if (status !== 0) throw new Error(`expected a copy of the data folder: ${String(stderr)}`);
}
