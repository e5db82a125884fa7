import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { migrate, openDatabase, startEmbedded } from '@bellwether/db';
import { readConfig } from './config.ts';
import { releasePlatform, stopPlatform } from './platform-switch.ts';

test('an operator stops everybody, once, and releases it with a reason', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'bellwether-halt-'));
  // PostgreSQL runs as a user of its own where the tests run as root.
  if (process.getuid?.() === 0) chmodSync(dataDir, 0o711);
  const server = await startEmbedded({ dataDir, log: () => undefined });
  const config = readConfig({ BELLWETHER_DATA_DIR: dataDir });
  try {
    await migrate(server.url('owner'));
    const engine = openDatabase(server.url('engine'), { connections: 1 });
    const stands = async () => {
      const { rows } = await engine.pool.query<{ state: string; detail: string; flatten: boolean }>(
        "SELECT state, detail, flatten FROM engine.standing_of($1) WHERE scope = 'platform'",
        [randomUUID()],
      );
      return rows;
    };
    assert.equal(await releasePlatform(config, 'nothing stands'), undefined);
    const [first, second] = await Promise.all([
      stopPlatform(config, { reason: 'power cut', flatten: false }),
      stopPlatform(config, { reason: 'power cut', flatten: false }),
    ]);
    assert.equal(first.engagedAt.toString(), second.engagedAt.toString());
    assert.deepEqual(await stands(), [{ state: 'halted', detail: 'power cut', flatten: false }]);
    await stopPlatform(config, { reason: 'fire', flatten: true });
    await stopPlatform(config, { reason: 'again', flatten: false });
    assert.deepEqual(await stands(), [{ state: 'halted', detail: 'fire', flatten: true }]);
    assert.equal((await releasePlatform(config, 'put out'))?.reason, 'fire');
    assert.deepEqual(await stands(), []);
    await engine.close();
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
