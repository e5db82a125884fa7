import {
  type CloseReason,
  type EpochMs,
  type Fill,
  isTerminal,
  type Money,
  NO_MONEY,
  NO_QUANTITY,
  notional,
  type OrderRequest,
  type OrderStatus,
  type Price,
  type Quantity,
  type Refusal,
} from '@bellwether/domain';
import { clientOrderId } from '../order/client-order-id.ts';
import type { Ticket } from '../order/desk-events.ts';
import { snapshotOf } from '../order/order-snapshot.ts';
import { bookFill } from '../position/book-fill.ts';
import type { OrderSketch } from '../position/plan-orders.ts';
import { refusal } from '../position/position-book.ts';
import { fillReason } from '../position/position-state.ts';
import type { AccountEvent, BookedFill } from './account-effects.ts';
import type { TicketHead } from './account-fact.ts';
import type { AccountOrder, AccountPosition } from './account-position.ts';
import type { AccountWorld } from './account-world.ts';

/** A ticket as an account keeps it: whose it is, and on which positions it waits. */
export interface AccountTicket extends Ticket {
  readonly pipelineId: string;
}

export type OrderExtras = Partial<
  Pick<
    AccountOrder,
    'request' | 'replaces' | 'approvedAt' | 'notBefore' | 'validMs' | 'sizingPrice' | 'reserved' | 'cut'
  >
>;

/** For so long a closed position is watched for late orders and fills. */
const WATCH_MS = 60_000;

/**
 * Orders, fills, positions and tickets of one account: what is, and what changed since the last drain.
 *
 * Invariants: each order belongs to one position; fills follow orders, never symbols; a fill is booked as the increase of its order's
 * cumulative quantity; a terminal order stays terminal; a ticket settles once.
 */
export class AccountLedger {
  readonly #world: AccountWorld;
  readonly positions = new Map<string, AccountPosition>();
  readonly orders = new Map<string, AccountOrder>();
  readonly byBrokerId = new Map<string, AccountOrder>();
  readonly tickets = new Map<string, AccountTicket>();
  /** Which ticket an order or a closing position answers to. */
  readonly #ticketOf = new Map<string, AccountTicket>();
  readonly #dirtyPositions = new Set<AccountPosition>();
  readonly #dirtyOrders = new Set<AccountOrder>();
  #fills: BookedFill[] = [];
  #events: AccountEvent[] = [];

  constructor(world: AccountWorld) {
    this.#world = world;
  }

  *open(): Iterable<AccountPosition> {
    for (const position of this.positions.values()) if (position.status !== 'closed') yield position;
  }

  openIn(symbol: string): AccountPosition[] {
    return [...this.open()].filter((position) => position.symbol === symbol);
  }

  positionOf(order: AccountOrder): AccountPosition {
    return this.positions.get(order.positionId) as AccountPosition;
  }

  restore(positions: readonly AccountPosition[], tickets: readonly AccountTicket[]): void {
    for (const position of positions) {
      this.positions.set(position.positionId, position);
      for (const order of position.orders) this.#index(order);
    }
    for (const ticket of tickets) this.openTicket(ticket);
  }

  #index(order: AccountOrder): void {
    this.orders.set(order.clientOrderId, order);
    if (order.brokerOrderId !== null) this.byBrokerId.set(order.brokerOrderId, order);
  }

  add(position: AccountPosition): void {
    this.positions.set(position.positionId, position);
    this.touch(position);
  }

  touch(position: AccountPosition): void {
    this.#dirtyPositions.add(position);
  }

  touchOrder(order: AccountOrder): void {
    this.#dirtyOrders.add(order);
    this.#dirtyPositions.add(this.positionOf(order));
  }

  /** Writes an order down under the one id that it can have. Nothing is sent. */
  plan(position: AccountPosition, sketch: OrderSketch, extras: OrderExtras = {}): AccountOrder {
    const { purpose, leg, side, type, quantity, at } = sketch;
    const { installation, account, sha256 } = this.#world.settings;
    const { positionId, symbol, orders } = position;
    const seq = orders.filter((order) => order.purpose === purpose && order.leg === leg).length + 1;
    const id = clientOrderId({ installation, account, positionId, purpose, leg, seq }, sha256);
    const order: AccountOrder = {
      clientOrderId: id,
      positionId,
      purpose,
      leg,
      seq,
      groupId: sketch.groupId ?? id,
      symbol,
      side,
      type,
      quantity,
      limitPrice: sketch.limitPrice ?? null,
      stopPrice: sketch.stopPrice ?? null,
      plannedAt: at,
      status: 'planned',
      filledQuantity: NO_QUANTITY,
      filledAmount: NO_MONEY,
      commission: NO_MONEY,
      slippage: NO_MONEY,
      reason: null,
      request: null,
      replaces: null,
      brokerOrderId: null,
      submittedAt: null,
      acceptedAt: null,
      endedAt: null,
      approvedAt: null,
      notBefore: null,
      expiresAt: null,
      validMs: null,
      sizingPrice: null,
      reserved: NO_MONEY,
      referencePrice:
        sketch.stopPrice ?? (type === 'market' ? (extras.sizingPrice ?? this.#world.marks.get(symbol) ?? null) : null),
      looks: 0,
      lookAt: null,
      cancelAskedAt: null,
      firstFillAt: null,
      sends: 0,
      refusedText: null,
      unwanted: null,
      misses: 0,
      ...extras,
    };
    orders.push(order);
    this.#index(order);
    this.touchOrder(order);
    return order;
  }

  /** Sets what is posted, once its legs have their ids. */
  setRequest(order: AccountOrder, request: OrderRequest): AccountOrder {
    const complete: AccountOrder = Object.assign(order, { request });
    this.touchOrder(complete);
    return complete;
  }

  learnBrokerId(order: AccountOrder, brokerOrderId: string): void {
    if (order.brokerOrderId === brokerOrderId) return;
    order.brokerOrderId = brokerOrderId;
    this.byBrokerId.set(brokerOrderId, order);
    this.touchOrder(order);
  }

  /** Moves an order on. A terminal order stays as it is. Returns whether it moved. */
  moveTo(order: AccountOrder, status: OrderStatus, reason: string | null = null, why: Refusal | null = null): boolean {
    if (order.status === status || isTerminal(order.status)) return false;
    order.status = status;
    if (reason !== null) order.reason = reason;
    if (status !== 'unknown' && status !== 'quarantined') order.lookAt = null;
    if (isTerminal(status)) {
      order.endedAt = this.#world.at;
      this.#world.endedTick.set(order.positionId, this.#world.tick);
      // What has filled costs until the broker's own count is known to have it.
      if (order.filledQuantity === 0n) order.reserved = NO_MONEY;
      else order.acceptedAt ??= this.#world.at;
    }
    this.touchOrder(order);
    this.#report(order);
    if (isTerminal(status)) this.#ended(order, why);
    return true;
  }

  /** Books the increase of an order's cumulative quantity. What is sold beyond the shares held becomes the position's excess. */
  book(
    order: AccountOrder,
    part: { quantity: Quantity; price: Price; amount: Money; fillId: string; fee: Money; at: EpochMs },
  ): void {
    const position = this.positionOf(order);
    const { quantity, price, amount, fillId, fee, at } = part;
    this.#world.filledAt.set(order.symbol, this.#world.at);
    if (position.status === 'closed') this.#reopen(position);
    const fill: Fill = {
      fillId,
      clientOrderId: order.clientOrderId,
      symbol: order.symbol,
      side: order.side,
      quantity,
      price,
      at,
      commission: fee,
      slippage: slippedFrom(order, price),
    };
    if (order.leg !== 'entry' && quantity > position.quantity)
      meetExternal(position, (quantity - position.quantity) as Quantity);
    const isEntrySide = order.side === (position.side === 'long' ? 'buy' : 'sell');
    if (order.leg !== 'entry' && isEntrySide) this.#bookTradedBack(position, order, quantity, amount, fee);
    else if (order.leg !== 'entry' && quantity > position.quantity) {
      const beyond = (quantity - position.quantity) as Quantity;
      position.excess = (position.excess + beyond) as Quantity;
      const beyondAmount = notional(price, beyond);
      const held = position.quantity;
      if (held > 0n) bookFill(position, order, { ...fill, quantity: held });
      else {
        position.fees = (position.fees + fee) as Money;
        order.commission = (order.commission + fee) as Money;
      }
      position.exitAmount = (position.exitAmount + beyondAmount) as Money;
      order.filledQuantity = (order.filledQuantity + beyond) as Quantity;
      order.filledAmount = (order.filledAmount + beyondAmount) as Money;
    } else bookFill(position, order, fill);
    if (order.leg === 'entry') meetExcess(position);
    order.firstFillAt ??= this.#world.at;
    position.lastFillAt = Math.max(position.lastFillAt, at);
    this.#fills.push({
      fillId,
      clientOrderId: order.clientOrderId,
      positionId: position.positionId,
      price,
      quantity,
      amount,
      fee,
      slippage: notional(fill.slippage, quantity),
      at,
    });
    this.touchOrder(order);
    const ticket = this.ticketFor(order);
    if (ticket !== null) ticket.traded = true;
    this.#tell(position, {
      kind: 'filled',
      at,
      ticket,
      position,
      fill,
      leg: order.leg,
      reason: fillReason(order, position),
    });
  }

  /** A fill after the end is still ours: the position is attended to again, and somebody is told. */
  #reopen(position: AccountPosition): void {
    const { symbol, positionId, pipelineId } = position;
    position.status = 'protecting';
    position.reopened = true;
    position.closedAt = null;
    position.closeReason = null;
    position.closing = null;
    position.nakedAsOf = this.#world.at;
    const text = `an order of ${symbol} filled after its position had closed; the shares are protected or traded back`;
    this.#world.alert('page', 'late_fill', text, { symbol, positionId, pipelineId });
  }

  #bookTradedBack(position: AccountPosition, order: AccountOrder, quantity: Quantity, amount: Money, fee: Money): void {
    position.excess = (position.excess - quantity) as Quantity;
    position.exitAmount = (position.exitAmount - amount) as Money;
    position.fees = (position.fees + fee) as Money;
    order.filledQuantity = (order.filledQuantity + quantity) as Quantity;
    order.filledAmount = (order.filledAmount + amount) as Money;
    order.commission = (order.commission + fee) as Money;
  }

  setStatus(position: AccountPosition, status: AccountPosition['status']): void {
    if (position.status === status) return;
    position.status = status;
    this.touch(position);
    this.#tell(position, { kind: 'position_updated', at: this.#world.marketTime, position });
  }

  positionChanged(position: AccountPosition): void {
    this.touch(position);
    this.#tell(position, { kind: 'position_updated', at: this.#world.marketTime, position });
  }

  /** Nothing is held and nothing is out: the position is over. */
  close(position: AccountPosition, external: boolean): void {
    if (position.status === 'closed') return;
    position.status = 'closed';
    position.closedAt = Math.max(this.#world.marketTime, position.lastFillAt);
    const last = position.orders.filter((order) => order.filledQuantity > 0n && order.leg !== 'entry').at(-1);
    position.closeReason = external
      ? 'external'
      : position.exitedQuantity === 0n
        ? 'no_fill'
        : last === undefined
          ? 'external'
          : (fillReason(last, position) as CloseReason);
    this.touch(position);
    this.#tell(position, { kind: 'position_closed', at: this.#world.marketTime, position });
    const ticket = this.#ticketOf.get(closingKey(position));
    if (ticket !== undefined && !ticket.traded)
      ticket.refusal ??= refusal('already_flat', 'the position had closed before the close was sent');
    this.#settle(closingKey(position));
  }

  /** Closed positions that need no more watching leave the memory. */
  forgetWatched(): void {
    for (const [id, position] of this.positions) {
      if (position.status !== 'closed') continue;
      const over = Math.max(...position.orders.map(({ endedAt }) => endedAt ?? 0), position.nakedAsOf);
      if (this.#world.at - over < WATCH_MS) continue;
      this.positions.delete(id);
      this.#world.endedTick.delete(id);
      for (const order of position.orders) {
        this.orders.delete(order.clientOrderId);
        this.#world.known.add(order.clientOrderId);
        if (order.brokerOrderId !== null) this.byBrokerId.delete(order.brokerOrderId);
      }
    }
  }

  openTicket(ticket: AccountTicket): void {
    this.tickets.set(ticket.commandId, ticket);
    for (const id of ticket.pending) this.#ticketOf.set(id, ticket);
  }

  newTicket(head: TicketHead, pipelineId: string): AccountTicket {
    const ticket: AccountTicket = { ...head, pipelineId, pending: [], orders: [], traded: false, refusal: null };
    this.tickets.set(ticket.commandId, ticket);
    return ticket;
  }

  /** The ticket waits for something: an order, a position that closes, an entry that may come later. */
  await(ticket: AccountTicket, key: string): void {
    ticket.pending.push(key);
    this.#ticketOf.set(key, ticket);
  }

  /** What the ticket waited for under this key has come to its end. */
  release(key: string, why: Refusal | null): void {
    const ticket = this.#ticketOf.get(key);
    if (ticket === undefined) return;
    if (why !== null) ticket.refusal ??= why;
    this.#settle(key);
  }

  settleIfDone(ticket: AccountTicket): void {
    if (ticket.pending.length > 0 || !this.tickets.delete(ticket.commandId)) return;
    this.#events.push({
      pipelineId: ticket.pipelineId,
      event: { kind: 'settled', at: this.#world.marketTime, ticket, outcome: ticket.traded ? 'traded' : 'refused' },
    });
  }

  ticketFor(order: AccountOrder): AccountTicket | null {
    const own = this.#ticketOf.get(order.clientOrderId);
    if (own !== undefined) return own;
    return order.leg === 'close' ? (this.#ticketOf.get(closingKey(this.positionOf(order))) ?? null) : null;
  }

  report(order: AccountOrder): void {
    this.#report(order);
  }

  takeChanges(): {
    positions: readonly AccountPosition[];
    orders: readonly AccountOrder[];
    fills: readonly BookedFill[];
    events: readonly AccountEvent[];
  } {
    const changes = {
      positions: [...this.#dirtyPositions],
      orders: [...this.#dirtyOrders],
      fills: this.#fills,
      events: this.#events,
    };
    this.#dirtyPositions.clear();
    this.#dirtyOrders.clear();
    this.#fills = [];
    this.#events = [];
    return changes;
  }

  #settle(key: string): void {
    const ticket = this.#ticketOf.get(key);
    if (ticket === undefined) return;
    this.#ticketOf.delete(key);
    const index = ticket.pending.indexOf(key);
    if (index >= 0) ticket.pending.splice(index, 1);
    this.settleIfDone(ticket);
  }

  #ended(order: AccountOrder, why: Refusal | null): void {
    const ticket = this.#ticketOf.get(order.clientOrderId);
    if (ticket === undefined) return;
    if (order.filledQuantity === 0n)
      ticket.refusal ??= why ?? refusal(order.reason ?? order.status, `the order ended ${order.status} without a fill`);
    this.#settle(order.clientOrderId);
  }

  #report(order: AccountOrder): void {
    const position = this.positionOf(order);
    this.#tell(position, {
      kind: 'order_updated',
      at: this.#world.marketTime,
      ticket: this.ticketFor(order),
      order: snapshotOf(order),
    });
  }

  #tell({ pipelineId }: AccountPosition, event: AccountEvent['event']): void {
    this.#events.push({ pipelineId, event });
  }
}

/** Shares that were thought sold outside were sold by this order: what was booked for them is taken back. */
function meetExternal(position: AccountPosition, wanted: Quantity): void {
  const { externalQuantity, externalAmount } = position;
  const back = (wanted < externalQuantity ? wanted : externalQuantity) as Quantity;
  if (back === 0n) return;
  const amount = (back === externalQuantity ? externalAmount : (externalAmount * back) / externalQuantity) as Money;
  position.quantity = (position.quantity + back) as Quantity;
  position.exitedQuantity = (position.exitedQuantity - back) as Quantity;
  position.exitAmount = (position.exitAmount - amount) as Money;
  position.externalQuantity = (externalQuantity - back) as Quantity;
  position.externalAmount = (externalAmount - amount) as Money;
}

/** Under which a ticket waits for a position to close. */
export function closingKey({ positionId }: AccountPosition): string {
  return `close ${positionId}`;
}

/** A stop's fill may be told before the fill of its own entry: what seemed sold beyond zero was an exit all along. */
function meetExcess(position: AccountPosition): void {
  const met = position.excess < position.quantity ? position.excess : position.quantity;
  if (met === 0n) return;
  position.excess = (position.excess - met) as Quantity;
  position.quantity = (position.quantity - met) as Quantity;
  position.exitedQuantity = (position.exitedQuantity + met) as Quantity;
}

/** USD per share that a fill is worse than its order's reference; negative where it is better. */
function slippedFrom({ side, referencePrice }: AccountOrder, price: Price): Price {
  // An order that was kept by an older version has none.
  const reference = referencePrice ?? null;
  if (reference === null) return 0n as Price;
  return (side === 'buy' ? price - reference : reference - price) as Price;
}
