import type { PositionDetail } from '../api/wire.ts';
import { withoutCodes } from '../design/code-words.ts';
import { formatPnl, formatPrice, formatQuantity, formatWord } from '../design/format.ts';

type OrderDetail = PositionDetail['orders'][number];

const LEGS: Readonly<Record<string, string>> = {
  entry: 'Entry',
  target_1: 'Target 1',
  target_2: 'Target 2',
  stop: 'Stop',
  close: 'Close',
};
const TONES: Readonly<Record<string, string>> = {
  filled: 'done',
  rejected: 'failed',
  canceled: 'canceled',
  expired: 'canceled',
  replaced: 'canceled',
  dropped: 'canceled',
  not_placed: 'failed',
  quarantined: 'blocked',
  unknown: 'blocked',
};

export interface OrderRow {
  readonly order: OrderDetail;
  readonly leg: string;
  /** "sell, stop at 279.85". */
  readonly what: string;
  readonly status: string;
  readonly text: string;
}

export function legWord(order: Pick<OrderDetail, 'leg' | 'purpose'>): string {
  return LEGS[order.leg] ?? formatWord(order.leg === '' ? order.purpose : order.leg);
}

/** Orders that still work first, then the newest. */
export function orderRows(orders: readonly OrderDetail[]): readonly OrderRow[] {
  return [...orders]
    .sort((a, b) => Number(b.is_open) - Number(a.is_open) || b.created_at.localeCompare(a.created_at))
    .map((order) => ({
      order,
      leg: legWord(order),
      what: `${order.side}, ${typeWords(order)}`,
      status: TONES[order.status] ?? (order.is_open ? 'running' : 'pending'),
      text: withoutCodes(order.status_text),
    }));
}

function typeWords({ type, limit_price, stop_price }: OrderDetail): string {
  if (type === 'market') return 'market';
  const at = (price: string | null) => (price === null ? '' : ` at ${formatPrice(price)}`);
  return type === 'limit' ? `limit${at(limit_price)}` : `${type.replace('_', '-')}${at(stop_price)}`;
}

export interface FillRow {
  readonly id: string;
  readonly at: string;
  readonly leg: string;
  readonly side: string;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
}

export function fillRows(orders: readonly OrderDetail[]): readonly FillRow[] {
  return orders
    .flatMap((order) =>
      order.fills.map((fill) => ({
        id: fill.fill_id,
        at: fill.filled_at,
        leg: legWord(order),
        side: order.side,
        quantity: fill.quantity,
        price: fill.price,
        fee: fill.fee,
      })),
    )
    .sort((a, b) => a.at.localeCompare(b.at));
}

export interface TimelineEntry {
  readonly at: string;
  readonly text: string;
  readonly isFill: boolean;
}

/** What happened, oldest first: orders sent, filled and ended, the stop moved, the end. */
export function timelineOf(detail: PositionDetail): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  for (const order of detail.orders) {
    const name = `${legWord(order)} order`;
    const { side, quantity, submitted_at, ended_at } = order;
    if (submitted_at !== null) {
      entries.push({
        at: submitted_at,
        text: `${name} sent: ${side} ${formatQuantity(quantity)}, ${typeWords(order)}`,
        isFill: false,
      });
    }
    for (const fill of order.fills) {
      const did = side === 'buy' ? 'Bought' : 'Sold';
      entries.push({
        at: fill.filled_at,
        text: `${did} ${formatQuantity(fill.quantity)} at ${formatPrice(fill.price)} (${legWord(order).toLowerCase()})`,
        isFill: true,
      });
    }
    if (ended_at !== null && order.status !== 'filled') {
      const why = order.reason === null || order.reason === '' ? '' : `: ${order.reason}`;
      entries.push({ at: ended_at, text: `${name} ${order.status.replaceAll('_', ' ')}${why}`, isFill: false });
    }
  }
  const [first, ...moves] = detail.stop_moves;
  for (const [index, move] of moves.entries()) {
    const before = index === 0 ? first : moves[index - 1];
    if (before === undefined || before.stop_price === move.stop_price) continue;
    entries.push({
      at: move.at,
      text: `Stop moved from ${formatPrice(before.stop_price)} to ${formatPrice(move.stop_price)}`,
      isFill: false,
    });
  }
  if (detail.trade !== null) {
    const { exit_time, exit_price, pnl } = detail.trade;
    entries.push({ at: exit_time, text: `Closed at ${formatPrice(exit_price)}, ${formatPnl(pnl)}`, isFill: true });
  }
  return entries.sort((a, b) => a.at.localeCompare(b.at));
}
