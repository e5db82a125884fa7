import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { migrate, openDatabase, startEmbedded, withUser } from '@bellwether/db';
import { readConfig } from './config.ts';
import { verifyAudit } from './maintenance.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'bellwether-audit-'));
let server: Awaited<ReturnType<typeof startEmbedded>>;
before(async () => {
  // PostgreSQL runs as a user of its own where the tests run as root.
  if (process.getuid?.() === 0) chmodSync(dataDir, 0o711);
  server = await startEmbedded({ dataDir, log: () => undefined });
  await migrate(server.url('owner'));
});
after(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('the audit chain of every user is checked, and a forged entry is named', async () => {
  const config = readConfig({ BELLWETHER_DATA_DIR: dataDir });
  const texts = async () =>
    (await verifyAudit(config)).map(({ isWell, text }) => `${isWell ? 'ok' : 'wrong'}: ${text}`);
  assert.deepEqual(await texts(), ['ok: 0 entries of 0 users, each chain is whole']);
  const app = openDatabase(server.url('app'), { connections: 1 });
  const owner = openDatabase(server.url('owner'), { connections: 1 });
  try {
    const users = [randomUUID(), randomUUID()];
    for (const id of users) {
      await withUser(app, id, async (transaction) => {
        await transaction
          .insertInto('app.users')
          .values({ id, email: `${id}@example.test`, password_hash: 'x', display: 'Test' })
          .execute();
        const entry = { user_id: id, actor: 'user', action: 'close', subject_type: 'position', subject_id: 'p' };
        for (let i = 0; i < 2; i++) await transaction.insertInto('app.audit_log').values(entry).execute();
      });
    }
    assert.deepEqual(await texts(), ['ok: 4 entries of 2 users, each chain is whole']);
    await owner.pool.query(
      `ALTER TABLE app.audit_log NO FORCE ROW LEVEL SECURITY; ALTER TABLE app.audit_log DISABLE TRIGGER insert_only;
       UPDATE app.audit_log SET details = '{"quantity": 1}' WHERE user_id = '${users[1]}' AND seq = 1`,
    );
    assert.deepEqual(await texts(), [
      `wrong: entry 1 of user ${users[1]}: its content was changed; compare with a backup`,
    ]);
  } finally {
    await app.close();
    await owner.close();
  }
});
