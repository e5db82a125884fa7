import { StatusWire } from '@bellwether/contracts';
import { withUser } from '@bellwether/db';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { findSession, tokenOf } from '../../http/authentication.ts';
import { NOTHING_REAL, readModeBanner } from './mode-banner.ts';

export function statusRoutes(api: Api, { database, version, isDemo, paperVenue }: ApiOptions): void {
  api.get(
    '/status',
    {
      config: { public: true },
      schema: {
        tags: ['operations'],
        operationId: 'getStatus',
        summary:
          'Say which platform this is, and, to who is signed in, the highest mode that something of theirs trades in',
        response: { 200: StatusWire },
      },
    },
    async (request) => {
      const token = tokenOf(request);
      const session = token === undefined ? undefined : await findSession(database, token);
      const banner =
        session === undefined
          ? NOTHING_REAL
          : await withUser(database, session.userId, (transaction) =>
              readModeBanner(transaction, session.userId, paperVenue),
            );
      return { mode_banner: banner, version, demo: isDemo };
    },
  );
}
