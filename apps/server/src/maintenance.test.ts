import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { migrate, openDatabase, startEmbedded, withUser } from '@bellwether/db';
import { readConfig } from './config.ts';
import { diagnose, storeCapabilityResult, verifyAudit } from './maintenance.ts';

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

test('what conformance found out is stored once, with the accounts that trade there alone', async () => {
  const config = readConfig({ BELLWETHER_DATA_DIR: dataDir });
  const result = { at: Temporal.Instant.from('2026-06-30T12:00:00Z'), flags: { twinBrackets: true }, evidence: [] };
  const account = { broker: 'alpaca', label: 'paper', brokerAccountId: 'b-1' };
  const engine = openDatabase(server.url('engine'), { connections: 1 });
  const app = openDatabase(server.url('app'), { connections: 1 });
  try {
    const user = randomUUID();
    await withUser(app, user, (transaction) =>
      transaction
        .insertInto('app.users')
        .values({ id: user, email: `${user}@example.test`, password_hash: 'x', display: 'Test' })
        .execute(),
    );
    assert.equal(await storeCapabilityResult(config, account, result), 0);
    for (const broker of ['b-1', 'b-2'])
      await engine.pool.query(
        `INSERT INTO engine.accounts (id, user_id, kind, trading_mode, label, broker, broker_account_id, initial_balance, cash)
         VALUES ($1, $2, 'broker', 'paper', 'paper', 'alpaca', $3, 100000, 100000)`,
        [randomUUID(), user, broker],
      );
    assert.equal(await storeCapabilityResult(config, account, result), 1);
    assert.equal(await storeCapabilityResult(config, account, result), 0);
    const { rows } = await engine.pool.query(
      'SELECT a.broker_account_id, r.at, r.flags FROM engine.capability_results r JOIN engine.accounts a ON a.id = r.account_id',
    );
    assert.deepEqual(rows, [{ broker_account_id: 'b-1', at: result.at, flags: result.flags }]);
  } finally {
    await engine.close();
    await app.close();
  }
});

test('looking at a folder without a database makes none', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'bellwether-none-'));
  try {
    const config = readConfig({ BELLWETHER_DATA_DIR: empty });
    const found = (await diagnose(config)).find(({ subject }) => subject === 'database');
    assert.match(found?.text ?? '', /^none yet/);
    assert.deepEqual(readdirSync(empty), []);
  } finally {
    rmSync(empty, { recursive: true });
  }
});
