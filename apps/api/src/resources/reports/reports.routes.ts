import { ReportPage, ReportWire } from '@bellwether/contracts';
import { withUser } from '@bellwether/db';
import { sql } from 'kysely';
import Type from 'typebox';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { userOf } from '../../http/authentication.ts';
import { pageQuery, pageRequest } from '../../http/paging.ts';
import { notFound } from '../../http/problem.ts';
import { positionToWire, readPositions } from '../../records/position-record.ts';
import { readTrades, tradeToWire } from '../../records/trade-record.ts';
import { reportLane } from './report-lane.ts';
import { findReport, listReports, readFills, readOrders } from './reports.store.ts';

const tags = ['reports'];
/** Far above what one execution can open. */
const MOST_POSITIONS = 1000;

export function reportRoutes(api: Api, { database }: ApiOptions): void {
  api.get(
    '/reports',
    {
      schema: {
        tags,
        operationId: 'listReports',
        summary: 'List reports, newest first',
        querystring: Type.Object({ ...pageQuery, pipeline_id: Type.Optional(Type.String({ format: 'uuid' })) }),
        response: { 200: ReportPage },
      },
    },
    (request) => {
      const userId = userOf(request);
      return withUser(database, userId, (transaction) =>
        listReports(transaction, userId, pageRequest(request.query), request.query.pipeline_id),
      );
    },
  );

  api.get(
    '/reports/:id',
    {
      schema: {
        tags,
        operationId: 'getReport',
        summary: 'Read what an execution decided, did and why',
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        response: { 200: ReportWire },
      },
    },
    (request) => {
      const userId = userOf(request);
      const { id } = request.params;
      return withUser(database, userId, async (transaction) => {
        const found = await findReport(transaction, userId, id);
        if (found === undefined) throw notFound('report/not-found', 'a report', id);
        const { row, body } = found;
        const { execution_id: executionId } = row;
        const positions = await readPositions(
          transaction,
          userId,
          sql`p.execution_id = ${executionId}`,
          MOST_POSITIONS,
        );
        const trades = await readTrades(transaction, userId, sql`t.execution_id = ${executionId}`, MOST_POSITIONS);
        const records = {
          orders: await readOrders(transaction, userId, executionId),
          fills: await readFills(transaction, userId, executionId),
          positions: positions.map(positionToWire),
          trades: trades.map(tradeToWire),
        };
        const { version, source, timeline, fills_compared = null } = body;
        const lanes = body.lanes.map((lane) => reportLane(lane, records));
        return { ...row, version, source, lanes, fills_compared, timeline };
      });
    },
  );
}
