import { type EpochMs, formatInstant, type TriggerFact } from '@bellwether/domain';
import type { Standing } from '@bellwether/kernel';
import type pg from 'pg';
import { STANDING_ROWS, type StandingRow, standingFrom } from '../account/account-store.ts';
import { SESSION_LEASE } from '../engine/flush.ts';

/** A session as its new holder finds it. */
export interface HeldSession {
  readonly id: string;
  readonly userId: string;
  readonly pipelineId: string;
  readonly version: number;
  readonly purpose: 'run' | 'start';
  readonly runExecutionId: string | null;
  readonly source: SessionSource;
  readonly isNew: boolean;
  /** It had nothing to do until now, and nothing on its hands. */
  readonly hasWaited: boolean;
  readonly marketTime: EpochMs | null;
  readonly position: unknown;
  readonly state: unknown;
  readonly fence: number;
  readonly failures: number;
  /** The pipeline document of the version. */
  readonly document: unknown;
  /** Executions that have not ended, with the attempt under which the holder may write. */
  readonly open: readonly { readonly id: string; readonly attempt: number; readonly lastSeq: number }[];
}

export interface SessionSource {
  readonly kind: 'demo_tape' | 'live';
  /** Null of live prices. */
  readonly tape_id: string | null;
  /** Times real time; null plays without waiting. */
  readonly speed: number | null;
  readonly label: string;
  readonly synthetic: boolean;
  /** Instant of the first decision; absent where the first moment at which the pipeline has something to do is looked for. */
  readonly from?: string | null;
}

/** What somebody asked of a session since it was last looked at. */
export interface Requests {
  readonly stop: boolean;
  readonly facts: readonly { readonly inboxId: string; readonly executionId: string; readonly fact: unknown }[];
  /** What stands against entries of its pipeline. */
  readonly standing: Standing;
  readonly asked: readonly SessionRequest[];
  readonly signals: readonly TriggerSignal[];
}

/** A trigger that somebody else watched for has fired. */
export interface TriggerSignal {
  readonly id: string;
  readonly symbol: string | null;
  readonly trigger: TriggerFact;
}

/** What a user asks of a simulated desk by hand. */
export interface SessionRequest {
  readonly id: string;
  readonly kind: 'close' | 'cancel_entries';
  readonly body: { readonly position_id?: string; readonly reason?: string };
}

interface SignalRow {
  readonly id: string;
  readonly node_id: string;
  readonly kind: TriggerFact['kind'];
  readonly symbol: string | null;
  readonly at: Temporal.Instant;
  readonly text: string;
}

interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly pipeline_id: string;
  readonly version: number;
  readonly purpose: 'run' | 'start';
  readonly run_execution_id: string | null;
  readonly source: SessionSource;
  readonly was: string;
  readonly market_time: Temporal.Instant | null;
  readonly position: unknown;
  readonly state: unknown;
  readonly fence: string;
  readonly failures: number;
  readonly document: unknown;
}

const NOT_HELD = '(lease_expires_at IS NULL OR lease_expires_at <= now()) AND (retry_at IS NULL OR retry_at <= now())';

/** The rows of sessions, as their holder needs them; every question is asked as the engine. */
export class SessionStore {
  readonly #pool: pg.Pool;
  readonly #holder: string;

  /** `holder` names this process in the rows. */
  constructor(pool: pg.Pool, holder: string) {
    this.#pool = pool;
    this.#holder = holder;
  }

  /** Returns the sessions that nobody holds, the longest abandoned first, and those that wait and are to be woken by now. */
  async findFree(limit: number, now: EpochMs): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ id: string }>({
      name: 'find_free_sessions',
      text: `(SELECT id FROM engine.sessions WHERE status IN ('pending', 'playing') AND ${NOT_HELD}
              ORDER BY lease_expires_at NULLS FIRST LIMIT $1)
             UNION ALL
             (SELECT id FROM engine.sessions WHERE status = 'waiting' AND wakes_at <= $2 AND ${NOT_HELD}
              ORDER BY wakes_at LIMIT $1)`,
      values: [limit, formatInstant(now)],
    });
    return rows.slice(0, limit).map(({ id }) => id);
  }

  /** Takes a session that nobody holds, and with it its open executions. Returns undefined when somebody else was quicker. */
  async take(id: string): Promise<HeldSession | undefined> {
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<SessionRow>(
        `UPDATE engine.sessions s SET fence = s.fence + 1, lease_holder = $2, lease_expires_at = now() + ${SESSION_LEASE}, retry_at = NULL
         FROM (SELECT id, status AS was FROM engine.sessions WHERE id = $1 AND status <> 'ended' AND ${NOT_HELD}
               FOR UPDATE SKIP LOCKED) AS free,
           app.pipeline_versions v
         WHERE s.id = free.id AND v.pipeline_id = s.pipeline_id AND v.version = s.version
         RETURNING s.*, free.was, v.document`,
        [id, this.#holder],
      );
      const [row] = rows;
      if (row === undefined) {
        await client.query('ROLLBACK');
        return undefined;
      }
      const open = await client.query<{ id: string; attempt: number; last_seq: number }>(
        `UPDATE engine.executions SET attempt = attempt + 1 WHERE session_id = $1 AND ended_at IS NULL RETURNING id, attempt, last_seq`,
        [id],
      );
      // Whoever plays it judges for itself.
      if (row.was === 'waiting') await client.query('DELETE FROM engine.armed_triggers WHERE session_id = $1', [id]);
      await client.query('COMMIT');
      return {
        id: row.id,
        userId: row.user_id,
        pipelineId: row.pipeline_id,
        version: row.version,
        purpose: row.purpose,
        runExecutionId: row.run_execution_id,
        source: row.source,
        isNew: row.was === 'pending',
        hasWaited: row.was === 'waiting',
        marketTime: row.market_time === null ? null : row.market_time.epochMilliseconds,
        position: row.position,
        state: row.state,
        fence: Number(row.fence),
        failures: row.failures,
        document: row.document,
        open: open.rows.map(({ id, attempt, last_seq }) => ({ id, attempt, lastSeq: last_seq })),
      };
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }

  /** Renews the lease without saving anything. Returns false when it is somebody else's by now. */
  async renew(id: string, fence: number): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `UPDATE engine.sessions SET lease_expires_at = now() + ${SESSION_LEASE} WHERE id = $1 AND fence = $2 AND status <> 'ended'`,
      [id, fence],
    );
    return rowCount === 1;
  }

  async requests({ id, pipelineId }: Pick<HeldSession, 'id' | 'pipelineId'>): Promise<Requests> {
    const [standing, asked] = await Promise.all([
      this.#pool.query<StandingRow>({ name: 'session_standing', text: STANDING_ROWS, values: [pipelineId] }),
      this.#pool.query<SessionRequest>({
        name: 'session_requests',
        text: 'SELECT id, kind, body FROM engine.session_requests WHERE session_id = $1 AND done_at IS NULL ORDER BY id',
        values: [id],
      }),
    ]);
    const signals = await this.#pool.query<SignalRow>({
      name: 'session_signals',
      text: 'SELECT id, node_id, kind, symbol, at, text FROM engine.trigger_signals WHERE session_id = $1 AND done_at IS NULL ORDER BY id',
      values: [id],
    });
    const { rows } = await this.#pool.query<{
      stop: boolean;
      inbox_id: string | null;
      execution_id: string | null;
      fact: unknown;
    }>(
      `SELECT s.stop_requested_at IS NOT NULL AS stop, i.id AS inbox_id, i.execution_id, i.fact
       FROM engine.sessions s
       LEFT JOIN engine.executions e ON e.session_id = s.id AND e.ended_at IS NULL
       LEFT JOIN engine.inbox i ON i.execution_id = e.id AND i.consumed_by IS NULL
       WHERE s.id = $1 ORDER BY i.id`,
      [id],
    );
    return {
      stop: rows[0]?.stop ?? false,
      standing: standingFrom(standing.rows),
      asked: asked.rows,
      signals: signals.rows.map(({ id, node_id, kind, symbol, at, text }) => ({
        id,
        symbol,
        trigger: { nodeId: node_id, kind, at: at.epochMilliseconds, text },
      })),
      facts: rows.flatMap(({ inbox_id, execution_id, fact }) =>
        inbox_id === null || execution_id === null ? [] : [{ inboxId: inbox_id, executionId: execution_id, fact }],
      ),
    };
  }

  /** Lets go, so that another worker need not wait for the lease to run out. */
  async release(id: string, fence: number): Promise<void> {
    await this.#pool.query(
      'UPDATE engine.sessions SET lease_expires_at = NULL, lease_holder = NULL WHERE id = $1 AND fence = $2',
      [id, fence],
    );
  }

  /** Lets go of a session that could not be played, until `retryAt`. Returns how often in a row that has happened. */
  async postpone(id: string, fence: number, retryAt: EpochMs): Promise<void> {
    await this.#pool.query(
      `UPDATE engine.sessions SET lease_expires_at = NULL, lease_holder = NULL, failures = failures + 1, retry_at = $3
       WHERE id = $1 AND fence = $2`,
      [id, fence, formatInstant(retryAt)],
    );
  }

  /** Ends a session that cannot be played, and with it what it had open; the reason is shown with each. */
  async giveUp({ id, fence, pipelineId }: HeldSession, reason: string): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      const ended = await client.query(
        `UPDATE engine.sessions SET status = 'ended', ended_at = now(), end_reason = $3, lease_holder = NULL, lease_expires_at = NULL, wakes_at = NULL
         WHERE id = $1 AND fence = $2 AND status <> 'ended'`,
        [id, fence, reason],
      );
      if (ended.rowCount === 1) {
        await client.query(
          `UPDATE engine.executions SET status = 'failed', result = 'failed', result_reason = $2, ended_at = now(), attempt = attempt + 1
           WHERE session_id = $1 AND ended_at IS NULL`,
          [id, reason],
        );
        await client.query(
          `UPDATE engine.schedule_ticks t SET outcome = 'failed', reason = $2 FROM engine.executions e
           WHERE e.session_id = $1 AND t.execution_id = e.id AND t.outcome = 'pending'`,
          [id, reason],
        );
        await client.query(
          `UPDATE app.pipelines SET state = 'stopped', state_reason = $2, next_due_at = NULL, updated_at = now() WHERE id = $1`,
          [pipelineId, `stopped because it could not be played: ${reason}`],
        );
      }
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }
}
