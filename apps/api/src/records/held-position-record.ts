import type {
  ExternalHoldingWire,
  HeldPositionWire,
  PositionGroupWire,
  PositionWire,
  ProtectionWire,
} from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { ACCOUNT_COLUMNS, type AccountColumns, accountRef, pipelineRef } from './account-record.ts';
import { decimalOrNull, decimalText, moneyText, quantityText } from './decimal-text.ts';
import { POSITION_COLUMNS, type PositionRow, positionToWire } from './position-record.ts';

type Tx = Transaction<Schema>;

export interface HeldRow extends AccountColumns, Omit<PositionRow, 'pipeline_id'> {
  readonly pipeline_id: string;
  readonly last_price_at: Temporal.Instant | null;
  readonly unrealized_pct: string | null;
  readonly unrealized_r: string | null;
  readonly fees: string;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly naked_share_seconds: string;
  readonly naked: string;
  readonly stop_order_id: string | null;
  readonly stop_since: Temporal.Instant | null;
  readonly close_command_id: string | null;
  readonly latched_since: Temporal.Instant | null;
}

/**
 * A broker's position says itself which of its shares are naked, since only its machine knows which stops are armed; a simulated stop acts as
 * soon as it rests. Shares that came by a double exit are of the wrong sign: no stop covers them.
 */
const NAKED = sql`
  CASE WHEN p.state = 'closed' THEN 0
       WHEN p.memory #>> '{naked,$}' ~ '^\\d+n$' THEN rtrim(p.memory #>> '{naked,$}', 'n')::numeric / 1000000000
       ELSE greatest(0, abs(p.quantity) - coalesce(stop.covered, 0)) END`;
const RESTING_STOP = sql`
  LEFT JOIN LATERAL (
    SELECT sum(o.quantity - o.filled_quantity) AS covered, (array_agg(o.client_order_id ORDER BY o.created_at DESC, o.seq DESC))[1] AS id,
           max(coalesce(o.submitted_at, o.created_at)) AS since
      FROM engine.orders o
     WHERE o.position_id = p.id AND o.leg = 'stop' AND o.state IN ('working', 'partially_filled', 'pending_cancel', 'pending_replace')
  ) stop ON p.state <> 'closed'`;
const PNL = sql`(p.last_price - p.entry_avg) * p.quantity`;

/** Reads the user's positions that meet a condition on `p`, newest first, with all that is said about them; one question for any number. */
export async function readHeldPositions(
  transaction: Tx,
  userId: string,
  condition: RawBuilder<unknown>,
  limit: number,
): Promise<HeldRow[]> {
  const { rows } = await sql<HeldRow>`
    SELECT ${POSITION_COLUMNS}, ${ACCOUNT_COLUMNS}, p.fees, p.flags, p.naked_share_seconds, round(${NAKED}, 9) AS naked,
           CASE WHEN p.last_price IS NOT NULL THEN coalesce(p.last_price_at, p.updated_at) END AS last_price_at,
           CASE WHEN p.state <> 'closed' AND p.quantity <> 0 THEN
             round(${PNL} / nullif(p.entry_avg * abs(p.quantity), 0) * 100, 4) END AS unrealized_pct,
           CASE WHEN p.state <> 'closed' AND p.quantity <> 0 THEN
             round(${PNL} / nullif(abs(p.entry_avg - p.initial_stop) * abs(p.quantity), 0), 4) END AS unrealized_r,
           stop.id AS stop_order_id, stop.since AS stop_since, command.id AS close_command_id, latch.engaged_at AS latched_since
      FROM engine.positions p
      JOIN engine.accounts a ON a.id = p.account_id
      JOIN app.pipelines l ON l.id = p.pipeline_id
      LEFT JOIN engine.symbol_latches latch ON latch.pipeline_id = p.pipeline_id AND latch.symbol = p.symbol AND latch.released_at IS NULL
      ${RESTING_STOP}
      LEFT JOIN LATERAL (
        SELECT m.id FROM engine.manual_interventions m
         WHERE m.user_id = p.user_id AND m.kind IN ('close', 'close_all') AND m.body -> 'positions' ? p.id
           AND NOT EXISTS (SELECT 1 FROM engine.intervention_outcomes r WHERE r.intervention_id = m.id AND r.position_id = p.id)
         ORDER BY m.at DESC LIMIT 1) command ON p.state <> 'closed'
     WHERE p.user_id = ${userId} AND ${condition}
     ORDER BY p.opened_at DESC, p.id DESC LIMIT ${limit}`.execute(transaction);
  return rows;
}

export function heldToWire(row: HeldRow): HeldPositionWire {
  const position = positionToWire(row);
  return {
    ...position,
    account: accountRef(row),
    pipeline: pipelineRef(row),
    state_text: stateText(position),
    last_price_at: row.last_price_at?.toString() ?? null,
    unrealized_pct: row.unrealized_pct === null ? null : Number(row.unrealized_pct),
    unrealized_r: row.unrealized_r === null ? null : Number(row.unrealized_r),
    fees: moneyText(row.fees),
    protection: protectionOf(row, position),
    flags: Object.entries(row.flags)
      .filter(([, is]) => is === true)
      .map(([flag]) => flag),
    close_command_id: row.close_command_id,
    latched_since: row.latched_since?.toString() ?? null,
  };
}

function stateText(position: PositionWire): string {
  const { quantity, intended_quantity: intended } = position;
  switch (position.state) {
    case 'opening':
      return quantity === '0'
        ? 'opening: nothing is filled yet'
        : `opening: ${quantity} of ${intended} shares are filled`;
    case 'protecting':
      return 'protecting: its exits are being placed';
    case 'open':
      return position.stop === null ? 'open: planned without a stop' : 'open: every share has its stop';
    case 'converting':
      return 'converting: one exit is being split into two';
    case 'closing':
      return 'closing: its exits are canceled, then the rest is closed at market';
    case 'closed':
      return 'closed';
  }
}

function protectionOf(row: HeldRow, { quantity }: PositionWire): ProtectionWire {
  const naked = quantityText(row.naked);
  const covered = quantityText(String(Number(row.quantity) - Number(row.naked)));
  const isHeld = Number(row.quantity) > 0;
  return {
    covered,
    naked,
    naked_share_seconds: decimalText(row.naked_share_seconds, 0),
    armed: isHeld && Number(row.naked) === 0,
    stop_order_id: row.stop_order_id,
    stop_since: row.stop_since?.toString() ?? null,
    text: protectionText(row, { covered, naked, quantity, isHeld }),
  };
}

function protectionText(
  row: HeldRow,
  { covered, naked, quantity, isHeld }: { covered: string; naked: string; quantity: string; isHeld: boolean },
): string {
  if (!isHeld) return 'holds no shares';
  const where = row.account_kind === 'simulated' ? 'in the simulation' : 'at the broker';
  if (naked === '0') return `${covered} of ${quantity} shares have a stop ${where}`;
  if (row.initial_stop === null) return `planned without a stop: ${naked} shares have none`;
  return `${naked} of ${quantity} shares have no armed stop`;
}

interface GroupRow extends AccountColumns {
  readonly open: number;
  readonly market_value: string;
  readonly unrealized_pnl: string | null;
  readonly realized_pnl: string;
  readonly naked: string;
}

/** Reads the totals of open positions per account. */
export async function readPositionGroups(transaction: Tx, userId: string): Promise<PositionGroupWire[]> {
  const { rows } = await sql<GroupRow>`
    SELECT ${ACCOUNT_COLUMNS}, held.* FROM (
      SELECT p.account_id AS held_on, count(*)::int AS open, round(coalesce(sum(abs(p.quantity) * coalesce(p.last_price, p.entry_avg)), 0), 6) AS market_value,
             round(sum(${PNL}), 6) AS unrealized_pnl, sum(p.realized_pnl) AS realized_pnl, round(sum(${NAKED}), 9) AS naked, max(p.opened_at) AS newest
        FROM engine.positions p ${RESTING_STOP}
       WHERE p.user_id = ${userId} AND p.state <> 'closed' GROUP BY p.account_id) held
      JOIN engine.accounts a ON a.id = held.held_on LEFT JOIN app.pipelines l ON l.id = a.pipeline_id
     ORDER BY held.newest DESC, a.id`.execute(transaction);
  return rows.map((row) => ({
    account: accountRef(row),
    open: row.open,
    market_value: moneyText(row.market_value),
    unrealized_pnl: decimalOrNull(row.unrealized_pnl, 2),
    realized_pnl: moneyText(row.realized_pnl),
    naked: quantityText(row.naked),
  }));
}

interface ExternalRow extends AccountColumns {
  readonly symbol: string;
  readonly quantity: string;
  readonly average_entry: string | null;
}

/** Reads what lies in the user's broker accounts and belongs to no pipeline. */
export async function readExternalHoldings(transaction: Tx, userId: string): Promise<ExternalHoldingWire[]> {
  const { rows } = await sql<ExternalRow>`
    SELECT ${ACCOUNT_COLUMNS}, h.symbol, h.quantity, h.average_entry
      FROM engine.accounts a LEFT JOIN app.pipelines l ON l.id = a.pipeline_id,
           jsonb_to_recordset(a.external) AS h (symbol text, quantity numeric, average_entry numeric)
     WHERE a.user_id = ${userId} AND a.kind = 'broker' AND h.quantity <> 0 ORDER BY a.id, h.symbol`.execute(
    transaction,
  );
  return rows.map((row) => ({
    account: accountRef(row),
    symbol: row.symbol,
    side: row.quantity.startsWith('-') ? 'short' : 'long',
    quantity: quantityText(row.quantity.replace('-', '')),
    average_entry: decimalOrNull(row.average_entry, 2),
  }));
}
