import type { PositionDetailWire } from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import { BellwetherError } from '@bellwether/domain';
import { sql, type Transaction } from 'kysely';
import { notFound } from '../../http/problem.ts';
import { heldToWire, readHeldPositions } from '../../records/held-position-record.ts';
import { readOrders, withFills } from '../../records/order-record.ts';
import { streamHead } from '../../records/stream-record.ts';
import { readTrades, tradeToWire } from '../../records/trade-record.ts';

type Tx = Transaction<Schema>;
/** More orders than this no position has. */
const MOST_ORDERS = 1000;

/** A position as far as a request to close it needs it. */
export interface NamedPosition {
  readonly id: string;
  readonly symbol: string;
  readonly state: string;
  readonly quantity: string;
  readonly pipeline_id: string;
  readonly account_id: string;
  readonly account_kind: 'simulated' | 'broker';
  /** The session that plays it, where it is simulated and still played. */
  readonly session_id: string | null;
}

const NAMED = sql`
  SELECT p.id, p.symbol, p.state, abs(p.quantity) AS quantity, p.pipeline_id, p.account_id, a.kind AS account_kind, s.id AS session_id
    FROM engine.positions p JOIN engine.accounts a ON a.id = p.account_id JOIN engine.executions e ON e.id = p.execution_id
    LEFT JOIN engine.sessions s ON s.id = e.session_id AND s.status <> 'ended'`;

/**
 * Finds a position by its id, or the one open position in a symbol. Throws `position/not-found`, and `position/ambiguous` with the ids when
 * several are open in the symbol.
 */
export async function namePosition(transaction: Tx, userId: string, ref: string): Promise<NamedPosition> {
  const { rows } = await sql<NamedPosition>`
    ${NAMED} WHERE p.user_id = ${userId} AND (p.id = ${ref} OR (p.symbol = upper(${ref}) AND p.state <> 'closed'))
    ORDER BY p.opened_at, p.id`.execute(transaction);
  const byId = rows.find((row) => row.id === ref);
  const [first, ...others] = rows;
  if (byId !== undefined) return byId;
  if (first === undefined) throw notFound('position/not-found', 'a position, or a symbol that is held,', ref);
  if (others.length === 0) return first;
  const ids = rows.map(({ id }) => id);
  throw new BellwetherError(
    'conflict',
    'position/ambiguous',
    `expected ${first.symbol} to be held once, was held ${rows.length} times; name one by its id: ${ids.join(', ')}`,
    {
      extensions: {
        positions: rows.map(({ id, account_id, pipeline_id }) => ({ id, account_id, pipeline_id })),
      },
    },
  );
}

export async function openPositions(transaction: Tx, userId: string): Promise<readonly NamedPosition[]> {
  const { rows } = await sql<NamedPosition>`
    ${NAMED} WHERE p.user_id = ${userId} AND p.state <> 'closed' ORDER BY p.opened_at, p.id`.execute(transaction);
  return rows;
}

/** Reads a position with its orders, their fills and every stop it ever had. */
export async function readPosition(transaction: Tx, userId: string, ref: string): Promise<PositionDetailWire> {
  const { id } = await namePosition(transaction, userId, ref);
  const asOfSeq = await streamHead(transaction, userId);
  const [held] = await readHeldPositions(transaction, userId, sql`p.id = ${id}`, 1);
  if (held === undefined) throw notFound('position/not-found', 'a position', id);
  const rows = await readOrders(transaction, userId, sql`o.position_id = ${id}`, MOST_ORDERS);
  const orders = await withFills(transaction, userId, rows.toReversed());
  const [trade] = await readTrades(transaction, userId, sql`t.position_id = ${id}`, 1);
  return {
    ...heldToWire(held),
    orders,
    stop_moves: orders.flatMap((order) =>
      order.leg === 'stop' && order.stop_price !== null
        ? [
            {
              at: order.created_at,
              stop_price: order.stop_price,
              order_id: order.order_id,
              status: order.status,
              reason: order.reason,
            },
          ]
        : [],
    ),
    trade: trade === undefined ? null : tradeToWire(trade),
    as_of_seq: asOfSeq,
  };
}
