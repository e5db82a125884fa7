import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BellwetherError } from '@bellwether/domain';
import type { Config } from './config.ts';

/** What an installation keeps beside its database. */
export interface Installation {
  /** Part of every client order id, so that two installations never send the same one. */
  readonly id: string;
  readonly demoPassword: string;
}

/** Reads what an earlier start wrote, or makes it: a random password, readable for its owner only. */
export function openInstallation({ dataDir, databaseUrl }: Config): Installation {
  const path = join(dataDir, 'installation.json');
  const id = databaseUrl === null ? null : idOfDatabase(databaseUrl);
  const known = read(path);
  if (known !== undefined) return id === null ? known : { ...known, id };
  const installation = {
    id: id ?? randomBytes(9).toString('base64url'),
    demoPassword: randomBytes(9).toString('base64url'),
  };
  try {
    // As root the database runs as another user, who must be able to pass through.
    if (mkdirSync(dataDir, { recursive: true }) !== undefined)
      chmodSync(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
    writeFileSync(`${path}.new`, `${JSON.stringify(installation, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw new BellwetherError(
      'invalid',
      'database/permission',
      `expected a data folder that can be written, was ${dataDir} (${(error as Error).message}); create it for this user or set BELLWETHER_DATA_DIR to another one`,
      { dataDir },
      error,
    );
  }
  return installation;
}

/** Every machine on one database is one installation. */
function idOfDatabase(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return createHash('sha256').update(`${hostname}:${port}${pathname}`).digest('base64url').slice(0, 12);
}

function read(path: string): Installation | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Installation;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new BellwetherError(
      'invalid',
      'database/permission',
      `expected the installation's file ${path}, which cannot be read; remove it to get a new demo password`,
      { path },
      error,
    );
  }
}
