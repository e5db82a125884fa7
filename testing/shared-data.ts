import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../shared/', import.meta.url));

/** Returns the path of a file in the folder of recorded market data beside the checkout, or `undefined` when the clone has none. */
export function sharedData(name: string): string | undefined {
  const path = ROOT + name;
  return existsSync(path) ? path : undefined;
}

/** Returns the path, and throws when the file is absent: for tests that already guard with `leftOut`. */
export function sharedPath(name: string): string {
  const path = sharedData(name);
  if (path === undefined) throw new Error(`expected ../shared/${name} beside the checkout, found nothing`);
  return path;
}

/** For a test's `skip` option: `false` when the file is there, else the reason that the runner prints. */
export function leftOut(name: string): string | false {
  return existsSync(ROOT + name) ? false : `left out: ../shared/${name} is not beside this checkout`;
}
