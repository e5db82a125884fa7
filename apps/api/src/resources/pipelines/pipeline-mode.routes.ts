import { ChangeModeWire, PipelineModeWire } from '@bellwether/contracts';
import { withUser } from '@bellwether/db';
import Type from 'typebox';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { userOf } from '../../http/authentication.ts';
import { actOnce, idempotencyHeaders } from '../../http/idempotency.ts';
import { PipelineModeService } from './pipeline-mode.service.ts';

const ById = Type.Object({ id: Type.String({ format: 'uuid' }) });
const tags = ['pipelines'];
const headers = idempotencyHeaders;

/** The ladder from validation to live, and the one operation that climbs it. */
export function pipelineModeRoutes(api: Api, options: ApiOptions): void {
  const { database } = options;
  const service = new PipelineModeService(options);

  api.get(
    '/pipelines/:id/mode',
    {
      schema: {
        tags,
        operationId: 'getPipelineMode',
        summary: 'Read where a pipeline trades, and what is missing for each mode',
        params: ById,
        response: { 200: PipelineModeWire },
      },
    },
    (request) => {
      const userId = userOf(request);
      return withUser(database, userId, (transaction) => service.read(transaction, userId, request.params.id));
    },
  );

  api.patch(
    '/pipelines/:id/mode',
    {
      schema: {
        tags,
        operationId: 'changePipelineMode',
        summary: 'Change the trading mode of a pipeline at rest',
        params: ById,
        headers,
        body: ChangeModeWire,
        response: { 200: PipelineModeWire },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { body } = await actOnce(database, request, reply, async (transaction, userId) => ({
        status: 200 as const,
        body: await service.change(transaction, userId, id, request.body),
      }));
      return body;
    },
  );
}
