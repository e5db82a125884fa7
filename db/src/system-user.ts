import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { BellwetherError } from '@bellwether/domain';

/** The user that the server runs as; `undefined` means the current one. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const OWN_NAME = 'bellwether';

/**
 * Returns the user for the server: PostgreSQL refuses to run as root. An existing cluster keeps its owner; else
 * `bellwether` or `postgres` when one exists, else `bellwether` is created.
 */
export function serverUser(cluster: string): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(cluster, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { name: `uid ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  const found = find(OWN_NAME) ?? find('postgres');
  if (found !== undefined) return found;
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', OWN_NAME]);
  } catch (error) {
    throw nobodyToRunAs(error);
  }
  const created = find(OWN_NAME);
  if (created === undefined) throw nobodyToRunAs();
  return created;
}

/** Returns the nearest folder on the way to `path` that the user may not enter, or `undefined` when all are open. */
export function closedFolder(path: string, user: SystemUser): string | undefined {
  const way: string[] = [];
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    way.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  return way.find((folder) => {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    return (mode & bit) === 0;
  });
}

function find(name: string): SystemUser | undefined {
  const ask = (flag: string) =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { name, uid: ask('-u'), gid: ask('-g') };
  } catch {
    return undefined;
  }
}

function nobodyToRunAs(cause?: unknown): BellwetherError {
  return new BellwetherError(
    'invalid',
    'database/permission',
    `expected a system user to run PostgreSQL as, because it refuses to run as root, was none, and useradd failed; create one named "${OWN_NAME}", start Bellwether as an ordinary user, or set DATABASE_URL to an external database`,
    {},
    cause,
  );
}
