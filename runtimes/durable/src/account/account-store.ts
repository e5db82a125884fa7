import type { EpochMs } from '@bellwether/domain';
import {
  type AccountMemory,
  type AccountPosition,
  type Standing,
  type StandingState,
  strictest,
} from '@bellwether/kernel';
import type { CapabilityResult } from '@bellwether/ports';
import type pg from 'pg';
import { readAccountMemory, readPosition } from './account-codec.ts';

/** When a lease that is written now ends: on the database clock, and not from when its transaction began, which may have waited. */
export const LEASE_ENDS = "clock_timestamp() + interval '5 seconds'";

/** Why an account that nobody may work on stands still: its ledger and its machine disagree. Somebody has to release it. */
export const LEDGER_BROKEN = 'ledger_broken';

/** A broker account as its row describes it. */
export interface AccountRow {
  readonly id: string;
  readonly userId: string;
  /** Of a sandbox account that belongs to one pipeline. */
  readonly pipelineId: string | null;
  readonly tradingMode: 'paper' | 'live';
  readonly label: 'sandbox' | 'paper' | 'live';
  readonly broker: string;
  readonly brokerAccountId: string | null;
  readonly connection: Readonly<Record<string, unknown>>;
  /** What its owner set and is in force, to be laid over the defaults. */
  readonly limits: Readonly<Record<string, unknown>>;
  /** What was found out about it lately. */
  readonly capabilityResults: readonly CapabilityResult[];
}

/** An account as its new holder finds it. */
export interface HeldAccount extends AccountRow {
  readonly fence: number;
  /** Null when nobody has worked on it before. */
  readonly memory: AccountMemory | null;
  /** Not closed, or closed and still watched. */
  readonly positions: readonly AccountPosition[];
  /** Ids of orders that lately belonged to positions that have closed. */
  readonly known: readonly string[];
  /** The last instant that a tape told; null when no tape drives it, and the market's time is the wall's. */
  readonly tapeTime: EpochMs | null;
}

export type InboxKind = 'proposal' | 'close' | 'cancel_entries' | 'market' | 'reconcile';

export interface InboxRow {
  readonly id: string;
  readonly key: string;
  readonly kind: InboxKind;
  readonly body: unknown;
  /** An entry that was proposed before a stop of its scope was released. */
  readonly is_overtaken: boolean;
}

/** What somebody else wrote for an account since it was last looked at. */
export interface AccountNews {
  readonly inbox: readonly InboxRow[];
  readonly standing: Standing;
  /** Text that changes when the limits do. */
  readonly limits: string;
}

export interface StandingRow {
  readonly scope: 'platform' | 'account' | 'pipeline' | 'symbol';
  readonly pipeline_id: string | null;
  readonly symbol: string | null;
  readonly state: StandingState;
  readonly cause: string;
  readonly detail: string;
  readonly flatten: boolean;
}

const WATCHED = "interval '60 seconds'";
/** The broker lists orders again from before the last read: their ids are still ours. */
const KNOWN = "interval '2 days'";
const INBOX_AT_ONCE = 200;
/** Older results prove nothing any more. */
const FOUND_OUT = "interval '90 days'";
const TOLD = "interval '10 minutes'";

const FREE = `kind = 'broker' AND (lease_expires_at IS NULL OR lease_expires_at <= clock_timestamp())`;

const HAS_WORK = `(
  EXISTS (SELECT 1 FROM engine.account_inbox i WHERE i.account_id = a.id AND i.done_at IS NULL)
  OR EXISTS (SELECT 1 FROM engine.positions p WHERE p.account_id = a.id AND p.state <> 'closed')
  OR EXISTS (SELECT 1 FROM engine.positions p WHERE p.account_id = a.id AND p.state = 'closed' AND p.updated_at > now() - ${WATCHED})
  OR EXISTS (SELECT 1 FROM engine.orders o WHERE o.account_id = a.id AND o.state IN
    ('planned', 'submitting', 'working', 'unknown', 'quarantined', 'partially_filled', 'pending_cancel', 'pending_replace')))`;

const NOT_BROKEN = `NOT EXISTS (SELECT 1 FROM engine.safety_states s WHERE s.account_id = a.id AND s.cause = '${LEDGER_BROKEN}' AND s.ended_at IS NULL)`;

/** An entry that was decided before a stop was released is no reason to trade after it. */
const OVERTAKEN = `(i.kind = 'proposal' AND (
  EXISTS (SELECT 1 FROM engine.kill_switches k WHERE k.released_at > i.created_at
    AND (k.user_id IS NULL OR k.user_id = i.user_id) AND (k.account_id IS NULL OR k.account_id = i.account_id)
    AND (k.pipeline_id IS NULL OR k.pipeline_id::text = i.body ->> 'pipelineId'))
  OR EXISTS (SELECT 1 FROM engine.safety_states s WHERE s.account_id = i.account_id AND s.state = 'halted' AND s.ended_at > i.created_at
    AND (s.pipeline_id IS NULL OR s.pipeline_id::text = i.body ->> 'pipelineId'))))`;

export const STANDING_ROWS =
  'SELECT scope, pipeline_id, symbol, state, cause, detail, flatten FROM engine.standing_of($1)';

/** Leases and rows of broker accounts, as their holder needs them; every question is asked as the engine. */
export class AccountStore {
  readonly #pool: pg.Pool;
  readonly #holder: string;

  /** `holder` names this process in the rows. */
  constructor(pool: pg.Pool, holder: string) {
    this.#pool = pool;
    this.#holder = holder;
  }

  /** Returns accounts that nobody holds and that have something to do, the longest abandoned first. */
  async findFree(limit: number): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ id: string }>({
      name: 'free_accounts',
      text: `SELECT a.id FROM engine.accounts a WHERE ${FREE} AND ${HAS_WORK} AND ${NOT_BROKEN} ORDER BY lease_expires_at NULLS FIRST LIMIT $1`,
      values: [limit],
    });
    return rows.map(({ id }) => id);
  }

  /** Takes an account that nobody holds. Returns undefined when somebody else was quicker. */
  async take(id: string): Promise<HeldAccount | undefined> {
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      const taken = await client.query<TakenRow>(
        `UPDATE engine.accounts a SET fence = a.fence + 1, lease_holder = $2, lease_expires_at = ${LEASE_ENDS}, gate_open = false
         FROM (SELECT id FROM engine.accounts a WHERE id = $1 AND ${FREE} AND ${NOT_BROKEN} FOR UPDATE SKIP LOCKED) AS free
         WHERE a.id = free.id
         RETURNING a.id, a.user_id, a.pipeline_id, a.trading_mode, a.label, a.broker, a.broker_account_id, a.connection, a.fence, a.memory,
           engine.limits_of(a.id) AS limits,
           (SELECT i.body -> 'market_time' FROM engine.account_inbox i
             WHERE i.account_id = a.id AND i.kind = 'market' AND i.id > coalesce((a.connection ->> 'after_inbox')::bigint, 0) ORDER BY (i.done_at IS NULL), i.id DESC LIMIT 1) AS tape_time`,
        [id, this.#holder],
      );
      const [row] = taken.rows;
      if (row === undefined) {
        await client.query('ROLLBACK');
        return undefined;
      }
      const positions = await client.query<{ memory: unknown }>(
        `SELECT memory FROM engine.positions
         WHERE account_id = $1 AND memory IS NOT NULL AND (state <> 'closed' OR updated_at > now() - ${WATCHED}) ORDER BY opened_at, id`,
        [id],
      );
      const known = await client.query<{ client_order_id: string }>(
        `SELECT o.client_order_id FROM engine.orders o JOIN engine.positions p ON p.id = o.position_id
         WHERE o.account_id = $1 AND p.state = 'closed' AND p.updated_at > now() - ${KNOWN}`,
        [id],
      );
      const results = await client.query<CapabilityResult>(
        `SELECT at, flags, evidence FROM engine.capability_results WHERE account_id = $1 AND at > now() - ${FOUND_OUT} ORDER BY at`,
        [id],
      );
      await client.query('COMMIT');
      return {
        id: row.id,
        userId: row.user_id,
        pipelineId: row.pipeline_id,
        tradingMode: row.trading_mode,
        label: row.label,
        broker: row.broker,
        brokerAccountId: row.broker_account_id,
        connection: row.connection ?? {},
        limits: row.limits ?? {},
        capabilityResults: results.rows,
        fence: Number(row.fence),
        memory: row.memory === null ? null : readAccountMemory(row.memory['machine']),
        positions: positions.rows.map(({ memory }) => readPosition(memory)),
        known: known.rows.map(({ client_order_id }) => client_order_id),
        tapeTime: row.tape_time,
      };
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  /** Renews the lease without saving anything. Returns false when it is somebody else's by now. */
  async renew(id: string, fence: number): Promise<boolean> {
    const { rowCount } = await this.#pool.query({
      name: 'renew_account',
      text: `UPDATE engine.accounts SET lease_expires_at = ${LEASE_ENDS} WHERE id = $1 AND fence = $2`,
      values: [id, fence],
    });
    return rowCount === 1;
  }

  /** Lets go, so that another worker need not wait for the lease to run out. */
  async release(id: string, fence: number): Promise<void> {
    await this.#pool.query(
      'UPDATE engine.accounts SET lease_expires_at = NULL, lease_holder = NULL, gate_open = false WHERE id = $1 AND fence = $2',
      [id, fence],
    );
  }

  /** Reads what others wrote: requests that are not done, what stands against entries, limits. */
  async news(id: string): Promise<AccountNews> {
    const [inbox, standing, limits] = await Promise.all([
      this.#pool.query<InboxRow>({
        name: 'account_inbox',
        text: `SELECT id, key, kind, body, ${OVERTAKEN} AS is_overtaken FROM engine.account_inbox i
          WHERE account_id = $1 AND done_at IS NULL ORDER BY id LIMIT $2`,
        values: [id, INBOX_AT_ONCE],
      }),
      this.#pool.query<StandingRow>({ name: 'account_standing', text: STANDING_ROWS, values: [id] }),
      this.#pool.query<{ limits: unknown }>({
        name: 'account_limits',
        text: 'SELECT engine.limits_of($1) AS limits',
        values: [id],
      }),
    ]);
    return {
      inbox: inbox.rows,
      standing: standingFrom(standing.rows),
      limits: JSON.stringify(limits.rows[0]?.limits ?? {}),
    };
  }

  /** Tells the account's user, unless the same was told in the last ten minutes. */
  async alert({ id, userId }: AccountRow, level: 'alarm' | 'page', code: string, text: string): Promise<void> {
    await this.#pool.query(
      `INSERT INTO engine.alerts (user_id, account_id, level, code, text, at)
       SELECT $1, $2, $3, $4, $5, clock_timestamp() WHERE NOT EXISTS (
         SELECT 1 FROM engine.alerts WHERE user_id = $1 AND account_id = $2 AND level = $3 AND code = $4 AND at > now() - ${TOLD})`,
      [userId, id, level, code, text],
    );
  }

  /** Stops all work on an account whose rows refuse what its machine decided, and lets go of it. */
  async break(account: AccountRow, fence: number, text: string, inboxIds: readonly string[]): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      const held = await client.query(
        `UPDATE engine.accounts SET lease_holder = NULL, lease_expires_at = NULL, gate_open = false, busy = false, updated_at = now()
         WHERE id = $1 AND fence = $2`,
        [account.id, fence],
      );
      if (held.rowCount === 1) {
        await client.query(
          `INSERT INTO engine.safety_states (user_id, account_id, scope, state, cause, text) VALUES ($1, $2, 'account', 'halted', $3, $4)
           ON CONFLICT DO NOTHING`,
          [account.userId, account.id, LEDGER_BROKEN, text],
        );
        await client.query(
          `INSERT INTO engine.alerts (user_id, account_id, level, code, text, at) VALUES ($1, $2, 'page', $3, $4, now())`,
          [account.userId, account.id, LEDGER_BROKEN, text],
        );
        await client.query(
          `UPDATE engine.account_inbox SET done_at = now(), outcome = 'failed', outcome_text = $2 WHERE id = ANY ($1::bigint[]) AND done_at IS NULL`,
          [inboxIds, text],
        );
      }
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }
}

/** Resolves rows of `engine.standing_of` to what the account machine weighs: the strictest state of each scope. */
export function standingFrom(rows: readonly StandingRow[]): Standing {
  const of = (scope: StandingRow['scope']) => rows.filter((row) => row.scope === scope);
  const state = (some: readonly StandingRow[]) => strictest(...some.map((row) => row.state));
  const pipelines = new Map<string, StandingState>();
  for (const { pipeline_id: id, state: its } of of('pipeline'))
    if (id !== null) pipelines.set(id, strictest(pipelines.get(id) ?? 'active', its));
  const account = of('account');
  const strongest = state(account);
  const flattened = rows.filter(({ flatten }) => flatten);
  return {
    platform: state(of('platform')),
    account: strongest,
    accountCause: account.find((row) => row.state === strongest)?.detail ?? of('platform')[0]?.detail ?? null,
    pipelines,
    latched: new Set(of('symbol').map(({ pipeline_id, symbol }) => `${pipeline_id} ${symbol}`)),
    flatten:
      flattened.length === 0
        ? 'none'
        : flattened.some(({ scope }) => scope === 'platform' || scope === 'account')
          ? 'account'
          : flattened.flatMap(({ pipeline_id }) => (pipeline_id === null ? [] : [pipeline_id])),
  };
}

interface TakenRow {
  readonly id: string;
  readonly user_id: string;
  readonly pipeline_id: string | null;
  readonly trading_mode: 'paper' | 'live';
  readonly label: 'sandbox' | 'paper' | 'live';
  readonly broker: string;
  readonly broker_account_id: string | null;
  readonly connection: Readonly<Record<string, unknown>> | null;
  readonly limits: Readonly<Record<string, unknown>> | null;
  readonly fence: string;
  readonly memory: Readonly<Record<string, unknown>> | null;
  readonly tape_time: number | null;
}
