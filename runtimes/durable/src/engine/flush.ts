import { type EpochMs, formatMoneyExact, type Money } from '@bellwether/domain';
import type pg from 'pg';
import type { Flush } from './group-commit.ts';
import type { EventRow, Row, Write, WriteOutcome } from './write.ts';

export type Query = <R extends object = Row>(
  name: string,
  text: string,
  values: readonly unknown[],
) => Promise<pg.QueryResult<R>>;

/** The lease of a session: renewed by every write of its holder. */
export const SESSION_LEASE = "interval '5 seconds'";

const FENCE_SESSIONS = `
  UPDATE engine.sessions s SET status = p.status, run_state = p.run_state, market_time = p.market_time, position = p.position,
    state = p.state, end_reason = p.end_reason, failures = 0, updated_at = now(),
    ended_at = CASE WHEN p.status = 'ended' THEN now() END, wakes_at = p.wakes_at,
    lease_holder = CASE WHEN p.status = 'playing' THEN s.lease_holder END,
    lease_expires_at = CASE WHEN p.status = 'playing' THEN now() + ${SESSION_LEASE} END
  FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $6::jsonb[], $7::json[], $8::text[], $9::timestamptz[])
    AS p (id, fence, status, run_state, market_time, position, state, end_reason, wakes_at)
  WHERE s.id = p.id AND s.fence = p.fence AND s.status IN ('pending', 'playing')
  RETURNING s.id`;

const FENCE_EXECUTIONS = `
  UPDATE engine.executions e SET status = p.status, last_seq = p.last_seq, result = p.result, result_reason = p.reason,
    total_cost = p.cost, market_time = p.market_time, started_at = coalesce(e.started_at, now()),
    ended_at = CASE WHEN p.status IN ('completed', 'failed', 'canceled') THEN now() END
  FROM unnest($1::uuid[], $2::int[], $3::text[], $4::int[], $5::text[], $6::text[], $7::numeric[], $8::timestamptz[])
    AS p (id, attempt, status, last_seq, result, reason, cost, market_time)
  WHERE e.id = p.id AND e.attempt = p.attempt AND e.ended_at IS NULL
  RETURNING e.id`;

const START_EXECUTIONS = `
  INSERT INTO engine.executions (id, user_id, pipeline_id, version, status, trading_mode, run_mode, trigger, trigger_key, source, attempt,
    last_seq, result, result_reason, total_cost, started_at, ended_at, session_id, market_time)
  SELECT id, user_id, pipeline_id, version, status, trading_mode, run_mode, trigger, trigger_key, source, 1, last_seq, result, result_reason,
    total_cost, now(), CASE WHEN status IN ('completed', 'failed', 'canceled') THEN now() END, session_id, market_time
  FROM jsonb_to_recordset($1) AS r (id uuid, user_id uuid, pipeline_id uuid, version int, status text, trading_mode text, run_mode text,
    trigger jsonb, trigger_key text, source jsonb, last_seq int, result text, result_reason text, total_cost numeric, session_id uuid,
    market_time timestamptz)`;

const APPEND_JOURNAL = `
  INSERT INTO engine.journal (execution_id, journal_seq, user_id, event, at, body)
  SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::timestamptz[], $6::json[])`;

/** The counter's row is locked from here to the commit: the user's numbers have no gaps and become visible in order. */
const APPEND_EVENTS = `
  WITH taken AS (
    INSERT INTO engine.user_event_counters AS c (user_id, last_seq)
    SELECT * FROM unnest($1::uuid[], $2::bigint[])
    ON CONFLICT (user_id) DO UPDATE SET last_seq = c.last_seq + excluded.last_seq
    RETURNING user_id, last_seq)
  INSERT INTO engine.events (user_id, seq, pipeline_id, execution_id, journal_seq, body)
  SELECT e.user_id, taken.last_seq - e.behind, e.pipeline_id, e.execution_id, e.journal_seq, e.body
  FROM unnest($3::uuid[], $4::bigint[], $5::uuid[], $6::uuid[], $7::int[], $8::json[])
    AS e (user_id, behind, pipeline_id, execution_id, journal_seq, body) JOIN taken USING (user_id)`;

const KEEP_CONTENTS = `
  INSERT INTO engine.contents (user_id, hash, body) SELECT * FROM unnest($1::uuid[], $2::text[], $3::jsonb[]) ON CONFLICT DO NOTHING`;

const SAVE_ACCOUNTS = `
  INSERT INTO engine.accounts (id, user_id, pipeline_id, kind, trading_mode, initial_balance, cash)
  SELECT id, user_id, id, 'simulated', trading_mode, initial_balance, cash
  FROM jsonb_to_recordset($1) AS r (id uuid, user_id uuid, trading_mode text, initial_balance numeric, cash numeric)
  ON CONFLICT (id) DO UPDATE SET cash = excluded.cash, initial_balance = excluded.initial_balance, updated_at = now()`;

const SAVE_POSITIONS = `
  INSERT INTO engine.positions (id, user_id, account_id, pipeline_id, execution_id, trading_mode, symbol, side, state, quantity,
    intended_quantity, entry_price, entry_avg, initial_stop, stop, target_1, target_2, realized_pnl, fees, last_price, last_price_at, opened_at, closed_at)
  SELECT id, user_id, account_id, pipeline_id, execution_id, trading_mode, symbol, side, state, quantity, intended_quantity, entry_price,
    entry_avg, initial_stop, stop, target_1, target_2, realized_pnl, fees, last_price, last_price_at, opened_at, closed_at
  FROM jsonb_to_recordset($1) AS r (id text, user_id uuid, account_id uuid, pipeline_id uuid, execution_id uuid, trading_mode text,
    symbol text, side text, state text, quantity numeric, intended_quantity numeric, entry_price numeric, entry_avg numeric, initial_stop numeric, stop numeric,
    target_1 numeric, target_2 numeric, realized_pnl numeric, fees numeric, last_price numeric, last_price_at timestamptz, opened_at timestamptz, closed_at timestamptz)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, quantity = excluded.quantity, intended_quantity = excluded.intended_quantity,
    entry_avg = excluded.entry_avg, stop = excluded.stop, realized_pnl = excluded.realized_pnl, fees = excluded.fees,
    last_price = excluded.last_price, last_price_at = excluded.last_price_at, opened_at = excluded.opened_at, closed_at = excluded.closed_at, updated_at = now()`;

const SAVE_ORDERS = `
  INSERT INTO engine.orders AS o (user_id, account_id, pipeline_id, execution_id, position_id, client_order_id, group_id, purpose, leg, seq,
    symbol, side, order_type, time_in_force, quantity, limit_price, stop_price, request, request_hash, trading_mode, created_at, state,
    state_reason, filled_quantity, filled_amount, ended_at)
  SELECT user_id, account_id, pipeline_id, execution_id, position_id, client_order_id, group_id, purpose, leg, seq, symbol, side, order_type,
    'gtc', quantity, limit_price, stop_price, request, request_hash, trading_mode, created_at, state, state_reason, filled_quantity,
    filled_amount, ended_at
  FROM jsonb_to_recordset($1) AS r (user_id uuid, account_id uuid, pipeline_id uuid, execution_id uuid, position_id text,
    client_order_id text, group_id text, purpose text, leg text, seq int, symbol text, side text, order_type text, quantity numeric,
    limit_price numeric, stop_price numeric, request jsonb, request_hash text, trading_mode text, created_at timestamptz, state text,
    state_reason text, filled_quantity numeric, filled_amount numeric, ended_at timestamptz)
  ON CONFLICT (client_order_id) DO UPDATE SET state = excluded.state, state_reason = excluded.state_reason,
    filled_quantity = excluded.filled_quantity, filled_amount = excluded.filled_amount, ended_at = coalesce(o.ended_at, excluded.ended_at), updated_at = now()`;

const ADD_FILLS = `
  INSERT INTO engine.fills (user_id, account_id, order_id, broker_fill_id, price, quantity, amount, fee, slippage, filled_at)
  SELECT r.user_id, r.account_id, o.id, r.broker_fill_id, r.price, r.quantity, r.amount, r.fee, r.slippage, r.filled_at
  FROM jsonb_to_recordset($1) AS r (user_id uuid, account_id uuid, client_order_id text, broker_fill_id text, price numeric,
    quantity numeric, amount numeric, fee numeric, slippage numeric, filled_at timestamptz)
  JOIN engine.orders o USING (client_order_id)`;

const ADD_TRADES = `
  INSERT INTO engine.trades (user_id, account_id, pipeline_id, execution_id, position_id, trading_mode, symbol, side, quantity, entry_avg,
    exit_avg, realized_pnl, fees, slippage, r_multiple, close_reason, entry_at, exit_at)
  SELECT * FROM jsonb_to_recordset($1) AS r (user_id uuid, account_id uuid, pipeline_id uuid, execution_id uuid, position_id text,
    trading_mode text, symbol text, side text, quantity numeric, entry_avg numeric, exit_avg numeric, realized_pnl numeric, fees numeric,
    slippage numeric, r_multiple numeric, close_reason text, entry_at timestamptz, exit_at timestamptz)`;

const ADD_REPORTS = `
  INSERT INTO app.reports (id, user_id, pipeline_id, execution_id, body)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $1::uuid[], $4::jsonb[])`;

const ADD_COSTS = `
  INSERT INTO engine.cost_entries (user_id, pipeline_id, execution_id, journal_seq, node_id, agent_type, cost_type, micros)
  SELECT r.user_id, r.pipeline_id, r.execution_id, r.journal_seq, r.node_id, r.agent_type, 'agent', r.micros
  FROM jsonb_to_recordset($1) AS r (user_id uuid, pipeline_id uuid, execution_id uuid, journal_seq int, node_id text, agent_type text, micros bigint)`;

const CONSUME_INBOX = `
  UPDATE engine.inbox i SET consumed_by = c.seq FROM unnest($1::bigint[], $2::int[]) AS c (id, seq) WHERE i.id = c.id`;

const ASK_ACCOUNTS = `
  INSERT INTO engine.account_inbox (user_id, account_id, key, kind, body)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::jsonb[])
  ON CONFLICT ON CONSTRAINT account_inbox_key_unique DO NOTHING`;

const ANSWER_REQUESTS = `
  UPDATE engine.session_requests r SET done_at = now(), outcome = a.outcome, outcome_text = a.text
  FROM unnest($1::bigint[], $2::text[], $3::text[]) AS a (id, outcome, text) WHERE r.id = a.id AND r.done_at IS NULL`;

const NOTHING_TO_CLOSE = `
  INSERT INTO engine.intervention_outcomes (intervention_id, position_id, user_id, outcome, text)
  SELECT m.id, p.id, m.user_id, 'nothing_to_close', coalesce(r.outcome_text, '')
  FROM engine.session_requests r JOIN engine.manual_interventions m ON m.user_id = r.user_id AND m.id = (r.body ->> 'intervention_id')::uuid
  JOIN engine.positions p ON p.user_id = r.user_id AND p.id = r.body ->> 'position_id'
  WHERE r.id = ANY ($1::bigint[]) AND r.kind = 'close' AND r.outcome = 'refused'
  ON CONFLICT DO NOTHING`;

/** Positions that somebody asked by hand to be closed, and that are. */
const CLOSED_BY_HAND = `
  INSERT INTO engine.intervention_outcomes (intervention_id, position_id, user_id, outcome, text)
  SELECT m.id, r.position_id, r.user_id, 'closed', 'closed: ' || replace(r.close_reason, '_', ' ')
  FROM jsonb_to_recordset($1) AS r (user_id uuid, position_id text, close_reason text)
  JOIN engine.manual_interventions m ON m.user_id = r.user_id AND m.body -> 'positions' ? r.position_id
  ON CONFLICT DO NOTHING`;

const ARM_TRIGGERS = `
  INSERT INTO engine.armed_triggers (user_id, session_id, pipeline_id, arming, node_id, kind, symbol, watch, memory)
  SELECT r.user_id, r.session_id, s.pipeline_id, s.fence, r.node_id, r.kind, r.symbol, r.watch, r.memory
  FROM jsonb_to_recordset($1) AS r (user_id uuid, session_id uuid, node_id text, kind text, symbol text, watch jsonb, memory jsonb)
  JOIN engine.sessions s ON s.id = r.session_id`;

const TAKE_TICKS = `
  INSERT INTO engine.schedule_ticks (user_id, pipeline_id, version, scheduled_for, outcome, reason, execution_id)
  SELECT * FROM jsonb_to_recordset($1) AS r (user_id uuid, pipeline_id uuid, version int, scheduled_for timestamptz, outcome text,
    reason text, execution_id uuid)`;

/** An execution that a tick started has ended: so has the tick. */
const END_TICKS = `
  UPDATE engine.schedule_ticks t SET reason = r.reason, outcome = CASE r.result WHEN 'canceled' THEN 'blocked' ELSE r.result END
  FROM unnest($1::uuid[], $2::text[], $3::text[]) AS r (execution_id, result, reason)
  WHERE t.execution_id = r.execution_id AND t.outcome = 'pending'`;

const TAKE_SIGNALS = `
  UPDATE engine.trigger_signals s SET done_at = now(), outcome = d.outcome
  FROM unnest($1::bigint[], $2::text[]) AS d (id, outcome) WHERE s.id = d.id AND s.done_at IS NULL`;

const SHOW_PIPELINES = `
  UPDATE app.pipelines p SET state = r.state, state_reason = r.reason, next_due_at = r.next_due_at, updated_at = now()
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) AS r (id, state, reason, next_due_at) WHERE p.id = r.id`;

/** Closes that somebody may have asked for by hand. */
const BY_HAND: ReadonlySet<string> = new Set(['manual', 'emergency', 'kill_switch']);

/** Returns the flush of a pool: fences first, then everything that depends on them, in one transaction. */
export function flushTo(pool: pg.Pool): Flush {
  return async (writes) => {
    let kept = [...writes];
    for (;;) {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        const query: Query = (name, text, values) => client.query({ name, text, values: [...values] });
        await client.query('BEGIN');
        const lost = await fence(query, kept);
        if (lost.size === 0) {
          await put(query, kept);
          await client.query('COMMIT');
          return writes.map((write): WriteOutcome => (kept.includes(write) ? 'kept' : 'lost'));
        }
        // Part of a lost write has been done: undo everything and leave it out.
        await client.query('ROLLBACK');
        kept = kept.filter((write) => !lost.has(write));
        if (kept.length === 0) return writes.map((): WriteOutcome => 'lost');
      } catch (error) {
        await client.query('ROLLBACK').catch((failure: Error) => {
          broken = failure;
        });
        throw error;
      } finally {
        client.release(broken);
      }
    }
  };
}

async function fence(query: Query, writes: readonly Write[]): Promise<ReadonlySet<Write>> {
  const lost = new Set<Write>();
  const sessions = writes.flatMap((write) => (write.session === undefined ? [] : [{ write, patch: write.session }]));
  if (sessions.length > 0) {
    const column = <T>(read: (patch: (typeof sessions)[number]['patch']) => T) =>
      sessions.map(({ patch }) => read(patch));
    const { rows } = await query('fence_sessions', FENCE_SESSIONS, [
      column((patch) => patch.id),
      column((patch) => patch.fence),
      column((patch) => patch.status),
      column((patch) => patch.runState),
      column((patch) => instant(patch.marketTime)),
      column((patch) => patch.position),
      column((patch) => patch.state),
      column((patch) => patch.endReason),
      column((patch) => instant(patch.wakesAt)),
    ]);
    const held = new Set(rows.map((row) => row['id']));
    for (const { write, patch } of sessions) if (!held.has(patch.id)) lost.add(write);
  }
  const executions = writes.flatMap((write) => (write.executions ?? []).map((patch) => ({ write, patch })));
  if (executions.length > 0) {
    const column = <T>(read: (patch: (typeof executions)[number]['patch']) => T) =>
      executions.map(({ patch }) => read(patch));
    const { rows } = await query('fence_executions', FENCE_EXECUTIONS, [
      column((patch) => patch.id),
      column((patch) => patch.attempt),
      column((patch) => patch.status),
      column((patch) => patch.lastSeq),
      column((patch) => patch.result),
      column((patch) => patch.reason),
      column((patch) => micros(patch.costMicros)),
      column((patch) => instant(patch.marketTime)),
    ]);
    const held = new Set(rows.map((row) => row['id']));
    for (const { write, patch } of executions) if (!held.has(patch.id)) lost.add(write);
  }
  return lost;
}

async function put(query: Query, writes: readonly Write[]): Promise<void> {
  /** Rows of every write, each with its user. */
  const rows = async (name: string, text: string, of: (write: Write) => readonly Row[] | undefined): Promise<void> => {
    const all = writes.flatMap((write) => (of(write) ?? []).map((row) => ({ ...row, user_id: write.userId })));
    if (all.length > 0) await query(name, text, [JSON.stringify(all)]);
  };
  await rows('start_executions', START_EXECUTIONS, (write) =>
    write.started?.map((execution) => ({
      id: execution.id,
      pipeline_id: execution.pipelineId,
      version: execution.version,
      status: execution.status,
      trading_mode: execution.tradingMode,
      run_mode: execution.runMode,
      trigger: execution.trigger,
      trigger_key: execution.triggerKey,
      source: execution.source,
      last_seq: execution.lastSeq,
      result: execution.result,
      result_reason: execution.reason,
      total_cost: micros(execution.costMicros),
      session_id: execution.sessionId,
      market_time: instant(execution.marketTime),
    })),
  );
  await rows('take_ticks', TAKE_TICKS, ({ ticks }) =>
    ticks?.rows.map(({ scheduledFor, outcome, reason, executionId }) => ({
      pipeline_id: ticks.pipelineId,
      version: ticks.version,
      scheduled_for: instant(scheduledFor),
      outcome,
      reason,
      execution_id: executionId,
    })),
  );
  const ended = writes.flatMap(({ ticks }) =>
    (ticks?.ended ?? []).map(({ executionId, result, reason }) => [executionId, result, reason] as const),
  );
  if (ended.length > 0) await query('end_ticks', END_TICKS, columnsOf(ended, 3));
  await rows('arm_triggers', ARM_TRIGGERS, ({ session, armed }) =>
    armed?.map(({ nodeId, kind, symbol, watch, memory }) => ({
      session_id: session?.id,
      node_id: nodeId,
      kind,
      symbol,
      watch,
      memory,
    })),
  );
  const signals = writes.flatMap(({ signals }) => (signals ?? []).map(({ id, outcome }) => [id, outcome] as const));
  if (signals.length > 0) await query('take_signals', TAKE_SIGNALS, columnsOf(signals, 2));
  await appendJournal(query, writes);
  const contents = writes.flatMap(({ userId, contents }) =>
    [...(contents ?? [])].map(([hash, body]) => [userId, hash, body] as const),
  );
  if (contents.length > 0) await query('keep_contents', KEEP_CONTENTS, columnsOf(contents, 3));
  await rows('save_accounts', SAVE_ACCOUNTS, ({ desk }) => (desk === undefined ? undefined : [desk.account]));
  await rows('save_positions', SAVE_POSITIONS, ({ desk }) => desk?.positions);
  await rows('save_orders', SAVE_ORDERS, ({ desk }) => desk?.orders);
  await rows('add_fills', ADD_FILLS, ({ desk }) => desk?.fills);
  await rows('add_trades', ADD_TRADES, ({ desk }) => desk?.trades);
  await rows('closed_by_hand', CLOSED_BY_HAND, ({ desk }) =>
    desk?.trades.filter((trade) => BY_HAND.has(String(trade['close_reason']))),
  );
  const reports = writes.flatMap(({ userId, reports }) =>
    (reports ?? []).map(({ executionId, pipelineId, body }) => [executionId, userId, pipelineId, body] as const),
  );
  if (reports.length > 0) await query('add_reports', ADD_REPORTS, columnsOf(reports, 4));
  await rows('add_costs', ADD_COSTS, ({ costs }) =>
    costs?.map((cost) => ({
      pipeline_id: cost.pipelineId,
      execution_id: cost.executionId,
      journal_seq: cost.journalSeq,
      node_id: cost.nodeId,
      agent_type: cost.agentType,
      micros: cost.micros,
    })),
  );
  const consumed = writes.flatMap(({ consumed }) =>
    (consumed ?? []).map(({ inboxId, journalSeq }) => [inboxId, journalSeq] as const),
  );
  if (consumed.length > 0) await query('consume_inbox', CONSUME_INBOX, columnsOf(consumed, 2));
  const answers = writes.flatMap(({ answers }) =>
    (answers ?? []).map(({ id, outcome, text }) => [id, outcome, text] as const),
  );
  if (answers.length > 0) {
    await query('answer_requests', ANSWER_REQUESTS, columnsOf(answers, 3));
    await query('nothing_to_close_by_hand', NOTHING_TO_CLOSE, [answers.map(([id]) => id)]);
  }
  const asked = writes.flatMap(({ userId, inbox }) =>
    (inbox?.rows ?? []).map(({ key, kind, body }) => [userId, inbox?.accountId, key, kind, body] as const),
  );
  if (asked.length > 0) await query('ask_accounts', ASK_ACCOUNTS, columnsOf(asked, 5));
  const pipelines = writes.flatMap(({ pipeline }) =>
    pipeline === undefined
      ? []
      : [[pipeline.id, pipeline.state, pipeline.reason, instant(pipeline.nextDueAt)] as const],
  );
  if (pipelines.length > 0) await query('show_pipelines', SHOW_PIPELINES, columnsOf(pipelines, 4));
  // Last, because from here on other flushes of the same users wait.
  await appendEvents(query, writes);
}

async function appendJournal(query: Query, writes: readonly Write[]): Promise<void> {
  const journal = writes.flatMap(({ userId, journal }) =>
    journal.map((row) => [row.executionId, row.journalSeq, userId, row.event, instant(row.at), row.body] as const),
  );
  if (journal.length > 0) await query('append_journal', APPEND_JOURNAL, columnsOf(journal, 6));
}

/** Appends to the streams of users; their counters stay locked until the commit. */
export async function appendEvents(query: Query, writes: readonly Pick<Write, 'userId' | 'events'>[]): Promise<void> {
  const byUser = new Map<string, EventRow[]>();
  for (const { userId, events } of writes) {
    const known = byUser.get(userId);
    if (known === undefined) byUser.set(userId, [...events]);
    else known.push(...events);
  }
  // Sorted, so that two processes lock the counters of two users in the same order.
  const users = [...byUser].filter(([, events]) => events.length > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  if (users.length === 0) return;
  const rows = users.flatMap(([userId, events]) =>
    events.map(
      (row, i) => [userId, events.length - 1 - i, row.pipelineId, row.executionId, row.journalSeq, row.body] as const,
    ),
  );
  await query('append_events', APPEND_EVENTS, [
    users.map(([userId]) => userId),
    users.map(([, events]) => events.length),
    ...columnsOf(rows, 6),
  ]);
}

/** Turns rows into one array per column, as `unnest` takes them. */
function columnsOf(rows: readonly (readonly unknown[])[], width: number): unknown[][] {
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column]));
}

function instant(at: EpochMs | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function micros(cost: string): string {
  return formatMoneyExact(BigInt(cost) as Money);
}
