import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';

/** A user's complete set of rows, one in every tenant table, with the ids by which tests refer to them. */
export interface Records {
  readonly user: string;
  readonly pipeline: string;
  readonly session: string;
  readonly execution: string;
  readonly account: string;
  readonly position: string;
  readonly order: string;
  readonly fill: string;
  /** A sandbox account of the pipeline, with nothing on it. */
  readonly paper: string;
  readonly intervention: string;
}

/** Every row of `Records`, in an order that satisfies the foreign keys. `$user` and the like are filled in by `sqlFor`. */
const STATEMENTS: readonly (readonly [role: 'app' | 'engine', statement: string])[] = [
  [
    'app',
    "INSERT INTO app.users (id, email, password_hash, display) VALUES ($user, $user::text || '@example.test', 'argon2id', 'Test')",
  ],
  [
    'app',
    "INSERT INTO app.sessions (user_id, token_hash, expires_at) VALUES ($user, sha256($user::text::bytea), now() + interval '1 hour')",
  ],
  ['app', "INSERT INTO app.idempotency_keys (user_id, key, operation, request_hash) VALUES ($user, 'k', 'run', 'h')"],
  ['app', "INSERT INTO app.pipelines (id, user_id, name, config) VALUES ($pipeline, $user, 'One', '{}')"],
  [
    'app',
    "INSERT INTO app.pipeline_versions (pipeline_id, version, user_id, content_hash, document) VALUES ($pipeline, 1, $user, repeat('a', 64), '{}')",
  ],
  ['app', 'UPDATE app.pipelines SET published_version = 1 WHERE id = $pipeline'],
  [
    'app',
    "INSERT INTO app.audit_log (user_id, actor, action, subject_type, subject_id) VALUES ($user, 'user', 'published', 'pipeline', $pipeline::text)",
  ],
  [
    'app',
    "INSERT INTO engine.sessions (id, user_id, pipeline_id, version, purpose, source) VALUES ($session, $user, $pipeline, 1, 'start', '{}')",
  ],
  [
    'app',
    `INSERT INTO engine.executions (id, user_id, pipeline_id, version, trading_mode, run_mode, trigger, trigger_key, source)
     VALUES ($execution, $user, $pipeline, 1, 'simulation', 'run_once', '{}', 'first', '{}')`,
  ],
  [
    'engine',
    "INSERT INTO engine.journal (execution_id, journal_seq, user_id, event, at, body) VALUES ($execution, 1, $user, 'execution_started', now(), '{}')",
  ],
  [
    'app',
    "INSERT INTO engine.inbox (user_id, execution_id, fact, fact_key) VALUES ($user, $execution, '{}', 'cancel')",
  ],
  ['engine', 'INSERT INTO engine.user_event_counters (user_id, last_seq) VALUES ($user, 1)'],
  [
    'engine',
    "INSERT INTO engine.events (user_id, seq, pipeline_id, execution_id, journal_seq, body) VALUES ($user, 1, $pipeline, $execution, 1, '{}')",
  ],
  ['engine', "INSERT INTO engine.contents (user_id, hash, body) VALUES ($user, repeat('b', 64), '{}')"],
  [
    'engine',
    "INSERT INTO engine.armed_triggers (user_id, session_id, pipeline_id, arming, node_id, kind, symbol, watch) VALUES ($user, $session, $pipeline, 1, 'n1', 'price', 'AAPL', '{}')",
  ],
  [
    'engine',
    "INSERT INTO engine.trigger_signals (user_id, session_id, key, node_id, kind, symbol, at, text) VALUES ($user, $session, '1 n1 AAPL', 'n1', 'price', 'AAPL', now(), 'AAPL at 101 is >= 100')",
  ],
  [
    'engine',
    "INSERT INTO engine.schedule_ticks (pipeline_id, scheduled_for, user_id, version, execution_id) VALUES ($pipeline, '2026-07-06T13:35Z', $user, 1, $execution)",
  ],
  [
    'engine',
    "INSERT INTO engine.accounts (id, user_id, pipeline_id, kind, trading_mode, initial_balance, cash) VALUES ($account, $user, $pipeline, 'simulated', 'simulation', 100000, 100000)",
  ],
  [
    'engine',
    `INSERT INTO engine.positions (id, user_id, account_id, pipeline_id, execution_id, trading_mode, symbol, side, state, quantity, entry_price, initial_stop, target_1, opened_at)
     VALUES ($position, $user, $account, $pipeline, $execution, 'simulation', 'AAPL', 'long', 'open', 10, 100, 98, 103, now())`,
  ],
  [
    'engine',
    `INSERT INTO engine.orders (id, user_id, account_id, pipeline_id, execution_id, position_id, client_order_id, broker_order_id, purpose, leg, seq, symbol, side,
       order_type, time_in_force, quantity, request, request_hash, trading_mode)
     VALUES ($order, $user, $account, $pipeline, $execution, $position, 'bw1-' || $order, 'b1', 'entry', 'entry', 1, 'AAPL', 'buy',
       'market', 'gtc', 10, '{}', 'h', 'simulation')`,
  ],
  [
    'engine',
    "INSERT INTO engine.fills (id, user_id, account_id, order_id, broker_fill_id, price, quantity, amount, filled_at) VALUES ($fill, $user, $account, $order, 'f1', 100, 10, 1000, now())",
  ],
  [
    'engine',
    'INSERT INTO engine.reservations (order_id, user_id, account_id, amount) VALUES ($order, $user, $account, 1000)',
  ],
  [
    'engine',
    `INSERT INTO engine.trades (user_id, account_id, pipeline_id, execution_id, position_id, trading_mode, symbol, side, quantity, entry_avg, exit_avg, realized_pnl, close_reason, entry_at, exit_at)
     VALUES ($user, $account, $pipeline, $execution, $position, 'simulation', 'AAPL', 'long', 10, 100, 103, 30, 'target_1', now(), now())`,
  ],
  [
    'engine',
    'INSERT INTO engine.account_snapshots (account_id, at, user_id, equity, cash, buying_power) VALUES ($account, now(), $user, 1, 1, 1)',
  ],
  [
    'engine',
    "INSERT INTO engine.pipeline_daily_stats (pipeline_id, exchange_day, trading_mode, user_id) VALUES ($pipeline, '2026-07-06', 'simulation', $user)",
  ],
  [
    'engine',
    "INSERT INTO app.reports (user_id, pipeline_id, execution_id, body) VALUES ($user, $pipeline, $execution, '{}')",
  ],
  [
    'engine',
    "INSERT INTO engine.cost_entries (user_id, pipeline_id, execution_id, journal_seq, cost_type, micros) VALUES ($user, $pipeline, $execution, 1, 'agent', 80000)",
  ],
  [
    'engine',
    `INSERT INTO engine.accounts (id, user_id, pipeline_id, kind, trading_mode, label, broker, initial_balance, cash)
     VALUES ($paper, $user, $pipeline, 'broker', 'paper', 'sandbox', 'alpaca', 100000, 100000)`,
  ],
  [
    'app',
    `INSERT INTO engine.manual_interventions (id, user_id, account_id, kind, target, reason, idempotency_key)
     VALUES ($intervention, $user, $account, 'close', $position, 'enough', 'click')`,
  ],
  [
    'app',
    `INSERT INTO engine.account_inbox (account_id, user_id, key, kind, body) VALUES ($paper, $user, 'close 1', 'close', '{}')`,
  ],
  [
    'app',
    `INSERT INTO engine.session_requests (session_id, user_id, key, kind, body) VALUES ($session, $user, 'close 1', 'close', '{}')`,
  ],
  [
    'engine',
    "INSERT INTO engine.intervention_outcomes (intervention_id, position_id, user_id, outcome) VALUES ($intervention, $position, $user, 'closed')",
  ],
  [
    'engine',
    "INSERT INTO engine.account_events (account_id, seq, user_id, pipeline_id, at, body) VALUES ($paper, 1, $user, $pipeline, now(), '{}')",
  ],
  [
    'app',
    "INSERT INTO engine.kill_switches (user_id, scope, scope_id, reason, engaged_by) VALUES ($user, 'account', $paper, 'drill', 'user')",
  ],
  [
    'engine',
    `INSERT INTO engine.safety_states (user_id, account_id, scope, state, cause, text)
     VALUES ($user, $paper, 'account', 'reducing', 'daily_loss', 'lost 3 % today')`,
  ],
  [
    'app',
    "INSERT INTO engine.symbol_latches (user_id, pipeline_id, symbol, reason) VALUES ($user, $pipeline, 'AAPL', 'closed by hand')",
  ],
  [
    'engine',
    "INSERT INTO engine.reconciliation_runs (user_id, account_id, at, cause, clean) VALUES ($user, $paper, now(), 'start', true)",
  ],
  [
    'engine',
    "INSERT INTO engine.capability_results (user_id, account_id, flags, evidence) VALUES ($user, $paper, '{}', '[]')",
  ],
  [
    'engine',
    "INSERT INTO engine.alerts (user_id, account_id, level, code, text, at) VALUES ($user, $paper, 'alarm', 'naked', 'ten shares are naked', now())",
  ],
  [
    'app',
    `INSERT INTO engine.mode_changes (user_id, pipeline_id, old_mode, new_mode, reason, changed_by)
     VALUES ($user, $pipeline, 'simulation', 'paper', 'ready', 'user')`,
  ],
  [
    'app',
    `INSERT INTO engine.account_limit_changes (user_id, account_id, old, new, effective_from, changed_by, reason)
     VALUES ($user, $paper, '{}', '{"max_open_positions": 3}', now(), 'user', 'calmer')`,
  ],
];

/** Writes a new user's rows, each by the role that writes it in the product. */
export async function addRecords(pools: Readonly<Record<'app' | 'engine', Pool>>): Promise<Records> {
  const records: Records = {
    user: randomUUID(),
    pipeline: randomUUID(),
    session: randomUUID(),
    execution: randomUUID(),
    account: randomUUID(),
    position: randomUUID(),
    order: randomUUID(),
    fill: randomUUID(),
    paper: randomUUID(),
    intervention: randomUUID(),
  };
  for (const [role, statement] of STATEMENTS)
    await asUser(pools[role], role === 'app' ? records.user : undefined, sqlFor(records, statement));
  return records;
}

/** Fills in `$user`, `$pipeline` … as quoted literals. */
export function sqlFor(records: Records, statement: string): string {
  return statement.replaceAll(/\$([a-z]+)/g, (_, name: keyof Records) => `'${records[name]}'`);
}

/** Runs one statement in a transaction of its own, as a user or as nobody, and returns its rows. */
export async function asUser(
  pool: Pool,
  user: string | undefined,
  statement: string,
): Promise<readonly Record<string, unknown>[]> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    if (user !== undefined) await client.query("SELECT set_config('app.user_id', $1, true)", [user]);
    const { rows } = await client.query(statement);
    await client.query('COMMIT');
    return rows;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
