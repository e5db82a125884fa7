import { randomUUID } from 'node:crypto';
import { withUser } from '@bellwether/db';
import type { ApiOptions } from './api-options.ts';
import { hashPassword } from './http/password.ts';
import { findCredentials } from './resources/auth/auth.store.ts';
import { PipelinesService } from './resources/pipelines/pipelines.service.ts';
import { listPipelines } from './resources/pipelines/pipelines.store.ts';

export interface DemoWorkspace {
  readonly email: string;
  readonly displayName: string;
  readonly password: string;
}

/**
 * Makes the demo user, or gives it this password again, and puts one pipeline per template into a workspace that has none.
 * Safe to repeat at every start. Returns the user's id.
 */
export async function ensureDemoUser(
  options: ApiOptions,
  { email, displayName, password }: DemoWorkspace,
): Promise<string> {
  const { database, templates } = options;
  const known = await findCredentials(database, email);
  const userId = known?.userId ?? randomUUID();
  const passwordHash = await hashPassword(password);
  const service = new PipelinesService(options);
  const isEmpty = await withUser(database, userId, async (transaction) => {
    if (known === undefined) {
      await transaction
        .insertInto('app.users')
        .values({ id: userId, email: email.toLowerCase(), password_hash: passwordHash, display: displayName })
        .execute();
    } else {
      await transaction
        .updateTable('app.users')
        .set({ password_hash: passwordHash })
        .where('id', '=', userId)
        .execute();
    }
    return (await listPipelines(transaction, userId, { limit: 1, after: null }, undefined)).items.length === 0;
  });
  if (!isEmpty) return userId;
  // One transaction each, for an instant each: the newest stands first in the list, so the first template is made last.
  for (const template of templates.toReversed()) {
    await withUser(database, userId, (transaction) =>
      service.create(transaction, userId, template.document, template.template_id),
    );
  }
  return userId;
}
