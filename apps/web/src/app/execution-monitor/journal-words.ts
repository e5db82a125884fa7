import type { LiveEvent } from '../api/live-event.ts';
import { codeWords, withoutCodes } from '../design/code-words.ts';
import { formatPrice, formatQuantity, formatWord } from '../design/format.ts';

export type LineTone = 'plain' | 'good' | 'warning' | 'bad' | 'quiet';

/** One journal event as one line: what happened, in words. */
export function journalWords(event: LiveEvent): { readonly text: string; readonly tone: LineTone } {
  switch (event.event) {
    case 'execution_started':
      return { text: `Execution started: ${event.trigger?.text ?? 'by hand'}`, tone: 'plain' };
    case 'agent_started':
      return { text: event.attempt > 1 ? `started, attempt ${event.attempt}` : 'started', tone: 'quiet' };
    case 'agent_completed':
      return { text: event.output_summary, tone: 'plain' };
    case 'lane_blocked':
      return { text: `Blocked: ${event.text}`, tone: 'warning' };
    case 'order_updated': {
      const { order } = event;
      const at = order.limit_price ?? order.stop_price;
      const filled =
        order.status === 'filled' && order.average_price !== null
          ? ` at ${formatPrice(order.average_price)}`
          : at === null
            ? ''
            : ` at ${formatPrice(at)}`;
      const words = `${codeWords(order.purpose)} order, ${order.type.replaceAll('_', ' ')} ${order.side} ${formatQuantity(order.quantity)}${filled}: ${order.status.replaceAll('_', ' ')}`;
      return {
        text: order.reason === null ? words : `${words} (${withoutCodes(order.reason)})`,
        tone: order.status === 'rejected' ? 'bad' : 'plain',
      };
    }
    case 'trade_executed':
      return {
        text: `${formatWord(event.trade.action)} ${formatQuantity(event.trade.quantity)} ${event.trade.symbol} filled at ${formatPrice(event.trade.price)}`,
        tone: 'good',
      };
    case 'intents_settled':
      return { text: event.text, tone: 'plain' };
    case 'error':
      return { text: `${event.error_message}${event.will_retry ? ' · will try again' : ''}`, tone: 'bad' };
    case 'timer_fired':
      return { text: 'Timer fired', tone: 'quiet' };
    case 'cancel_requested':
      return {
        text: event.reason === null ? 'Cancel requested' : `Cancel requested: ${event.reason}`,
        tone: 'warning',
      };
    case 'execution_waiting':
      return { text: `Waits: ${event.text}`, tone: 'quiet' };
    case 'execution_completed':
      return {
        text: `Execution ${event.status}${event.result === null ? '' : `, ${event.result}`}${event.reason === null ? '' : `: ${withoutCodes(event.reason)}`}`,
        tone: event.result === 'failed' ? 'bad' : event.result === 'traded' ? 'good' : 'plain',
      };
    case 'position_updated':
      return {
        text: `Position ${event.position.state}, ${formatQuantity(event.position.quantity)} ${event.position.side}`,
        tone: 'plain',
      };
    case 'position_closed':
      return {
        text: `Position closed at ${formatPrice(event.trade.exit_price)}: ${event.trade.close_reason.replaceAll('_', ' ')}`,
        tone: 'good',
      };
    case 'pipeline_updated':
      return { text: 'Pipeline updated', tone: 'quiet' };
    case 'kill_switch_changed':
      return {
        text: `Trading ${event.is_engaged ? 'stopped' : 'released'}: ${event.reason}`,
        tone: event.is_engaged ? 'bad' : 'plain',
      };
    case 'limits_changed':
      return { text: 'Limits of the account changed', tone: 'quiet' };
    case 'intervention_recorded':
      return { text: `By hand: ${event.kind.replaceAll('_', ' ')}: ${event.reason}`, tone: 'plain' };
    default:
      return laterEvent(event);
  }
}

function laterEvent(event: never): { readonly text: string; readonly tone: LineTone } {
  const name: unknown = (event as { readonly event?: unknown }).event;
  return { text: typeof name === 'string' ? formatWord(name) : 'Event', tone: 'quiet' };
}
