import { PositionPage } from '@bellwether/contracts';
import { withUser } from '@bellwether/db';
import { sql } from 'kysely';
import Type from 'typebox';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { userOf } from '../../http/authentication.ts';
import { pageOf, pageQuery, pageRequest } from '../../http/paging.ts';
import { after } from '../../records/page-condition.ts';
import { positionToWire, readPositions } from '../../records/position-record.ts';

export function positionRoutes(api: Api, { database }: ApiOptions): void {
  api.get(
    '/positions',
    {
      schema: {
        tags: ['positions'],
        operationId: 'listPositions',
        summary: 'List positions, newest first',
        querystring: Type.Object({
          ...pageQuery,
          pipeline_id: Type.Optional(Type.String({ format: 'uuid' })),
          open: Type.Optional(Type.Boolean({ description: 'Only positions that are (true) or are not (false) open.' })),
        }),
        response: { 200: PositionPage },
      },
    },
    (request) => {
      const userId = userOf(request);
      const { pipeline_id, open } = request.query;
      const page = pageRequest(request.query);
      const condition = sql.join(
        [
          after(page.after, 'p.opened_at', 'p.id', 'text'),
          pipeline_id === undefined ? sql`true` : sql`p.pipeline_id = ${pipeline_id}`,
          open === undefined ? sql`true` : sql`(p.state <> 'closed') = ${open}`,
        ],
        sql` AND `,
      );
      return withUser(database, userId, async (transaction) => {
        const rows = await readPositions(transaction, userId, condition, page.limit + 1);
        return pageOf(rows, page.limit, (row) => ({ at: row.opened_at.toString(), id: row.id }), positionToWire);
      });
    },
  );
}
