/** What a broker account's keeper leaves behind, written by the engine's role; for tests. */
import { randomUUID } from 'node:crypto';
import type { TestUser, World } from './world.fake.ts';

export interface Held {
  readonly accountId: string;
  readonly positionId: string;
  readonly entryId: string;
  readonly stopId: string;
}

type Query = (text: string, ...values: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;

export function asEngine(world: World): Query {
  return async (text, ...values) => (await world.database.engine.pool.query(text, [...values])).rows;
}

/** A broker account on which ledger and broker agree. */
export async function addAccount(
  world: World,
  user: TestUser,
  label: 'paper' | 'live' | 'sandbox' = 'paper',
): Promise<string> {
  const id = randomUUID();
  const query = asEngine(world);
  await query(
    `INSERT INTO engine.accounts (id, user_id, kind, trading_mode, label, broker, broker_account_id, initial_balance, cash, gate_open)
     VALUES ($1::uuid, $2, 'broker', $3, $4, 'alpaca', $1::text, 100000, 100000, true)`,
    id,
    user.id,
    label === 'live' ? 'live' : 'paper',
    label,
  );
  await query(
    `INSERT INTO engine.reconciliation_runs (user_id, account_id, at, cause, clean) VALUES ($1, $2, now(), 'start', true)`,
    user.id,
    id,
  );
  return id;
}

/** Ten shares bought at 100, with a stop at 98 that covers `covered` of them; `entry` is the state of its entry. */
export async function addHolding(
  world: World,
  user: TestUser,
  accountId: string,
  of: { readonly pipelineId: string; readonly executionId: string },
  more: { readonly symbol?: string; readonly naked?: number; readonly state?: string; readonly entry?: string } = {},
): Promise<Held> {
  const { symbol = 'AAPL', naked = 0, state = 'open', entry = 'filled' } = more;
  const query = asEngine(world);
  const positionId = `pos-${randomUUID()}`;
  const filled = entry === 'filled' ? 10 : 4;
  await query(
    `INSERT INTO engine.positions (id, user_id, account_id, pipeline_id, execution_id, trading_mode, symbol, side, state, quantity,
       intended_quantity, entry_avg, initial_stop, stop, target_1, target_2, last_price, realized_pnl, opened_at, naked_share_seconds, flags, memory)
     VALUES ($1, $2, $3, $4, $5, 'paper', $6, 'long', $7, $8, 10, 100, 98, 98, 103, 106, 101, -1, now(), 12.5,
       '{"halted": false, "t1_done": true}', jsonb_build_object('naked', jsonb_build_object('$', $9::bigint || 'n')))`,
    positionId,
    user.id,
    accountId,
    of.pipelineId,
    of.executionId,
    symbol,
    state,
    filled,
    naked * 1_000_000_000,
  );
  const order = async (leg: string, columns: Readonly<Record<string, unknown>>) => {
    const row = {
      user_id: user.id,
      account_id: accountId,
      pipeline_id: of.pipelineId,
      execution_id: of.executionId,
      position_id: positionId,
      client_order_id: `bw1-${randomUUID()}`,
      leg,
      seq: 1,
      symbol,
      time_in_force: 'gtc',
      quantity: 10,
      request: '{}',
      request_hash: 'h',
      trading_mode: 'paper',
      ...columns,
    };
    const names = Object.keys(row);
    await query(
      `INSERT INTO engine.orders (${names}) VALUES (${names.map((_, i) => `$${i + 1}`)})`,
      ...Object.values(row),
    );
    return row.client_order_id;
  };
  const entryId = await order('entry', {
    purpose: 'entry',
    side: 'buy',
    order_type: 'market',
    state: entry,
    filled_quantity: filled,
    filled_amount: filled * 100,
  });
  const stopId = await order('stop', {
    purpose: 'exit',
    side: 'sell',
    order_type: 'stop',
    stop_price: 98,
    state: 'working',
    submitted_at: new Date('2026-03-13T15:00:00Z'),
  });
  await query(
    `INSERT INTO engine.fills (user_id, account_id, order_id, broker_fill_id, price, quantity, amount, fee, filled_at)
     SELECT $1, $2, id, 'f ' || id, 100, $4::numeric, $4::numeric * 100, 0.05, now() FROM engine.orders WHERE client_order_id = $3`,
    user.id,
    accountId,
    entryId,
    filled,
  );
  return { accountId, positionId, entryId, stopId };
}

/** Ends a position as its keeper does: flat, with the trade and the outcome for whoever asked. */
export async function endHolding(world: World, user: TestUser, held: Held): Promise<void> {
  const query = asEngine(world);
  await query(
    `UPDATE engine.orders SET state = 'canceled', ended_at = now(), updated_at = now() WHERE position_id = $1 AND state = 'working'`,
    held.positionId,
  );
  await query(
    `WITH sold AS (
       INSERT INTO engine.orders (user_id, account_id, pipeline_id, execution_id, position_id, client_order_id, purpose, leg, seq, symbol, side,
         order_type, time_in_force, quantity, request, request_hash, trading_mode, state, filled_quantity, filled_amount)
       SELECT user_id, account_id, pipeline_id, execution_id, id, 'bw1-' || gen_random_uuid(), 'close', 'close', 1, symbol, 'sell', 'market', 'gtc',
         quantity, '{}', 'h', 'paper', 'filled', quantity, quantity * 101 FROM engine.positions WHERE id = $1 RETURNING *)
     INSERT INTO engine.fills (user_id, account_id, order_id, broker_fill_id, price, quantity, amount, filled_at)
     SELECT user_id, account_id, id, 'f ' || id, 101, quantity, quantity * 101, now() FROM sold`,
    held.positionId,
  );
  await query(
    `INSERT INTO engine.trades (user_id, account_id, pipeline_id, execution_id, position_id, trading_mode, symbol, side, quantity, entry_avg,
       exit_avg, realized_pnl, close_reason, entry_at, exit_at)
     SELECT user_id, account_id, pipeline_id, execution_id, id, 'paper', symbol, side, quantity, 100, 101, 9, 'manual', opened_at, now()
       FROM engine.positions WHERE id = $1`,
    held.positionId,
  );
  await query(
    `UPDATE engine.positions SET state = 'closed', quantity = 0, realized_pnl = 9, closed_at = now(), updated_at = now() WHERE id = $1`,
    held.positionId,
  );
  await query(
    `INSERT INTO engine.intervention_outcomes (intervention_id, position_id, user_id, outcome, text)
     SELECT m.id, $1, $2, 'closed', 'closed: manual' FROM engine.manual_interventions m
      WHERE m.user_id = $2 AND m.body -> 'positions' ? $1 ON CONFLICT DO NOTHING`,
    held.positionId,
    user.id,
  );
}
