import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addRecords, asUser, type Records, sqlFor } from './records.fixture.ts';
import { startTestDatabase, type TestDatabase } from './testing.ts';

const PERMISSION = '42501';
let database: TestDatabase;
let records: Records;
let theirs: Records;

before(async () => {
  database = await startTestDatabase();
  const pools = { app: database.app.pool, engine: database.engine.pool };
  records = await addRecords(pools);
  theirs = await addRecords(pools);
});
after(() => database.close());

const engine = (statement: string) => asUser(database.engine.pool, undefined, sqlFor(records, statement));
const app = (statement: string) => asUser(database.app.pool, records.user, sqlFor(records, statement));

const account = (changes: Readonly<Record<string, string>> = {}) => {
  const columns: Record<string, string> = {
    id: 'gen_random_uuid()',
    user_id: '$user',
    kind: "'broker'",
    trading_mode: "'paper'",
    label: "'paper'",
    broker: "'alpaca'",
    initial_balance: '0',
    cash: '0',
    ...changes,
  };
  return `INSERT INTO engine.accounts (${Object.keys(columns)}) VALUES (${Object.values(columns)})`;
};
const order = (changes: Readonly<Record<string, string>>) => {
  const columns: Record<string, string> = {
    user_id: '$user',
    account_id: '$account',
    pipeline_id: '$pipeline',
    execution_id: '$execution',
    position_id: '$position',
    client_order_id: 'gen_random_uuid()::text',
    purpose: "'exit'",
    leg: "'stop'",
    seq: '9',
    symbol: "'AAPL'",
    side: "'sell'",
    order_type: "'market'",
    time_in_force: "'gtc'",
    quantity: '10',
    request: "'{}'",
    request_hash: "'h'",
    trading_mode: "'simulation'",
    ...changes,
  };
  return `INSERT INTO engine.orders (${Object.keys(columns)}) VALUES (${Object.values(columns)})`;
};
const killSwitch = (scope: string, id: string, reason = 'drill') =>
  `INSERT INTO engine.kill_switches (user_id, scope, scope_id, reason, engaged_by) VALUES ($user, '${scope}', ${id}, '${reason}', 'user')`;
const state = (changes: Readonly<Record<string, string>> = {}) => {
  const columns: Record<string, string> = {
    user_id: '$user',
    account_id: '$paper',
    scope: "'account'",
    state: "'halted'",
    cause: "'drawdown'",
    text: "'x'",
    ...changes,
  };
  return `INSERT INTO engine.safety_states (${Object.keys(columns)}) VALUES (${Object.values(columns)})`;
};

const VIOLATIONS: readonly (readonly [name: string, statement: string, code: string, constraint?: string])[] = [
  ['a broker account without a label', account({ label: 'NULL' }), '23514', 'accounts_broker_is_named'],
  ['a simulated account with a label', "UPDATE engine.accounts SET label = 'paper' WHERE id = $account", '23514'],
  ['live trading on a paper account', account({ trading_mode: "'live'" }), '23514', 'accounts_label_fits_mode'],
  ['paper trading on a live account', account({ label: "'live'" }), '23514', 'accounts_label_fits_mode'],
  [
    'a secret among the connection',
    account({ connection: '\'{"secret_key": "x"}\'' }),
    '23514',
    'accounts_connection_without_secret',
  ],
  [
    'a second sandbox of one pipeline',
    account({ label: "'sandbox'", pipeline_id: '$pipeline' }),
    '23505',
    'accounts_one_sandbox',
  ],
  ['an order on another account than its position', order({ account_id: '$paper' }), '23514', 'orders_fit_position'],
  ['an order in another symbol than its position', order({ symbol: "'MSFT'" }), '23514', 'orders_fit_position'],
  ['an exit that would add to its position', order({ side: "'buy'" }), '23514', 'orders_fit_position'],
  ['an entry on the wrong side', order({ purpose: "'entry'", leg: "'entry'" }), '23514', 'orders_fit_position'],
  [
    'one execution told under two ids',
    "INSERT INTO engine.fills (user_id, account_id, order_id, broker_fill_id, price, quantity, amount, filled_at) VALUES ($user, $account, $order, 'f1 again', 100, 10, 1000, now())",
    '23514',
    'fills_fit_order',
  ],
  [
    'a fill on another account than its order',
    "INSERT INTO engine.fills (user_id, account_id, order_id, broker_fill_id, price, quantity, amount, filled_at) VALUES ($user, $paper, $order, 'f2', 100, 0.000000001, 0, now())",
    '23514',
    'fills_fit_order',
  ],
  [
    'a request told twice to an account',
    "INSERT INTO engine.account_inbox (account_id, user_id, key, kind, body) VALUES ($paper, $user, 'close 1', 'close', '{}')",
    '23505',
    'account_inbox_key_unique',
  ],
  [
    'a request told twice to a session',
    "INSERT INTO engine.session_requests (session_id, user_id, key, kind, body) VALUES ($session, $user, 'close 1', 'close', '{}')",
    '23505',
    'session_requests_key_unique',
  ],
  [
    'an unknown request',
    "INSERT INTO engine.account_inbox (account_id, user_id, key, kind, body) VALUES ($paper, $user, 'x', 'buy', '{}')",
    '23514',
  ],
  ['a second switch over one account', killSwitch('account', '$paper'), '23505', 'kill_switches_one_engaged'],
  ['a switch over nothing', killSwitch('account', 'NULL'), '23514', 'kill_switches_scope_is_named'],
  ["a switch over another user's all", killSwitch('user', '$pipeline'), '23514', 'kill_switches_scope_is_named'],
  ['a switch over an account that does not exist', killSwitch('account', 'gen_random_uuid()'), '23503'],
  ['a switch without a reason', killSwitch('pipeline', '$pipeline', ''), '23514'],
  [
    'two switches over the platform',
    `INSERT INTO engine.kill_switches (scope, reason, engaged_by) VALUES ('platform', 'a', 'operator'), ('platform', 'b', 'operator')`,
    '23505',
    'kill_switches_one_engaged',
  ],
  ['a changed switch', 'UPDATE engine.kill_switches SET flatten = true', '23001', 'kill_switches_released_once'],
  ['half a release', 'UPDATE engine.kill_switches SET released_at = now()', '23514', 'kill_switches_release_is_whole'],
  ['a removed switch', 'DELETE FROM engine.kill_switches', '23001'],
  ['one demand twice', state({ cause: "'daily_loss'" }), '23505', 'safety_states_one_open'],
  ['a demand on a pipeline without one', state({ scope: "'pipeline'" }), '23514'],
  ['a changed demand', "UPDATE engine.safety_states SET state = 'halted'", '23001', 'safety_states_released_once'],
  [
    'one symbol latched twice',
    "INSERT INTO engine.symbol_latches (user_id, pipeline_id, symbol, reason) VALUES ($user, $pipeline, 'AAPL', 'again')",
    '23505',
    'symbol_latches_one_engaged',
  ],
  [
    'one click recorded twice',
    "INSERT INTO engine.manual_interventions (user_id, kind, target, reason, idempotency_key) VALUES ($user, 'close', 'x', 'x', 'click')",
    '23505',
    'manual_interventions_key_unique',
  ],
  [
    'an act without a reason',
    "INSERT INTO engine.manual_interventions (user_id, kind, target, reason) VALUES ($user, 'close', 'x', '')",
    '23514',
  ],
  [
    'two outcomes of one act',
    "INSERT INTO engine.intervention_outcomes (intervention_id, position_id, user_id, outcome) VALUES ($intervention, $position, $user, 'failed')",
    '23505',
  ],
  [
    'two events of an account at one place',
    "INSERT INTO engine.account_events (account_id, seq, user_id, pipeline_id, at, body) VALUES ($paper, 1, $user, $pipeline, now(), '{}')",
    '23505',
  ],
  [
    'a mode changed to itself',
    "INSERT INTO engine.mode_changes (user_id, pipeline_id, old_mode, new_mode, reason, changed_by) VALUES ($user, $pipeline, 'live', 'live', 'x', 'user')",
    '23514',
  ],
];

describe('the database refuses', () => {
  for (const [name, statement, code, constraint] of VIOLATIONS) {
    test(name, async () => {
      await assert.rejects(
        database.administrator(sqlFor(records, statement)),
        (error: { code?: string; constraint?: string }) => {
          assert.equal(error.code, code, String(error));
          if (constraint !== undefined) assert.equal(error.constraint, constraint);
          return true;
        },
      );
    });
  }
  for (const table of [
    'account_events',
    'manual_interventions',
    'intervention_outcomes',
    'reconciliation_runs',
    'capability_results',
    'alerts',
    'mode_changes',
    'account_limit_changes',
  ]) {
    test(`a change or removal of ${table}`, async () => {
      await assert.rejects(database.administrator(`UPDATE engine.${table} SET user_id = user_id`), { code: '23001' });
      await assert.rejects(database.administrator(`DELETE FROM engine.${table}`), { code: '23001' });
    });
  }
});

test('a close may be on either side: shares of the wrong sign are traded back', async () => {
  await engine(order({ purpose: "'close'", leg: "'close'", seq: '1', side: "'buy'" }));
  await engine(order({ purpose: "'close'", leg: "'close'", seq: '2', side: "'sell'" }));
});

test('an approval is state of an order, not part of its request', async () => {
  await engine('UPDATE engine.orders SET approved_at = now(), submitted_at = now() WHERE id = $order');
});

describe('a user', () => {
  for (const [name, statement] of [
    [
      'propose a trade',
      "INSERT INTO engine.account_inbox (account_id, user_id, key, kind, body) VALUES ($paper, $user, 'p', 'proposal', '{}')",
    ],
    [
      'move the market',
      "INSERT INTO engine.account_inbox (account_id, user_id, key, kind, body) VALUES ($paper, $user, 'm', 'market', '{}')",
    ],
    ['answer a request', "UPDATE engine.account_inbox SET outcome = 'taken'"],
    [
      'stop the platform',
      "INSERT INTO engine.kill_switches (scope, reason, engaged_by) VALUES ('platform', 'x', 'user')",
    ],
    ['open an account', account()],
    ['open the gate', 'UPDATE engine.accounts SET gate_open = true'],
    [
      'write an outcome',
      "INSERT INTO engine.intervention_outcomes (intervention_id, position_id, user_id, outcome) VALUES ($intervention, $position, $user, 'closed')",
    ],
    ['demand a state', state()],
    [
      'write an alert',
      "INSERT INTO engine.alerts (user_id, account_id, level, code, text, at) VALUES ($user, $paper, 'page', 'x', 'x', now())",
    ],
    ['remove a latch', 'DELETE FROM engine.symbol_latches'],
  ] as const) {
    test(`cannot ${name}`, async () => {
      await assert.rejects(app(statement), { code: PERMISSION });
    });
  }

  test('asks an account to close, to cancel and to reconcile, and sets limits', async () => {
    for (const kind of ['close', 'cancel_entries', 'reconcile'])
      await app(
        `INSERT INTO engine.account_inbox (account_id, user_id, key, kind, body) VALUES ($paper, $user, '${kind}', '${kind}', '{}')`,
      );
    await app('UPDATE engine.accounts SET limits = \'{"max_open_positions": 1}\' WHERE id = $paper');
    await app("UPDATE engine.accounts SET limits = '{}' WHERE id = $paper");
  });

  test("cannot hang a request on another user's account, nor a switch over it", async () => {
    await assert.rejects(
      app(
        `INSERT INTO engine.account_inbox (account_id, user_id, key, kind, body) VALUES ('${theirs.paper}', $user, 'c', 'close', '{}')`,
      ),
      { code: '23503' },
    );
    await assert.rejects(app(killSwitch('account', `'${theirs.account}'`)), { code: '23503' });
  });

  test("sees the platform's switches beside their own, and nobody else's", async () => {
    await engine(
      "INSERT INTO engine.kill_switches (scope, reason, engaged_by) VALUES ('platform', 'power cut', 'operator')",
    );
    assert.deepEqual(await app('SELECT scope FROM engine.kill_switches ORDER BY engaged_at'), [
      { scope: 'account' },
      { scope: 'platform' },
    ]);
    const [standing] = await app("SELECT * FROM engine.standing_of($account) WHERE scope = 'platform'");
    assert.equal(standing?.['state'], 'halted');
    await engine(
      "UPDATE engine.kill_switches SET released_at = clock_timestamp(), released_by = 'operator', release_reason = 'power is back' WHERE scope = 'platform'",
    );
  });
});

describe('what stands against an account', () => {
  const standing = (target: string) =>
    engine(
      `SELECT scope, pipeline_id, symbol, state, cause, detail, flatten FROM engine.standing_of(${target}) ORDER BY scope, cause`,
    );

  test('is every switch, state and latch of it, and nothing of another', async () => {
    assert.deepEqual(await standing('$paper'), [
      {
        scope: 'account',
        pipeline_id: null,
        symbol: null,
        state: 'reducing',
        cause: 'daily_loss',
        detail: 'lost 3 % today',
        flatten: false,
      },
      {
        scope: 'account',
        pipeline_id: null,
        symbol: null,
        state: 'halted',
        cause: 'kill_switch',
        detail: 'drill',
        flatten: false,
      },
      {
        scope: 'symbol',
        pipeline_id: records.pipeline,
        symbol: 'AAPL',
        state: 'halted',
        cause: 'symbol_latched',
        detail: 'closed by hand',
        flatten: false,
      },
    ]);
    assert.deepEqual(
      (await standing('$account')).map((row) => row['scope']),
      ['symbol'],
    );
  });

  test('is asked by the pipeline where there is no account yet, and the user stands above all', async () => {
    assert.deepEqual(
      (await standing('$pipeline')).map((row) => row['scope']),
      ['symbol'],
    );
    await app(
      "INSERT INTO engine.kill_switches (user_id, scope, scope_id, reason, engaged_by, flatten) VALUES ($user, 'user', $user, 'enough', 'user', true)",
    );
    for (const target of ['$pipeline', '$account', '$paper']) {
      const found = (await standing(target)).find((row) => row['detail'] === 'enough');
      assert.deepEqual([found?.['scope'], found?.['state'], found?.['flatten']], ['account', 'halted', true], target);
    }
    await app(
      "UPDATE engine.kill_switches SET released_at = clock_timestamp(), released_by = 'user', release_reason = 'calm' WHERE scope = 'user'",
    );
    assert.equal((await standing('$pipeline')).length, 1);
  });

  test('ends once', async () => {
    const release = 'UPDATE engine.symbol_latches SET released_at = clock_timestamp() WHERE pipeline_id = $pipeline';
    await app(release);
    assert.deepEqual(await standing('$account'), []);
    await assert.rejects(app(release), { code: '23001', constraint: 'symbol_latches_released_once' });
    await app(
      "INSERT INTO engine.symbol_latches (user_id, pipeline_id, symbol, reason) VALUES ($user, $pipeline, 'AAPL', 'again')",
    );
    assert.equal((await standing('$account')).length, 1);
  });
});

test('limits: the latest change of each that is in force counts, a raise waits, and a later lowering takes it back', async () => {
  const change = (limits: object, from: string) =>
    app(
      `INSERT INTO engine.account_limit_changes (user_id, account_id, old, new, effective_from, changed_by, reason)
       VALUES ($user, $paper, '{}', '${JSON.stringify(limits)}', '${from}', 'user', 'x')`,
    );
  const at = async (instant: string) =>
    (await engine(`SELECT engine.limits_of($paper, '${instant}') AS limits`))[0]?.['limits'];
  await change({ order_notional: 1000, min_price: 2 }, '2030-01-01T00:00Z');
  await change({ order_notional: 5000 }, '2030-01-03T00:00Z');
  assert.deepEqual(await at('2030-01-02T00:00Z'), { max_open_positions: 3, order_notional: 1000, min_price: 2 });
  assert.deepEqual(await at('2030-01-04T00:00Z'), { max_open_positions: 3, order_notional: 5000, min_price: 2 });
  await change({ order_notional: 500 }, '2030-01-02T00:00Z');
  assert.deepEqual(await at('2030-01-04T00:00Z'), { max_open_positions: 3, order_notional: 500, min_price: 2 });
});

test('breaks of the audit chain are named: a change, a removal from within', async () => {
  const entry =
    "INSERT INTO app.audit_log (user_id, actor, action, subject_type, subject_id) VALUES ($user, 'user', 'x', 'y', 'z')";
  for (let i = 0; i < 4; i++) await app(entry);
  const breaks = () => engine('SELECT seq::int, fault FROM app.audit_breaks() WHERE user_id = $user');
  assert.deepEqual(await breaks(), []);
  await database.administrator(
    sqlFor(
      records,
      `ALTER TABLE app.audit_log DISABLE TRIGGER insert_only; UPDATE app.audit_log SET actor = 'nobody' WHERE user_id = $user AND seq = 2;
       DELETE FROM app.audit_log WHERE user_id = $user AND seq = 4; ALTER TABLE app.audit_log ENABLE TRIGGER insert_only`,
    ),
  );
  assert.deepEqual(await breaks(), [
    { seq: 2, fault: 'its content was changed' },
    { seq: 5, fault: 'the entry before it is missing or was changed' },
  ]);
});
