import type { UserWire } from '@bellwether/contracts';
import { type Database, withUser } from '@bellwether/db';
import { sql } from 'kysely';
import { SESSION_DAYS, type SignedIn, tokenHash } from '../../http/authentication.ts';
import { openStepUp } from '../../http/step-up.ts';
import { audit } from '../../records/audit.ts';

export interface Credentials {
  readonly userId: string;
  readonly passwordHash: string;
}

export async function findCredentials(database: Database, email: string): Promise<Credentials | undefined> {
  const { rows } = await sql<{ user_id: string; password_hash: string; archived_at: Temporal.Instant | null }>`
    SELECT user_id, password_hash, archived_at FROM app.find_credentials(${email})`.execute(database.kysely);
  const row = rows[0];
  return row === undefined || row.archived_at !== null
    ? undefined
    : { userId: row.user_id, passwordHash: row.password_hash };
}

/** Opens a session, which the audit log shows, and returns its user. */
export function openSession(
  database: Database,
  userId: string,
  token: string,
  userAgent: string | null,
): Promise<UserWire> {
  return withUser(database, userId, async (transaction) => {
    const session = await transaction
      .insertInto('app.sessions')
      .values({
        user_id: userId,
        token_hash: tokenHash(token),
        user_agent: userAgent?.slice(0, 500) ?? null,
        expires_at: sql<Temporal.Instant>`now() + make_interval(days => ${SESSION_DAYS})`,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await audit(transaction, userId, { action: 'login', subjectType: 'session', subjectId: session.id });
    const row = await transaction
      .selectFrom('app.users')
      .select(['id', 'email', 'display'])
      .where('id', '=', userId)
      .executeTakeFirstOrThrow();
    return { id: row.id, email: row.email, display_name: row.display };
  });
}

export async function endSession(database: Database, userId: string, sessionId: string): Promise<void> {
  await withUser(database, userId, (transaction) =>
    transaction
      .updateTable('app.sessions')
      .set({ revoked_at: sql<Temporal.Instant>`now()` })
      .where('user_id', '=', userId)
      .where('id', '=', sessionId)
      .execute(),
  );
}

export function readUser(database: Database, userId: string): Promise<UserWire> {
  return withUser(database, userId, async (transaction) => {
    const row = await transaction
      .selectFrom('app.users')
      .select(['id', 'email', 'display'])
      .where('id', '=', userId)
      .executeTakeFirstOrThrow();
    return { id: row.id, email: row.email, display_name: row.display };
  });
}

export function readPasswordHash(database: Database, userId: string): Promise<string> {
  return withUser(database, userId, async (transaction) => {
    const row = await transaction
      .selectFrom('app.users')
      .select('password_hash')
      .where('id', '=', userId)
      .executeTakeFirstOrThrow();
    return row.password_hash;
  });
}

/** Lets the session do what needs the password again, and returns until when. */
export function stepUp(database: Database, signedIn: SignedIn): Promise<Temporal.Instant> {
  const { userId, sessionId } = signedIn;
  return withUser(database, userId, async (transaction) => {
    const until = await openStepUp(transaction, signedIn);
    await audit(transaction, userId, {
      action: 'step_up',
      subjectType: 'session',
      subjectId: sessionId,
      details: { until: until.toString() },
    });
    return until;
  });
}
