import type { AccountRefWire, KillSwitchWire } from '@bellwether/contracts';
import { type Database, type Schema, withUser } from '@bellwether/db';
import { BellwetherError } from '@bellwether/domain';
import { sql, type Transaction } from 'kysely';
import { notFound } from '../http/problem.ts';
import { type Intervention, interventionNews, recordIntervention } from './intervention-record.ts';
import { askReconciliation, readSwitches, unreconciled } from './kill-switch-record.ts';
import { type StreamNews, tell } from './stream-record.ts';

type Tx = Transaction<Schema>;

export interface Scope {
  readonly scope: 'user' | 'account' | 'pipeline';
  /** The user's own id for scope user. */
  readonly scopeId: string;
}

export interface Engagement extends Scope {
  readonly flatten: boolean;
  readonly reason: string;
  /** For the stream. */
  readonly at: string;
}

/** Reads a scope of the user's from a request. Throws the scope's not-found for an id that is not theirs, and `request/invalid`. */
export async function scopeOf(
  transaction: Tx,
  userId: string,
  { scope, scope_id: id }: { readonly scope: Scope['scope']; readonly scope_id?: string },
): Promise<Scope> {
  if (scope === 'user') return { scope, scopeId: userId };
  if (id === undefined) {
    throw new BellwetherError(
      'invalid',
      'request/invalid',
      `expected scope_id to name the ${scope}, was missing; give its id, or choose scope "user" for everything`,
    );
  }
  const { rows } =
    scope === 'account'
      ? await sql`SELECT 1 FROM engine.accounts WHERE user_id = ${userId} AND id = ${id}`.execute(transaction)
      : await sql`SELECT 1 FROM app.pipelines WHERE user_id = ${userId} AND id = ${id}`.execute(transaction);
  if (rows.length === 0) {
    if (scope === 'account') throw notFound('account/not-found', 'an account', id);
    throw notFound('pipeline/not-found', 'a pipeline', id);
  }
  return { scope, scopeId: id };
}

/**
 * Engages the kill switch of a scope; engaged already, it stays as it is and nothing is recorded. One that does not flatten gives way, in the
 * same transaction, to one that does; the reverse never happens. The news is for `tell`, at the very end of the caller's transaction.
 */
export async function engageSwitch(
  transaction: Tx,
  userId: string,
  wanted: Engagement,
): Promise<{ readonly engaged: KillSwitchWire; readonly news: readonly StreamNews[] }> {
  const { scope, scopeId, flatten, reason, at } = wanted;
  await lockScope(transaction, wanted);
  const standing = await findEngaged(transaction, userId, wanted);
  const news: StreamNews[] = [];
  if (standing === undefined || (flatten && !standing.flatten)) {
    if (standing !== undefined)
      await markReleased(transaction, standing.id, 'replaced by one that also closes positions');
    await sql`
      INSERT INTO engine.kill_switches (user_id, scope, scope_id, flatten, reason, engaged_by)
      VALUES (${userId}, ${scope}, ${scopeId}, ${flatten}, ${reason}, 'user')`.execute(transaction);
    const act: Intervention = {
      kind: 'kill_switch',
      target: targetOf(wanted),
      accountId: scope === 'account' ? scopeId : null,
      reason,
      body: { scope, scope_id: scopeId, flatten },
    };
    const { id } = await recordIntervention(transaction, userId, act);
    news.push(switchNews(wanted, { isEngaged: true, flatten, reason, at }), interventionNews(id, act, at));
  }
  const [engaged] = await readSwitches(
    transaction,
    userId,
    sql`k.released_at IS NULL AND k.scope = ${scope} AND k.scope_id = ${scopeId}`,
  );
  if (engaged === undefined) throw new BellwetherError('bug', 'server/internal', 'expected the switch, was none');
  return { engaged, news };
}

/** Accounts in the scope of a release whose ledger and broker are not known to agree. */
class NotReconciled extends BellwetherError {
  readonly accounts: readonly AccountRefWire[];

  constructor(accounts: readonly AccountRefWire[]) {
    const names = accounts.map(({ name }) => name);
    super(
      'conflict',
      'safety/not-releasable',
      `expected a clean reconciliation of ${names.join(' and ')} before a release, was none yet; it is being reconciled now, try again in a moment, or resolve what differs`,
      { extensions: { accounts: names } },
    );
    this.accounts = accounts;
  }
}

/** Performs a release. One that is refused for want of a reconciliation has it made, so that the next attempt may pass. */
export async function reconcilingFirst<T>(database: Database, userId: string, release: () => Promise<T>): Promise<T> {
  try {
    return await release();
  } catch (error) {
    // What the refused release wrote is gone with its transaction.
    if (error instanceof NotReconciled)
      await withUser(database, userId, (transaction) => askReconciliation(transaction, userId, error.accounts));
    throw error;
  }
}

/**
 * Releases a scope: its kill switch, and the halts of the safety kernel that only its owner may end. Returns false when nothing stood. Throws
 * `safety/not-releasable` while an account in it is not reconciled. The caller has checked the step-up.
 */
export async function releaseScope(
  transaction: Tx,
  userId: string,
  released: Scope & { readonly reason: string; readonly at: string; readonly key?: string | undefined },
): Promise<boolean> {
  const { scope, scopeId, reason, at } = released;
  await lockScope(transaction, released);
  const standing = await findEngaged(transaction, userId, released);
  const halts = await findHalts(transaction, userId, released);
  if (standing === undefined && halts.length === 0) return false;
  const open = await unreconciled(transaction, userId, scope, scopeId);
  if (open.length > 0) throw new NotReconciled(open);
  if (standing !== undefined) await markReleased(transaction, standing.id, reason);
  await sql`
    UPDATE engine.safety_states SET ended_at = clock_timestamp(), end_reason = ${`released: ${reason}`}
     WHERE id = ANY (${halts.map(({ id }) => id)}::uuid[])`.execute(transaction);
  const act: Intervention = {
    kind: scope === 'pipeline' ? 'release' : 'kill_switch_release',
    target: targetOf(released),
    accountId: scope === 'account' ? scopeId : null,
    reason,
    key: released.key,
    body: { scope, scope_id: scopeId, halts: halts.map(({ cause }) => cause) },
  };
  const { id } = await recordIntervention(transaction, userId, act);
  await tell(transaction, userId, switchNews(released, { isEngaged: false, flatten: false, reason, at }));
  await tell(transaction, userId, interventionNews(id, act, at));
  return true;
}

/** Lets a pipeline enter a symbol again that was closed by hand. Returns false when it was not latched. */
export async function rearmSymbol(
  transaction: Tx,
  userId: string,
  { pipelineId, symbol, at }: { readonly pipelineId: string; readonly symbol: string; readonly at: string },
): Promise<boolean> {
  const { rows } = await sql`
    UPDATE engine.symbol_latches SET released_at = clock_timestamp()
     WHERE user_id = ${userId} AND pipeline_id = ${pipelineId} AND symbol = ${symbol} AND released_at IS NULL RETURNING id`.execute(
    transaction,
  );
  if (rows.length === 0) return false;
  const act: Intervention = {
    kind: 'rearm',
    target: pipelineId,
    reason: `entries in ${symbol} again`,
    body: { symbol },
  };
  const { id } = await recordIntervention(transaction, userId, act);
  await tell(transaction, userId, { event: 'pipeline_updated', at, pipelineId });
  await tell(transaction, userId, interventionNews(id, act, at));
  return true;
}

/** Clicks on one switch follow one another. */
async function lockScope(transaction: Tx, { scope, scopeId }: Scope): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`kill switch ${scope} ${scopeId}`}, 0))`.execute(
    transaction,
  );
}

async function findEngaged(transaction: Tx, userId: string, { scope, scopeId }: Scope) {
  const { rows } = await sql<{ id: string; flatten: boolean }>`
    SELECT id, flatten FROM engine.kill_switches
     WHERE user_id = ${userId} AND scope = ${scope} AND scope_id = ${scopeId} AND released_at IS NULL`.execute(
    transaction,
  );
  return rows[0];
}

/** A halt waits for its owner; so does an account that was twice naked. What merely reduces otherwise ends by itself. */
async function findHalts(transaction: Tx, userId: string, { scope, scopeId }: Scope) {
  if (scope === 'user') return [];
  const ofScope = scope === 'account' ? sql`account_id = ${scopeId}` : sql`pipeline_id = ${scopeId}`;
  const { rows } = await sql<{ id: string; cause: string }>`
    SELECT id, cause FROM engine.safety_states
     WHERE user_id = ${userId} AND scope = ${scope} AND ${ofScope} AND ended_at IS NULL AND (state = 'halted' OR cause = 'naked_twice')`.execute(
    transaction,
  );
  return rows;
}

async function markReleased(transaction: Tx, id: string, reason: string): Promise<void> {
  await sql`
    UPDATE engine.kill_switches SET released_at = clock_timestamp(), released_by = 'user', release_reason = ${reason}
     WHERE id = ${id}`.execute(transaction);
}

function targetOf({ scope, scopeId }: Scope): string {
  return scope === 'user' ? 'user' : `${scope} ${scopeId}`;
}

function switchNews(
  { scope, scopeId }: Scope,
  change: {
    readonly isEngaged: boolean;
    readonly flatten: boolean;
    readonly reason: string;
    readonly at: string;
  },
): StreamNews {
  const { isEngaged, flatten, reason, at } = change;
  return {
    event: 'kill_switch_changed',
    at,
    ...(scope === 'pipeline' ? { pipelineId: scopeId } : {}),
    body: { scope, scope_id: scopeId, is_engaged: isEngaged, flatten, reason },
  };
}
