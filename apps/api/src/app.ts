/** The plugin tree, by hand: checks, authentication, resources, stream, description, web app. It is handed everything it stands on. */
import { HealthWire, ReadinessWire } from '@bellwether/contracts';
import fastifyCookie from '@fastify/cookie';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastifyWebsocket from '@fastify/websocket';
import Fastify, { type FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import type { ApiOptions } from './api-options.ts';
import type { Api } from './api-plugin.ts';
import { installAuthentication } from './http/authentication.ts';
import { installBodyParser, installChecks } from './http/checking.ts';
import { docsPage } from './http/docs-page.ts';
import { installMetrics } from './http/metrics.ts';
import { installOpenapi } from './http/openapi.ts';
import { notFound, sendProblem } from './http/problem.ts';
import { installWebApp, newNonce, sendPage } from './http/web-app.ts';
import { agentRoutes } from './resources/agents/agents.routes.ts';
import { authRoutes } from './resources/auth/auth.routes.ts';
import { eventRoutes } from './resources/events/events.routes.ts';
import { executionRoutes } from './resources/executions/executions.routes.ts';
import { indicatorRoutes } from './resources/indicators/indicators.routes.ts';
import { marketRoutes } from './resources/market/market.routes.ts';
import { orderRoutes } from './resources/orders/orders.routes.ts';
import { pipelineModeRoutes } from './resources/pipelines/pipeline-mode.routes.ts';
import { pipelineSafetyRoutes } from './resources/pipelines/pipeline-safety.routes.ts';
import { pipelineRoutes } from './resources/pipelines/pipelines.routes.ts';
import { positionRoutes } from './resources/positions/positions.routes.ts';
import { reportRoutes } from './resources/reports/reports.routes.ts';
import { safetyRoutes } from './resources/safety/safety.routes.ts';
import { statusRoutes } from './resources/status/status.routes.ts';
import { tradeRoutes } from './resources/trades/trades.routes.ts';
import { EventTail } from './stream/event-tail.ts';
import { installWebSocket } from './stream/websocket.ts';

const API_BASE = '/api/v1';
const LARGEST_BODY_BYTES = 1024 * 1024;
const LARGEST_MESSAGE_BYTES = 16 * 1024;

const RESOURCES = [
  statusRoutes,
  authRoutes,
  agentRoutes,
  indicatorRoutes,
  pipelineRoutes,
  pipelineSafetyRoutes,
  pipelineModeRoutes,
  executionRoutes,
  eventRoutes,
  positionRoutes,
  orderRoutes,
  tradeRoutes,
  reportRoutes,
  marketRoutes,
  safetyRoutes,
];

/** Builds the server, ready to listen or to be asked by `inject`. Closing it ends its sockets and its tail; the database stays open. */
export async function createApi(options: ApiOptions): Promise<FastifyInstance> {
  const { database } = options;
  const server = Fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    bodyLimit: LARGEST_BODY_BYTES,
    trustProxy: options.trustProxy === undefined ? false : [...options.trustProxy],
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
  });
  installBodyParser(server);
  installChecks(server, options.checksAnswers ?? false);
  server.setErrorHandler(sendProblem);
  server.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer');
  });

  const tail = new EventTail(database, (error) => server.log.warn({ err: error }, 'the event table could not be read'));
  server.addHook('preClose', () => tail.close());
  await server.register(fastifyCookie);
  await server.register(fastifyWebsocket, { options: { maxPayload: LARGEST_MESSAGE_BYTES } });
  const metrics = installMetrics(server);
  installAuthentication(server, database, options.allowedOrigins ?? []);
  await installOpenapi(server, options.version);

  await server.register(
    async (plugin) => {
      const api: Api = plugin.withTypeProvider<TypeBoxTypeProvider>();
      for (const routes of RESOURCES) routes(api, options);
      installWebSocket(api, database, tail, metrics.socketChanged);
      api.get('/openapi.json', { config: { public: true }, schema: { hide: true } }, () => server.swagger());
    },
    { prefix: API_BASE },
  );
  operationRoutes(server.withTypeProvider<TypeBoxTypeProvider>(), options, () => metrics.registry.metrics());

  const sendApp = options.webRoot === undefined ? undefined : await installWebApp(server, options.webRoot);
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '/';
    const isPage = request.method === 'GET' && !path.startsWith('/api/') && !/\.\w+$/.test(path);
    if (isPage && sendApp !== undefined) return sendApp(reply);
    const failure = notFound('request/not-found', 'an address', `${request.method} ${path}`);
    failure.message = `expected an address of the API (see ${API_BASE}/openapi.json), was ${request.method} ${path}`;
    return sendProblem(failure, request, reply);
  });
  await server.ready();
  return server;
}

/** What those ask who operate the platform; at the root, for anybody. */
function operationRoutes(api: Api, { database, checks = {} }: ApiOptions, metrics: () => Promise<string>): void {
  const config = { public: true } as const;
  const tags = ['operations'];
  api.get(
    '/healthz',
    { config, schema: { tags, operationId: 'health', summary: 'The process answers', response: { 200: HealthWire } } },
    () => ({ status: 'ok' as const }),
  );
  api.get(
    '/readyz',
    {
      config,
      schema: {
        tags,
        operationId: 'readiness',
        summary: 'Everything it needs answers',
        response: { 200: ReadinessWire, 503: ReadinessWire },
      },
    },
    async (_request, reply) => {
      const all = { database: () => sql`SELECT 1`.execute(database.kysely).then(() => true), ...checks };
      const answers = await Promise.all(
        Object.entries(all).map(async ([name, check]) => {
          const isUp = await Promise.resolve()
            .then(check)
            .catch(() => false);
          return [name, isUp ? 'ok' : 'unavailable'] as const;
        }),
      );
      const isReady = answers.every(([, answer]) => answer === 'ok');
      return reply
        .code(isReady ? 200 : 503)
        .send({ status: isReady ? 'ok' : 'unavailable', checks: Object.fromEntries(answers) });
    },
  );
  api.get('/metrics', { config, schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics()),
  );
  api.get('/docs', { config, schema: { hide: true } }, (_request, reply) => {
    const nonce = newNonce();
    return sendPage(reply, docsPage(api.swagger(), nonce), nonce);
  });
}
