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
import { reportLanes, timelineOf } from './report-story.ts';
import { findReport, listReports, readEvents, readFills, readOrders, reportRow } from './reports.store.ts';

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
        const head = await findReport(transaction, userId, id);
        if (head === undefined) throw notFound('report/not-found', 'a report', id);
        const { execution_id: executionId, source } = head;
        const facts = {
          events: await readEvents(transaction, userId, executionId),
          orders: await readOrders(transaction, userId, executionId),
          fills: await readFills(transaction, userId, executionId),
          positions: (
            await readPositions(transaction, userId, sql`p.execution_id = ${executionId}`, MOST_POSITIONS)
          ).map(positionToWire),
          trades: (await readTrades(transaction, userId, sql`t.execution_id = ${executionId}`, MOST_POSITIONS)).map(
            tradeToWire,
          ),
        };
        const lanes = reportLanes(facts, head.result ?? 'blocked');
        return {
          ...reportRow(head, lanes),
          version: head.version,
          source: { label: source.label ?? '', synthetic: source.synthetic ?? true, tape_id: source.tape_id ?? null },
          lanes,
          timeline: timelineOf(facts.events),
        };
      });
    },
  );
}
