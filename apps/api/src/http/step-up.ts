/** The password given again, for what raises risk or undoes a stop: good for five minutes, in the session where it was given. */
import type { Schema } from '@bellwether/db';
import { BellwetherError } from '@bellwether/domain';
import { sql, type Transaction } from 'kysely';
import type { SignedIn } from './authentication.ts';

const STEP_UP_MINUTES = 5;

/** Opens the five minutes and returns their end, on the database clock. */
export async function openStepUp(
  transaction: Transaction<Schema>,
  { userId, sessionId }: SignedIn,
): Promise<Temporal.Instant> {
  const { rows } = await sql<{ until: Temporal.Instant }>`
    UPDATE app.sessions SET stepped_up_until = now() + make_interval(mins => ${STEP_UP_MINUTES})
     WHERE user_id = ${userId} AND id = ${sessionId} RETURNING stepped_up_until AS until`.execute(transaction);
  const [row] = rows;
  if (row === undefined) throw stepUpRequired('act');
  return row.until;
}

/** Throws `safety/step-up-required` unless the password was given in this session within the last five minutes. */
export async function requireStepUp(
  transaction: Transaction<Schema>,
  { userId, sessionId }: SignedIn,
  what: string,
): Promise<void> {
  const { rows } = await sql<{ is_open: boolean }>`
    SELECT stepped_up_until > now() AS is_open FROM app.sessions WHERE user_id = ${userId} AND id = ${sessionId}`.execute(
    transaction,
  );
  if (rows[0]?.is_open !== true) throw stepUpRequired(what);
}

function stepUpRequired(what: string): BellwetherError {
  return new BellwetherError(
    'rejected',
    'safety/step-up-required',
    `expected the password to have been given again within ${STEP_UP_MINUTES} minutes before you ${what}, was not; POST /auth/step-up, then repeat the request`,
  );
}
