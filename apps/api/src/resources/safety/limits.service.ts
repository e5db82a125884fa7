import type { AccountLimitsWire, LimitsChangeWire } from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import { formatInstant } from '@bellwether/domain';
import { type AccountLimits, isLowered, LIVE_LIMITS, limitsToWire, PAPER_LIMITS, readLimits } from '@bellwether/kernel';
import { sql, type Transaction } from 'kysely';
import type { ApiOptions } from '../../api-options.ts';
import type { SignedIn } from '../../http/authentication.ts';
import { notFound } from '../../http/problem.ts';
import { requireStepUp } from '../../http/step-up.ts';
import { ACCOUNT_COLUMNS, type AccountColumns, accountRef } from '../../records/account-record.ts';
import { audit } from '../../records/audit.ts';
import { tell } from '../../records/stream-record.ts';

type Tx = Transaction<Schema>;
/** Limits by their names on the wire, which are those under which they are kept. */
type Kept = Readonly<Record<string, number | string | null>>;

interface LimitsRow extends AccountColumns {
  readonly in_force: Kept;
  readonly waiting: readonly { readonly limits: Kept; readonly effective_from: string }[];
}

export interface LimitsChange {
  readonly accountId: string;
  readonly limits: LimitsChangeWire;
  readonly reason: string;
}

/** Limits of broker accounts: what is lowered acts at once, what is raised waits for the next session. */
export class LimitsService {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  async list(transaction: Tx, userId: string): Promise<AccountLimitsWire[]> {
    return (await this.#read(transaction, userId)).map(limitsOf);
  }

  /** Throws `account/not-found`, `safety/bad-limit`, and `safety/step-up-required` where something is raised. */
  async change(transaction: Tx, signedIn: SignedIn, change: LimitsChange): Promise<AccountLimitsWire> {
    const { userId } = signedIn;
    const { accountId, reason } = change;
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`limits ${accountId}`}, 0))`.execute(transaction);
    const row = await this.#find(transaction, userId, accountId);
    const old = inForce(row);
    const next = readLimits(change.limits, old);
    const { atOnce, later } = divide(old, next, change.limits, row.waiting);
    if (Object.keys(later).length > 0) await requireStepUp(transaction, signedIn, 'raise a limit');
    const now = this.#options.now();
    const nextSession = this.#options.calendar.nextSession(now).opensAt;
    for (const [changed, from] of [
      [atOnce, now],
      [later, nextSession],
    ] as const) {
      if (Object.keys(changed).length === 0) continue;
      const before = pick(limitsToWire(old), Object.keys(changed));
      const effectiveFrom = formatInstant(from);
      await sql`
        INSERT INTO engine.account_limit_changes (user_id, account_id, old, new, effective_from, changed_by, reason)
        VALUES (${userId}, ${accountId}, ${JSON.stringify(before)}::jsonb, ${JSON.stringify(changed)}::jsonb, ${effectiveFrom}, 'user', ${reason})`.execute(
        transaction,
      );
      await audit(transaction, userId, {
        action: 'limits_changed',
        subjectType: 'account',
        subjectId: accountId,
        details: { old: before, new: changed, effective_from: effectiveFrom, reason },
      });
    }
    if (Object.keys(atOnce).length > 0) {
      await sql`
        UPDATE engine.accounts SET limits = limits || ${JSON.stringify(atOnce)}::jsonb, updated_at = now()
         WHERE user_id = ${userId} AND id = ${accountId}`.execute(transaction);
    }
    const changed = limitsOf(await this.#find(transaction, userId, accountId));
    await tell(transaction, userId, {
      event: 'limits_changed',
      at: formatInstant(now),
      body: { account_id: accountId },
    });
    return changed;
  }

  async #find(transaction: Tx, userId: string, accountId: string): Promise<LimitsRow> {
    const [row] = await this.#read(transaction, userId, accountId);
    if (row === undefined) throw notFound('account/not-found', 'a broker account', accountId);
    return row;
  }

  async #read(transaction: Tx, userId: string, accountId?: string): Promise<readonly LimitsRow[]> {
    const now = formatInstant(this.#options.now());
    const { rows } = await sql<LimitsRow>`
      SELECT ${ACCOUNT_COLUMNS}, engine.limits_of(a.id, ${now}::timestamptz) AS in_force, coalesce((
               SELECT jsonb_agg(jsonb_build_object('limits', c.new, 'effective_from', c.effective_from) ORDER BY c.id)
                 FROM engine.account_limit_changes c WHERE c.account_id = a.id AND c.effective_from > ${now}::timestamptz), '[]') AS waiting
        FROM engine.accounts a LEFT JOIN app.pipelines l ON l.id = a.pipeline_id
       WHERE a.user_id = ${userId} AND a.kind = 'broker' AND ${accountId === undefined ? sql`true` : sql`a.id = ${accountId}`}
       ORDER BY a.created_at, a.id`.execute(transaction);
    return rows;
  }
}

function defaultsOf({ account_mode }: AccountColumns): AccountLimits {
  return account_mode === 'live' ? LIVE_LIMITS : PAPER_LIMITS;
}

function inForce(row: LimitsRow): AccountLimits {
  return readLimits(row.in_force, defaultsOf(row));
}

function limitsOf(row: LimitsRow): AccountLimitsWire {
  return {
    account: accountRef(row),
    limits: { ...limitsToWire(inForce(row)) },
    defaults: { ...limitsToWire(defaultsOf(row)) },
    waiting: row.waiting.map(({ limits, effective_from }) => ({
      limits: { ...limits },
      effective_from: Temporal.Instant.from(effective_from).toString(),
    })),
  };
}

/** Divides a change by when it acts. A limit set to what holds already is written down only where it takes back a raise that waits. */
function divide(
  old: AccountLimits,
  next: AccountLimits,
  asked: LimitsChangeWire,
  waiting: LimitsRow['waiting'],
): { readonly atOnce: Kept; readonly later: Kept } {
  const before = limitsToWire(old);
  const after = limitsToWire(next);
  const lowered = loweredOnWire(old, next);
  const atOnce: Record<string, number | string | null> = {};
  const later: Record<string, number | string | null> = {};
  for (const name of Object.keys(asked)) {
    const value = after[name] ?? null;
    const isSame = value === before[name];
    if (isSame && !waiting.some(({ limits }) => name in limits)) continue;
    if (isSame || lowered.has(name)) atOnce[name] = value;
    else later[name] = value;
  }
  return { atOnce, later };
}

/** The fields in which the new limits forbid more, by their names on the wire; both lists are in the order of the fields. */
function loweredOnWire(old: AccountLimits, next: AccountLimits): ReadonlySet<string> {
  const wire = Object.keys(limitsToWire(old));
  return new Set(
    Object.values(isLowered(old, next)).flatMap((is, i) => (is && wire[i] !== undefined ? [wire[i]] : [])),
  );
}

function pick(limits: Kept, names: readonly string[]): Kept {
  return Object.fromEntries(names.map((name) => [name, limits[name] ?? null]));
}
