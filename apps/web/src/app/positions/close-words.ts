import type { MarketSession } from '../api/wire.ts';
import { formatPnl, formatPrice, formatQuantity } from '../design/format.ts';
import type { CloseWalk } from './close-commands.ts';
import type { PositionView } from './position-view.ts';

/** What closing a position does, step by step, before it is asked for. */
export function closeSteps(position: PositionView, phase: MarketSession['phase'] | undefined): readonly string[] {
  const verb = position.side === 'long' ? 'Sells' : 'Buys back';
  const waits = phase === undefined || phase === 'open' || phase === 'closing_soon' || position.mode === 'simulation';
  return [
    'Cancels its resting orders, stop and targets included.',
    'Waits until each of them is confirmed canceled.',
    waits
      ? `${verb} what is left, ${formatQuantity(position.quantity)} ${position.symbol}, at market.`
      : `${verb} what is left, ${formatQuantity(position.quantity)} ${position.symbol}, at market when the exchange opens.`,
  ];
}

/** Last price × shares, exactly; null without a price. An estimate before the order, not a result: results come from the server. */
export function proceedsOf({ last, quantity }: PositionView): string | null {
  if (last.price === null) return null;
  const [price, pricePlaces] = whole(last.price);
  const [shares, sharePlaces] = whole(quantity);
  const digits = (price * shares).toString().padStart(pricePlaces + sharePlaces + 1, '0');
  const cut = digits.length - pricePlaces - sharePlaces;
  return pricePlaces + sharePlaces === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
}

/** A decimal as a whole number and how many of its digits stand behind the point. */
function whole(decimal: string): readonly [bigint, number] {
  const [units = '0', rest = ''] = decimal.split('.');
  return [BigInt(units + rest), rest.length];
}

export interface WalkWords {
  readonly status: 'waiting' | 'running' | 'done' | 'failed';
  readonly text: string;
  readonly wayOut: string;
}

/** Where a close stands, in the server's words where it has given some. */
export function walkWords({ step, outcome, problem, position }: CloseWalk): WalkWords {
  switch (step) {
    case 'requested':
      return { status: 'waiting', text: 'Close requested', wayOut: '' };
    case 'asked':
      return { status: 'waiting', text: 'Close accepted', wayOut: '' };
    case 'canceling':
      return { status: 'running', text: 'Canceling its orders', wayOut: '' };
    case 'closing':
      return { status: 'running', text: 'Closing at market', wayOut: '' };
    case 'refused':
      return {
        status: 'failed',
        text: problem?.sentence ?? 'Not confirmed',
        wayOut:
          problem?.status === 0
            ? 'It may have arrived. Retry sends the same request, never a second one.'
            : (problem?.detail ?? ''),
      };
    case 'ended':
      break;
  }
  switch (outcome?.outcome) {
    case 'closed':
      return {
        status: 'done',
        text:
          outcome.average_exit === null
            ? 'Closed'
            : `Closed at ${formatPrice(outcome.average_exit)}, ${formatPnl(outcome.realized_pnl)}`,
        wayOut: '',
      };
    case 'nothing_to_close':
      return { status: 'done', text: 'Nothing was left to close', wayOut: '' };
    case 'partly_closed':
      return {
        status: 'failed',
        text: `Partly closed: ${formatQuantity(outcome.remaining)} ${position.symbol} still open`,
        wayOut: outcome.text,
      };
    default:
      return { status: 'failed', text: 'Not closed', wayOut: outcome?.text ?? '' };
  }
}
