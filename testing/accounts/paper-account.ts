import { hash, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Database, withUser } from '@bellwether/db';
import { eventually } from '@bellwether/durable/testing';
import { limitsToWire, UNLIMITED } from '@bellwether/kernel';
import { SandboxControl, type SandboxTruth, type TrueOrder } from '@bellwether/sandbox/control';
import { sandboxKeyOf } from '@bellwether/server';
import { sql } from 'kysely';
import type pg from 'pg';
import { type EntryWish, entryProposal } from '../orders/proposals.ts';

/** A Monday, 10:00 in New York: what the account takes for the market's time, however late it is. */
export const MARKET_TIME = Date.parse('2026-03-02T15:00:00Z');
export const PRICE = 100;
const TRIGGER = { node_id: null, kind: 'manual', at: '2026-03-02T15:00:00Z', text: 'by hand' };

/** A crashed server on a busy machine. */
const OUTAGE_LIMIT_MS = 30_000;

const LIVE = new Set([
  'new',
  'accepted',
  'pending_new',
  'partially_filled',
  'held',
  'pending_cancel',
  'pending_replace',
  'accepted_for_bidding',
]);

export interface PaperAccountSettings {
  readonly pool: pg.Pool;
  readonly app: Database;
  readonly sandboxUrl: string;
  readonly address: string;
  readonly userId: string;
  readonly cookie: string;
  readonly password: string;
  readonly pipelines: number;
  /** As their owner sets them; none but these. */
  readonly limits: object;
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

export interface OwnOrder {
  readonly id: string;
  readonly pipelineId: string;
  readonly executionId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly leg: string;
  readonly state: string;
  readonly reason: string | null;
}

export type Wish = Pick<EntryWish, 'pipelineId' | 'symbol'> & Partial<EntryWish>;

/** A proposal as it was handed in. */
export interface Proposed {
  readonly executionId: string;
  readonly pipelineId: string;
  readonly symbol: string;
  readonly at: number;
}

/** A paper account on the sandbox, its pipelines, its broker's truth, and its user's hand on the API. */
export class PaperAccount {
  readonly id = randomUUID();
  readonly userId: string;
  readonly pipelines: readonly string[];
  readonly control: SandboxControl;
  readonly #settings: PaperAccountSettings;
  #symbols = 0;
  #steps = 0;

  private constructor(settings: PaperAccountSettings) {
    this.#settings = settings;
    this.userId = settings.userId;
    this.pipelines = Array.from({ length: settings.pipelines }, () => randomUUID());
    this.control = new SandboxControl({ url: settings.sandboxUrl, keyId: sandboxKeyOf(this.id) });
  }

  static async open(settings: PaperAccountSettings): Promise<PaperAccount> {
    const account = new PaperAccount(settings);
    await account.control.openAccount({ cash: '10000000', seed: 1, switches: { rate_limit: 0 } });
    await account.#write();
    return account;
  }

  /** A symbol that nothing has been traded in yet. */
  newSymbol(): string {
    this.#symbols += 1;
    const letters = [17_576, 676, 26, 1].map((place) => Math.floor(this.#symbols / place) % 26);
    return String.fromCharCode(...letters.map((letter) => 65 + letter));
  }

  /** Shows the broker a market in a symbol; whoever buys or sells at it does so at once. */
  async quote(symbol: string, price = PRICE): Promise<void> {
    this.#steps += 1;
    const at = MARKET_TIME + this.#steps;
    await this.control.market([{ kind: 'quote', symbol, at, bid: price - 0.01, ask: price + 0.01 }]);
  }

  /** Hands in an entry as a session writes it. Limit entries stand far below the market. */
  async propose(wish: Wish): Promise<Proposed> {
    const { pool, userId } = this.#settings;
    const { pipelineId, symbol } = wish;
    const executionId = randomUUID();
    const key = `${executionId}:trade`;
    const price = wish.type === 'limit' ? PRICE * 0.9 : PRICE;
    const made = entryProposal({ key, side: 'buy', shares: 10, price, at: MARKET_TIME, ...wish });
    const ticket = { ...made.ticket, commandId: key, executionId };
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(
        `INSERT INTO engine.executions (id, user_id, pipeline_id, version, trading_mode, run_mode, trigger, trigger_key, source, status, ended_at)
         VALUES ($1::uuid, $2, $3, 1, 'paper', 'run_once', $4, $1::text, '{}', 'completed', now())`,
        [executionId, userId, pipelineId, TRIGGER],
      );
      await this.#ask(client, key, 'proposal', { ...made, ticket });
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
    return { executionId, pipelineId, symbol, at: Date.now() };
  }

  /** Begins an execution of a pipeline that nobody has driven yet. */
  async beginExecution(pipelineId: string): Promise<string> {
    const executionId = randomUUID();
    await this.query(
      `INSERT INTO engine.executions (id, user_id, pipeline_id, version, trading_mode, run_mode, trigger, trigger_key, source)
       VALUES ($1::uuid, $2, $3, 1, 'simulation', 'run_once', $4, $1::text, '{}')`,
      [executionId, this.userId, pipelineId, TRIGGER],
    );
    return executionId;
  }

  /** Opens a position at market and resolves when the account holds it under a stop. Returns its id. */
  async hold(pipelineId: string, symbol = this.newSymbol(), wish: Partial<Wish> = {}): Promise<string> {
    await this.quote(symbol);
    const { executionId } = await this.propose({ pipelineId, symbol, ...wish });
    return eventually(async () => {
      const { rows } = await this.#settings.pool.query<{ id: string }>(
        `SELECT id FROM engine.positions p WHERE execution_id = $1 AND state = 'open' AND EXISTS (
           SELECT 1 FROM engine.orders o WHERE o.position_id = p.id AND o.leg LIKE 'stop%' AND o.state = 'working')`,
        [executionId],
      );
      return rows[0]?.id;
    }, `a position in ${symbol} under a stop`);
  }

  /** Tells the account what a tape shows, beside what it shows the broker. */
  async tell(symbol: string, marketTime: number, quote: { bid: number; ask: number; at: number } | null = null) {
    const facts = [{ symbol, marketTime, bar: null, quote, halted: null }];
    const body = { market_time: marketTime, facts, look: false };
    await this.#ask(this.#settings.pool, `market ${randomUUID()}`, 'market', body);
  }

  /** Tells the account the market that its broker is shown in a symbol. */
  async tellQuote(symbol: string, price: number): Promise<void> {
    this.#steps += 1;
    const at = MARKET_TIME + this.#steps;
    await this.tell(symbol, at, { bid: price - 0.01, ask: price + 0.01, at });
  }

  /** Says what pipelines asked for and was refused, by rule, of one execution; undefined before it was judged. */
  async refusalOf(executionId: string): Promise<string | undefined> {
    const { rows } = await this.query<{ rule: string | null }>(
      `SELECT jsonb_path_query_first(body, '$.**.refusal.rule') #>> '{}' AS rule FROM engine.account_events
       WHERE account_id = $1 AND body::text LIKE '%' || $2 || '%' AND body @? '$.**.refusal.rule' LIMIT 1`,
      [this.id, executionId],
    );
    return rows[0]?.rule ?? undefined;
  }

  async orders(): Promise<readonly OwnOrder[]> {
    const { rows } = await this.query<OwnOrder>(
      `SELECT client_order_id AS id, pipeline_id AS "pipelineId", execution_id AS "executionId", position_id AS "positionId", symbol, leg, state,
         state_reason AS reason FROM engine.orders WHERE account_id = $1 ORDER BY id`,
      [this.id],
    );
    return rows;
  }

  /** Executions whose proposal the account had answered when the switch was released. */
  async heardBeforeRelease(): Promise<ReadonlySet<string>> {
    const { rows } = await this.query<{ id: string }>(
      `SELECT body -> 'ticket' ->> 'executionId' AS id FROM engine.account_inbox
       WHERE account_id = $1 AND kind = 'proposal' AND done_at < (
         SELECT max(released_at) FROM engine.kill_switches WHERE user_id = $2)`,
      [this.id, this.userId],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Tells the newest reconciliation in words, for a failure. */
  async lastPass(): Promise<string> {
    const { rows } = await this.query<{ told: string }>(
      `SELECT concat(r.cause, ' ', r.clean, ' ', r.found, ' ', now() - r.at, ' ago, gate ', a.gate_open, ', lease ',
         a.lease_expires_at > now(), ', uncertain ', (SELECT string_agg(concat_ws(' ', o.symbol, o.leg, o.state, o.submitted_at, o.updated_at), '; ')
           FROM engine.orders o WHERE o.account_id = a.id AND o.state IN
             ('submitting', 'unknown', 'quarantined', 'pending_cancel', 'pending_replace')), ', now ', now()) AS told
       FROM engine.accounts a LEFT JOIN engine.reconciliation_runs r ON r.account_id = a.id WHERE a.id = $1 ORDER BY r.at DESC LIMIT 1`,
      [this.id],
    );
    return rows[0]?.told ?? 'none';
  }

  truth(): Promise<SandboxTruth> {
    return this.control.truth();
  }

  /** Asks the database, again while it is away. */
  async query<R extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<pg.QueryResult<R>> {
    const until = performance.now() + OUTAGE_LIMIT_MS;
    for (;;) {
      try {
        return await this.#settings.pool.query<R>(text, [...values]);
      } catch (error) {
        const { code } = error as { readonly code?: string };
        const isRefusal = code !== undefined && /^(2|4)/.test(code);
        if (isRefusal || performance.now() > until) throw error;
        await wait(50);
      }
    }
  }

  /** Asks the API as the account's user. */
  async ask<T>(method: string, path: string, body?: object, key?: string): Promise<Answer<T>> {
    const { address, cookie } = this.#settings;
    const response = await fetch(`${address}/api/v1${path}`, {
      method,
      headers: {
        cookie,
        origin: address,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T };
  }

  stepUp(): Promise<Answer<unknown>> {
    return this.ask('POST', '/auth/step-up', { password: this.#settings.password });
  }

  async #write(): Promise<void> {
    const { pool, app, userId, limits } = this.#settings;
    const document = JSON.stringify({ name: 'Test' });
    const contentHash = hash('sha256', document, 'hex');
    await withUser(app, userId, async (transaction) => {
      for (const id of this.pipelines) {
        await sql`INSERT INTO app.pipelines (id, user_id, name, config) VALUES (${id}, ${userId}, 'Test', ${document})`.execute(
          transaction,
        );
        await sql`
          INSERT INTO app.pipeline_versions (pipeline_id, version, user_id, content_hash, document)
          VALUES (${id}, 1, ${userId}, ${contentHash}, ${document})`.execute(transaction);
      }
    });
    await pool.query(
      `INSERT INTO engine.accounts (id, user_id, kind, trading_mode, initial_balance, cash, label, broker, connection, limits)
       VALUES ($1, $2, 'broker', 'paper', 10000000, 10000000, 'sandbox', 'alpaca', $3, $4)`,
      [this.id, userId, { host: 'sandbox', key_id: sandboxKeyOf(this.id) }, { ...limitsToWire(UNLIMITED), ...limits }],
    );
    await this.tell('AAAA', MARKET_TIME);
  }

  async #ask(asker: pg.Pool | pg.PoolClient, key: string, kind: string, body: object): Promise<void> {
    await asker.query(
      'INSERT INTO engine.account_inbox (account_id, user_id, key, kind, body) VALUES ($1, $2, $3, $4, $5)',
      [this.id, this.userId, key, kind, JSON.stringify(body)],
    );
  }
}

/** Whether the broker may still fill it. */
export function isLive({ status }: Pick<TrueOrder, 'status'>): boolean {
  return LIVE.has(status);
}
