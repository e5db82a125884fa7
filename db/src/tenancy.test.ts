import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openDatabase, withUser } from './connect.ts';
import { addRecords, asUser, type Records, sqlFor } from './records.fixture.ts';
import { startTestDatabase, type TestDatabase } from './testing.ts';

const PERMISSION = '42501';
let database: TestDatabase;
let mine: Records;
let theirs: Records;
/** Every tenant table with the column that names its user. */
let tenantTables: readonly { readonly name: string; readonly column: string }[];

before(async () => {
  database = await startTestDatabase();
  const pools = { app: database.app.pool, engine: database.engine.pool };
  mine = await addRecords(pools);
  theirs = await addRecords(pools);
  const { rows } = await database.owner.pool.query<{ name: string; column: string }>(`
    SELECT format('%I.%I', table_schema, table_name) AS name, CASE table_name WHEN 'users' THEN 'id' ELSE 'user_id' END AS column
    FROM information_schema.tables WHERE table_schema IN ('app', 'engine', 'market') AND table_name <> 'migrations' ORDER BY 1`);
  tenantTables = rows;
});
after(() => database.close());

const app = (user: string | undefined, statement: string) => asUser(database.app.pool, user, sqlFor(mine, statement));
const engine = (statement: string) => asUser(database.engine.pool, undefined, sqlFor(mine, statement));

describe('row-level security', () => {
  test('is forced on every table but the list of migrations', async () => {
    const { rows } = await database.owner.pool.query(`
      SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN ('app', 'engine', 'market') AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`);
    assert.deepEqual(rows, [{ relname: 'migrations' }]);
    assert.ok(tenantTables.length >= 24, 'expected the list of tables, else the tests below are vacuous');
  });

  test('shows a user exactly their own rows, of every table', async () => {
    for (const { name, column } of tenantTables) {
      const rows = await app(mine.user, `SELECT DISTINCT ${column} AS "user" FROM ${name}`);
      assert.deepEqual(rows, [{ user: mine.user }], name);
    }
  });

  test('shows nothing when no user is set, also after a transaction that had one, on the same connection', async () => {
    const single = openDatabase(database.server.url('app'), { connections: 1 });
    try {
      await withUser(single, mine.user, (transaction) =>
        transaction.selectFrom('app.users').select('id').executeTakeFirstOrThrow(),
      );
      for (const { name } of tenantTables) {
        assert.equal((await single.pool.query(`SELECT 1 FROM ${name}`)).rowCount, 0, name);
      }
    } finally {
      await single.close();
    }
  });

  test("lets nobody write another user's rows", async () => {
    const foreign = (statement: string) => asUser(database.app.pool, mine.user, sqlFor(theirs, statement));
    await assert.rejects(
      foreign("INSERT INTO app.pipelines (id, user_id, name, config) VALUES (gen_random_uuid(), $user, 'x', '{}')"),
      {
        code: PERMISSION,
      },
    );
    await assert.rejects(
      app(
        undefined,
        "INSERT INTO app.pipelines (id, user_id, name, config) VALUES (gen_random_uuid(), $user, 'x', '{}')",
      ),
      {
        code: PERMISSION,
      },
    );
    assert.deepEqual(await foreign("UPDATE app.pipelines SET name = 'stolen' WHERE id = $pipeline RETURNING id"), []);
    assert.deepEqual(await foreign('DELETE FROM app.sessions WHERE user_id = $user RETURNING id'), []);
    await assert.rejects(app(mine.user, `UPDATE app.pipelines SET user_id = '${theirs.user}' WHERE id = $pipeline`), {
      code: PERMISSION,
    });
  });

  test("refuses to hang a row of mine on another user's parent", async () => {
    const statement = `INSERT INTO engine.inbox (user_id, execution_id, fact) VALUES ($user, '${theirs.execution}', '{}')`;
    await assert.rejects(app(mine.user, statement), { code: '23503' });
  });

  test("checks the engine's rows against the execution's user", async () => {
    const journal = `INSERT INTO engine.journal (execution_id, journal_seq, user_id, event, at, body) VALUES ($execution, 2, '${theirs.user}', 'x', now(), '{}')`;
    await assert.rejects(engine(journal), { code: '23503' });
    await assert.rejects(
      engine(`INSERT INTO engine.fills (user_id, account_id, order_id, broker_fill_id, price, quantity, amount, filled_at)
        VALUES ('${theirs.user}', '${theirs.account}', $order, 'f9', 1, 1, 1, now())`),
      { code: '23503' },
    );
  });
});

describe('the application role', () => {
  for (const [name, statement] of [
    ['switch row-level security off', 'SET LOCAL row_security = off; SELECT * FROM app.users'],
    ['change a policy', 'ALTER TABLE app.users DISABLE ROW LEVEL SECURITY'],
    ['drop a policy', 'DROP POLICY tenant ON app.users'],
    ['become the owner', 'SET ROLE bellwether_owner'],
    ['become the engine', 'SET ROLE bellwether_engine'],
    ['make itself mightier', 'ALTER ROLE bellwether_app BYPASSRLS'],
    ['create a table', 'CREATE TABLE app.mine (id integer)'],
    ['see through a table of its own', 'CREATE TABLE public.mine (id integer)'],
    ['drop a trigger', 'DROP TRIGGER insert_only ON engine.fills'],
    ['switch triggers off', 'SET LOCAL session_replication_role = replica'],
    [
      'write the journal',
      "INSERT INTO engine.journal (execution_id, journal_seq, user_id, event, at, body) VALUES ($execution, 9, $user, 'x', now(), '{}')",
    ],
    ['mint an order', "UPDATE engine.orders SET state = 'filled'"],
    ['change cash', 'UPDATE engine.accounts SET cash = 1e9'],
    ['read the migrations', 'SELECT * FROM app.migrations'],
    ['move a pipeline to a new owner procedure', "CALL app.open_to_engine('app.users')"],
  ] as const) {
    test(`cannot ${name}`, async () => {
      await assert.rejects(app(mine.user, statement), (error: { code?: string }) => {
        // "must be owner", "permission denied" and "query would be affected by row-level security" share this code.
        assert.equal(error.code, PERMISSION, String(error));
        return true;
      });
    });
  }

  test('deletes nothing but sessions and idempotency keys, and empties nothing', async () => {
    const { rows } = await database.owner.pool.query<{ name: string; grantee: string }>(`
      SELECT table_name AS name, grantee, privilege_type FROM information_schema.table_privileges
      WHERE grantee LIKE 'bellwether_%' AND grantee <> 'bellwether_owner' AND privilege_type IN ('DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES')
      ORDER BY grantee, table_name`);
    assert.deepEqual(
      rows.map(({ name, grantee }) => `${grantee} ${name}`),
      [
        'bellwether_app idempotency_keys',
        'bellwether_app sessions',
        'bellwether_engine armed_triggers',
        'bellwether_engine inbox',
      ],
    );
  });

  test('finds credentials and sessions before anybody is signed in, one at a time', async () => {
    const [found] = await app(undefined, `SELECT * FROM app.find_credentials(upper('${mine.user}@example.test'))`);
    assert.deepEqual(found, { user_id: mine.user, password_hash: 'argon2id', archived_at: null });
    const [session] = await app(undefined, 'SELECT user_id FROM app.find_session(sha256($user::text::bytea))');
    assert.deepEqual(session, { user_id: mine.user });
    assert.deepEqual(await app(undefined, "SELECT * FROM app.find_credentials('%')"), []);
  });

  test('does not find a session that was revoked or whose user is archived', async () => {
    const gone = await addRecords({ app: database.app.pool, engine: database.engine.pool });
    const find = () =>
      asUser(
        database.app.pool,
        undefined,
        sqlFor(gone, 'SELECT user_id FROM app.find_session(sha256($user::text::bytea))'),
      );
    assert.equal((await find()).length, 1);
    await asUser(database.app.pool, gone.user, 'UPDATE app.users SET archived_at = now()');
    assert.deepEqual(await find(), []);
    await asUser(database.app.pool, gone.user, 'UPDATE app.users SET archived_at = NULL');
    await asUser(database.app.pool, gone.user, 'UPDATE app.sessions SET revoked_at = now()');
    assert.deepEqual(await find(), []);
  });

  test('asks with one question who has new events, and learns only a number', async () => {
    const rows = await app(
      undefined,
      `SELECT * FROM engine.event_heads(ARRAY['${mine.user}', '${theirs.user}']::uuid[]) ORDER BY user_id`,
    );
    assert.deepEqual(
      rows,
      [mine.user, theirs.user].sort().map((user_id) => ({ user_id, last_seq: '1' })),
    );
  });
});

describe('the engine role', () => {
  test("sees every user's rows where it works", async () => {
    for (const name of [
      'app.pipelines',
      'app.pipeline_versions',
      'engine.executions',
      'engine.journal',
      'engine.orders',
      'app.reports',
    ]) {
      const rows = await engine(`SELECT user_id FROM ${name} WHERE user_id IN ($user, '${theirs.user}')`);
      assert.deepEqual(new Set(rows.map((row) => row['user_id'])), new Set([mine.user, theirs.user]), name);
    }
  });

  for (const [name, statement] of [
    ['passwords', 'SELECT password_hash FROM app.users'],
    ['who its users are', 'SELECT id FROM app.users'],
    ['sessions', 'SELECT * FROM app.sessions'],
    ['idempotency keys', 'SELECT * FROM app.idempotency_keys'],
    ['credentials by the back door', "SELECT * FROM app.find_credentials('a@example.test')"],
    ['sessions by the back door', "SELECT * FROM app.find_session('\\x00')"],
  ] as const) {
    test(`cannot read ${name}`, async () => {
      await assert.rejects(engine(statement), { code: PERMISSION });
    });
  }

  test('cannot change a document, only the state of its pipeline', async () => {
    await assert.rejects(engine("UPDATE app.pipelines SET config = '{}'"), { code: PERMISSION });
    await assert.rejects(engine("UPDATE app.pipelines SET trading_mode = 'live'"), { code: PERMISSION });
    await engine("UPDATE app.pipelines SET state = 'armed' WHERE id = $pipeline");
  });

  test('owns the schema of its jobs, where the application may enqueue', async () => {
    await engine('CREATE SCHEMA IF NOT EXISTS pgboss');
    await engine('CREATE TABLE pgboss.probe (id integer)');
    await app(mine.user, 'INSERT INTO pgboss.probe VALUES (1)');
    await assert.rejects(app(mine.user, 'DELETE FROM pgboss.probe'), { code: PERMISSION });
    await engine('DROP TABLE pgboss.probe');
  });
});
