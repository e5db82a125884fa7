import { DAY_MS, formatDate, isBellwetherError, utcDayOf } from '@bellwether/domain';
import type { FastifyInstance } from 'fastify';
import { accountToWire, activityId, activityToWire, assetToWire, calendarToWire, clockToWire } from './alpaca-words.ts';
import { cornerOf, keyOf } from './change-answers.ts';
import { installOrderRoutes, nanosOf } from './order-routes.ts';
import { missing, Refusal, unauthorized, unprocessable } from './refusals.ts';
import type { SandboxAccount } from './sandbox-account.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { stampNanos } from './wire-stamp.ts';

type Query = Readonly<Record<string, string | undefined>>;
const PAGE_MOST = 100;

/** Alpaca's trading API, v2. */
export function installRoutes(server: FastifyInstance, context: SandboxContext): void {
  const { clock } = context;

  server.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/v2/')) return;
    const secret = request.headers['apca-api-secret-key'];
    if (!isPaperKey(keyOf(request)) || typeof secret !== 'string' || secret === '') throw unauthorized();
    const { account, rate } = cornerOf(context, request);
    if (account.faults.strikes('unauthorized')) throw unauthorized();
    const limit = account.settings.switches?.rate_limit ?? context.requestsPerMinute;
    const { isAllowed, headers } = rate.take(
      limit === 0 ? Number.MAX_SAFE_INTEGER : limit,
      clock(),
      account.now(clock()),
    );
    if (limit > 0) reply.headers(headers);
    if (!isAllowed || account.faults.strikes('throttle')) throw new Refusal(429, 42910000, 'too many requests.');
  });

  server.setErrorHandler((error: unknown, _request, reply) => {
    if (error instanceof Refusal) return reply.code(error.status).send(error.body);
    if (isBellwetherError(error) && error.kind !== 'bug')
      return reply.code(422).send({ code: error.code, message: error.message });
    const status =
      typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
    const message = error instanceof Error ? error.message : String(error);
    return reply.code(status).send({ code: status * 100_000 + 10_000, message });
  });
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ message: 'endpoint not found.' }));

  installOrderRoutes(server, context);

  server.get('/v2/account', async (request) => accountToWire(cornerOf(context, request).account));

  server.get<{ Params: { type: string } }>('/v2/account/activities/:type', async (request) => {
    if (request.params.type !== 'FILL') return [];
    return activities(cornerOf(context, request).account, request.query as Query);
  });
  server.get('/v2/account/activities', async (request) =>
    activities(cornerOf(context, request).account, request.query as Query),
  );

  server.get('/v2/clock', async (request) => clockToWire(cornerOf(context, request).account.now(clock())));

  server.get('/v2/calendar', async (request) => {
    const { start, end } = request.query as Query;
    const today = utcDayOf(cornerOf(context, request).account.now(clock()));
    return calendarToWire(dateOf(start) ?? formatDate(today), dateOf(end) ?? formatDate(today + CALENDAR_DAYS));
  });

  server.get<{ Params: { symbol: string } }>('/v2/assets/:symbol', async (request) => {
    const { symbol } = request.params;
    if (!/^[A-Z][A-Z0-9.]{0,9}$/.test(symbol)) throw missing(`asset not found for ${symbol}`);
    return assetToWire(symbol, cornerOf(context, request).account.settings.assets?.[symbol] ?? {});
  });
}

const CALENDAR_DAYS = 366;

/** Keys of paper accounts begin with PK; a live key is refused here, as on the broker's paper host. */
export function isPaperKey(keyId: string): boolean {
  return keyId.startsWith('PK');
}

function dateOf(text: string | undefined): string | undefined {
  const date = text?.slice(0, 10);
  if (date === undefined || date === '') return undefined;
  if (/^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(date))) return date;
  throw unprocessable(`invalid date: ${text}`);
}

/** A page of fills: newest first unless asked otherwise, going on behind `page_token`. */
function activities(account: SandboxAccount, query: Query): unknown {
  const { fills } = account;
  const size = Number(query['page_size'] ?? PAGE_MOST);
  if (!Number.isInteger(size) || size < 1 || size > PAGE_MOST)
    throw unprocessable(`page_size must be between 1 and ${PAGE_MOST}`);
  const date = dateOf(query['date']);
  const dayStart = date === undefined ? null : BigInt(Date.parse(date)) * 1_000_000n;
  const after = nanosOf(query['after']) ?? (dayStart === null ? null : dayStart - 1n);
  const until = nanosOf(query['until']) ?? (dayStart === null ? null : dayStart + BigInt(DAY_MS) * 1_000_000n);
  const token = query['page_token'];
  const ordered = query['direction'] === 'asc' ? fills : [...fills].reverse();
  const begin = token === undefined || token === '' ? 0 : ordered.findIndex((fill) => activityId(fill) === token) + 1;
  const page = [];
  for (let i = begin; i < ordered.length && page.length < size; i++) {
    const fill = ordered[i] as (typeof ordered)[number];
    const at = stampNanos(fill.at);
    if ((after === null || at > after) && (until === null || at < until)) page.push(activityToWire(account, fill));
  }
  return page;
}
