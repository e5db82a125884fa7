import type {
  AccountRefWire,
  AccountStandingWire,
  KillSwitchStateWire,
  KillSwitchWire,
  ObstacleWire,
  StopProgressWire,
} from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { ACCOUNT_COLUMNS, type AccountColumns, accountRef } from './account-record.ts';
import { LIVE_ORDER } from './order-record.ts';
import { streamHead } from './stream-record.ts';

type Tx = Transaction<Schema>;

interface SwitchRow extends AccountColumns, StopProgressWire {
  readonly id: string;
  readonly scope: KillSwitchWire['scope'];
  readonly scope_id: string | null;
  readonly flatten: boolean;
  readonly reason: string;
  readonly engaged_by: string;
  readonly engaged_at: Temporal.Instant;
  readonly released_at: Temporal.Instant | null;
}

/** How far a stop of `k` (scope, account_id, pipeline_id, engaged_at) has come. Counted by the server's clock: a tape has its own. */
const PROGRESS = (userId: string) => sql`
  LEFT JOIN LATERAL (
    SELECT count(*)::int AS positions_open, (count(*) FILTER (WHERE p.state = 'closing'))::int AS positions_closing
      FROM engine.positions p
     WHERE p.user_id = ${userId} AND p.state <> 'closed' AND ${inScope('p')}) held ON true
  LEFT JOIN LATERAL (
    SELECT (count(*) FILTER (WHERE o.leg = 'entry'))::int AS entries_live,
           (count(*) FILTER (WHERE o.leg NOT IN ('entry', 'close')))::int AS protective_orders
      FROM engine.accounts own JOIN engine.orders o ON o.account_id = own.id
     WHERE own.user_id = ${userId} AND o.state IN ${LIVE_ORDER} AND ${inScope('o')}) working ON true
  LEFT JOIN LATERAL (
    SELECT count(*)::int AS entries_ended FROM engine.orders o
     WHERE o.user_id = ${userId} AND o.leg = 'entry' AND o.state NOT IN ${LIVE_ORDER} AND o.updated_at >= k.engaged_at AND ${inScope('o')}) ended ON true`;

function inScope(row: 'p' | 'o'): RawBuilder<unknown> {
  return sql`(k.scope IN ('platform', 'user') OR (k.scope = 'account' AND ${sql.ref(`${row}.account_id`)} = k.account_id)
    OR (k.scope = 'pipeline' AND ${sql.ref(`${row}.pipeline_id`)} = k.pipeline_id))`;
}

const COUNTS = sql`
  working.entries_live + ended.entries_ended AS entries_total, ended.entries_ended AS entries_canceled, held.positions_open,
  held.positions_closing, working.protective_orders`;

/** Reads kill switches that meet a condition on `k`, those of the platform included, with how far each has come. */
export async function readSwitches(
  transaction: Tx,
  userId: string,
  condition: RawBuilder<unknown>,
): Promise<KillSwitchWire[]> {
  const { rows } = await sql<SwitchRow>`
    SELECT k.id, k.scope, k.scope_id, k.flatten, k.reason, k.engaged_by, k.engaged_at, k.released_at, ${COUNTS}, ${ACCOUNT_COLUMNS}
      FROM engine.kill_switches k
      LEFT JOIN engine.accounts a ON a.id = k.account_id
      LEFT JOIN app.pipelines l ON l.id = coalesce(k.pipeline_id, a.pipeline_id)
      ${PROGRESS(userId)}
     WHERE (k.user_id = ${userId} OR k.user_id IS NULL) AND ${condition}
     ORDER BY k.engaged_at, k.id`.execute(transaction);
  return rows.map((row) => ({
    id: row.id,
    scope: row.scope,
    scope_id: row.scope_id,
    scope_name: scopeName(row),
    flatten: row.flatten,
    reason: row.reason,
    engaged_by: row.engaged_by,
    engaged_at: row.engaged_at.toString(),
    released_at: row.released_at?.toString() ?? null,
    progress: progressOf(row),
  }));
}

function scopeName(row: SwitchRow): string {
  if (row.scope === 'platform') return 'The platform';
  if (row.scope === 'user') return 'Everything';
  return row.scope === 'account' ? accountRef(row).name : (row.pipeline_name ?? 'A pipeline');
}

function progressOf(row: StopProgressWire): StopProgressWire {
  const { entries_total, entries_canceled, positions_open, positions_closing, protective_orders } = row;
  return { entries_total, entries_canceled, positions_open, positions_closing, protective_orders };
}

interface StandingRow extends AccountColumns {
  readonly gate_open: boolean;
  readonly reconciled_at: Temporal.Instant | null;
  readonly is_clean: boolean | null;
  readonly obstacles: readonly (Omit<ObstacleWire, 'text' | 'since'> & {
    readonly detail: string;
    readonly since: string;
  })[];
}

/** Reads how the user's accounts stand: a broker's always, a simulated one where something stands against it in particular. */
export async function readStandings(transaction: Tx, userId: string): Promise<AccountStandingWire[]> {
  const { rows } = await sql<StandingRow>`
    SELECT ${ACCOUNT_COLUMNS}, a.kind = 'simulated' OR a.gate_open AS gate_open, run.at AS reconciled_at, run.clean AS is_clean,
           coalesce(against.obstacles, '[]') AS obstacles
      FROM engine.accounts a LEFT JOIN app.pipelines l ON l.id = a.pipeline_id
      LEFT JOIN LATERAL (
        SELECT r.at, r.clean FROM engine.reconciliation_runs r WHERE r.account_id = a.id ORDER BY r.at DESC LIMIT 1) run ON true
      LEFT JOIN LATERAL (SELECT jsonb_agg(to_jsonb(s)) AS obstacles FROM engine.standing_of(a.id) s
        WHERE a.kind = 'broker' OR s.scope IN ('platform', 'account') OR s.pipeline_id = a.pipeline_id) against ON true
     WHERE a.user_id = ${userId} AND (a.kind = 'broker'
        OR EXISTS (SELECT 1 FROM engine.kill_switches k WHERE k.released_at IS NULL AND k.scope_id IN (a.id, a.pipeline_id) AND k.user_id = a.user_id)
        OR EXISTS (SELECT 1 FROM engine.symbol_latches y WHERE y.released_at IS NULL AND y.pipeline_id = a.pipeline_id))
     ORDER BY a.kind, a.created_at, a.id`.execute(transaction);
  return rows.map((row) => {
    const own = row.obstacles.filter(({ scope }) => scope === 'platform' || scope === 'account');
    return {
      account: accountRef(row),
      state: own.some(({ state }) => state === 'halted') ? 'halted' : own.length > 0 ? 'reducing' : 'active',
      gate_open: row.gate_open,
      reconciled_at: row.reconciled_at?.toString() ?? null,
      is_clean: row.is_clean,
      obstacles: row.obstacles.map(({ scope, pipeline_id, symbol, state, cause, detail, flatten, since }) => ({
        scope,
        pipeline_id,
        symbol,
        state,
        cause,
        text: detail,
        flatten,
        since: Temporal.Instant.from(since).toString(),
      })),
    };
  });
}

/** Reads all that stands against the user's entries, and what a stop of everything would have to do. Five questions. */
export async function readKillSwitchState(transaction: Tx, userId: string): Promise<KillSwitchStateWire> {
  const asOfSeq = await streamHead(transaction, userId);
  const engaged = await readSwitches(transaction, userId, sql`k.released_at IS NULL`);
  const accounts = await readStandings(transaction, userId);
  const { rows } = await sql<StopProgressWire>`
    SELECT ${COUNTS} FROM (SELECT 'user' AS scope, NULL::uuid AS account_id, NULL::uuid AS pipeline_id, 'infinity'::timestamptz AS engaged_at) k
      ${PROGRESS(userId)}`.execute(transaction);
  const [work] = rows;
  return {
    is_engaged: engaged.some(({ scope }) => scope === 'platform' || scope === 'user'),
    engaged,
    accounts,
    work: progressOf(
      work ?? {
        entries_total: 0,
        entries_canceled: 0,
        positions_open: 0,
        positions_closing: 0,
        protective_orders: 0,
      },
    ),
    as_of_seq: asOfSeq,
  };
}

/** Broker accounts in a scope that a release would send back to trading although ledger and broker are not known to agree. */
export async function unreconciled(
  transaction: Tx,
  userId: string,
  scope: 'user' | 'account' | 'pipeline',
  scopeId: string,
): Promise<readonly AccountRefWire[]> {
  const { rows } = await sql<AccountColumns>`
    SELECT ${ACCOUNT_COLUMNS} FROM engine.accounts a LEFT JOIN app.pipelines l ON l.id = a.pipeline_id
      LEFT JOIN LATERAL (
        SELECT r.clean FROM engine.reconciliation_runs r WHERE r.account_id = a.id ORDER BY r.at DESC LIMIT 1) run ON true
     WHERE a.user_id = ${userId} AND a.kind = 'broker' AND (${scope} = 'user' OR (${scope} = 'account' AND a.id = ${scopeId}::uuid)
        OR (${scope} = 'pipeline' AND (a.pipeline_id = ${scopeId}::uuid OR EXISTS (
          SELECT 1 FROM engine.positions p WHERE p.account_id = a.id AND p.pipeline_id = ${scopeId}::uuid AND p.state <> 'closed'))))
       AND (run.clean IS FALSE OR (NOT a.gate_open AND (
          EXISTS (SELECT 1 FROM engine.positions p WHERE p.account_id = a.id AND p.state <> 'closed')
          OR EXISTS (SELECT 1 FROM engine.orders o WHERE o.account_id = a.id AND o.state IN ${LIVE_ORDER}))))
       -- Nobody works on one whose ledger is broken, so its gate would never open: its release is what lets somebody look.
       AND NOT EXISTS (SELECT 1 FROM engine.safety_states s WHERE s.account_id = a.id AND s.cause = 'ledger_broken' AND s.ended_at IS NULL)
     ORDER BY a.id`.execute(transaction);
  return rows.map(accountRef);
}

/** Asks the keepers of accounts to compare ledger and broker, where that is not asked already: an idle account is looked at by nobody. */
export async function askReconciliation(
  transaction: Tx,
  userId: string,
  accounts: readonly AccountRefWire[],
): Promise<void> {
  await sql`
    INSERT INTO engine.account_inbox (account_id, user_id, key, kind, body)
    SELECT a.id, a.user_id, 'reconcile ' || gen_random_uuid(), 'reconcile', '{}' FROM engine.accounts a
     WHERE a.user_id = ${userId} AND a.id = ANY (${accounts.map(({ id }) => id)}::uuid[]) AND NOT EXISTS (
       SELECT 1 FROM engine.account_inbox i WHERE i.account_id = a.id AND i.kind = 'reconcile' AND i.done_at IS NULL)`.execute(
    transaction,
  );
}
