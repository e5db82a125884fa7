import type { Schema } from '@bellwether/db';
import { sql, type Transaction } from 'kysely';
import { audit } from './audit.ts';
import type { StreamNews } from './stream-record.ts';

export interface Intervention {
  readonly kind: 'close' | 'close_all' | 'kill_switch' | 'kill_switch_release' | 'release' | 'rearm';
  /** What it is about, as its owner names it: a position's or pipeline's id, a scope. */
  readonly target: string;
  readonly accountId?: string | null;
  readonly reason: string;
  /** The client's `Idempotency-Key`. */
  readonly key?: string | undefined;
  readonly body?: Readonly<Record<string, unknown>>;
}

/**
 * Records a manual act and the audit entry of it. Returns its id, and false for `isNew` when the key has been used for the same act before,
 * however long ago.
 */
export async function recordIntervention(
  transaction: Transaction<Schema>,
  userId: string,
  intervention: Intervention,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const { kind, target, reason, accountId = null, body = {} } = intervention;
  const key = intervention.key === undefined ? null : `${kind} ${target} ${intervention.key}`;
  const { rows } = await sql<{ id: string }>`
    INSERT INTO engine.manual_interventions (user_id, account_id, kind, target, reason, idempotency_key, body)
    VALUES (${userId}, ${accountId}, ${kind}, ${target}, ${reason}, ${key}, ${JSON.stringify(body)}::jsonb)
    ON CONFLICT ON CONSTRAINT manual_interventions_key_unique DO NOTHING RETURNING id`.execute(transaction);
  const [made] = rows;
  if (made === undefined) {
    const found = await transaction
      .selectFrom('engine.manual_interventions')
      .select('id')
      .where('user_id', '=', userId)
      .where('idempotency_key', '=', key)
      .executeTakeFirstOrThrow();
    return { id: found.id, isNew: false };
  }
  await audit(transaction, userId, {
    action: kind,
    subjectType: 'intervention',
    subjectId: made.id,
    details: { target, reason, ...body },
  });
  return { id: made.id, isNew: true };
}

/** What the user's screens are told of a manual act. */
export function interventionNews(id: string, { kind, target, reason }: Intervention, at: string): StreamNews {
  return { at, event: 'intervention_recorded', body: { intervention_id: id, kind, target, reason } };
}
