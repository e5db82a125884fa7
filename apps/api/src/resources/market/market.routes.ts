import { BarsWire, MarketSessionWire, TapeList, TimeframeName } from '@bellwether/contracts';
import { type Schema, withUser } from '@bellwether/db';
import { type BarSeries, BellwetherError, barAt, closedCount, type EpochMs, formatInstant } from '@bellwether/domain';
import { sql, type Transaction } from 'kysely';
import Type from 'typebox';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { userOf } from '../../http/authentication.ts';
import { notFound } from '../../http/problem.ts';
import { sessionPhase } from './session-phase.ts';

const tags = ['market'];
const USUAL_BARS = 500;
const MOST_BARS = 5000;

export function marketRoutes(api: Api, { database, tapes, calendar, now }: ApiOptions): void {
  api.get(
    '/tapes',
    {
      schema: {
        tags,
        operationId: 'listTapes',
        summary: 'List recorded markets to run on',
        response: { 200: TapeList },
      },
    },
    () => ({ items: [...tapes.tapes] }),
  );

  api.get(
    '/market/session',
    {
      schema: {
        tags,
        operationId: 'getMarketSession',
        summary: 'Say whether the exchange is open, and until when',
        response: { 200: MarketSessionWire },
      },
    },
    () => sessionPhase(calendar, now()),
  );

  api.get(
    '/market/bars',
    {
      schema: {
        tags,
        operationId: 'readBars',
        summary: 'Read closed bars, oldest first, for a chart; of an execution never one that it could not have seen',
        querystring: Type.Object({
          symbol: Type.String({ minLength: 1, maxLength: 32 }),
          timeframe: TimeframeName,
          to: Type.Optional(Type.String({ format: 'date-time', description: 'Bars that close later are left out.' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_BARS })),
          tape_id: Type.Optional(Type.String({ maxLength: 100 })),
          execution_id: Type.Optional(Type.String({ format: 'uuid' })),
        }),
        response: { 200: BarsWire },
      },
    },
    async (request) => {
      const userId = userOf(request);
      const { symbol, timeframe, to, limit = USUAL_BARS, tape_id, execution_id } = request.query;
      const seen =
        execution_id === undefined
          ? undefined
          : await withUser(database, userId, (transaction) => findSeen(transaction, userId, execution_id));
      const tapeId =
        seen?.tapeId ?? tape_id ?? tapes.tapes.find((candidate) => candidate.symbols.includes(symbol))?.tape_id;
      const tape = tapes.tapes.find((candidate) => candidate.tape_id === tapeId);
      if (tape === undefined) {
        throw new BellwetherError(
          'rejected',
          'tape/unknown',
          `expected a tape that holds ${symbol}, was ${tapeId ?? 'none'}; name one of ${tapes.tapes.map((candidate) => candidate.tape_id).join(', ')} as tape_id`,
        );
      }
      const bars = await tapes.bars(tape.tape_id, symbol, timeframe);
      const until = Math.min(
        to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to),
        seen?.until ?? Number.POSITIVE_INFINITY,
      );
      return {
        symbol,
        timeframe,
        source: { label: tape.label, synthetic: tape.synthetic },
        bars: lastBars(bars, until, limit),
      };
    },
  );
}

/** Reads an execution's tape and how far its clock has come; its position may have lived on in the session. */
async function findSeen(transaction: Transaction<Schema>, userId: string, executionId: string) {
  const { rows } = await sql<{ tape_id: string | null; until: Temporal.Instant | null }>`
    SELECT e.source ->> 'tape_id' AS tape_id,
           greatest(e.market_time, s.market_time, (SELECT max(j.at) FROM engine.journal j WHERE j.execution_id = e.id)) AS until
      FROM engine.executions e LEFT JOIN engine.sessions s ON s.id = e.session_id
     WHERE e.user_id = ${userId} AND e.id = ${executionId}`.execute(transaction);
  const row = rows[0];
  if (row === undefined) throw notFound('execution/not-found', 'an execution', executionId);
  // Before its clock has begun an execution has seen nothing.
  return { tapeId: row.tape_id ?? undefined, until: row.until?.epochMilliseconds ?? Number.NEGATIVE_INFINITY };
}

function lastBars(series: BarSeries, until: EpochMs, limit: number): BarsWire['bars'] {
  const end = closedCount(series, until);
  return Array.from({ length: Math.min(limit, end) }, (_, i) => {
    const { start, open, high, low, close, volume } = barAt(series, end - Math.min(limit, end) + i);
    return { time: formatInstant(start), open, high, low, close, volume };
  });
}
