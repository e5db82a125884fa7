import { PipelineDetailWire, RearmWire, ReleasePipelineWire } from '@bellwether/contracts';
import { formatInstant } from '@bellwether/domain';
import Type from 'typebox';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { signedInOf } from '../../http/authentication.ts';
import { actOnce, idempotencyHeaders } from '../../http/idempotency.ts';
import { requireStepUp } from '../../http/step-up.ts';
import { rearmSymbol, reconcilingFirst, releaseScope } from '../../records/kill-switch.ts';
import { PipelinesService } from './pipelines.service.ts';

const ById = Type.Object({ id: Type.String({ format: 'uuid' }) });
const tags = ['pipelines'];
const headers = idempotencyHeaders;

/** What lets a pipeline trade again that something stopped. */
export function pipelineSafetyRoutes(api: Api, options: ApiOptions): void {
  const { database, now } = options;
  const service = new PipelinesService(options);

  api.post(
    '/pipelines/:id/rearm',
    {
      schema: {
        tags,
        operationId: 'rearmPipeline',
        summary: 'Let it enter a symbol again that was closed by hand',
        params: ById,
        headers,
        body: RearmWire,
        response: { 200: PipelineDetailWire },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { body } = await actOnce(database, request, reply, async (transaction, userId) => {
        await service.get(transaction, userId, id);
        const symbol = request.body.symbol.toUpperCase();
        await rearmSymbol(transaction, userId, { pipelineId: id, symbol, at: formatInstant(now()) });
        return { status: 200 as const, body: await service.get(transaction, userId, id) };
      });
      return body;
    },
  );

  api.post(
    '/pipelines/:id/release',
    {
      schema: {
        tags,
        operationId: 'releasePipeline',
        summary: 'End the halt of a pipeline, with the password given again',
        params: ById,
        headers,
        body: ReleasePipelineWire,
        response: { 200: PipelineDetailWire },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const signedIn = signedInOf(request);
      const release = () =>
        actOnce(database, request, reply, async (transaction, userId) => {
          const pipeline = await service.get(transaction, userId, id);
          await requireStepUp(transaction, signedIn, 'release a pipeline');
          await releaseScope(transaction, userId, {
            scope: 'pipeline',
            scopeId: id,
            reason: request.body.reason,
            key: request.headers['idempotency-key'],
            at: formatInstant(now()),
          });
          return { status: 200 as const, body: pipeline };
        });
      return (await reconcilingFirst(database, signedIn.userId, release)).body;
    },
  );
}
