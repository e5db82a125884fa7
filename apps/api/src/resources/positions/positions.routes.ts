import * as contract from '@bellwether/contracts';
import { withUser } from '@bellwether/db';
import { sql } from 'kysely';
import Type from 'typebox';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { userOf } from '../../http/authentication.ts';
import { actOnce, idempotencyHeaders } from '../../http/idempotency.ts';
import { pageOf, pageQuery, pageRequest } from '../../http/paging.ts';
import {
  heldToWire,
  readExternalHoldings,
  readHeldPositions,
  readPositionGroups,
} from '../../records/held-position-record.ts';
import { after } from '../../records/page-condition.ts';
import { streamHead } from '../../records/stream-record.ts';
import { CloseService } from './close.service.ts';
import { readCommand } from './commands.store.ts';
import { readPosition } from './positions.store.ts';

const tags = ['positions'];
const headers = idempotencyHeaders;
const ByRef = Type.Object({
  position: Type.String({
    minLength: 1,
    maxLength: 200,
    description: 'The id of a position, or the symbol of the only open one in it.',
  }),
});

export function positionRoutes(api: Api, options: ApiOptions): void {
  const { database } = options;
  const service = new CloseService(options);

  api.get(
    '/positions',
    {
      schema: {
        tags,
        operationId: 'listPositions',
        summary: 'List open positions, newest first, with totals per account and what lies there besides',
        querystring: Type.Object({
          ...pageQuery,
          pipeline_id: Type.Optional(Type.String({ format: 'uuid' })),
          state: Type.Optional(
            Type.Enum(['open', 'closed', 'all'], { description: 'Which positions; without it, the open ones.' }),
          ),
        }),
        response: { 200: contract.PositionsWire },
      },
    },
    (request) => {
      const userId = userOf(request);
      const { pipeline_id, state = 'open' } = request.query;
      const page = pageRequest(request.query);
      const condition = sql.join(
        [
          after(page.after, 'p.opened_at', 'p.id', 'text'),
          pipeline_id === undefined ? sql`true` : sql`p.pipeline_id = ${pipeline_id}`,
          state === 'all' ? sql`true` : state === 'open' ? sql`p.state <> 'closed'` : sql`p.state = 'closed'`,
        ],
        sql` AND `,
      );
      return withUser(database, userId, async (transaction) => {
        // Read first: what happens between the questions is told again by the stream.
        const as_of_seq = await streamHead(transaction, userId);
        const rows = await readHeldPositions(transaction, userId, condition, page.limit + 1);
        return {
          ...pageOf(rows, page.limit, (row) => ({ at: row.opened_at.toString(), id: row.id }), heldToWire),
          groups: await readPositionGroups(transaction, userId),
          external: await readExternalHoldings(transaction, userId),
          as_of_seq,
        };
      });
    },
  );

  api.get(
    '/positions/commands/:id',
    {
      schema: {
        tags,
        operationId: 'getCloseCommand',
        summary: 'Say how far a command to close has come',
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        response: { 200: contract.CloseCommandWire },
      },
    },
    (request) => {
      const userId = userOf(request);
      return withUser(database, userId, (transaction) => readCommand(transaction, userId, request.params.id));
    },
  );

  api.get(
    '/positions/:position',
    {
      schema: {
        tags,
        operationId: 'getPosition',
        summary: 'Read a position with its orders, fills and stops',
        params: ByRef,
        response: { 200: contract.PositionDetailWire },
      },
    },
    (request) => {
      const userId = userOf(request);
      return withUser(database, userId, (transaction) => readPosition(transaction, userId, request.params.position));
    },
  );

  api.post(
    '/positions/:position/close',
    {
      schema: {
        tags,
        operationId: 'closePosition',
        summary: 'Close a position now; its pipeline does not enter the symbol again until re-armed',
        params: ByRef,
        headers,
        body: contract.CloseRequestWire,
        response: { 202: contract.CommandAcceptedWire },
      },
    },
    async (request, reply) => {
      const asked = { reason: request.body.reason, key: request.headers['idempotency-key'] };
      const { status, body } = await actOnce(database, request, reply, async (transaction, userId) => ({
        status: 202 as const,
        body: await service.closeOne(transaction, userId, request.params.position, asked),
      }));
      return reply.code(status).header('location', `/api/v1/positions/commands/${body.command_id}`).send(body);
    },
  );

  api.post(
    '/positions/close-all',
    {
      schema: {
        tags,
        operationId: 'closeAllPositions',
        summary: 'Stop everything and close every position of every account',
        headers,
        body: contract.CloseAllRequestWire,
        response: { 202: contract.CommandAcceptedWire },
      },
    },
    async (request, reply) => {
      const asked = { reason: request.body.reason, key: request.headers['idempotency-key'] };
      const { status, body } = await actOnce(database, request, reply, async (transaction, userId) => ({
        status: 202 as const,
        body: await service.closeAll(transaction, userId, asked),
      }));
      return reply.code(status).header('location', `/api/v1/positions/commands/${body.command_id}`).send(body);
    },
  );
}
