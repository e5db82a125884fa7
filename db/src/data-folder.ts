import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BellwetherError } from '@bellwether/domain';
import { isAlive, startMark } from './live-process.ts';

/** What the data folder remembers between starts: the port, and one password per database role. */
export interface RememberedServer {
  readonly port: number | undefined;
  readonly passwords: Readonly<Record<'superuser' | 'owner' | 'app' | 'engine', string>>;
  /** True once roles and database exist; a start that died before that repeats the step. */
  readonly provisioned: boolean;
}

interface Holder {
  readonly pid: number;
  readonly mark: string;
}

/** Returns the folder used when nobody names one: per user, or `/var/lib/bellwether` for root. */
export function defaultDataDir(): string {
  if (process.getuid?.() === 0) return '/var/lib/bellwether';
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Bellwether');
  return join(homedir(), '.local', 'share', 'bellwether');
}

export const clusterDir = (dataDir: string) => join(dataDir, 'postgres');
const rememberedFile = (dataDir: string) => join(dataDir, 'postgres.json');
const holderFile = (dataDir: string) => join(dataDir, 'in-use.json');

/** Creates the folder if absent, closed to others; as root it stays passable, because the server runs as another user. */
export function createDataDir(dataDir: string): void {
  try {
    // A folder that was there before keeps its mode: it may be somebody's, such as a mounted volume.
    const created = mkdirSync(dataDir, { recursive: true }) !== undefined;
    if (created) chmodSync(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
  } catch (error) {
    throw new BellwetherError(
      'invalid',
      'database/permission',
      `expected a data folder that can be written, was ${dataDir} (${(error as Error).message}); create it for this user or set BELLWETHER_DATA_DIR to another one`,
      { dataDir },
      error,
    );
  }
}

/** Returns what an earlier start wrote, or fresh random passwords; `undefined` only if a cluster exists whose passwords are lost. */
export function recall(dataDir: string, clusterExists: boolean): RememberedServer {
  let text: string;
  try {
    text = readFileSync(rememberedFile(dataDir), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || clusterExists) {
      throw new BellwetherError(
        'invalid',
        'database/permission',
        `expected the database passwords in ${rememberedFile(dataDir)}, which cannot be read; restore that file from a backup, or move ${dataDir} away to begin with an empty database`,
        { dataDir },
        error,
      );
    }
    const fresh = () => randomBytes(24).toString('base64url');
    const passwords = { superuser: fresh(), owner: fresh(), app: fresh(), engine: fresh() };
    return { port: undefined, passwords, provisioned: false };
  }
  return JSON.parse(text) as RememberedServer;
}

/** Writes atomically and readable for its owner only. */
export function remember(dataDir: string, server: RememberedServer): void {
  const path = rememberedFile(dataDir);
  writeFileSync(`${path}.new`, `${JSON.stringify(server, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** A folder held by this process; `previous` is the dead process that held it before and never let go. */
export interface Hold {
  readonly previous: number | undefined;
  release(): void;
}

/**
 * Takes the folder for this process. PostgreSQL's own lock file is the last line of defense; this one exists to name
 * the Bellwether process in the sentence, and to tell a dead holder's server from somebody else's.
 * Throws `database/in-use` while a living process holds it.
 */
export function holdDataDir(dataDir: string): Hold {
  const path = holderFile(dataDir);
  const holder = readHolder(path);
  if (holder !== undefined && isAlive(holder.pid) && startMark(holder.pid) === holder.mark) {
    throw inUse(dataDir, holder.pid);
  }
  if (holder !== undefined) takeFromTheDead(dataDir, path, holder);
  try {
    const mine: Holder = { pid: process.pid, mark: startMark(process.pid) };
    writeFileSync(path, JSON.stringify(mine), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw inUse(dataDir, readHolder(path)?.pid);
    throw error;
  }
  return { previous: holder?.pid, release: () => rmSync(path, { force: true }) };
}

/** Moves the dead holder's file aside; one that a competitor has just written instead is put back. */
function takeFromTheDead(dataDir: string, path: string, dead: Holder): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    // A competitor was quicker; whether it holds the folder shows when our own file is written.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const taken = readHolder(aside);
  if (taken?.pid !== dead.pid || taken.mark !== dead.mark) {
    renameSync(aside, path);
    throw inUse(dataDir, taken?.pid);
  }
  rmSync(aside, { force: true });
}

export function inUse(dataDir: string, pid: number | undefined): BellwetherError {
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new BellwetherError(
    'conflict',
    'database/in-use',
    `expected the data folder ${dataDir} to be free, was in use by ${who}; stop ${pid === undefined ? 'it' : 'that process'} first, or set BELLWETHER_DATA_DIR to another folder`,
    { dataDir, pid },
  );
}

function readHolder(path: string): Holder | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // Torn by a crash in the middle of the write: nobody living holds it.
    return { pid: 0, mark: '' };
  }
}
