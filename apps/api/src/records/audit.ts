import type { Schema } from '@bellwether/db';
import type { Transaction } from 'kysely';

export interface AuditEntry {
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Appends to the user's audit log, in the transaction of the act itself: one does not happen without the other. */
export async function audit(transaction: Transaction<Schema>, userId: string, entry: AuditEntry): Promise<void> {
  await transaction
    .insertInto('app.audit_log')
    .values({
      user_id: userId,
      actor: 'user',
      action: entry.action,
      subject_type: entry.subjectType,
      subject_id: entry.subjectId,
      details: JSON.stringify(entry.details ?? {}),
    })
    .execute();
}
