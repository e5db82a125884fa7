import { TradePage, TradeWire } from '@bellwether/contracts';
import { withUser } from '@bellwether/db';
import { sql } from 'kysely';
import Type from 'typebox';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { userOf } from '../../http/authentication.ts';
import { pageOf, pageQuery, pageRequest } from '../../http/paging.ts';
import { notFound } from '../../http/problem.ts';
import { after } from '../../records/page-condition.ts';
import { readTrades, tradeToWire } from '../../records/trade-record.ts';
import { tradesCsv } from './trades-csv.ts';

const tags = ['trades'];
const filters = {
  pipeline_id: Type.Optional(Type.String({ format: 'uuid' })),
  trading_mode: Type.Optional(Type.Enum(['validation', 'simulation', 'paper', 'live'])),
};
/** A table of more rows than this is a matter for the analytics. */
const MOST_ROWS = 50_000;

interface Filters {
  readonly pipeline_id?: string;
  readonly trading_mode?: string;
}

function matching({ pipeline_id, trading_mode }: Filters) {
  const ofPipeline = pipeline_id === undefined ? sql`true` : sql`t.pipeline_id = ${pipeline_id}`;
  const ofMode = trading_mode === undefined ? sql`true` : sql`t.trading_mode = ${trading_mode}`;
  return sql`${ofPipeline} AND ${ofMode}`;
}

export function tradeRoutes(api: Api, { database }: ApiOptions): void {
  api.get(
    '/trades',
    {
      schema: {
        tags,
        operationId: 'listTrades',
        summary: 'List closed rounds, the last to end first',
        querystring: Type.Object({ ...pageQuery, ...filters }),
        response: { 200: TradePage },
      },
    },
    (request) => {
      const userId = userOf(request);
      const page = pageRequest(request.query);
      const condition = sql`${after(page.after, 't.exit_at', 't.id')} AND ${matching(request.query)}`;
      return withUser(database, userId, async (transaction) => {
        const rows = await readTrades(transaction, userId, condition, page.limit + 1);
        return pageOf(rows, page.limit, (row) => ({ at: row.exit_at.toString(), id: row.id }), tradeToWire);
      });
    },
  );

  api.get(
    '/trades.csv',
    {
      schema: {
        tags,
        operationId: 'exportTrades',
        summary: 'Closed rounds as a table for a spreadsheet',
        produces: ['text/csv'],
        querystring: Type.Object(filters),
        response: { 200: Type.String() },
      },
    },
    async (request, reply) => {
      const userId = userOf(request);
      const rows = await withUser(database, userId, (transaction) =>
        readTrades(transaction, userId, matching(request.query), MOST_ROWS),
      );
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="trades.csv"')
        .send(tradesCsv(rows.map(tradeToWire)));
    },
  );

  api.get(
    '/trades/:id',
    {
      schema: {
        tags,
        operationId: 'getTrade',
        summary: 'Read the closed round of a position',
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) }),
        response: { 200: TradeWire },
      },
    },
    (request) => {
      const userId = userOf(request);
      const { id } = request.params;
      return withUser(database, userId, async (transaction) => {
        const [row] = await readTrades(transaction, userId, sql`t.position_id = ${id}`, 1);
        if (row === undefined) throw notFound('position/not-found', 'a closed position', id);
        return tradeToWire(row);
      });
    },
  );
}
