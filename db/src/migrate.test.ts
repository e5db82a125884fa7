import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { type Database, openDatabase } from './connect.ts';
import { type EmbeddedServer, startEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';

let folder = '';
let migrations = '';
let server: EmbeddedServer;
let owner: Database;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bellwether-db-'));
  chmodSync(folder, 0o711);
  server = await startEmbedded({ dataDir: join(folder, 'data'), log: () => undefined });
  owner = openDatabase(server.url('owner'));
});
after(async () => {
  await owner.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await owner.pool.query('DROP SCHEMA IF EXISTS app CASCADE');
  migrations = mkdtempSync(join(folder, 'migrations-'));
  write('0001_one.sql', 'CREATE TABLE app.one (number integer);');
  write('0002_two.sql', 'CREATE TABLE app.two (number integer); INSERT INTO app.two VALUES (2);');
});

const write = (name: string, statements: string) => writeFileSync(join(migrations, name), statements);
const run = () => migrate(server.url('owner'), migrations);
const tables = async () =>
  (await owner.pool.query("SELECT tablename FROM pg_tables WHERE schemaname = 'app' ORDER BY 1")).rows.map(
    ({ tablename }) => tablename,
  );

test('migrations run in the order of their names, once', async () => {
  assert.deepEqual(await run(), { applied: ['0001_one.sql', '0002_two.sql'], total: 2 });
  assert.deepEqual(await run(), { applied: [], total: 2 });
  write('0003_three.sql', 'CREATE TABLE app.three ()');
  assert.deepEqual(await run(), { applied: ['0003_three.sql'], total: 3 });
  assert.deepEqual(await tables(), ['migrations', 'one', 'three', 'two']);
});

test('two processes that migrate at the same time apply each migration once', async () => {
  const results = await Promise.all([run(), run()]);
  assert.deepEqual(results.map(({ applied }) => applied.length).sort(), [0, 2]);
});

test('an edited migration is refused by name, and nothing runs', async () => {
  await run();
  write('0001_one.sql', 'CREATE TABLE app.one (number bigint);');
  write('0003_three.sql', 'CREATE TABLE app.three ()');
  await assert.rejects(run(), { code: 'database/migration-failed', message: /0001_one\.sql.*edited/ });
  assert.deepEqual(await tables(), ['migrations', 'one', 'two']);
});

test('other line endings are not an edit', async () => {
  write('0001_one.sql', 'CREATE TABLE app.one (\nnumber integer);\n');
  await run();
  write('0001_one.sql', 'CREATE TABLE app.one (\r\nnumber integer);\r\n');
  assert.deepEqual(await run(), { applied: [], total: 2 });
});

test('a database with a migration that this version does not have is refused', async () => {
  await run();
  rmSync(join(migrations, '0002_two.sql'));
  await assert.rejects(run(), { code: 'database/migration-failed', message: /0002_two\.sql.*does not have.*newer/ });
});

test('a migration put before one that has run is refused', async () => {
  renameSync(join(migrations, '0002_two.sql'), join(migrations, '0005_five.sql'));
  await run();
  write('0003_three.sql', 'CREATE TABLE app.three ()');
  await assert.rejects(run(), { code: 'database/migration-failed', message: /0003_three\.sql before 0005_five\.sql/ });
});

test('a migration that fails leaves nothing of itself, keeps those before it, and runs when mended', async () => {
  write('0002_two.sql', 'CREATE TABLE app.two (number integer); INSERT INTO app.absent VALUES (2);');
  await assert.rejects(run(), {
    code: 'database/migration-failed',
    message: /0002_two\.sql.*app\.absent.*nothing of it was kept/,
  });
  assert.deepEqual(await tables(), ['migrations', 'one']);
  write('0002_two.sql', 'CREATE TABLE app.two (number integer);');
  assert.deepEqual(await run(), { applied: ['0002_two.sql'], total: 2 });
});

test('files that are no migrations are not run', async () => {
  mkdirSync(join(migrations, 'notes'));
  cpSync(join(migrations, '0001_one.sql'), join(migrations, 'draft.sql'));
  assert.deepEqual(await run(), { applied: ['0001_one.sql', '0002_two.sql'], total: 2 });
});
