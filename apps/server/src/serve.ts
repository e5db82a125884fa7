/** config ─▶ database ─▶ migrations ─▶ engine ─▶ API and web app ─▶ ready; and back, in the other order, when told to stop. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { agentCatalogue, agentMetadata } from '@bellwether/agents';
import { type ApiOptions, createApi, ensureDemoUser } from '@bellwether/api';
import { connectExternal, type DatabaseServer, migrate, openDatabase, startEmbedded } from '@bellwether/db';
import { BellwetherError, NYSE_CALENDAR } from '@bellwether/domain';
import { type Runtime, startRuntime } from '@bellwether/durable';
import { connectEngine } from '@bellwether/durable/client';
import { INDICATOR_CATALOGUE } from '@bellwether/indicators';
import { startSandbox } from '@bellwether/sandbox';
import type { FastifyBaseLogger } from 'fastify';
import { destination, type Logger, pino } from 'pino';
import { openBindings, type PaperBroker } from './bindings.ts';
import type { Config } from './config.ts';
import { type Installation, openInstallation } from './installation.ts';
import type { Role } from './roles.ts';
import type { TapeShelf } from './tape-shelf.ts';
import { readTemplates } from './templates.ts';
import { openTapeShelf, runtimeOptions } from './wiring.ts';

const WEB_ROOT = fileURLToPath(new URL('../../web/dist/browser/', import.meta.url));
const DEMO_USER = { email: 'demo@bellwether.local', displayName: 'Demo' };

export interface Served {
  /** Null where this process serves no API. */
  readonly address: string | null;
  readonly login: { readonly email: string; readonly password: string } | null;
  /** Resolves when the database has gone by itself: nothing can be served any more. */
  readonly databaseLost: Promise<void>;
  /** Ends everything that this process started, in the other order. */
  stop(): Promise<void>;
}

/** Starts the roles and returns when they are ready. Whatever was started is stopped again when a later part fails. */
export async function serve(config: Config, roles: ReadonlySet<Role>): Promise<Served> {
  const log = pino({ level: config.logLevel, base: null }, destination({ dest: 2, sync: true }));
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (let next = stops.pop(); next !== undefined; next = stops.pop()) await next();
  };
  try {
    if (roles.has('api')) await checkPort(config);
    const installation = openInstallation(config);
    const { server, lost } = await startDatabase(config, log);
    stops.push(() => server.stop());
    const { applied } = await migrate(server.url('owner'));
    if (applied.length > 0) log.info({ applied }, 'the database was brought to this version');
    const shelf = openTapeShelf();
    const bindings = openBindings(await paperBroker(config, roles, stops));
    const runtime = await startRuntime(
      runtimeOptions({
        url: server.url('engine'),
        shelf,
        installation: installation.id,
        bindings,
        log: (line, facts) => log.info(facts ?? {}, line),
      }),
      { worker: roles.has('worker'), feed: roles.has('feed'), scheduler: roles.has('scheduler') },
    );
    stops.push(() => runtime.close());
    const served = { databaseLost: lost, stop };
    if (!roles.has('api')) return { ...served, address: null, login: null };
    const { paperVenue } = bindings;
    const address = await startApi({ config, server, shelf, runtime, paperVenue, installation, log, stops });
    return { ...served, address, login: { email: DEMO_USER.email, password: installation.demoPassword } };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A real paper account when there are keys, a sandbox that somebody runs, or one of our own beside the worker. */
async function paperBroker(
  { alpacaPaper, sandboxUrl, dataDir }: Config,
  roles: ReadonlySet<Role>,
  stops: (() => Promise<void>)[],
): Promise<PaperBroker | null> {
  if (alpacaPaper !== null) return { kind: 'alpaca', ...alpacaPaper };
  if (sandboxUrl !== null) return { kind: 'sandbox', url: sandboxUrl };
  if (!roles.has('worker')) return null;
  const sandbox = await startSandbox({ folder: join(dataDir, 'sandbox'), requestsPerMinute: 0 });
  stops.push(() => sandbox.close());
  return { kind: 'sandbox', url: sandbox.url };
}

interface ApiParts {
  readonly config: Config;
  readonly server: DatabaseServer;
  readonly shelf: TapeShelf;
  readonly runtime: Runtime;
  readonly paperVenue: 'sandbox' | 'paper' | null;
  readonly installation: Installation;
  readonly log: Logger;
  readonly stops: (() => Promise<void>)[];
}

async function startApi({
  config,
  server,
  shelf,
  runtime,
  paperVenue,
  installation,
  log,
  stops,
}: ApiParts): Promise<string> {
  const database = openDatabase(server.url('app'), { name: 'bellwether-api', log: (line) => log.warn(line) });
  stops.push(() => database.close());
  const engine = await connectEngine({
    url: server.url('app'),
    log: (line) => log.warn(line),
    nudge: () => runtime.nudge(),
  });
  stops.push(() => engine.close());
  const options: ApiOptions = {
    database,
    engine,
    agents: agentCatalogue,
    agentDescriptions: agentMetadata(),
    indicators: INDICATOR_CATALOGUE,
    templates: await readTemplates(),
    tapes: shelf,
    calendar: NYSE_CALENDAR,
    now: () => Date.now(),
    version: version(),
    isDemo: true,
    ...(paperVenue === null ? {} : { paperVenue }),
    logger: log.child({}, { level: log.level === 'info' ? 'warn' : log.level }) as FastifyBaseLogger,
    checks: { engine: () => runtime.isReady() },
    ...(existsSync(WEB_ROOT) ? { webRoot: WEB_ROOT } : {}),
  };
  await ensureDemoUser(options, { ...DEMO_USER, password: installation.demoPassword });
  const api = await createApi(options);
  stops.push(() => api.close());
  try {
    return await api.listen({ port: config.port, host: config.host });
  } catch (error) {
    throw portProblem(config, error);
  }
}

async function startDatabase(config: Config, log: Logger): Promise<{ server: DatabaseServer; lost: Promise<void> }> {
  if (config.databaseUrl !== null)
    return { server: await connectExternal(config.databaseUrl), lost: new Promise(() => undefined) };
  const server = await startEmbedded({ dataDir: config.dataDir, log: (line) => log.debug(line) });
  return { server, lost: server.ended };
}

/** Asked before anything is started: a port in use should not cost a database start. */
async function checkPort(config: Config): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen(config.port, config.host, resolve);
    });
  } catch (error) {
    throw portProblem(config, error);
  } finally {
    await new Promise<void>((resolve) => probe.close(() => resolve()));
  }
}

function portProblem({ port, host }: Config, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new BellwetherError(
      'invalid',
      'server/port-in-use',
      `expected port ${port} on ${host} to be free, another program uses it; stop that program, or choose another port: PORT=${port + 1} npm start`,
      { port },
      error,
    );
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
    return new BellwetherError(
      'invalid',
      'config/invalid',
      `expected to be allowed to listen on ${host}:${port}, was refused (${code}); choose another PORT (above 1023) or HOST`,
      { port, host },
      error,
    );
  return error;
}

function version(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
