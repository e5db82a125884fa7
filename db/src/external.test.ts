import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isBellwetherError } from '@bellwether/domain';
import pg from 'pg';
import { openDatabase, withUser } from './connect.ts';
import { type EmbeddedServer, startEmbedded } from './embedded.ts';
import { connectExternal } from './external.ts';
import { migrate } from './migrate.ts';

const PASSWORD = 'öwner:s&cret@1';
let folder = '';
let server: EmbeddedServer;
let external = '';

/** Plays the part of somebody else's server: no role of ours, a database, and an owner who may create roles. */
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bellwether-db-'));
  chmodSync(folder, 0o711);
  server = await startEmbedded({ dataDir: folder, log: () => undefined });
  await asAdministrator(`
    DROP DATABASE bellwether;
    DROP ROLE bellwether_owner, bellwether_app, bellwether_engine;
    CREATE ROLE humble LOGIN PASSWORD 'humble';
    CREATE ROLE deployer LOGIN CREATEROLE PASSWORD '${PASSWORD}';
    CREATE DATABASE trading OWNER deployer;
    CREATE DATABASE other OWNER humble;`);
  external = `postgres://deployer:${encodeURIComponent(PASSWORD)}@127.0.0.1:${server.port}/trading`;
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function asAdministrator(statements: string): Promise<void> {
  const { passwords } = JSON.parse(readFileSync(join(folder, 'postgres.json'), 'utf8')) as {
    passwords: { superuser: string };
  };
  const client = new pg.Client({
    host: '127.0.0.1',
    port: server.port,
    user: 'postgres',
    password: passwords.superuser,
    database: 'postgres',
  });
  await client.connect();
  try {
    for (const statement of statements.split(';')) await client.query(statement);
  } finally {
    await client.end();
  }
}

test('an owner who may not create roles is told what an administrator has to run', async () => {
  await assert.rejects(connectExternal(`postgres://humble:humble@127.0.0.1:${server.port}/other`), {
    code: 'database/permission',
    message: /ALTER ROLE "humble" CREATEROLE/,
  });
});

test('an external database gets the roles, is migrated, and keeps its tenants apart', async () => {
  const database = await connectExternal(external);
  const { applied, total } = await migrate(database.url('owner'));
  assert.equal(applied.length, total);
  const app = openDatabase(database.url('app'));
  try {
    const id = '00000000-0000-4000-8000-000000000001';
    await withUser(app, id, (transaction) =>
      transaction
        .insertInto('app.users')
        .values({ id, email: 'a@example.test', password_hash: 'x', display: 'A' })
        .execute(),
    );
    assert.deepEqual(await app.kysely.selectFrom('app.users').select('id').execute(), []);
    assert.deepEqual(
      await withUser(app, id, (transaction) => transaction.selectFrom('app.users').select('id').execute()),
      [{ id }],
    );
  } finally {
    await app.close();
  }
});

test('another machine with the same address derives the same passwords, also when both start at once', async () => {
  const [first, second] = await Promise.all([connectExternal(external), connectExternal(external)]);
  assert.equal(first.url('app'), second.url('app'));
  assert.notEqual(new URL(first.url('app')).password, new URL(first.url('engine')).password);
  const engine = openDatabase(second.url('engine'));
  try {
    assert.equal((await engine.pool.query('SELECT current_user AS name')).rows[0].name, 'bellwether_engine');
  } finally {
    await engine.close();
  }
});

const closedPort = async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((settle) => probe.once('listening', settle));
  const address = probe.address();
  await new Promise((settle) => probe.close(settle));
  return typeof address === 'object' && address !== null ? address.port : 0;
};

for (const [name, address, told] of [
  [
    'where nothing listens',
    async () => `postgres://someone:s3cret@127.0.0.1:${await closedPort()}/x`,
    /127\.0\.0\.1, port \d+, .*nothing listens/,
  ],
  [
    'on a host that does not exist',
    async () => 'postgres://someone:s3cret@nowhere.invalid/x',
    /nowhere\.invalid, port 5432, /,
  ],
  [
    'that refuses the password',
    async () => external.replace(/deployer:[^@]+/, 'deployer:s3cret'),
    /port \d+, .*password was refused/,
  ],
  ['without that database', async () => external.replace('/trading', '/absent'), /port \d+, .*database does not exist/],
] as const) {
  test(`a server ${name} is one sentence with host, port and remedy, and without the password`, async () => {
    await assert.rejects(connectExternal(await address()), (error) => {
      assert.ok(isBellwetherError(error));
      assert.equal(error.code, 'database/unreachable');
      assert.match(error.message, told);
      assert.match(error.message, /DATABASE_URL/);
      assert.doesNotMatch(`${error.message} ${JSON.stringify(error.details)}`, /s3cret|s&cret/);
      return true;
    });
  });
}

for (const address of [
  'localhost:5432',
  'mysql://a:b@c/d',
  'postgres://a:s3cret@host',
  'postgres://host/database',
  'postgres://user@host/database',
]) {
  test(`the address ${address.replace('s3cret', '…')} is refused with the form it should have`, async () => {
    await assert.rejects(connectExternal(address), (error) => {
      assert.ok(isBellwetherError(error));
      assert.equal(error.code, 'config/invalid');
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
  });
}
