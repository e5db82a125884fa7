import { formatQuantity } from '@bellwether/domain';
import type { FastifyInstance } from 'fastify';
import type { AccountOperation } from './account-operations.ts';
import { type Json, orderToWire, positionToWire } from './alpaca-words.ts';
import { answerChange, cornerOf } from './change-answers.ts';
import type { OrderListQuery, OrderRecord } from './order-registry.ts';
import { missing, Refusal, unprocessable } from './refusals.ts';
import type { SandboxAccount } from './sandbox-account.ts';
import type { Corner, SandboxContext } from './sandbox-context.ts';

type Query = Readonly<Record<string, string | undefined>>;
const LIST_DEFAULT = 50;
const LIST_MOST = 500;

/** Orders and positions: what changes an account, and what is read of it. */
export function installOrderRoutes(server: FastifyInstance, context: SandboxContext): void {
  const { clock } = context;

  server.post('/v2/orders', async (request, reply) => {
    const { body } = request;
    return answerChange(context, request, reply, 'submit', body, (corner) => {
      const operation = { kind: 'submit', wall: clock(), body, isExternal: false } as const;
      return orderToWire(corner.account, context.run<'submit'>(corner, operation), true);
    });
  });

  server.get('/v2/orders', async (request) => {
    const { account } = cornerOf(context, request);
    const query = request.query as Query;
    const isNested = query['nested'] === 'true';
    const asked = listQuery(query);
    const page = account.registry.list(asked, (record) => isListed(account, record, asked, isNested, clock()));
    return page.map((record) => orderToWire(account, record, isNested));
  });

  server.get('/v2/orders::by_client_order_id', async (request) => {
    const { account } = cornerOf(context, request);
    const query = request.query as Query;
    const record = account.registry.findByClientId(query['client_order_id'] ?? '');
    if (record === undefined) throw missing('order not found');
    return orderToWire(account, account.visible(record.id, clock()), query['nested'] === 'true');
  });

  server.get<{ Params: { id: string } }>('/v2/orders/:id', async (request) => {
    const { account } = cornerOf(context, request);
    const isNested = (request.query as Query)['nested'] === 'true';
    return orderToWire(account, account.visible(request.params.id, clock()), isNested);
  });

  server.patch<{ Params: { id: string } }>('/v2/orders/:id', async (request, reply) => {
    const { body, params } = request;
    return answerChange(context, request, reply, 'replace', body, (corner) => {
      const successor = context.run<'replace'>(corner, { kind: 'replace', wall: clock(), id: params.id, body });
      const wire = orderToWire(corner.account, successor, true);
      // 200 is not yet replaced: what comes of it is told by the stream.
      return successor.failedAt === null ? wire : { ...wire, status: 'pending_new', failed_at: null };
    });
  });

  server.delete<{ Params: { id: string } }>('/v2/orders/:id', async (request, reply) => {
    const { id } = request.params;
    return answerChange(context, request, reply, 'cancel', undefined, (corner) => {
      context.run<'cancel'>(corner, { kind: 'cancel', wall: clock(), id });
      return undefined;
    });
  });

  server.delete('/v2/orders', async (request, reply) =>
    answerChange(context, request, reply.code(207), 'cancel', undefined, (corner) => cancelAll(context, corner)),
  );

  server.get('/v2/positions', async (request) => {
    const { account } = cornerOf(context, request);
    return account.positionsAsOf(clock()).map((position) => positionToWire(account, position));
  });

  server.get<{ Params: { symbol: string } }>('/v2/positions/:symbol', async (request) => {
    const { account } = cornerOf(context, request);
    const position = account.positionsAsOf(clock()).find(({ symbol }) => symbol === request.params.symbol);
    if (position === undefined) throw missing('position does not exist');
    return positionToWire(account, position);
  });

  server.delete<{ Params: { symbol: string } }>('/v2/positions/:symbol', async (request, reply) => {
    const { qty } = request.query as Query;
    return answerChange(context, request, reply, 'submit', undefined, (corner) =>
      orderToWire(corner.account, flatten(context, corner, request.params.symbol, qty), false),
    );
  });

  server.delete('/v2/positions', async (request, reply) =>
    answerChange(context, request, reply.code(207), 'submit', undefined, (corner) => {
      if ((request.query as Query)['cancel_orders'] === 'true') cancelAll(context, corner);
      return corner.account.exchange.positions().map(({ symbol }) => {
        try {
          const order = flatten(context, corner, symbol, undefined);
          return { symbol, status: 200, body: orderToWire(corner.account, order, false) };
        } catch (error) {
          if (error instanceof Refusal) return { symbol, status: error.status };
          throw error;
        }
      });
    }),
  );
}

/** Sells or buys back shares at market, as the broker's "close position" does: with whatever hand opened them. */
function flatten(context: SandboxContext, corner: Corner, symbol: string, qty: string | undefined): OrderRecord {
  const { quantity } = corner.account.exchange.position(symbol);
  if (quantity === 0n) throw missing('position does not exist');
  const body = {
    symbol,
    side: quantity > 0n ? 'sell' : 'buy',
    type: 'market',
    time_in_force: 'day',
    qty: qty ?? formatQuantity((quantity > 0n ? quantity : -quantity) as typeof quantity),
  };
  return context.run<'submit'>(corner, { kind: 'submit', wall: context.clock(), body, isExternal: false });
}

function cancelAll(context: SandboxContext, corner: Corner): readonly Json[] {
  const { account } = corner;
  return [...account.registry.live()].flatMap((record) => {
    if (!account.registry.isLive(record)) return [];
    const operation: AccountOperation = { kind: 'cancel', wall: context.clock(), id: record.id };
    context.run<'cancel'>(corner, operation);
    return [{ id: record.id, status: 200 }];
  });
}

/** A held leg is told under its parent only; so is every leg, while its parent is in the list. */
function isListed(
  account: SandboxAccount,
  record: OrderRecord,
  query: OrderListQuery,
  isNested: boolean,
  wall: number,
): boolean {
  if (record.hiddenUntil > wall) return false;
  if (!record.isLeg) return true;
  if (account.statusOf(record) === 'held') return false;
  if (!isNested) return true;
  if (query.status === 'all') return false;
  const parent = account.registry.group(record.groupId).findLast((member) => !member.isLeg);
  return parent === undefined || account.registry.isLive(parent) !== (query.status === 'open');
}

function listQuery(query: Query): OrderListQuery {
  const status = query['status'] ?? 'open';
  if (status !== 'open' && status !== 'closed' && status !== 'all') throw unprocessable(`invalid status: ${status}`);
  const limit = Number(query['limit'] ?? LIST_DEFAULT);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIST_MOST)
    throw unprocessable(`limit must be between 1 and ${LIST_MOST}`);
  const { symbols, side } = query;
  return {
    status,
    limit,
    after: nanosOf(query['after']),
    until: nanosOf(query['until']),
    direction: query['direction'] === 'asc' ? 'asc' : 'desc',
    symbols: symbols === undefined || symbols === '' ? null : new Set(symbols.split(',')),
    side: side === 'buy' || side === 'sell' ? side : null,
  };
}

export function nanosOf(text: string | undefined): bigint | null {
  if (text === undefined || text === '') return null;
  try {
    return Temporal.Instant.from(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text).epochNanoseconds;
  } catch {
    throw unprocessable(`invalid timestamp: ${text}`);
  }
}
