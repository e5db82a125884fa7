import { BellwetherError, type EpochMs, parseMoney } from '@bellwether/domain';
import type { AccountEvent, AccountRequest, AccountSnapshot, DeskEvent, ExecutionPlan } from '@bellwether/kernel';
import type pg from 'pg';
import { readExactly } from '../account/account-codec.ts';
import type { MarketBody } from '../account/account-inbox.ts';
import type { InboxRow } from '../engine/write.ts';
import type { HeldSession } from './session-store.ts';

/** The broker account that a pipeline trades on. */
export interface BoundAccount {
  readonly id: string;
  readonly label: 'sandbox' | 'paper' | 'live';
  readonly broker: string;
  /** How the keeper reaches it; never a secret. */
  readonly connection: Readonly<Record<string, unknown>>;
}

/** Something that a market shows: a bar begins, or is over. */
export type MarketStep =
  | {
      readonly kind: 'open';
      readonly symbol: string;
      readonly at: EpochMs;
      readonly open: number;
      readonly volume: number;
    }
  | {
      readonly kind: 'bar';
      readonly symbol: string;
      readonly start: EpochMs;
      readonly end: EpochMs;
      readonly open: number;
      readonly high: number;
      readonly low: number;
      readonly close: number;
      readonly volume: number;
    };

/** Shows a market to a broker that has none of its own. */
export interface MarketDriver {
  /** Opens the account as the pipeline wants it, before its first use; one that has traded stays as it is. */
  open(account: BoundAccount, plan: ExecutionPlan): Promise<void>;
  /** Plays the steps into the account; the same key again changes nothing. Returns how many order events they caused. Throws a retryable `broker/unreachable`. */
  play(account: BoundAccount, steps: readonly MarketStep[], stepKey: string): Promise<{ readonly events: number }>;
}

/** Which account a pipeline trades on, chosen by whoever wires. */
export interface AccountBindings {
  /** Null for a pipeline with a simulated account of its own. Throws `pipeline/not-runnable` for one that can be traded nowhere. */
  accountOf(plan: ExecutionPlan, pipelineId: string, sessionId: string): BoundAccount | null;
  readonly driver: MarketDriver;
}

/** What an account's keeper has answered since it was last looked at. */
export interface AccountLook {
  readonly events: readonly { readonly seq: number; readonly event: AccountEvent }[];
  /** Everything that was asked has been heard, and nothing is on its way to the broker. */
  readonly isSettled: boolean;
  readonly snapshot: AccountSnapshot | null;
}

/** What a session asks of the account that it trades on; its requests travel in its own writes. */
export interface AccountLink {
  readonly account: BoundAccount;
  /** Shows the account where the market stands; the same key again changes nothing. */
  post(row: InboxRow): Promise<void>;
  /** Reads this pipeline's events after `seq`, and whether the account is quiet. */
  look(seq: number): Promise<AccountLook>;
  /** Has the keeper look at once. */
  nudge(): void;
}

/** The account's rows, as a session meets them. */
export class AccountRows implements AccountLink {
  readonly account: BoundAccount;
  readonly #pool: pg.Pool;
  readonly #held: HeldSession;
  readonly #nudge: (accountId: string) => void;

  constructor(pool: pg.Pool, account: BoundAccount, held: HeldSession, nudge: (accountId: string) => void) {
    this.#pool = pool;
    this.account = account;
    this.#held = held;
    this.#nudge = nudge;
  }

  /**
   * Makes the account's row when the pipeline trades for the first time. One that a new session begins anew forgets the market of the last: its
   * keeper loses it, and takes it again with nothing in mind. Throws `pipeline/not-runnable` while the last session's position is open.
   */
  async ensure(plan: ExecutionPlan): Promise<void> {
    const { id, label, broker, connection } = this.account;
    const { userId, pipelineId } = this.#held;
    await this.#pool.query(
      `INSERT INTO engine.accounts (id, user_id, pipeline_id, kind, trading_mode, initial_balance, cash, label, broker, connection)
       VALUES ($1, $2, $3, 'broker', $4, $5::numeric, $5::numeric, $6, $7, $8) ON CONFLICT (id) DO NOTHING`,
      [
        id,
        userId,
        pipelineId,
        plan.pipeline.tradingMode,
        plan.pipeline.mode.initialBalance,
        label,
        broker,
        JSON.stringify(connection),
      ],
    );
    const { rows } = await this.#pool.query<{ stale: boolean }>(
      `WITH begun AS (
         UPDATE engine.accounts a SET memory = NULL, snapshot = NULL, external = '[]', broker_account_id = NULL, busy = false, gate_open = false,
           fence = fence + 1, lease_holder = NULL, lease_expires_at = NULL,
           connection = $2::jsonb || jsonb_build_object('after_inbox', (SELECT coalesce(max(i.id), 0) FROM engine.account_inbox i WHERE i.account_id = a.id))
         WHERE id = $1 AND connection ->> 'session_id' IS DISTINCT FROM $2::jsonb ->> 'session_id'
           AND NOT EXISTS (SELECT 1 FROM engine.positions p WHERE p.account_id = a.id AND p.state <> 'closed')
         RETURNING id)
       SELECT connection ->> 'session_id' IS DISTINCT FROM $2::jsonb ->> 'session_id' AND NOT EXISTS (SELECT 1 FROM begun) AS stale
       FROM engine.accounts a WHERE id = $1`,
      [id, JSON.stringify(connection)],
    );
    if (rows[0]?.stale === true)
      throw new BellwetherError(
        'invalid',
        'pipeline/not-runnable',
        'the account still holds a position of its last session; close it on the Positions page, then start again',
      );
  }

  async post({ key, kind, body }: InboxRow): Promise<void> {
    await this.#pool.query({
      name: 'post_to_account',
      text: `INSERT INTO engine.account_inbox (account_id, user_id, key, kind, body) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT ON CONSTRAINT account_inbox_key_unique DO NOTHING`,
      values: [this.account.id, this.#held.userId, key, kind, body],
    });
  }

  async look(seq: number): Promise<AccountLook> {
    // Quiet is read before the events: what happens in between is only found early.
    const state = await this.#pool.query<{ is_settled: boolean; snapshot: SnapshotRow | null }>({
      name: 'account_settled',
      text: `SELECT snapshot, NOT busy AND NOT EXISTS (
               SELECT 1 FROM engine.account_inbox i WHERE i.account_id = a.id AND i.done_at IS NULL) AS is_settled
             FROM engine.accounts a WHERE id = $1`,
      values: [this.account.id],
    });
    const { rows } = await this.#pool.query<{ seq: string; body: unknown }>({
      name: 'account_events',
      text: `SELECT seq, body FROM engine.account_events WHERE account_id = $1 AND pipeline_id = $2 AND seq > $3 ORDER BY seq`,
      values: [this.account.id, this.#held.pipelineId, seq],
    });
    const [row] = state.rows;
    return {
      isSettled: row?.is_settled ?? false,
      snapshot: row === undefined || row.snapshot === null ? null : snapshotFrom(row.snapshot),
      events: rows.map(({ seq, body }) => ({
        seq: Number(seq),
        event: { pipelineId: this.#held.pipelineId, event: readExactly(body) as DeskEvent },
      })),
    };
  }

  nudge(): void {
    this.#nudge(this.account.id);
  }
}

/** Returns a request as a row of the account's inbox. */
export function inboxRowOf(request: AccountRequest): InboxRow {
  const { key, kind } = request;
  switch (kind) {
    case 'proposal':
      return { key, kind, body: JSON.stringify(request.proposal) };
    case 'close':
      return {
        key,
        kind,
        body: JSON.stringify({ position_id: request.positionId, reason: request.reason, intervention_id: null }),
      };
    case 'cancel_entries': {
      const { pipelineId, executionId, reason } = request;
      return { key, kind, body: JSON.stringify({ pipeline_id: pipelineId, execution_id: executionId, reason }) };
    }
  }
}

/**
 * Returns what the account is told of a step that its broker has been shown. `marketTime` is where the market stands after it. When the step
 * caused something, the keeper reads it from the broker before it is done: streams are lossy.
 */
export function marketRowOf(step: MarketStep, key: string, marketTime: EpochMs, events: number): InboxRow {
  const { symbol } = step;
  const bar =
    step.kind === 'bar'
      ? { open: step.open, high: step.high, low: step.low, close: step.close }
      : { open: step.open, high: step.open, low: step.open, close: step.open };
  const fact = { symbol, marketTime, bar, quote: null, halted: null };
  const body: MarketBody = { market_time: marketTime, facts: [fact], look: events > 0 };
  return { key, kind: 'market', body: JSON.stringify(body) };
}

/** Returns what the account is told when only the market's clock is known: it reads where its broker stands. */
export function clockRowOf(key: string, marketTime: EpochMs): InboxRow {
  const body: MarketBody = { market_time: marketTime, facts: [], look: true };
  return { key, kind: 'market', body: JSON.stringify(body) };
}

/** Reads the account as its row shows it. */
function snapshotFrom(row: SnapshotRow): AccountSnapshot {
  return {
    at: Date.parse(row.at),
    equity: parseMoney(row.equity),
    lastEquity: row.last_equity === null ? null : parseMoney(row.last_equity),
    cash: parseMoney(row.cash),
    buyingPower: parseMoney(row.buying_power),
    reserved: parseMoney(row.reserved),
    closingOnly: row.closing_only,
    blocked: row.blocked,
    brokerAccountId: row.broker_account_id,
  };
}

interface SnapshotRow {
  readonly at: string;
  readonly equity: string;
  readonly last_equity: string | null;
  readonly cash: string;
  readonly buying_power: string;
  readonly reserved: string;
  readonly closing_only: boolean;
  readonly blocked: boolean;
  readonly broker_account_id: string;
}
