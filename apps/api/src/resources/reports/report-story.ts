/** journal, orders, fills, positions, trades ──▶ the report, lane by lane, and its timeline. */
import type {
  FillWire,
  OrderWire,
  PositionWire,
  ReportLaneWire,
  ReportWire,
  StreamEventWire,
  TradeWire,
} from '@bellwether/contracts';
import { formatPrice, priceFromNumber } from '@bellwether/domain';
import { decimalOrNull, moneyText, priceText, quantityText } from '../../records/decimal-text.ts';
import type { FillRow, OrderRow } from './reports.store.ts';

/** All that is on record of one execution. */
export interface ReportFacts {
  readonly events: readonly StreamEventWire[];
  readonly orders: readonly OrderRow[];
  readonly fills: readonly FillRow[];
  readonly positions: readonly PositionWire[];
  readonly trades: readonly TradeWire[];
}

type Decided = Extract<StreamEventWire, { event: 'agent_completed' | 'lane_blocked' }>;

/** Returns one entry per symbol, in the order in which the journal first names them. */
export function reportLanes(facts: ReportFacts, outcome: string): ReportLaneWire[] {
  const symbols = new Set<string>();
  for (const event of facts.events) {
    if (event.event === 'execution_started') for (const symbol of event.symbols) symbols.add(symbol);
    else if ('symbol' in event && event.symbol !== null) symbols.add(event.symbol);
  }
  return [...symbols].map((symbol) => reportLane(symbol, facts, outcome));
}

function reportLane(symbol: string, facts: ReportFacts, fallback: string): ReportLaneWire {
  const mine = facts.events.filter((event) => 'symbol' in event && event.symbol === symbol);
  const decided = mine.filter(
    (event): event is Decided => event.event === 'agent_completed' || event.event === 'lane_blocked',
  );
  const newest = (kind: string) => decided.findLast((event) => event.output?.kind === kind)?.output ?? null;
  const bias = newest('bias');
  const strategy = newest('strategy');
  const risk = newest('risk');
  const report = newest('report');
  const signal = strategy?.kind === 'strategy' ? strategy.value : null;
  const position = facts.positions.find((candidate) => candidate.symbol === symbol) ?? null;
  const blocked = blockedOf(mine);
  const said = report?.kind === 'report' ? report.value : null;
  const outcome = said?.outcome ?? (position !== null ? 'traded' : blocked !== null ? 'blocked' : fallback);
  return {
    symbol,
    title: said?.title ?? `${symbol}: ${blocked?.text ?? outcome}`,
    outcome,
    paragraphs: said?.paragraphs ?? decided.map((event) => event.output_summary).filter((text) => text !== ''),
    bias: bias?.kind === 'bias' ? bias.value : null,
    strategy: signal,
    risk: risk?.kind === 'risk' ? risk.value : null,
    blocked,
    orders: ordersOf(symbol, facts, mine),
    fills: fillsOf(symbol, facts, mine),
    position,
    trade: facts.trades.find((candidate) => candidate.symbol === symbol) ?? null,
    levels: levelsOf(position, signal),
    decided_at:
      decided.findLast((event) => event.output?.kind === 'strategy')?.timestamp ?? decided.at(-1)?.timestamp ?? null,
  };
}

function blockedOf(events: readonly StreamEventWire[]): ReportLaneWire['blocked'] {
  for (const event of events) {
    if (event.event === 'lane_blocked') {
      const { rule, value, threshold, distance, text, agent_id } = event;
      return { rule, value, threshold, distance, text, agent_id };
    }
    if (event.event === 'intents_settled' && event.refusal !== null)
      return { ...event.refusal, agent_id: event.agent_id };
  }
  return null;
}

/** The order book's rows; in a mode that places nothing, what the journal says would have been placed. */
function ordersOf(symbol: string, { orders }: ReportFacts, events: readonly StreamEventWire[]): OrderWire[] {
  const booked = orders.filter((order) => order.symbol === symbol);
  if (booked.length > 0) return booked.map(orderOf);
  const told = new Map<string, OrderWire>();
  for (const event of events) if (event.event === 'order_updated') told.set(event.order.order_id, event.order);
  return [...told.values()];
}

function orderOf(row: OrderRow): OrderWire {
  return {
    order_id: row.id,
    position_id: row.position_id,
    purpose: row.purpose,
    symbol: row.symbol,
    side: row.side,
    type: row.order_type,
    status: row.state,
    quantity: quantityText(row.quantity),
    filled_quantity: quantityText(row.filled_quantity),
    average_price: decimalOrNull(row.average_price, 2),
    limit_price: decimalOrNull(row.limit_price, 2),
    stop_price: decimalOrNull(row.stop_price, 2),
    commission: moneyText(row.commission),
    reason: row.state_reason,
  };
}

function fillsOf(symbol: string, { fills }: ReportFacts, events: readonly StreamEventWire[]): FillWire[] {
  const booked = fills.filter((fill) => fill.symbol === symbol);
  if (booked.length > 0) {
    return booked.map((fill) => ({
      time: fill.filled_at.toString(),
      side: fill.side,
      quantity: quantityText(fill.quantity),
      price: priceText(fill.price),
      commission: moneyText(fill.fee),
      reason: fill.purpose,
    }));
  }
  return events.flatMap((event) =>
    event.event === 'trade_executed'
      ? [
          {
            time: event.timestamp,
            side: event.trade.action,
            quantity: event.trade.quantity,
            price: event.trade.price,
            commission: event.trade.commission,
            reason: null,
          },
        ]
      : [],
  );
}

function levelsOf(position: PositionWire | null, signal: ReportLaneWire['strategy']): ReportLaneWire['levels'] {
  if (position !== null) {
    const { average_entry: entry, stop, initial_stop, target_1, target_2 } = position;
    return { entry, stop, initial_stop, target_1, target_2 };
  }
  if (signal === null || signal.action === 'hold') return null;
  const price = (value: number | null) => (value === null ? null : formatPrice(priceFromNumber(value)));
  const stop = price(signal.stop_loss);
  return {
    entry: price(signal.entry_price),
    stop,
    initial_stop: stop,
    target_1: price(signal.target_1),
    target_2: price(signal.target_2),
  };
}

/** What happened in order, one sentence each; starts and timers say nothing to a reader. */
export function timelineOf(events: readonly StreamEventWire[]): ReportWire['timeline'] {
  return events.flatMap((event) => {
    const text = sentenceOf(event);
    if (text === null) return [];
    const step = 'agent_id' in event ? event : null;
    return [
      {
        timestamp: event.timestamp,
        event: event.event,
        agent_id: step?.agent_id ?? null,
        agent_type: step?.agent_type ?? null,
        symbol: 'symbol' in event ? event.symbol : null,
        text,
      },
    ];
  });
}

function sentenceOf(event: StreamEventWire): string | null {
  switch (event.event) {
    case 'execution_started':
      return event.trigger.text;
    case 'agent_completed':
      return event.output_summary;
    case 'lane_blocked':
      return event.text;
    case 'error':
      return event.error_message;
    case 'order_updated': {
      const { purpose, side, quantity, symbol, type, status, reason } = event.order;
      return `${purpose}: ${side} ${quantity} ${symbol} ${type}, ${status}${reason === null ? '' : ` (${reason})`}`;
    }
    case 'trade_executed':
      return `${event.trade.action === 'buy' ? 'bought' : 'sold'} ${event.trade.quantity} ${event.trade.symbol} at ${event.trade.price}`;
    case 'intents_settled':
    case 'execution_waiting':
      return event.text;
    case 'cancel_requested':
      return event.reason;
    case 'execution_completed':
      return event.reason === null ? `${event.status}: ${event.result}` : `${event.status}: ${event.reason}`;
    case 'position_closed':
      return `closed by ${event.trade.close_reason}: ${event.trade.pnl} USD`;
    case 'agent_started':
    case 'timer_fired':
    case 'pipeline_updated':
    case 'position_updated':
      return null;
    default:
      return event satisfies never;
  }
}
