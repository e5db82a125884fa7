/** Database, sandbox, API over HTTP and worker processes, all real: a broker account as its user meets it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { agentCatalogue, agentMetadata } from '@bellwether/agents';
import { type ApiOptions, createApi, ensureDemoUser } from '@bellwether/api';
import { NYSE_CALENDAR } from '@bellwether/domain';
import { INDICATOR_CATALOGUE } from '@bellwether/indicators';
import { type Sandbox, startSandbox } from '@bellwether/sandbox';
import type { CrashPoint } from '../orders/crash-points.ts';
import type { WorkerOrder } from './account-worker.fixture.ts';
import { PaperAccount } from './paper-account.ts';
import { RigDatabase } from './rig-database.ts';

const WORKER = fileURLToPath(new URL('./account-worker.fixture.ts', import.meta.url));
const PASSWORD = 'correct horse battery';

export interface Worker {
  /** Ends it as a crash does. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves when it is gone, whoever ended it. */
  readonly gone: Promise<void>;
}

export interface WorkerOptions extends Partial<Pick<WorkerOrder, 'stalled' | 'hasFreshIds' | 'accountsAtOnce'>> {
  /** Says whether the worker is killed where it stands; it waits there for the answer. */
  readonly dies?: (point: CrashPoint, accountId: string) => boolean;
}

export class AccountRig {
  readonly database: RigDatabase;
  readonly sandbox: Sandbox;
  readonly address: string;
  readonly #options: ApiOptions;
  readonly #close: () => Promise<void>;
  readonly #workers = new Set<ChildProcess>();

  private constructor(parts: {
    readonly database: RigDatabase;
    readonly sandbox: Sandbox;
    readonly address: string;
    readonly options: ApiOptions;
    readonly close: () => Promise<void>;
  }) {
    this.database = parts.database;
    this.sandbox = parts.sandbox;
    this.address = parts.address;
    this.#options = parts.options;
    this.#close = parts.close;
  }

  static async open(): Promise<AccountRig> {
    const [database, sandbox] = await Promise.all([RigDatabase.open(), startSandbox({ requestsPerMinute: 0 })]);
    const options: ApiOptions = {
      database: database.app,
      engine: NO_SESSIONS,
      agents: agentCatalogue,
      agentDescriptions: agentMetadata(),
      indicators: INDICATOR_CATALOGUE,
      templates: [],
      tapes: { tapes: [], bars: () => Promise.reject(new Error('expected no tape to be read')) },
      calendar: NYSE_CALENDAR,
      now: () => Date.now(),
      version: '0.0.0',
      isDemo: false,
      paperVenue: 'sandbox',
    };
    const api = await createApi(options);
    const address = await api.listen({ port: 0, host: '127.0.0.1' });
    const close = async () => {
      await api.close();
      await sandbox.close();
      await database.close();
    };
    return new AccountRig({ database, sandbox, address, options, close });
  }

  /** Starts a worker process and resolves when it works. */
  async startWorker({
    stalled = null,
    hasFreshIds = false,
    accountsAtOnce = 200,
    dies,
  }: WorkerOptions = {}): Promise<Worker> {
    const isLoud = process.env['BELLWETHER_TEST_LOUD'] === '1';
    const isWatched = dies !== undefined;
    const { url } = this.database;
    const sandboxUrl = this.sandbox.url;
    const order: WorkerOrder = { url, sandboxUrl, isLoud, stalled, hasFreshIds, accountsAtOnce, isWatched };
    const child = spawn(process.execPath, [WORKER, JSON.stringify(order)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#workers.add(child);
    const gone = once(child, 'exit').then(() => void this.#workers.delete(child));
    // What is written to one that is just dying.
    child.stdin.on('error', () => undefined);
    const lines = createInterface({ input: child.stdout });
    await Promise.race([once(lines, 'line'), gone]);
    if (!this.#workers.has(child)) throw new Error('expected the worker to start, it ended');
    let isDying = false;
    lines.on('line', (line) => {
      if (isDying) return;
      const [point, accountId = ''] = line.split(' ');
      isDying = dies?.(point as CrashPoint, accountId) === true;
      if (isDying) child.kill('SIGKILL');
      else child.stdin.write('\n');
    });
    const kill = async () => {
      isDying = true;
      child.kill('SIGKILL');
      await gone;
    };
    return { kill, gone };
  }

  /** Opens a paper account for a user of its own, who is signed in, with so many pipelines on it. */
  async openAccount(pipelines: number, limits: object = {}): Promise<PaperAccount> {
    const email = `${randomUUID()}@example.test`;
    const userId = await ensureDemoUser(this.#options, { email, displayName: 'Test', password: PASSWORD });
    const login = await fetch(`${this.address}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: PASSWORD }),
    });
    const cookie = login.headers.getSetCookie()[0]?.split(';')[0];
    if (cookie === undefined) throw new Error(`expected a session cookie, was status ${login.status}`);
    return PaperAccount.open({
      pool: this.database.engine.pool,
      app: this.database.app,
      sandboxUrl: this.sandbox.url,
      address: this.address,
      userId,
      cookie,
      password: PASSWORD,
      pipelines,
      limits,
    });
  }

  async close(): Promise<void> {
    for (const child of [...this.#workers]) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    await this.#close();
  }
}

const refuse = () => Promise.reject(new Error('expected no session to be asked for'));
/** Nothing here lives in a session: what is asked of an account goes to its keeper. */
const NO_SESSIONS: ApiOptions['engine'] = { run: refuse, start: refuse, stop: refuse, cancel: refuse, request: refuse };
