import * as contract from '@bellwether/contracts';
import { withUser } from '@bellwether/db';
import { BellwetherError } from '@bellwether/domain';
import Type from 'typebox';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { userOf } from '../../http/authentication.ts';
import { actOnce, idempotencyHeaders } from '../../http/idempotency.ts';
import { LARGEST_PAGE, pageQuery, pageRequest } from '../../http/paging.ts';
import { notFound } from '../../http/problem.ts';
import { executionStatus, findExecution, listExecutions, readJournal } from './executions.store.ts';

const ById = Type.Object({ id: Type.String({ format: 'uuid' }) });
const tags = ['executions'];

export function executionRoutes(api: Api, { database, engine }: ApiOptions): void {
  api.get(
    '/executions',
    {
      schema: {
        tags,
        operationId: 'listExecutions',
        summary: 'List executions, newest first',
        querystring: Type.Object({
          ...pageQuery,
          pipeline_id: Type.Optional(Type.String({ format: 'uuid' })),
          status: Type.Optional(contract.ExecutionStatusName),
        }),
        response: { 200: contract.ExecutionPage },
      },
    },
    (request) => {
      const userId = userOf(request);
      const { pipeline_id: pipelineId, status } = request.query;
      return withUser(database, userId, (transaction) =>
        listExecutions(transaction, userId, pageRequest(request.query), { pipelineId, status }),
      );
    },
  );

  api.get(
    '/executions/:id',
    {
      schema: {
        tags,
        operationId: 'getExecution',
        summary: 'Read an execution with its lanes',
        params: ById,
        response: { 200: contract.ExecutionWire },
      },
    },
    async (request) => {
      const userId = userOf(request);
      const { id } = request.params;
      const found = await withUser(database, userId, (transaction) => findExecution(transaction, userId, id));
      if (found === undefined) throw notFound('execution/not-found', 'an execution', id);
      return found;
    },
  );

  api.get(
    '/executions/:id/journal',
    {
      schema: {
        tags,
        operationId: 'readJournal',
        summary: 'Read what happened, in order',
        params: ById,
        querystring: Type.Object({
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LARGEST_PAGE })),
          after: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
          cursor: Type.Optional(Type.String({ pattern: '^\\d{1,9}$' })),
        }),
        response: { 200: contract.JournalPage },
      },
    },
    (request) => {
      const userId = userOf(request);
      const { id } = request.params;
      const { limit = LARGEST_PAGE, after = 0, cursor } = request.query;
      return withUser(database, userId, async (transaction) => {
        if ((await executionStatus(transaction, userId, id)) === undefined) {
          throw notFound('execution/not-found', 'an execution', id);
        }
        return readJournal(transaction, userId, id, cursor === undefined ? after : Number(cursor), limit);
      });
    },
  );

  api.post(
    '/executions/:id/cancel',
    {
      schema: {
        tags,
        operationId: 'cancelExecution',
        summary: 'Ask an open execution to end',
        params: ById,
        headers: idempotencyHeaders,
        body: contract.CancelWire,
        response: { 202: contract.ExecutionWire },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { status, body } = await actOnce(database, request, reply, async (transaction, userId) => {
        const found = await findExecution(transaction, userId, id);
        if (found === undefined) throw notFound('execution/not-found', 'an execution', id);
        if (found.ended_at !== null) {
          throw new BellwetherError(
            'conflict',
            'execution/ended',
            `expected an open execution, was ${found.status}; there is nothing to cancel`,
          );
        }
        await engine.cancel(userId, id, request.body.reason ?? 'canceled by the user', transaction);
        return { status: 202 as const, body: found };
      });
      return reply.code(status).send(body);
    },
  );
}
