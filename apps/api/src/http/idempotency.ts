import { createHash } from 'node:crypto';
import { type Database, type Schema, withUser } from '@bellwether/db';
import { BellwetherError } from '@bellwether/domain';
import { canonicalJson } from '@bellwether/pipeline';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sql, type Transaction } from 'kysely';
import Type from 'typebox';
import { userOf } from './authentication.ts';

export interface Answer<Status extends number, Body> {
  readonly status: Status;
  readonly body: Body;
}

/** The header by which a client may repeat a request without repeating its effect. */
export const idempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
});

/**
 * Does what a creating or acting request asks, in one transaction as its user. With an `Idempotency-Key` the answer is
 * stored in that same transaction for a day: the same request again gets the same answer and does nothing; another request
 * under the key is refused with 422. What failed was rolled back and may be tried again.
 */
export function actOnce<Status extends number, Body>(
  database: Database,
  request: FastifyRequest,
  reply: FastifyReply,
  act: (transaction: Transaction<Schema>, userId: string) => Promise<Answer<Status, Body>>,
): Promise<Answer<Status, Body>> {
  const userId = userOf(request);
  const key = request.headers['idempotency-key'];
  return withUser(database, userId, async (transaction) => {
    if (typeof key !== 'string') return act(transaction, userId);
    const operation = `${request.method} ${request.url.split('?')[0]}`;
    const hash = createHash('sha256')
      .update(canonicalJson([operation, request.body ?? null]))
      .digest('hex');
    await transaction
      .deleteFrom('app.idempotency_keys')
      .where('user_id', '=', userId)
      .where('expires_at', '<', sql<Temporal.Instant>`now()`)
      .execute();
    // A second request under the key waits here until the first has ended.
    const taken = await transaction
      .insertInto('app.idempotency_keys')
      .values({ user_id: userId, key, operation, request_hash: hash })
      .onConflict((conflict) => conflict.columns(['user_id', 'key']).doNothing())
      .returning('key')
      .executeTakeFirst();
    if (taken === undefined) {
      reply.header('idempotent-replay', 'true');
      return replay<Status, Body>(transaction, userId, key, hash);
    }
    const answer = await act(transaction, userId);
    await transaction
      .updateTable('app.idempotency_keys')
      .set({ response_status: answer.status, response_body: JSON.stringify(answer.body) })
      .where('user_id', '=', userId)
      .where('key', '=', key)
      .execute();
    return answer;
  });
}

async function replay<Status extends number, Body>(
  transaction: Transaction<Schema>,
  userId: string,
  key: string,
  hash: string,
): Promise<Answer<Status, Body>> {
  const stored = await transaction
    .selectFrom('app.idempotency_keys')
    .select(['request_hash', 'response_status', 'response_body'])
    .where('user_id', '=', userId)
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  if (stored.request_hash !== hash) {
    throw new BellwetherError(
      'rejected',
      'request/idempotency-mismatch',
      `expected Idempotency-Key "${key}" to come with the request it was first used for, was another request; use a new key`,
    );
  }
  return { status: stored.response_status as Status, body: stored.response_body as Body };
}
