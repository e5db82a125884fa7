import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('the lockfile names every platform package, so that npm ci accepts it on every machine', () => {
  const told = execFileSync(
    process.execPath,
    [fileURLToPath(new URL('./complete-lockfile.mjs', import.meta.url)), '--check'],
    { encoding: 'utf8' },
  );
  assert.match(told, /names every platform package/);
});
