import { TradePage } from '@bellwether/contracts';
import { withUser } from '@bellwether/db';
import { sql } from 'kysely';
import Type from 'typebox';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { userOf } from '../../http/authentication.ts';
import { pageOf, pageQuery, pageRequest } from '../../http/paging.ts';
import { after } from '../../records/page-condition.ts';
import { readTrades, tradeToWire } from '../../records/trade-record.ts';

export function tradeRoutes(api: Api, { database }: ApiOptions): void {
  api.get(
    '/trades',
    {
      schema: {
        tags: ['trades'],
        operationId: 'listTrades',
        summary: 'List closed rounds, the last to end first',
        querystring: Type.Object({ ...pageQuery, pipeline_id: Type.Optional(Type.String({ format: 'uuid' })) }),
        response: { 200: TradePage },
      },
    },
    (request) => {
      const userId = userOf(request);
      const { pipeline_id } = request.query;
      const page = pageRequest(request.query);
      const ofPipeline = pipeline_id === undefined ? sql`true` : sql`t.pipeline_id = ${pipeline_id}`;
      const condition = sql`${after(page.after, 't.exit_at', 't.id')} AND ${ofPipeline}`;
      return withUser(database, userId, async (transaction) => {
        const rows = await readTrades(transaction, userId, condition, page.limit + 1);
        return pageOf(rows, page.limit, (row) => ({ at: row.exit_at.toString(), id: row.id }), tradeToWire);
      });
    },
  );
}
