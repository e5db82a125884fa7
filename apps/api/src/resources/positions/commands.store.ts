import type { CloseCommandWire, CloseOutcomeWire, OrderFillWire } from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import { sql, type Transaction } from 'kysely';
import { notFound } from '../../http/problem.ts';
import { ACCOUNT_COLUMNS, type AccountColumns, accountRef } from '../../records/account-record.ts';
import { decimalOrNull, moneyText, quantityText } from '../../records/decimal-text.ts';
import { fillToWire, LIVE_ORDER } from '../../records/order-record.ts';

type Tx = Transaction<Schema>;

interface CommandRow {
  readonly kind: CloseCommandWire['kind'];
  readonly reason: string;
  readonly at: Temporal.Instant;
}

interface TargetRow extends AccountColumns {
  readonly position_id: string;
  readonly symbol: string;
  readonly side: CloseOutcomeWire['side'];
  readonly state: string;
  readonly quantity: string;
  readonly realized_pnl: string;
  readonly exit_avg: string | null;
  readonly outcome: CloseOutcomeWire['outcome'] | null;
  readonly outcome_text: string | null;
  /** What the account or the session answered: taken, or why not. */
  readonly answer: string | null;
  readonly answer_text: string | null;
  readonly exits_live: boolean;
  readonly close_live: boolean;
}

interface CloseFillRow {
  readonly position_id: string;
  readonly broker_fill_id: string;
  readonly price: string;
  readonly quantity: string;
  readonly amount: string;
  readonly fee: string;
  readonly filled_at: Temporal.Instant;
}

/** Reads how far a command to close has come, position by position. Three questions, however many positions. */
export async function readCommand(transaction: Tx, userId: string, id: string): Promise<CloseCommandWire> {
  const { rows: commands } = await sql<CommandRow>`
    SELECT kind, reason, at FROM engine.manual_interventions
     WHERE user_id = ${userId} AND id = ${id} AND kind IN ('close', 'close_all')`.execute(transaction);
  const [command] = commands;
  if (command === undefined) throw notFound('position/not-found', 'a command to close', id);
  const { rows: targets } = await sql<TargetRow>`
    SELECT p.id AS position_id, p.symbol, p.side, p.state, abs(p.quantity) AS quantity, p.realized_pnl, t.exit_avg,
           r.outcome, r.text AS outcome_text, coalesce(i.outcome, s.outcome) AS answer, coalesce(i.outcome_text, s.outcome_text) AS answer_text,
           coalesce(live.exits, false) AS exits_live, coalesce(live.close, false) AS close_live, ${ACCOUNT_COLUMNS}
      FROM engine.manual_interventions m
      JOIN engine.positions p ON p.user_id = m.user_id AND m.body -> 'positions' ? p.id
      JOIN engine.accounts a ON a.id = p.account_id
      JOIN app.pipelines l ON l.id = p.pipeline_id
      LEFT JOIN engine.trades t ON t.position_id = p.id
      LEFT JOIN engine.intervention_outcomes r ON r.intervention_id = m.id AND r.position_id = p.id
      LEFT JOIN engine.account_inbox i ON i.account_id = p.account_id AND i.key = 'close ' || m.id || ' ' || p.id
      LEFT JOIN engine.executions e ON e.id = p.execution_id
      LEFT JOIN engine.session_requests s ON s.session_id = e.session_id AND s.key = 'close ' || m.id || ' ' || p.id
      LEFT JOIN LATERAL (
        SELECT bool_or(o.leg NOT IN ('entry', 'close')) AS exits, bool_or(o.leg = 'close') AS close
          FROM engine.orders o WHERE o.position_id = p.id AND o.state IN ${LIVE_ORDER}) live ON true
     WHERE m.user_id = ${userId} AND m.id = ${id} ORDER BY p.symbol, p.id`.execute(transaction);
  const ids = targets.map((target) => target.position_id);
  const { rows: fills } = await sql<CloseFillRow>`
    SELECT o.position_id, f.broker_fill_id, f.price, f.quantity, f.amount, f.fee, f.filled_at
      FROM engine.orders o JOIN engine.fills f ON f.order_id = o.id
     WHERE o.user_id = ${userId} AND o.position_id = ANY (${ids}::text[]) AND o.leg = 'close'
     ORDER BY f.filled_at, f.created_at`.execute(transaction);
  const byPosition = Map.groupBy(fills, (fill) => fill.position_id);
  const positions = targets.map((target) =>
    targetToWire(target, (byPosition.get(target.position_id) ?? []).map(fillToWire)),
  );
  return {
    command_id: id,
    kind: command.kind,
    reason: command.reason,
    asked_at: command.at.toString(),
    is_done: positions.every(({ outcome }) => outcome !== 'working'),
    positions,
  };
}

function targetToWire(row: TargetRow, fills: OrderFillWire[]): CloseOutcomeWire {
  const outcome = outcomeOf(row);
  return {
    position_id: row.position_id,
    symbol: row.symbol,
    side: row.side,
    account: accountRef(row),
    outcome,
    step: stepOf(row, outcome),
    text: textOf(row, outcome),
    remaining: quantityText(row.quantity),
    average_exit: decimalOrNull(row.exit_avg, 2),
    realized_pnl: moneyText(row.realized_pnl),
    fills,
  };
}

function outcomeOf(row: TargetRow): CloseOutcomeWire['outcome'] {
  // One that was not flat as its session ended was closed later after all.
  if (row.state === 'closed') return row.outcome === 'nothing_to_close' ? row.outcome : 'closed';
  if (row.outcome !== null) return row.outcome;
  return row.answer === null || row.answer === 'taken' ? 'working' : 'failed';
}

function stepOf(row: TargetRow, outcome: CloseOutcomeWire['outcome']): CloseOutcomeWire['step'] {
  if (outcome !== 'working') return 'ended';
  if (row.close_live) return 'closing';
  if (row.state !== 'closing') return 'asked';
  return row.exits_live ? 'canceling' : 'closing';
}

function textOf(row: TargetRow, outcome: CloseOutcomeWire['outcome']): string {
  const said = row.outcome === null || row.outcome === outcome ? (row.outcome_text ?? row.answer_text) : null;
  if (said !== null && said !== '') return said;
  switch (outcome) {
    case 'working':
      return row.state === 'closing' ? 'its exits are canceled, then the rest is closed at market' : 'asked for';
    case 'closed':
      return row.exit_avg === null ? 'closed' : `closed at ${decimalOrNull(row.exit_avg, 2)}`;
    case 'partly_closed':
      return `${quantityText(row.quantity)} shares are left`;
    case 'failed':
      return 'could not be closed; what it holds keeps its stop, try again';
    case 'nothing_to_close':
      return 'it held no shares';
  }
}
