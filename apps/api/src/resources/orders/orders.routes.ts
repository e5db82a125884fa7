import { OrderDetailWire, OrderPage } from '@bellwether/contracts';
import { withUser } from '@bellwether/db';
import { sql } from 'kysely';
import Type from 'typebox';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { userOf } from '../../http/authentication.ts';
import { pageOf, pageQuery, pageRequest } from '../../http/paging.ts';
import { notFound } from '../../http/problem.ts';
import { LIVE_ORDER, orderToWire, readOrders, withFills } from '../../records/order-record.ts';
import { after } from '../../records/page-condition.ts';

const tags = ['orders'];

export function orderRoutes(api: Api, { database }: ApiOptions): void {
  api.get(
    '/orders',
    {
      schema: {
        tags,
        operationId: 'listOrders',
        summary: 'List orders, newest first',
        querystring: Type.Object({
          ...pageQuery,
          status: Type.Optional(Type.Enum(['open', 'all'], { description: 'Open: something may still come of it.' })),
          symbol: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
          pipeline_id: Type.Optional(Type.String({ format: 'uuid' })),
          account_id: Type.Optional(Type.String({ format: 'uuid' })),
          position_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        }),
        response: { 200: OrderPage },
      },
    },
    (request) => {
      const userId = userOf(request);
      const { status, symbol, pipeline_id, account_id, position_id } = request.query;
      const page = pageRequest(request.query);
      const condition = sql.join(
        [
          after(page.after, 'o.created_at', 'o.id'),
          status === 'open' ? sql`o.state IN ${LIVE_ORDER}` : sql`true`,
          symbol === undefined ? sql`true` : sql`o.symbol = upper(${symbol})`,
          pipeline_id === undefined ? sql`true` : sql`o.pipeline_id = ${pipeline_id}`,
          account_id === undefined ? sql`true` : sql`o.account_id = ${account_id}`,
          position_id === undefined ? sql`true` : sql`o.position_id = ${position_id}`,
        ],
        sql` AND `,
      );
      return withUser(database, userId, async (transaction) => {
        const rows = await readOrders(transaction, userId, condition, page.limit + 1);
        return pageOf(rows, page.limit, (row) => ({ at: row.created_at.toString(), id: row.row_id }), orderToWire);
      });
    },
  );

  api.get(
    '/orders/:id',
    {
      schema: {
        tags,
        operationId: 'getOrder',
        summary: 'Read an order with its fills',
        params: Type.Object({
          id: Type.String({ minLength: 1, maxLength: 200, description: 'The id under which the broker knows it.' }),
        }),
        response: { 200: OrderDetailWire },
      },
    },
    (request) => {
      const userId = userOf(request);
      const { id } = request.params;
      return withUser(database, userId, async (transaction) => {
        const rows = await readOrders(transaction, userId, sql`o.client_order_id = ${id}`, 1);
        const [order] = await withFills(transaction, userId, rows);
        if (order === undefined) throw notFound('order/not-found', 'an order', id);
        return order;
      });
    },
  );
}
