import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { violates } from './connect.ts';
import { addRecords, asUser, type Records, sqlFor } from './records.fixture.ts';
import { startTestDatabase, type TestDatabase } from './testing.ts';

let database: TestDatabase;
let records: Records;

before(async () => {
  database = await startTestDatabase();
  records = await addRecords({ app: database.app.pool, engine: database.engine.pool });
});
after(() => database.close());

const engine = (statement: string) => asUser(database.engine.pool, undefined, sqlFor(records, statement));
const app = (statement: string) => asUser(database.app.pool, records.user, sqlFor(records, statement));
const owner = (statement: string) => asUser(database.owner.pool, undefined, sqlFor(records, statement));

const execution = (key: string, status: string, more = '') =>
  `INSERT INTO engine.executions (id, user_id, pipeline_id, version, trading_mode, run_mode, trigger, trigger_key, source, status, ended_at)
   VALUES (gen_random_uuid(), $user, $pipeline, 1, 'simulation', 'run_once', '{}', '${key}', '{}', '${status}', ${status === 'completed' ? 'now()' : 'NULL'}) ${more}`;
const order = (changes: Readonly<Record<string, string>> = {}) => {
  const columns: Record<string, string> = {
    user_id: '$user',
    account_id: '$account',
    pipeline_id: '$pipeline',
    execution_id: '$execution',
    position_id: '$position',
    client_order_id: "'other'",
    broker_order_id: 'NULL',
    purpose: "'exit'",
    leg: "'stop'",
    seq: '1',
    symbol: "'AAPL'",
    side: "'sell'",
    order_type: "'stop'",
    time_in_force: "'gtc'",
    quantity: '10',
    stop_price: '98',
    request: "'{}'",
    request_hash: "'h'",
    trading_mode: "'simulation'",
    ...changes,
  };
  return `INSERT INTO engine.orders (${Object.keys(columns)}) VALUES (${Object.values(columns)})`;
};
const position = (changes: Readonly<Record<string, string>> = {}) => {
  const columns: Record<string, string> = {
    id: "'other'",
    user_id: '$user',
    account_id: '$account',
    pipeline_id: '$pipeline',
    execution_id: '$execution',
    trading_mode: "'simulation'",
    symbol: "'MSFT'",
    side: "'long'",
    state: "'open'",
    quantity: '10',
    entry_price: '100',
    opened_at: 'now()',
    ...changes,
  };
  return `INSERT INTO engine.positions (${Object.keys(columns)}) VALUES (${Object.values(columns)})`;
};

const VIOLATIONS: readonly (readonly [name: string, statement: string, code: string, constraint?: string])[] = [
  [
    'two users with one e-mail',
    "INSERT INTO app.users (id, email, password_hash, display) VALUES (gen_random_uuid(), $user || '@example.test', 'x', 'x')",
    '23505',
    'users_email_unique',
  ],
  [
    'an e-mail with capitals',
    "INSERT INTO app.users (id, email, password_hash, display) VALUES (gen_random_uuid(), 'A@example.test', 'x', 'x')",
    '23514',
  ],
  [
    'a pipeline without a name',
    "INSERT INTO app.pipelines (id, user_id, name, config) VALUES (gen_random_uuid(), $user, '', '{}')",
    '23514',
  ],
  ['an unknown trading mode', "UPDATE app.pipelines SET trading_mode = 'demo'", '23514'],
  ['an unknown run mode', "UPDATE app.pipelines SET run_mode = 'often'", '23514'],
  ['an unknown state', "UPDATE app.pipelines SET state = 'active'", '23514'],
  [
    'a published version that does not exist',
    'UPDATE app.pipelines SET published_version = 9',
    '23503',
    'pipelines_published_version',
  ],
  ['a changed version', 'UPDATE app.pipeline_versions SET document = \'{"a": 1}\'', '23001'],
  ['a removed version', 'DELETE FROM app.pipeline_versions', '23001'],
  ['a changed audit entry', "UPDATE app.audit_log SET action = 'other'", '23001'],
  ['a second start by the same trigger', execution('first', 'completed'), '23505', 'executions_trigger_key_unique'],
  ['two open executions of one pipeline', execution('second', 'waiting'), '23505', 'executions_one_open'],
  ['an execution that ended at no time', "UPDATE engine.executions SET status = 'completed'", '23514'],
  [
    'an execution of a version that does not exist',
    execution('third', 'completed').replace('$pipeline, 1', '$pipeline, 7'),
    '23503',
  ],
  [
    'two journal events at one place',
    "INSERT INTO engine.journal (execution_id, journal_seq, user_id, event, at, body) VALUES ($execution, 1, $user, 'x', now(), '{}')",
    '23505',
    'journal_pkey',
  ],
  ['a changed journal event', "UPDATE engine.journal SET event = 'x'", '23001'],
  ['a removed journal event', 'DELETE FROM engine.journal', '23001'],
  [
    'a fact told twice',
    "INSERT INTO engine.inbox (user_id, execution_id, fact, fact_key) VALUES ($user, $execution, '{}', 'cancel')",
    '23505',
    'inbox_fact_key_unique',
  ],
  [
    'two events with one number',
    "INSERT INTO engine.events (user_id, seq, body) VALUES ($user, 1, '{}')",
    '23505',
    'events_pkey',
  ],
  [
    'one journal event streamed twice',
    "INSERT INTO engine.events (user_id, seq, execution_id, journal_seq, body) VALUES ($user, 2, $execution, 1, '{}')",
    '23505',
    'events_once',
  ],
  [
    'one arming twice',
    "INSERT INTO engine.armed_triggers (user_id, session_id, pipeline_id, arming, node_id, kind, symbol, watch) VALUES ($user, $session, $pipeline, 1, 'n1', 'price', 'AAPL', '{}')",
    '23505',
    'armed_triggers_once',
  ],
  [
    'one firing twice',
    "INSERT INTO engine.trigger_signals (user_id, session_id, key, node_id, kind, symbol, at, text) VALUES ($user, $session, '1 n1 AAPL', 'n1', 'price', 'AAPL', now(), 'again')",
    '23505',
    'trigger_signals_once',
  ],
  [
    'a waking instant of a session that does not wait',
    'UPDATE engine.sessions SET wakes_at = now() WHERE id = $session',
    '23514',
    'sessions_only_waiting_wake',
  ],
  [
    'one schedule tick twice',
    "INSERT INTO engine.schedule_ticks (pipeline_id, scheduled_for, user_id, version) VALUES ($pipeline, '2026-07-06T13:35Z', $user, 1)",
    '23505',
    'schedule_ticks_once',
  ],
  [
    'a second simulated account',
    "INSERT INTO engine.accounts (id, user_id, pipeline_id, kind, trading_mode, initial_balance, cash) VALUES (gen_random_uuid(), $user, $pipeline, 'simulated', 'simulation', 1, 1)",
    '23505',
    'accounts_one_simulated',
  ],
  ['a negative reserve', 'UPDATE engine.accounts SET reserved = -1', '23514'],
  [
    'a client order id used twice',
    order({ client_order_id: "'bw1-' || $order" }),
    '23505',
    'orders_client_order_id_unique',
  ],
  ['a broker order id used twice', order({ broker_order_id: "'b1'" }), '23505', 'orders_broker_order_id_unique'],
  [
    'one leg sent twice',
    order({ purpose: "'entry'", leg: "'entry'", side: "'buy'" }),
    '23505',
    'orders_identity_unique',
  ],
  ['an order for nothing', order({ quantity: '0' }), '23514', 'orders_quantity_positive'],
  ['an order filled beyond its size', 'UPDATE engine.orders SET filled_quantity = 11', '23514', 'orders_filled_within'],
  ['an order filled below zero', 'UPDATE engine.orders SET filled_quantity = -1', '23514', 'orders_filled_within'],
  ['a stop order without a stop price', order({ stop_price: 'NULL' }), '23514', 'orders_prices_fit_type'],
  ['a changed request', 'UPDATE engine.orders SET quantity = 11', '23001', 'orders_request_immutable'],
  [
    'another price in the request',
    'UPDATE engine.orders SET request = \'{"a": 1}\'',
    '23001',
    'orders_request_immutable',
  ],
  ['another broker order id', "UPDATE engine.orders SET broker_order_id = 'b2'", '23001', 'orders_request_immutable'],
  [
    'a fill booked twice',
    "INSERT INTO engine.fills (user_id, account_id, order_id, broker_fill_id, price, quantity, amount, filled_at) VALUES ($user, $account, $order, 'f1', 1, 1, 1, now())",
    '23505',
    'fills_broker_fill_id_unique',
  ],
  [
    'a fill of nothing',
    "INSERT INTO engine.fills (user_id, account_id, order_id, broker_fill_id, price, quantity, amount, filled_at) VALUES ($user, $account, $order, 'f2', 1, 0, 0, now())",
    '23514',
    'fills_quantity_positive',
  ],
  [
    'a fill at no price',
    "INSERT INTO engine.fills (user_id, account_id, order_id, broker_fill_id, price, quantity, amount, filled_at) VALUES ($user, $account, $order, 'f2', 0, 1, 0, now())",
    '23514',
    'fills_price_positive',
  ],
  ['a changed fill', 'UPDATE engine.fills SET price = 1', '23001'],
  ['two open positions in one symbol', position({ symbol: "'AAPL'" }), '23505', 'positions_one_open'],
  ['a long with its stop above', position({ initial_stop: '101' }), '23514', 'positions_initial_stop_side'],
  [
    'a short with its stop below',
    position({ side: "'short'", quantity: '-10', initial_stop: '99' }),
    '23514',
    'positions_initial_stop_side',
  ],
  ['a long with its first target below', position({ target_1: '99' }), '23514', 'positions_target_1_side'],
  [
    'a short with its second target above',
    position({ side: "'short'", quantity: '-10', target_2: '101' }),
    '23514',
    'positions_target_2_side',
  ],
  [
    'a closed position with shares',
    position({ state: "'closed'", closed_at: 'now()' }),
    '23514',
    'positions_closed_is_flat',
  ],
  [
    'a second trade of one position',
    `INSERT INTO engine.trades (user_id, account_id, pipeline_id, execution_id, position_id, trading_mode, symbol, side, quantity, entry_avg, exit_avg, realized_pnl, close_reason, entry_at, exit_at)
     VALUES ($user, $account, $pipeline, $execution, $position, 'simulation', 'AAPL', 'long', 1, 1, 1, 0, 'stop', now(), now())`,
    '23505',
    'trades_position_unique',
  ],
  ['a rewritten trade', 'UPDATE engine.trades SET realized_pnl = 1000000', '23001'],
  [
    'a second reservation for one order',
    'INSERT INTO engine.reservations (order_id, user_id, account_id, amount) VALUES ($order, $user, $account, 1)',
    '23505',
    'reservations_pkey',
  ],
  ['a negative reservation', 'UPDATE engine.reservations SET amount = -1', '23514', 'reservations_amount_not_negative'],
  [
    'two days of statistics for one day',
    "INSERT INTO engine.pipeline_daily_stats (pipeline_id, exchange_day, trading_mode, user_id) VALUES ($pipeline, '2026-07-06', 'simulation', $user)",
    '23505',
    'pipeline_daily_stats_unique',
  ],
  [
    'one cost twice',
    "INSERT INTO engine.cost_entries (user_id, pipeline_id, execution_id, journal_seq, cost_type, micros) VALUES ($user, $pipeline, $execution, 1, 'agent', 1)",
    '23505',
    'cost_entries_once',
  ],
  ['a user removed under their records', 'DELETE FROM app.users', '23001'],
  ['a pipeline removed under its records', 'DELETE FROM app.pipelines', '23001'],
];

describe('the database refuses', () => {
  for (const [name, statement, code, constraint] of VIOLATIONS) {
    test(name, async () => {
      // The superuser stands in for every writer: a constraint must hold whoever writes.
      await assert.rejects(
        database.administrator(sqlFor(records, statement)),
        (error: { code?: string; constraint?: string }) => {
          assert.equal(error.code, code, String(error));
          if (constraint !== undefined) assert.equal(error.constraint, constraint);
          assert.ok(violates(error) && violates(error, error.constraint), 'expected `violates` to recognize it');
          return true;
        },
      );
    });
  }
});

describe('the database accepts', () => {
  for (const [name, statement] of [
    ['the next execution once the last has ended', execution('fourth', 'completed')],
    ['a shared second position in one symbol', position({ id: "'shared'", symbol: "'AAPL'", shared: 'true' })],
    [
      'a short with stop above and targets below',
      position({
        id: "'short'",
        side: "'short'",
        quantity: '-10',
        initial_stop: '102',
        target_1: '97',
        target_2: '94',
      }),
    ],
    ['a position without levels', position({ id: "'bare'", symbol: "'TSLA'" })],
    [
      'a closed and then a new position',
      position({ id: "'again'", symbol: "'NVDA'", state: "'closed'", quantity: '0', closed_at: 'now()' }),
    ],
    ['a stop order', order()],
    [
      "the progress of an order's state",
      "UPDATE engine.orders SET state = 'filled', filled_quantity = 10, filled_amount = 1000, ended_at = now() WHERE id = $order",
    ],
    [
      'the end of an execution',
      "UPDATE engine.executions SET status = 'completed', ended_at = now(), last_seq = 5, total_cost = 0.080001 WHERE id = $execution",
    ],
    [
      'a second arming',
      "INSERT INTO engine.armed_triggers (user_id, session_id, pipeline_id, arming, node_id, kind, symbol, watch) VALUES ($user, $session, $pipeline, 2, 'n1', 'price', 'AAPL', '{}')",
    ],
  ] as const) {
    test(name, async () => {
      await engine(statement);
    });
  }
});

test('the audit log is a chain that shows any change, whatever its writer claims', async () => {
  await app(
    "INSERT INTO app.audit_log (user_id, seq, actor, action, subject_type, subject_id, hash) VALUES ($user, 77, 'user', 'mode_changed', 'pipeline', 'p', '\\x00')",
  );
  await engine(
    "INSERT INTO app.audit_log (user_id, actor, action, subject_type, subject_id) VALUES ($user, 'engine', 'halted', 'pipeline', 'p')",
  );
  const broken = `SELECT a.seq FROM app.audit_log a LEFT JOIN app.audit_log p ON p.user_id = a.user_id AND p.seq = a.seq - 1
    WHERE a.hash <> app.audit_hash(a) OR a.previous_hash IS DISTINCT FROM p.hash`;
  assert.deepEqual(await app('SELECT seq FROM app.audit_log ORDER BY seq'), [{ seq: '1' }, { seq: '2' }, { seq: '3' }]);
  assert.deepEqual(await app(broken), []);
  await database.administrator(
    sqlFor(
      records,
      "ALTER TABLE app.audit_log DISABLE TRIGGER insert_only; UPDATE app.audit_log SET action = 'forged' WHERE user_id = $user AND seq = 2",
    ),
  );
  assert.deepEqual(await app(broken), [{ seq: '2' }]);
});

test("a user's events are numbered without a gap by many writers at once", async () => {
  const write = () =>
    engine(`WITH place AS (UPDATE engine.user_event_counters SET last_seq = last_seq + 3 WHERE user_id = $user RETURNING last_seq)
      INSERT INTO engine.events (user_id, seq, body) SELECT $user, last_seq - 3 + n, '{}' FROM place, generate_series(1, 3) n`);
  await Promise.all(Array.from({ length: 20 }, write));
  const [found] = await app('SELECT count(*)::int AS count, max(seq)::int AS last FROM engine.events');
  assert.deepEqual(found, { count: 61, last: 61 });
});

describe('every list has its index', () => {
  for (const [name, statement] of [
    ['pipelines', 'SELECT * FROM app.pipelines WHERE user_id = $user ORDER BY created_at DESC, id DESC LIMIT 50'],
    ['executions', 'SELECT * FROM engine.executions WHERE user_id = $user ORDER BY created_at DESC, id DESC LIMIT 50'],
    [
      "a pipeline's executions",
      'SELECT * FROM engine.executions WHERE pipeline_id = $pipeline ORDER BY created_at DESC, id DESC LIMIT 50',
    ],
    [
      'a journal',
      'SELECT * FROM engine.journal WHERE execution_id = $execution AND journal_seq > 3 ORDER BY journal_seq LIMIT 50',
    ],
    ['events since', 'SELECT * FROM engine.events WHERE user_id = $user AND seq > 7 ORDER BY seq LIMIT 50'],
    ['reports', 'SELECT * FROM app.reports WHERE user_id = $user ORDER BY created_at DESC, id DESC LIMIT 50'],
    ['trades', 'SELECT * FROM engine.trades WHERE user_id = $user ORDER BY exit_at DESC, id DESC LIMIT 50'],
    ['orders', 'SELECT * FROM engine.orders WHERE user_id = $user ORDER BY created_at DESC, id DESC LIMIT 50'],
    ['fills', 'SELECT * FROM engine.fills WHERE user_id = $user ORDER BY filled_at DESC, id DESC LIMIT 50'],
    ['positions', 'SELECT * FROM engine.positions WHERE user_id = $user ORDER BY opened_at DESC, id DESC LIMIT 50'],
    ['sessions', 'SELECT * FROM app.sessions WHERE user_id = $user ORDER BY created_at DESC LIMIT 50'],
    ['costs', 'SELECT * FROM engine.cost_entries WHERE user_id = $user ORDER BY created_at DESC LIMIT 50'],
    [
      'schedule ticks',
      'SELECT * FROM engine.schedule_ticks WHERE user_id = $user ORDER BY scheduled_for DESC LIMIT 50',
    ],
    [
      'what is due',
      'SELECT * FROM app.pipelines WHERE next_due_at <= now() AND archived_at IS NULL ORDER BY next_due_at LIMIT 50',
    ],
    ['unread facts', 'SELECT * FROM engine.inbox WHERE execution_id = $execution AND consumed_by IS NULL ORDER BY id'],
  ] as const) {
    test(name, async () => {
      const [pool, user] = name === 'sessions' ? [database.app.pool, records.user] : [database.engine.pool, undefined];
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await client.query("SELECT set_config('app.user_id', $1, true)", [user ?? '']);
        // A handful of rows is read fastest in bulk: these settings show what the planner would do with many.
        await client.query('SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off');
        const { rows } = await client.query(`EXPLAIN ${sqlFor(records, statement)}`);
        const plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n');
        assert.match(plan, /Index (Only )?Scan/);
        assert.doesNotMatch(plan, /Sort|Seq Scan/);
        await client.query('ROLLBACK');
      } finally {
        client.release();
      }
    });
  }
});

test('instants, dates, numbers and documents come back as they went in', async () => {
  const at = Temporal.Instant.from('2026-07-06T13:35:00.123456Z');
  const written = await database.engine.kysely
    .insertInto('engine.schedule_ticks')
    .values({ pipeline_id: records.pipeline, scheduled_for: at, user_id: records.user, version: 1 })
    .returning(['scheduled_for', 'reason'])
    .executeTakeFirstOrThrow();
  assert.ok(written.scheduled_for.equals(at));
  assert.equal(written.reason, null);
  const [stats] = await database.engine.kysely.selectFrom('engine.pipeline_daily_stats').selectAll().execute();
  assert.deepEqual([stats?.exchange_day, stats?.realized_pnl], ['2026-07-06', '0.000000']);
  const [content] = await database.engine.kysely
    .insertInto('engine.contents')
    .values({ user_id: records.user, hash: 'c'.repeat(64), body: JSON.stringify([{ a: 1 }, 2]) })
    .returning('body')
    .execute();
  assert.deepEqual(content?.body, [{ a: 1 }, 2]);
  assert.equal(
    (await owner("SELECT '2026-07-06T13:35Z'::timestamptz AS at"))[0]?.['at'] instanceof Temporal.Instant,
    true,
  );
});
