import {
  BellwetherError,
  type CloseReason,
  type EpochMs,
  isTerminal,
  ONE_SHARE,
  type Price,
  type Quantity,
  type Refusal,
} from '@bellwether/domain';
import type { OrderIntent, TradePlan } from '../agent/agent-output.ts';
import { positionIdOf, type Sha256 } from '../order/client-order-id.ts';
import type { Venue, VenueEvent } from '../order/venue.ts';
import { bookFill } from './book-fill.ts';
import {
  type ExitCommand,
  type ExitGroup,
  exitCommands,
  isLive,
  planExits,
  type WatchedBar,
  watchBar,
} from './exit-controller.ts';
import {
  entryRequest,
  intentLevels,
  type OrderNames,
  type OrderSketch,
  plannedPosition,
  planOrder,
  requestOf,
} from './plan-orders.ts';
import { type DeskOrder, fillReason, type PositionRecord } from './position-state.ts';

export interface BookSettings extends OrderNames {
  /** Whether the venue's profile lets both targets rest from the start. */
  readonly splitAtEntry: boolean;
}

/** What the book tells its owner while it applies what a venue said. */
export interface BookEvents {
  orderChanged(order: DeskOrder, at: EpochMs): void;
  /** An order has come to its end; `refusal` says why when nothing more can come of it. */
  orderEnded(order: DeskOrder, at: EpochMs, refusal: Refusal | null): void;
  filled(position: PositionRecord, order: DeskOrder, event: VenueEvent, reason: string): void;
  positionChanged(position: PositionRecord, at: EpochMs): void;
  positionClosed(position: PositionRecord, at: EpochMs): void;
}

/**
 * venue events ─▶ order states ─▶ booked fills ─▶ positions ─▶ what should rest ─▶ venue
 *
 * Orders and positions of one account as their owner keeps them.
 *
 * Invariants: each order belongs to one position; fills follow orders, never symbols; one position per symbol that is not closed, save the one
 * that opens in the bar in which its predecessor closes; an exit never exceeds the shares held.
 */
export class PositionBook {
  readonly #venue: Venue;
  readonly #settings: BookSettings;
  readonly #sha256: Sha256;
  readonly #events: BookEvents;
  readonly #positions = new Map<string, PositionRecord>();
  readonly #next = new Map<string, PositionRecord>();
  readonly #orders = new Map<string, DeskOrder>();
  /** The position whose exits are being adjusted: a nested answer does not start a second adjustment. */
  #adjusting: PositionRecord | null = null;
  #entries = 0;

  constructor(venue: Venue, settings: BookSettings, sha256: Sha256, events: BookEvents) {
    this.#venue = venue;
    this.#settings = settings;
    this.#sha256 = sha256;
    this.#events = events;
  }

  position(symbol: string): PositionRecord | undefined {
    return this.#positions.get(symbol);
  }

  /** Every order belongs to a position that is not closed: with none of them, nothing waits or works anywhere. */
  get isEmpty(): boolean {
    return this.#positions.size === 0;
  }

  /** Whether a position waits for its predecessor in the symbol to close. */
  hasSuccessor(symbol: string): boolean {
    return this.#next.has(symbol);
  }

  *positions(): Iterable<PositionRecord> {
    yield* this.#positions.values();
    yield* this.#next.values();
  }

  order(id: string): DeskOrder {
    const order = this.#orders.get(id);
    if (order === undefined) throw new BellwetherError('bug', 'order/not-found', `expected a known order, was ${id}`);
    return order;
  }

  positionOf(order: DeskOrder): PositionRecord {
    for (const position of this.positions()) if (position.positionId === order.positionId) return position;
    throw new BellwetherError('bug', 'order/not-found', `expected an open position for order ${order.clientOrderId}`);
  }

  get entries(): number {
    return this.#entries;
  }

  restore(positions: readonly PositionRecord[], entries: number): void {
    this.#entries = entries;
    for (const position of positions) {
      (this.#positions.has(position.symbol) ? this.#next : this.#positions).set(position.symbol, position);
      for (const order of position.orders) this.#orders.set(order.clientOrderId, order);
    }
  }

  /** Writes down an entry, and the position it is to open, before anything is sent. */
  planEntry(intent: OrderIntent, plan: TradePlan, executionId: string, at: EpochMs): DeskOrder {
    this.#entries += 1;
    const positionId = positionIdOf(executionId, intent.symbol, this.#entries, this.#sha256);
    const position = plannedPosition({ positionId, executionId }, intent, plan, this.#settings.splitAtEntry);
    (this.#positions.has(intent.symbol) ? this.#next : this.#positions).set(intent.symbol, position);
    return this.#plan(position, {
      purpose: 'entry',
      leg: 'entry',
      side: intent.side,
      type: intent.type,
      quantity: position.intendedQuantity,
      limitPrice: intentLevels(intent).limit,
      at,
    });
  }

  /** Writes down a close for all the shares of the symbol. */
  planClose(symbol: string, reason: CloseReason, at: EpochMs): DeskOrder {
    const position = this.#positions.get(symbol);
    if (position === undefined)
      throw new BellwetherError('bug', 'order/not-found', `expected an open position in ${symbol}`);
    position.closing = reason;
    return this.#plan(position, {
      purpose: 'close',
      leg: 'close',
      side: exitSide(position),
      type: 'market',
      quantity: position.quantity,
      at,
    });
  }

  #plan(position: PositionRecord, sketch: OrderSketch): DeskOrder {
    const order = planOrder(position, sketch, this.#settings, this.#sha256);
    this.#orders.set(order.clientOrderId, order);
    return order;
  }

  /** Sends an entry with its stop and target, and takes the answer. */
  sendEntry(order: DeskOrder, at: EpochMs): void {
    const position = this.positionOf(order);
    const request = entryRequest(position, order, (sketch) => this.#plan(position, sketch));
    order.status = 'submitting';
    this.apply(this.#venue.submit(request, at));
  }

  /** Sends a close for exactly the shares held, once everything else of the position is down, and takes the answer. */
  sendClose(order: DeskOrder, at: EpochMs): void {
    const position = this.positionOf(order);
    for (const other of position.orders)
      if (other !== order && isLive(other))
        this.apply(this.#venue.cancel(other.clientOrderId, at), position.closing ?? 'close');
    order.quantity = position.quantity;
    order.status = 'submitting';
    this.apply(this.#venue.submit(requestOf(order), at));
  }

  /** Takes what the venue said, and makes rest what should. */
  apply(events: readonly VenueEvent[], reason: string | null = null): void {
    if (events.length === 0) return;
    const touched = new Set<PositionRecord>();
    for (const event of events) {
      const order = this.order(event.clientOrderId);
      const position = this.positionOf(order);
      touched.add(position);
      if (event.fill !== undefined) {
        bookFill(position, order, event.fill);
        this.#events.filled(position, order, event, fillReason(order, position));
      }
      switch (event.kind) {
        case 'accepted':
          if (order.status === 'planned' || order.status === 'submitting') order.status = 'working';
          break;
        case 'partially_filled':
          order.status = 'partially_filled';
          break;
        case 'filled':
          order.status = 'filled';
          if (order.leg === 'entry') this.#entryEnded(position, event.at);
          break;
        case 'canceled':
        case 'expired':
        case 'rejected':
        case 'replaced':
          order.status = event.kind;
          order.reason = reason ?? event.code ?? event.text ?? null;
          if (order.leg === 'entry') this.#entryEnded(position, event.at);
          break;
      }
      this.#events.orderChanged(order, event.at);
      if (isTerminal(order.status))
        this.#events.orderEnded(
          order,
          event.at,
          event.kind === 'rejected'
            ? refusal(event.code ?? 'rejected', event.text ?? 'the venue refused the order')
            : null,
        );
    }
    for (const position of touched) this.#settlePosition(position, (events.at(-1) as VenueEvent).at);
  }

  #entryEnded(position: PositionRecord, at: EpochMs): void {
    const entry = position.orders[0] as DeskOrder;
    position.entryComplete = true;
    if (position.quantity === 0n) return;
    // The legs of a bracket arm with the complete entry; a canceled rest leaves them dead, and the controller places new ones.
    if (entry.status === 'filled')
      for (const leg of position.orders)
        if (leg.groupId === entry.clientOrderId && leg.status === 'planned') leg.status = 'working';
    position.status = 'open';
    planExits(position, position.quantity, ONE_SHARE);
    this.#events.positionChanged(position, at);
  }

  #settlePosition(position: PositionRecord, at: EpochMs): void {
    if (position.status === 'closed') return;
    if (position.entryComplete && position.quantity === 0n) return this.#closePosition(position, at);
    this.#adjustExits(position, at);
  }

  /** Makes rest what should, one command at a time, looking again after each answer. Answers that come meanwhile are part of the same look. */
  #adjustExits(position: PositionRecord, at: EpochMs): void {
    if (this.#adjusting === position) return;
    this.#adjusting = position;
    try {
      for (let round = 0; round < MOST_ADJUSTMENTS; round++) {
        const [command] = exitCommands(position);
        if (command === undefined) return;
        this.#perform(position, command, at);
        if (position.quantity === 0n) break;
      }
    } finally {
      this.#adjusting = null;
    }
    if (position.quantity === 0n) return this.#settlePosition(position, at);
    throw new BellwetherError(
      'bug',
      'order/rejected',
      `expected the exits of ${position.symbol} to rest after ${MOST_ADJUSTMENTS} commands, they do not`,
      { positionId: position.positionId },
    );
  }

  #perform(position: PositionRecord, command: ExitCommand, at: EpochMs): void {
    if (command.command === 'place_exit') return this.#placeExit(position, command.group, at);
    if (command.command === 'cancel_group') {
      const member = position.orders.find((order) => order.groupId === command.groupId && isLive(order));
      if (member !== undefined) this.apply(this.#venue.cancel(member.clientOrderId, at), command.reason);
      return;
    }
    const old = this.order(command.clientOrderId);
    const successor = this.#plan(position, {
      purpose: 'replace',
      leg: 'stop',
      side: old.side,
      type: 'stop',
      quantity: (old.quantity - old.filledQuantity) as Quantity,
      stopPrice: command.stop,
      at,
      groupId: old.groupId,
    });
    this.apply(this.#venue.replaceStop(old.clientOrderId, command.stop, successor.clientOrderId, at), 'breakeven');
  }

  #placeExit(position: PositionRecord, { leg, quantity, target, stop }: ExitGroup, at: EpochMs): void {
    const exit = { side: exitSide(position), quantity, at };
    if (target === null) {
      const alone = this.#plan(position, { ...exit, purpose: 'stop_only', leg: 'stop', type: 'stop', stopPrice: stop });
      alone.status = 'submitting';
      this.apply(this.#venue.submit(requestOf(alone), at));
      return;
    }
    const parent = this.#plan(position, { ...exit, purpose: 'exit', leg, type: 'limit', limitPrice: target });
    parent.status = 'submitting';
    if (stop === null) return this.apply(this.#venue.submit(requestOf(parent), at));
    const { clientOrderId } = this.#plan(position, {
      ...exit,
      purpose: 'exit',
      leg: 'stop',
      type: 'stop',
      stopPrice: stop,
      groupId: parent.clientOrderId,
    });
    const oco = { ...requestOf(parent), oco: true, stopLoss: { clientOrderId, stopPrice: stop as Price } };
    this.apply(this.#venue.submit(oco, at));
  }

  #closePosition(position: PositionRecord, at: EpochMs): void {
    // Closed before its last orders are taken down, so that their answers do not close it again.
    position.status = 'closed';
    position.closedAt = at;
    for (const order of position.orders) {
      if (isLive(order)) this.apply(this.#venue.cancel(order.clientOrderId, at), 'flat');
      else if (order.status === 'planned') this.#dropPlanned(order, at);
    }
    const last = position.orders.filter((order) => order.filledQuantity > 0n && order.leg !== 'entry').at(-1);
    position.closeReason = last === undefined ? 'no_fill' : (fillReason(last, position) as CloseReason);
    if (this.#positions.get(position.symbol) === position) this.#positions.delete(position.symbol);
    else this.#next.delete(position.symbol);
    const next = this.#next.get(position.symbol);
    if (next !== undefined && !this.#positions.has(position.symbol)) {
      this.#next.delete(position.symbol);
      this.#positions.set(position.symbol, next);
    }
    for (const order of position.orders) this.#orders.delete(order.clientOrderId);
    this.#events.positionClosed(position, at);
  }

  /** What was written down and not sent ends with its position. A close that somebody waits for is told of: it came too late. */
  #dropPlanned(order: DeskOrder, at: EpochMs): void {
    order.status = 'dropped';
    if (order.leg !== 'close') return;
    order.reason = 'already_flat';
    this.#events.orderChanged(order, at);
    this.#events.orderEnded(order, at, refusal('already_flat', 'the position had closed before the close was sent'));
  }

  /** Ends an order that was never sent. A position that thereby never opens is gone. */
  drop(order: DeskOrder, reason: string, at: EpochMs, why: Refusal | null = null): void {
    const position = this.positionOf(order);
    order.status = 'dropped';
    order.reason = reason;
    this.#events.orderChanged(order, at);
    this.#events.orderEnded(order, at, why ?? refusal(reason, `the order was dropped: ${reason}`));
    if (order.leg === 'close') position.closing = null;
    else if (order.leg === 'entry') {
      position.entryComplete = true;
      this.#closePosition(position, at);
    }
  }

  /** Reads a closed bar for the levels that nobody rests at; what it decides works from the next bar. */
  watch(position: PositionRecord, bar: WatchedBar, at: EpochMs): void {
    if (!watchBar(position, bar, feesPerShare(position))) return;
    this.#adjustExits(position, at);
    this.#events.positionChanged(position, at);
  }
}

/** No position needs more commands than this to rest as it should: two cancels, two groups, two replaces. */
const MOST_ADJUSTMENTS = 12;

export function refusal(rule: string, text: string): Refusal {
  return { rule, value: null, threshold: null, distance: null, text };
}

function exitSide(position: PositionRecord): 'buy' | 'sell' {
  return position.side === 'long' ? 'sell' : 'buy';
}

/** Twice what the entry paid per share: what a round trip costs. */
function feesPerShare(position: PositionRecord): Price {
  const entry = position.orders[0];
  if (entry === undefined || entry.filledQuantity === 0n) return 0n as Price;
  return ((entry.commission * 2n * 1_000_000_000_000n) / entry.filledQuantity) as Price;
}
