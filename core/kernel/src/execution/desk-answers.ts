import { formatMoneyExact, formatPrice, formatQuantity, type Money } from '@bellwether/domain';
import type { DeskEvent, Ticket } from '../order/desk-events.ts';
import type { ExecutionEvent } from './execution-event.ts';

/** Returns what a desk's event means to the execution that asked for it; null when none did. */
export function executionEventFrom(
  event: DeskEvent,
): { readonly executionId: string; readonly event: ExecutionEvent } | null {
  if (event.kind === 'position_updated' || event.kind === 'position_closed' || event.ticket === null) return null;
  const { ticket, at } = event;
  const step = {
    at,
    commandId: ticket.commandId,
    agentId: ticket.nodeId,
    agentType: ticket.agentType,
    symbol: ticket.symbol,
  };
  switch (event.kind) {
    case 'order_updated':
      return { executionId: ticket.executionId, event: { event: 'order_updated', ...step, order: event.order } };
    case 'filled': {
      const { fill } = event;
      const trade = {
        symbol: fill.symbol,
        action: fill.side,
        quantity: formatQuantity(fill.quantity),
        price: formatPrice(fill.price),
        commission: formatMoneyExact(fill.commission as Money),
      };
      return {
        executionId: ticket.executionId,
        event: { event: 'trade_executed', ...step, positionId: event.position.positionId, trade },
      };
    }
    case 'settled':
      return {
        executionId: ticket.executionId,
        event: {
          event: 'intents_settled',
          ...step,
          outcome: event.outcome,
          refusal: event.outcome === 'refused' ? ticket.refusal : null,
          outputSummary: settledText(ticket, event.outcome),
        },
      };
  }
}

function settledText(ticket: Ticket, outcome: 'traded' | 'refused' | 'would_execute'): string {
  if (outcome === 'traded') return `${ticket.symbol}: orders filled`;
  if (outcome === 'would_execute') return `${ticket.symbol}: would execute; validation sends nothing`;
  return `${ticket.symbol}: no order, ${ticket.refusal?.text ?? 'refused'}`;
}
