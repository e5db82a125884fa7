import type { AlertWire, AuditEntryWire, InterventionWire } from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import { sql, type Transaction } from 'kysely';
import { type PageRequest, pageOf } from '../../http/paging.ts';
import { after } from '../../records/page-condition.ts';

type Tx = Transaction<Schema>;

interface InterventionRow extends Omit<InterventionWire, 'at' | 'outcomes'> {
  readonly at: Temporal.Instant;
  readonly outcomes: InterventionWire['outcomes'];
}

/** Reads what the user did by hand, newest first, with what became of it; one question for the page. */
export async function listInterventions(transaction: Tx, userId: string, page: PageRequest) {
  const { rows } = await sql<InterventionRow>`
    SELECT m.id, m.kind, m.target, m.account_id, m.reason, m.at, coalesce(r.outcomes, '[]') AS outcomes
      FROM engine.manual_interventions m
      LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('position_id', o.position_id, 'outcome', o.outcome, 'text', o.text, 'at', o.at) ORDER BY o.at) AS outcomes
          FROM engine.intervention_outcomes o WHERE o.intervention_id = m.id) r ON true
     WHERE m.user_id = ${userId} AND ${after(page.after, 'm.at', 'm.id')}
     ORDER BY m.at DESC, m.id DESC LIMIT ${page.limit + 1}`.execute(transaction);
  return pageOf(
    rows,
    page.limit,
    (row) => ({ at: row.at.toString(), id: row.id }),
    (row): InterventionWire => ({
      ...row,
      at: row.at.toString(),
      outcomes: row.outcomes.map((outcome) => ({ ...outcome, at: Temporal.Instant.from(outcome.at).toString() })),
    }),
  );
}

interface AlertRow extends Omit<AlertWire, 'at'> {
  readonly at: Temporal.Instant;
}

/** Reads what accounts told of themselves, newest first; `atLeast` leaves out what matters less. */
export async function listAlerts(
  transaction: Tx,
  userId: string,
  page: PageRequest,
  atLeast: AlertWire['level'],
): Promise<{ items: AlertWire[]; next_cursor: string | null }> {
  const levels = LEVELS.slice(LEVELS.indexOf(atLeast));
  const { rows } = await sql<AlertRow>`
    SELECT a.id, a.level, a.code, a.text, a.account_id, a.symbol, a.position_id, a.pipeline_id, a.at
      FROM engine.alerts a
     WHERE a.user_id = ${userId} AND a.level = ANY (${levels}::text[]) AND ${after(page.after, 'a.at', 'a.id')}
     ORDER BY a.at DESC, a.id DESC LIMIT ${page.limit + 1}`.execute(transaction);
  return pageOf(
    rows,
    page.limit,
    (row) => ({ at: row.at.toString(), id: row.id }),
    (row): AlertWire => ({ ...row, at: row.at.toString() }),
  );
}

const LEVELS: readonly AlertWire['level'][] = ['notice', 'alarm', 'page'];

interface AuditRow {
  readonly seq: string;
  readonly actor: string;
  readonly action: string;
  readonly subject_type: string;
  readonly subject_id: string;
  readonly details: Record<string, unknown>;
  readonly recorded_at: Temporal.Instant;
  readonly hash: Buffer;
}

/** Reads a page of the audit log, newest first, and checks the whole chain. `before` is the last seq of the page before. */
export async function readAudit(transaction: Tx, userId: string, limit: number, before: string | null) {
  const { rows } = await sql<AuditRow>`
    SELECT seq, actor, action, subject_type, subject_id, details, recorded_at, hash FROM app.audit_log
     WHERE user_id = ${userId} AND ${before === null ? sql`true` : sql`seq < ${before}::bigint`}
     ORDER BY seq DESC LIMIT ${limit + 1}`.execute(transaction);
  const { rows: breaks } = await sql<{ seq: string; fault: string }>`
    SELECT seq, fault FROM app.audit_breaks() WHERE user_id = ${userId}`.execute(transaction);
  const { rows: counted } = await sql<{ entries: number }>`
    SELECT count(*)::int AS entries FROM app.audit_log WHERE user_id = ${userId}`.execute(transaction);
  return {
    ...pageOf(rows, limit, (row) => ({ at: row.recorded_at.toString(), id: row.seq }), auditToWire),
    chain: {
      is_whole: breaks.length === 0,
      entries: counted[0]?.entries ?? 0,
      breaks: breaks.map(({ seq, fault }) => ({ seq: Number(seq), fault })),
    },
  };
}

function auditToWire(row: AuditRow): AuditEntryWire {
  return {
    ...row,
    seq: Number(row.seq),
    recorded_at: row.recorded_at.toString(),
    hash: row.hash.toString('hex'),
  };
}
