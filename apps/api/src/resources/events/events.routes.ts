import { EventsPage } from '@bellwether/contracts';
import { withUser } from '@bellwether/db';
import Type from 'typebox';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { userOf } from '../../http/authentication.ts';
import { LARGEST_PAGE } from '../../http/paging.ts';
import { readStream, streamHead } from '../../records/stream-record.ts';

export function eventRoutes(api: Api, { database }: ApiOptions): void {
  api.get(
    '/events',
    {
      schema: {
        tags: ['events'],
        operationId: 'listEvents',
        summary: 'Poll for what has happened: the same events, in the same order, as the stream',
        querystring: Type.Object({
          since: Type.Optional(Type.Integer({ minimum: 0 })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LARGEST_PAGE })),
        }),
        response: { 200: EventsPage },
      },
    },
    (request) => {
      const userId = userOf(request);
      const { since = 0, limit = LARGEST_PAGE } = request.query;
      return withUser(database, userId, async (transaction) => ({
        items: await readStream(transaction, userId, since, limit),
        last_seq: await streamHead(transaction, userId),
      }));
    },
  );
}
