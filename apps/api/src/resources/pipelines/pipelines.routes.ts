import * as contract from '@bellwether/contracts';
import { withUser } from '@bellwether/db';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { userOf } from '../../http/authentication.ts';
import { actOnce, idempotencyHeaders } from '../../http/idempotency.ts';
import { pageQuery, pageRequest } from '../../http/paging.ts';
import { etagOf, PipelinesService } from './pipelines.service.ts';
import { listPipelines, listVersions } from './pipelines.store.ts';

const ById = Type.Object({ id: Type.String({ format: 'uuid' }) });
const ByVersion = Type.Object({
  id: Type.String({ format: 'uuid' }),
  version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
});
/** Read by the compiler, which names every field that is wrong. */
const Document = contract.OpenObject;
const tags = ['pipelines'];
const headers = idempotencyHeaders;

export function pipelineRoutes(api: Api, options: ApiOptions): void {
  const { database } = options;
  const service = new PipelinesService(options);
  const tagged = <P extends { readonly draft_version: number }>(reply: FastifyReply, pipeline: P): P => {
    reply.header('etag', etagOf(pipeline));
    return pipeline;
  };

  api.get(
    '/pipelines',
    {
      schema: {
        tags,
        operationId: 'listPipelines',
        summary: 'List pipelines, newest first',
        querystring: Type.Object(pageQuery),
        response: { 200: contract.PipelinePage },
      },
    },
    (request) => {
      const userId = userOf(request);
      return withUser(database, userId, (transaction) =>
        listPipelines(transaction, userId, pageRequest(request.query), options.paperVenue),
      );
    },
  );

  for (const [url, operationId, summary] of [
    ['/pipelines', 'createPipeline', 'Create a pipeline from a document'],
    ['/pipelines/import', 'importPipeline', 'Import a pipeline document from a file'],
  ] as const) {
    api.post(
      url,
      {
        schema: { tags, operationId, summary, headers, body: Document, response: { 201: contract.PipelineDetailWire } },
      },
      async (request, reply) => {
        const { status, body } = await actOnce(database, request, reply, async (transaction, userId) => ({
          status: 201 as const,
          body: await service.create(transaction, userId, request.body),
        }));
        return reply.code(status).header('location', `/api/v1/pipelines/${body.id}`).send(tagged(reply, body));
      },
    );
  }

  api.get(
    '/pipelines/templates',
    {
      schema: {
        tags,
        operationId: 'listTemplates',
        summary: 'List templates to begin from',
        response: { 200: contract.TemplateList },
      },
    },
    () => ({ items: [...options.templates] }),
  );

  api.post(
    '/pipelines/validate',
    {
      schema: {
        tags,
        operationId: 'validatePipeline',
        summary: 'Say all that is wrong with a document',
        body: Document,
        response: { 200: contract.ValidationWire },
      },
    },
    (request) => service.validate(request.body),
  );

  api.get(
    '/pipelines/:id',
    {
      schema: {
        tags,
        operationId: 'getPipeline',
        summary: 'Read a pipeline with its draft',
        params: ById,
        response: { 200: contract.PipelineDetailWire },
      },
    },
    async (request, reply) => {
      const userId = userOf(request);
      const found = await withUser(database, userId, (transaction) =>
        service.get(transaction, userId, request.params.id),
      );
      return tagged(reply, found);
    },
  );

  api.put(
    '/pipelines/:id',
    {
      schema: {
        tags,
        operationId: 'savePipeline',
        summary: 'Save an edit of the draft',
        params: ById,
        headers: Type.Object({ 'if-match': Type.Optional(Type.String({ maxLength: 100 })) }),
        body: Document,
        response: { 200: contract.PipelineDetailWire },
      },
    },
    async (request, reply) => {
      const userId = userOf(request);
      const saved = await withUser(database, userId, (transaction) =>
        service.save(transaction, userId, request.params.id, request.body, request.headers['if-match']),
      );
      return tagged(reply, saved);
    },
  );

  api.delete(
    '/pipelines/:id',
    {
      schema: {
        tags,
        operationId: 'archivePipeline',
        summary: 'Archive a stopped pipeline',
        params: ById,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const userId = userOf(request);
      await withUser(database, userId, (transaction) => service.archive(transaction, userId, request.params.id));
      return reply.code(204).send(null);
    },
  );

  api.get(
    '/pipelines/:id/export',
    {
      schema: {
        tags,
        operationId: 'exportPipeline',
        summary: 'Read the draft as a document for a file',
        params: ById,
        response: { 200: Document },
      },
    },
    async (request) => {
      const userId = userOf(request);
      const { config } = await withUser(database, userId, (transaction) =>
        service.get(transaction, userId, request.params.id),
      );
      return config;
    },
  );

  api.post(
    '/pipelines/:id/publish',
    {
      schema: {
        tags,
        operationId: 'publishPipeline',
        summary: 'Freeze the draft as a version',
        params: ById,
        headers,
        body: contract.PublishWire,
        response: { 200: contract.PublishedWire },
      },
    },
    async (request, reply) => {
      const { body } = await actOnce(database, request, reply, async (transaction, userId) => {
        const { version, content_hash } = await service.publish(
          transaction,
          userId,
          request.params.id,
          request.body.note ?? null,
        );
        return { status: 200 as const, body: { version, content_hash } };
      });
      return body;
    },
  );

  api.post(
    '/pipelines/:id/clone',
    {
      schema: {
        tags,
        operationId: 'clonePipeline',
        summary: 'Copy a pipeline into simulation',
        params: ById,
        headers,
        body: contract.CloneWire,
        response: { 201: contract.PipelineDetailWire },
      },
    },
    async (request, reply) => {
      const { status, body } = await actOnce(database, request, reply, async (transaction, userId) => ({
        status: 201 as const,
        body: await service.clone(transaction, userId, request.params.id, request.body.name),
      }));
      return reply.code(status).header('location', `/api/v1/pipelines/${body.id}`).send(tagged(reply, body));
    },
  );

  api.get(
    '/pipelines/:id/versions',
    {
      schema: {
        tags,
        operationId: 'listPipelineVersions',
        summary: 'List published versions, newest first',
        params: ById,
        response: { 200: contract.PipelineVersionList },
      },
    },
    (request) => {
      const userId = userOf(request);
      return withUser(database, userId, async (transaction) => {
        await service.get(transaction, userId, request.params.id);
        return { items: await listVersions(transaction, userId, request.params.id) };
      });
    },
  );

  api.get(
    '/pipelines/:id/versions/:version',
    {
      schema: {
        tags,
        operationId: 'getPipelineVersion',
        summary: 'Read a published version',
        params: ByVersion,
        response: { 200: contract.PipelineVersionDetailWire },
      },
    },
    (request) => {
      const userId = userOf(request);
      const { id, version } = request.params;
      return withUser(database, userId, (transaction) => service.version(transaction, userId, id, version));
    },
  );

  api.post(
    '/pipelines/:id/run',
    {
      schema: {
        tags,
        operationId: 'runPipeline',
        summary: 'Run once, now, on a tape',
        params: ById,
        headers,
        body: contract.RunWire,
        response: { 202: contract.RunAcceptedWire },
      },
    },
    async (request, reply) => {
      const { status, body } = await actOnce(database, request, reply, async (transaction, userId) => ({
        status: 202 as const,
        body: { execution_id: await service.run(transaction, userId, request.params.id, request.body.source) },
      }));
      return reply.code(status).header('location', `/api/v1/executions/${body.execution_id}`).send(body);
    },
  );

  api.post(
    '/pipelines/:id/start',
    {
      schema: {
        tags,
        operationId: 'startPipeline',
        summary: 'Arm the triggers',
        params: ById,
        headers,
        body: contract.RunWire,
        response: { 202: contract.PipelineDetailWire },
      },
    },
    async (request, reply) => {
      const { status, body } = await actOnce(database, request, reply, async (transaction, userId) => ({
        status: 202 as const,
        body: await service.start(transaction, userId, request.params.id, request.body.source),
      }));
      return reply.code(status).send(body);
    },
  );

  api.post(
    '/pipelines/:id/stop',
    {
      schema: {
        tags,
        operationId: 'stopPipeline',
        summary: 'Stop: nothing new is started',
        params: ById,
        headers,
        response: { 202: contract.PipelineDetailWire },
      },
    },
    async (request, reply) => {
      const { status, body } = await actOnce(database, request, reply, async (transaction, userId) => ({
        status: 202 as const,
        body: await service.stop(transaction, userId, request.params.id),
      }));
      return reply.code(status).send(body);
    },
  );
}
