import { type RawBuilder, sql } from 'kysely';
import type { PageStart } from '../http/paging.ts';

/** Returns the condition that a row comes after the page before, in lists ordered by (instant, id), both falling. */
export function after(
  start: PageStart | null,
  instantColumn: string,
  idColumn: string,
  idType: 'uuid' | 'text' = 'uuid',
): RawBuilder<unknown> {
  if (start === null) return sql`true`;
  return sql`(${sql.ref(instantColumn)}, ${sql.ref(idColumn)}) < (${start.at}::timestamptz, ${start.id}::${sql.raw(idType)})`;
}
