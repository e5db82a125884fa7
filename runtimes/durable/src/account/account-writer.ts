import { type EpochMs, formatInstant } from '@bellwether/domain';
import type { AccountEffects, AccountMemory, AccountPosition, Standing } from '@bellwether/kernel';
import pg from 'pg';
import type { EventCodec } from '../engine/event-codec.ts';
import { appendEvents, type Query } from '../engine/flush.ts';
import type { EventRow, Row } from '../engine/write.ts';
import { positionNews } from '../feed/desk-news.ts';
import { tradeRow } from '../feed/desk-rows.ts';
import { writeAccountMemory, writeExactly } from './account-codec.ts';
import {
  accountOrderRow,
  accountPositionRow,
  bookedFillRow,
  externalDocument,
  reservationRows,
  snapshotDocument,
} from './account-rows.ts';
import { type AccountRow, LEASE_ENDS, STANDING_ROWS, type StandingRow, standingFrom } from './account-store.ts';
import { isOutage } from './database-outage.ts';

/** A request that has come to its end, and what became of it. */
export interface DoneRequest {
  readonly inboxId: string;
  readonly outcome: string;
  readonly text: string | null;
}

/** All that one fact changed: kept whole, or not at all. */
export interface AccountWrite {
  readonly effects: AccountEffects;
  readonly memory: AccountMemory;
  readonly busy: boolean;
  readonly gateOpen: boolean;
  readonly done: readonly DoneRequest[];
  /** Open positions whose price has moved, to be shown at the newest one. */
  readonly marks: readonly PriceMark[];
}

export interface PriceMark {
  readonly position: AccountPosition;
  /** When the price was made, by the market's time. */
  readonly at: EpochMs;
}

export interface WriterSettings {
  readonly pool: pg.Pool;
  readonly account: AccountRow;
  readonly fence: number;
  readonly codec: EventCodec;
  readonly now: () => EpochMs;
  readonly sha256Hex: (text: string) => string;
  /** Newest price of a symbol; NaN before the first. */
  readonly lastPrice: (symbol: string) => number;
  readonly isShared: boolean;
}

/** The row of the account is somebody else's by now. */
export class LeaseLost extends Error {}

/** PostgreSQL refused a row: the machine decided what cannot be. */
export class RowsRefused extends Error {}

const LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('account ' || $1::text, 0))";

/**
 * `write` marks the row with the last write, so that one whose commit was not answered is not done twice. Not FOR UPDATE: rows that only name
 * the account, such as a request to close it, do not wait for this.
 */
const FIND = `SELECT memory ->> 'write' AS write FROM engine.accounts WHERE id = $1 AND fence = $2 FOR NO KEY UPDATE`;

const SAVE_ACCOUNT = `
  UPDATE engine.accounts SET memory = $3, busy = $4, gate_open = $5, event_seq = event_seq + $6,
    snapshot = coalesce($7::jsonb, snapshot), external = coalesce($8::jsonb, external),
    cash = coalesce(($7::jsonb ->> 'cash')::numeric, cash), reserved = coalesce(($7::jsonb ->> 'reserved')::numeric, reserved),
    broker_account_id = coalesce(broker_account_id, $7::jsonb ->> 'broker_account_id'),
    lease_expires_at = ${LEASE_ENDS}, updated_at = now()
  WHERE id = $1 AND fence = $2 RETURNING event_seq`;

const SAVE_POSITIONS = `
  INSERT INTO engine.positions (id, user_id, account_id, pipeline_id, execution_id, trading_mode, symbol, side, state, quantity,
    intended_quantity, entry_price, entry_avg, initial_stop, stop, target_1, target_2, realized_pnl, fees, last_price, opened_at, closed_at, shared, flags,
    naked_share_seconds, memory)
  SELECT id, user_id, account_id, pipeline_id, execution_id, trading_mode, symbol, side, state, quantity, intended_quantity, entry_price,
    entry_avg, initial_stop, stop, target_1, target_2, realized_pnl, fees, last_price, opened_at, closed_at, shared, flags, naked_share_seconds, memory::jsonb
  FROM jsonb_to_recordset($1) AS r (id text, user_id uuid, account_id uuid, pipeline_id uuid, execution_id uuid, trading_mode text,
    symbol text, side text, state text, quantity numeric, intended_quantity numeric, entry_price numeric, entry_avg numeric, initial_stop numeric, stop numeric,
    target_1 numeric, target_2 numeric, realized_pnl numeric, fees numeric, last_price numeric, opened_at timestamptz, closed_at timestamptz,
    shared boolean, flags jsonb, naked_share_seconds numeric, memory text)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, quantity = excluded.quantity, intended_quantity = excluded.intended_quantity,
    entry_avg = excluded.entry_avg, initial_stop = excluded.initial_stop, stop = excluded.stop, target_1 = excluded.target_1,
    target_2 = excluded.target_2, realized_pnl = excluded.realized_pnl, fees = excluded.fees,
    last_price = coalesce(excluded.last_price, engine.positions.last_price), opened_at = excluded.opened_at, closed_at = excluded.closed_at,
    shared = engine.positions.shared OR excluded.shared, flags = excluded.flags, naked_share_seconds = excluded.naked_share_seconds,
    memory = excluded.memory, updated_at = now()`;

const MARK_POSITIONS = `
  UPDATE engine.positions p SET last_price = r.last_price, last_price_at = r.last_price_at
  FROM jsonb_to_recordset($1) AS r (id text, last_price numeric, last_price_at timestamptz) WHERE p.id = r.id AND p.state <> 'closed'`;

const SAVE_ORDERS = `
  INSERT INTO engine.orders AS o (user_id, account_id, pipeline_id, execution_id, position_id, client_order_id, broker_order_id, group_id,
    purpose, leg, seq, symbol, side, order_type, time_in_force, quantity, limit_price, stop_price, request, request_hash, trading_mode,
    not_before, created_at, state, state_reason, filled_quantity, filled_amount, approved_at, submitted_at, ended_at)
  SELECT * FROM jsonb_to_recordset($1) AS r (user_id uuid, account_id uuid, pipeline_id uuid, execution_id uuid, position_id text,
    client_order_id text, broker_order_id text, group_id text, purpose text, leg text, seq int, symbol text, side text, order_type text,
    time_in_force text, quantity numeric, limit_price numeric, stop_price numeric, request jsonb, request_hash text, trading_mode text,
    not_before timestamptz, created_at timestamptz, state text, state_reason text, filled_quantity numeric, filled_amount numeric,
    approved_at timestamptz, submitted_at timestamptz, ended_at timestamptz)
  ON CONFLICT (client_order_id) DO UPDATE SET state = excluded.state, state_reason = excluded.state_reason,
    broker_order_id = coalesce(excluded.broker_order_id, o.broker_order_id), group_id = excluded.group_id,
    filled_quantity = excluded.filled_quantity, filled_amount = excluded.filled_amount, approved_at = excluded.approved_at,
    submitted_at = excluded.submitted_at, ended_at = coalesce(o.ended_at, excluded.ended_at), updated_at = now()`;

const ADD_FILLS = `
  INSERT INTO engine.fills (user_id, account_id, order_id, broker_fill_id, price, quantity, amount, fee, slippage, filled_at)
  SELECT r.user_id, r.account_id, o.id, r.broker_fill_id, r.price, r.quantity, r.amount, r.fee, r.slippage, r.filled_at
  FROM jsonb_to_recordset($1) AS r (user_id uuid, account_id uuid, client_order_id text, broker_fill_id text, price numeric,
    quantity numeric, amount numeric, fee numeric, slippage numeric, filled_at timestamptz)
  LEFT JOIN engine.orders o USING (client_order_id)`;

const SAVE_RESERVATIONS = `
  INSERT INTO engine.reservations AS held (order_id, user_id, account_id, amount, state)
  SELECT o.id, r.user_id, r.account_id, r.amount, r.state
  FROM jsonb_to_recordset($1) AS r (client_order_id text, user_id uuid, account_id uuid, amount numeric, state text)
  JOIN engine.orders o USING (client_order_id) LEFT JOIN engine.reservations known ON known.order_id = o.id
  WHERE r.amount > 0 OR known.order_id IS NOT NULL
  ON CONFLICT (order_id) DO UPDATE SET state = excluded.state, updated_at = now()`;

/** Written once: a closed position that is watched may be saved again. */
const ADD_TRADES = `
  INSERT INTO engine.trades (user_id, account_id, pipeline_id, execution_id, position_id, trading_mode, symbol, side, quantity, entry_avg,
    exit_avg, realized_pnl, fees, slippage, r_multiple, close_reason, entry_at, exit_at)
  SELECT * FROM jsonb_to_recordset($1) AS r (user_id uuid, account_id uuid, pipeline_id uuid, execution_id uuid, position_id text,
    trading_mode text, symbol text, side text, quantity numeric, entry_avg numeric, exit_avg numeric, realized_pnl numeric, fees numeric,
    slippage numeric, r_multiple numeric, close_reason text, entry_at timestamptz, exit_at timestamptz)
  ON CONFLICT ON CONSTRAINT trades_position_unique DO NOTHING`;

/** A fill that came after a trade was written changes what the trade made: its row stays, and somebody is told once. */
const TELL_RECOMPUTED = `
  INSERT INTO engine.alerts (user_id, account_id, level, code, symbol, position_id, pipeline_id, text, at)
  SELECT told.* FROM (
    SELECT t.user_id, t.account_id, 'alarm', 'trade_recomputed', t.symbol, t.position_id, t.pipeline_id,
      format('a fill came after this trade of %s was recorded: its P&L was %s and is %s; the position says what is true', t.symbol,
        t.realized_pnl, r.realized_pnl::numeric(20, 6)) AS text, clock_timestamp()
    FROM jsonb_to_recordset($1) AS r (position_id text, user_id uuid, realized_pnl numeric)
    JOIN engine.trades t ON t.user_id = r.user_id AND t.position_id = r.position_id AND t.realized_pnl <> r.realized_pnl::numeric(20, 6)
  ) told WHERE NOT EXISTS (
    SELECT 1 FROM engine.alerts a WHERE a.user_id = told.user_id AND a.position_id = told.position_id AND a.code = 'trade_recomputed' AND a.text = told.text)`;

const ADD_SNAPSHOT = `
  INSERT INTO engine.account_snapshots (account_id, at, user_id, equity, cash, buying_power) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT DO NOTHING`;

const DEMAND_STATES = `
  INSERT INTO engine.safety_states (user_id, account_id, scope, pipeline_id, state, cause, text)
  SELECT * FROM jsonb_to_recordset($1) AS r (user_id uuid, account_id uuid, scope text, pipeline_id uuid, state text, cause text, text text)
  ON CONFLICT DO NOTHING`;

const END_STATES = `
  UPDATE engine.safety_states s SET ended_at = clock_timestamp(), end_reason = r.text
  FROM jsonb_to_recordset($1) AS r (account_id uuid, scope text, pipeline_id uuid, cause text, text text)
  WHERE s.account_id = r.account_id AND s.scope = r.scope AND s.pipeline_id IS NOT DISTINCT FROM r.pipeline_id AND s.cause = r.cause
    AND s.ended_at IS NULL`;

const ADD_RUNS = `
  INSERT INTO engine.reconciliation_runs (user_id, account_id, at, cause, found, clean)
  SELECT * FROM jsonb_to_recordset($1) AS r (user_id uuid, account_id uuid, at timestamptz, cause text, found jsonb, clean boolean)`;

const ADD_ALERTS = `
  INSERT INTO engine.alerts (user_id, account_id, level, code, symbol, position_id, pipeline_id, text, at)
  SELECT * FROM jsonb_to_recordset($1) AS r (user_id uuid, account_id uuid, level text, code text, symbol text, position_id text,
    pipeline_id uuid, text text, at timestamptz)`;

const ADD_ACCOUNT_EVENTS = `
  INSERT INTO engine.account_events (account_id, seq, user_id, pipeline_id, at, body)
  SELECT account_id, seq, user_id, pipeline_id, at, body::jsonb
  FROM jsonb_to_recordset($1) AS r (account_id uuid, seq bigint, user_id uuid, pipeline_id uuid, at timestamptz, body text)`;

const DONE = `
  UPDATE engine.account_inbox i SET done_at = now(), outcome = d.outcome, outcome_text = d.text
  FROM unnest($1::bigint[], $2::text[], $3::text[]) AS d (id, outcome, text) WHERE i.id = d.id AND i.done_at IS NULL`;

/** Positions that somebody asked by hand to be closed, and that are. */
const CLOSED_BY_HAND = `
  INSERT INTO engine.intervention_outcomes (intervention_id, position_id, user_id, outcome, text)
  SELECT m.id, r.position_id, r.user_id, 'closed', r.text
  FROM jsonb_to_recordset($1) AS r (user_id uuid, position_id text, text text)
  JOIN engine.manual_interventions m ON m.user_id = r.user_id AND m.body -> 'positions' ? r.position_id
  ON CONFLICT DO NOTHING`;

/** Positions that somebody asked by hand to be closed, and that are not flat as their session ends: the next open goes on with them. */
const NOT_CLOSED_BY_HAND = `
  INSERT INTO engine.intervention_outcomes (intervention_id, position_id, user_id, outcome, text)
  SELECT m.id, p.id, p.user_id,
         CASE WHEN EXISTS (SELECT 1 FROM engine.orders o WHERE o.position_id = p.id AND o.leg = 'close' AND o.filled_quantity > 0)
              THEN 'partly_closed' ELSE 'failed' END, r.text
  FROM jsonb_to_recordset($1) AS r (user_id uuid, position_id text, text text)
  JOIN engine.positions p ON p.user_id = r.user_id AND p.id = r.position_id
  JOIN engine.manual_interventions m ON m.user_id = p.user_id AND m.kind IN ('close', 'close_all') AND m.body -> 'positions' ? p.id
  ON CONFLICT DO NOTHING`;

/** Requests to close what is closed already. */
const NOTHING_TO_CLOSE = `
  INSERT INTO engine.intervention_outcomes (intervention_id, position_id, user_id, outcome, text)
  SELECT m.id, p.id, m.user_id, 'nothing_to_close', coalesce(i.outcome_text, 'it holds no shares')
  FROM engine.account_inbox i JOIN engine.manual_interventions m ON m.user_id = i.user_id AND m.id = (i.body ->> 'intervention_id')::uuid
  JOIN engine.positions p ON p.user_id = i.user_id AND p.id = i.body ->> 'position_id'
  WHERE i.id = ANY ($1::bigint[]) AND i.kind = 'close' AND i.outcome = 'refused'
  ON CONFLICT DO NOTHING`;

/**
 * What a fact changed ─▶ one transaction, under the account's lock and its holder's fence.
 *
 * Invariants: kept whole or not at all, and once, also when the answer to a commit is lost; nothing is written under a fence that is over.
 */
export class AccountWriter {
  readonly #settings: WriterSettings;
  #writes = 0;

  constructor(settings: WriterSettings) {
    this.#settings = settings;
  }

  /**
   * Writes, in as many tries as the database needs to come back. Throws `LeaseLost` when the account is somebody else's, and `RowsRefused`
   * when a constraint refuses. `patience` is told of each failed try, and may end the tries by throwing.
   */
  async commit(write: AccountWrite, patience: (error: unknown) => Promise<void>): Promise<void> {
    this.#writes += 1;
    const mark = `${this.#settings.fence}.${this.#writes}`;
    for (;;) {
      try {
        return await this.#transact(async (query) => {
          if (!(await this.#isWritten(query, mark))) await this.#put(query, write, mark);
        });
      } catch (error) {
        if (!isOutage(error)) throw refusedOr(error);
        await patience(error);
      }
    }
  }

  /**
   * The second transaction of an order's sending: reads what stands against it, lets `decide` say what follows, and writes that. `decide` is
   * called once; when the database failed after it, what stands against sending by then is returned as well.
   */
  async commitSending(
    decide: (standing: Standing) => AccountWrite,
    patience: (error: unknown) => Promise<void>,
  ): Promise<Standing> {
    this.#writes += 1;
    const mark = `${this.#settings.fence}.${this.#writes}`;
    let write: AccountWrite | undefined;
    for (;;) {
      try {
        return await this.#transact(async (query) => {
          const isWritten = await this.#isWritten(query, mark);
          const { rows } = await query<StandingRow>('account_standing', STANDING_ROWS, [this.#settings.account.id]);
          const standing = standingFrom(rows);
          write ??= decide(standing);
          if (!isWritten) await this.#put(query, write, mark);
          return standing;
        });
      } catch (error) {
        if (!isOutage(error)) throw refusedOr(error);
        await patience(error);
      }
    }
  }

  async #transact<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const client = await this.#settings.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const done = await work((name, text, values) => client.query({ name, text, values: [...values] }));
      await client.query('COMMIT');
      return done;
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Locks the account for this transaction. Returns whether this very write has been committed before. */
  async #isWritten(query: Query, mark: string): Promise<boolean> {
    const { account, fence } = this.#settings;
    await query('lock_account', LOCK, [account.id]);
    const { rows } = await query('find_account', FIND, [account.id, fence]);
    const [row] = rows;
    if (row === undefined) throw new LeaseLost(`account ${account.id} is held by somebody else`);
    return row['write'] === mark;
  }

  async #put(query: Query, write: AccountWrite, mark: string): Promise<void> {
    const { account, fence, sha256Hex, lastPrice, isShared, now } = this.#settings;
    const { effects } = write;
    const { id, userId } = account;
    const memory = `{"write":${JSON.stringify(mark)},"machine":${writeAccountMemory(write.memory)}}`;
    const snapshot = effects.snapshot === null ? null : snapshotDocument(effects.snapshot);
    const external = effects.external === null ? null : externalDocument(effects.external);
    const saved = await query('save_account', SAVE_ACCOUNT, [
      id,
      fence,
      memory,
      write.busy,
      write.gateOpen,
      effects.events.length,
      snapshot === null ? null : JSON.stringify(snapshot),
      external === null ? null : JSON.stringify(external),
    ]);
    if (saved.rowCount !== 1) throw new LeaseLost(`account ${id} is held by somebody else`);
    const put = async (name: string, text: string, rows: readonly Row[]): Promise<number> => {
      if (rows.length === 0) return 0;
      const { rowCount } = await query(name, text, [JSON.stringify(rows)]);
      return rowCount ?? 0;
    };
    // Closed ones first: one open position per symbol.
    const positions = [...effects.positions].sort(
      (a, b) => Number(b.status === 'closed') - Number(a.status === 'closed'),
    );
    await put(
      'save_account_positions',
      SAVE_POSITIONS,
      positions.map((position) =>
        accountPositionRow(position, account, { lastPrice: lastPrice(position.symbol), isShared }),
      ),
    );
    const owners = new Map(effects.positions.map((position) => [position.positionId, position]));
    const orders = effects.orders.map((order) => {
      const owner = owners.get(order.positionId);
      if (owner === undefined)
        throw new RowsRefused(`expected the position of order ${order.clientOrderId} among what changed, was not`);
      return accountOrderRow(order, owner, account, sha256Hex);
    });
    await put('save_account_orders', SAVE_ORDERS, orders);
    await put(
      'add_account_fills',
      ADD_FILLS,
      effects.fills.map((fill) => bookedFillRow(fill, account)),
    );
    await put(
      'save_reservations',
      SAVE_RESERVATIONS,
      effects.orders.flatMap((order) => reservationRows(order, account)),
    );
    const closed = positions.filter(({ status }) => status === 'closed');
    const trades = closed.flatMap((position) => {
      const row = tradeRow(position, {
        accountId: id,
        pipelineId: position.pipelineId,
        tradingMode: account.tradingMode,
      });
      return row === null ? [] : [{ ...row, user_id: userId }];
    });
    const added = await put('add_account_trades', ADD_TRADES, trades);
    if (added < trades.length) await put('tell_recomputed', TELL_RECOMPUTED, trades);
    if (effects.snapshot !== null && snapshot !== null)
      await query('add_snapshot', ADD_SNAPSHOT, [
        id,
        snapshot['at'],
        userId,
        snapshot['equity'],
        snapshot['cash'],
        snapshot['buying_power'],
      ]);
    await this.#putSafety(put, effects);
    await put(
      'closed_by_hand',
      CLOSED_BY_HAND,
      closed.map((position) => ({
        user_id: userId,
        position_id: position.positionId,
        text: closedText(position.closeReason),
      })),
    );
    await put(
      'not_closed_by_hand',
      NOT_CLOSED_BY_HAND,
      effects.alerts
        .filter(({ code, positionId }) => code === 'not_flat' && positionId !== null)
        .map(({ positionId, text }) => ({ user_id: userId, position_id: positionId, text })),
    );
    if (write.done.length > 0) {
      const ids = write.done.map(({ inboxId }) => inboxId);
      await query('requests_done', DONE, [
        ids,
        write.done.map(({ outcome }) => outcome),
        write.done.map(({ text }) => text),
      ]);
      if (write.done.some(({ outcome }) => outcome === 'refused'))
        await query('nothing_to_close', NOTHING_TO_CLOSE, [ids]);
    }
    const last = Number(saved.rows[0]?.['event_seq'] ?? 0);
    await put(
      'add_account_events',
      ADD_ACCOUNT_EVENTS,
      effects.events.map(({ pipelineId, event }, i) => ({
        account_id: id,
        seq: last - effects.events.length + 1 + i,
        user_id: userId,
        pipeline_id: pipelineId,
        at: formatInstant(event.at),
        body: writeExactly(event),
      })),
    );
    await put(
      'mark_positions',
      MARK_POSITIONS,
      write.marks.map(({ position, at }) => ({
        id: position.positionId,
        last_price: lastPrice(position.symbol),
        last_price_at: formatInstant(at),
      })),
    );
    // Last, because from here on other writes for the same user wait.
    const shown = write.marks.map(({ position, at }) => ({
      pipelineId: position.pipelineId,
      event: { kind: 'position_updated', at, position } as const,
    }));
    const news = [...effects.events, ...shown].flatMap(({ pipelineId, event }): EventRow[] => {
      const { codec } = this.#settings;
      const row = positionNews(event, {
        codec,
        pipelineId,
        tradingMode: account.tradingMode,
        recordedAt: now,
        lastPrice,
      });
      return row === null ? [] : [row];
    });
    await appendEvents(query, [{ userId, events: news }]);
  }

  async #putSafety(
    put: (name: string, text: string, rows: readonly Row[]) => Promise<number>,
    effects: AccountEffects,
  ): Promise<void> {
    const { account, now } = this.#settings;
    const owner = { user_id: account.userId, account_id: account.id };
    // In the order in which they were demanded: one that is ended and demanded again stands.
    for (const { scope, pipelineId, state, cause, text } of effects.standing) {
      const row = { ...owner, scope, pipeline_id: pipelineId, state, cause, text };
      if (state === 'active') await put('end_states', END_STATES, [row]);
      else await put('demand_states', DEMAND_STATES, [row]);
    }
    await put(
      'add_runs',
      ADD_RUNS,
      effects.runs.map(({ at, cause, found, clean }) => ({ ...owner, at: formatInstant(at), cause, found, clean })),
    );
    await put(
      'add_alerts',
      ADD_ALERTS,
      effects.alerts.map(({ level, code, symbol, positionId, pipelineId, text }) => ({
        ...owner,
        level,
        code,
        symbol,
        position_id: positionId,
        pipeline_id: pipelineId,
        text,
        at: formatInstant(now()),
      })),
    );
  }
}

function closedText(reason: string | null): string {
  return reason === null ? 'closed' : `closed: ${reason.replaceAll('_', ' ')}`;
}

function refusedOr(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  const where = [error.table, error.constraint].filter((part) => part !== undefined).join(' ');
  return new RowsRefused(`the database refused a row${where === '' ? '' : ` (${where})`}: ${error.message}`, {
    cause: error,
  });
}
