import type { AccountCommand, AccountFact, AccountOrder } from '@bellwether/kernel';
import type { FakeEvent } from '@bellwether/ports/testing';

/** Words for a trace. */
export function short(id: string): string {
  return id.length > 14 ? id.slice(0, 12) : id;
}

export function shares(quantity: bigint): string {
  return String(Number(quantity) / 1e9);
}

export function describeCommand(command: AccountCommand): string {
  if ('clientOrderId' in command) return `${command.command} ${short(command.clientOrderId)}`;
  return command.command;
}

export function describe(fact: AccountFact): string {
  switch (fact.fact) {
    case 'proposed':
      return `proposed ${fact.proposal.key}`;
    case 'close_asked':
      return `close_asked ${fact.key} ${fact.reason}`;
    case 'sending':
      return `sending ${short(fact.clientOrderId)} ${fact.blocked?.rule ?? ''}`;
    case 'submitted':
    case 'replaced':
      return `${fact.fact} ${short(fact.clientOrderId)} ${fact.outcome.kind}`;
    case 'cancel_answered':
      return `cancel_answered ${short(fact.clientOrderId)} ${fact.outcome}`;
    case 'found':
      return `found ${short(fact.clientOrderId)} ${fact.order === null ? 'no answer' : (fact.order?.status ?? 'nothing')}`;
    case 'order_seen':
      return `order_seen ${short(fact.order.clientOrderId)} ${fact.order.status} ${shares(fact.order.filledQuantity)}/${shares(fact.order.quantity)}`;
    case 'positions_read':
      return `positions_read ${fact.positions.map(({ symbol, quantity }) => `${symbol} ${shares(quantity)}`).join(', ')}`;
    case 'market':
      return `market ${fact.symbol} ${fact.quote?.bid ?? ''}${fact.halted === true ? ' halted' : ''}`;
    case 'link':
      return `link ${fact.state}`;
    case 'read_failed':
      return `read_failed ${fact.what}`;
    default:
      return fact.fact;
  }
}

export function describeRow(row: AccountOrder): string {
  const filled = `${shares(row.filledQuantity)}/${shares(row.quantity)}`;
  return `${short(row.clientOrderId)} ${row.purpose}/${row.leg}/${row.seq} ${row.status} ${filled} ${row.reason ?? ''}`;
}

export function describeEvent({ kind, order, fill }: FakeEvent): string {
  const filled = `${shares(order.filledQuantity)}/${shares(order.quantity)}`;
  const price = fill === null ? '' : ` at ${Number(fill.price) / 1e9}`;
  return `${kind} ${short(order.clientOrderId)} ${order.type} ${order.side} ${filled}${price}`;
}
