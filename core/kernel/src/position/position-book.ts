import {
  BellwetherError,
  type CloseReason,
  type EpochMs,
  formatQuantity,
  isTerminal,
  type Money,
  NO_MONEY,
  NO_QUANTITY,
  notional,
  ONE_SHARE,
  type OrderPurpose,
  type OrderRequest,
  oppositeSide,
  type Price,
  parseQuantity,
  priceFromNumber,
  priceIncrementAt,
  type Quantity,
  type Refusal,
} from '@bellwether/domain';
import type { OrderIntent, TradePlan } from '../agent/agent-output.ts';
import { clientOrderId, positionIdOf, type Sha256 } from '../order/client-order-id.ts';
import type { Venue, VenueEvent } from '../order/venue.ts';
import {
  type ExitCommand,
  type ExitGroup,
  exitCommands,
  isLive,
  planExits,
  type WatchedBar,
  watchBar,
} from './exit-controller.ts';
import { type DeskOrder, fillReason, type OrderLeg, type PositionRecord } from './position-state.ts';

export interface BookSettings {
  readonly installation: string;
  readonly account: string;
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
    const long = intent.side === 'buy';
    const entry = priceFromNumber(intent.limitPrice ?? intent.sizingPrice);
    const stop = intent.stopLoss === null ? null : towardEntry(intent.stopLoss, entry);
    const quantity = parseQuantity(intent.quantity);
    const position: PositionRecord = {
      positionId,
      executionId,
      symbol: intent.symbol,
      side: long ? 'long' : 'short',
      status: 'opening',
      quantity: NO_QUANTITY,
      intendedQuantity: quantity,
      enteredQuantity: NO_QUANTITY,
      entryAmount: NO_MONEY,
      exitAmount: NO_MONEY,
      exitedQuantity: NO_QUANTITY,
      fees: NO_MONEY,
      slippage: NO_MONEY,
      initialStop: stop,
      stop,
      target1: intent.target1 === null ? null : towardEntry(intent.target1, entry),
      target2: intent.target2 === null ? null : towardEntry(intent.target2, entry),
      exits: plan.exits,
      firstQuantity: NO_QUANTITY,
      secondQuantity: NO_QUANTITY,
      entryComplete: false,
      split: this.#settings.splitAtEntry && plan.exits.plan !== 'single_target',
      firstDone: false,
      breakevenDone: false,
      openedAt: null,
      closedAt: null,
      closeReason: null,
      closing: null,
      orders: [],
    };
    (this.#positions.has(intent.symbol) ? this.#next : this.#positions).set(intent.symbol, position);
    const limit = intent.limitPrice === null ? null : entryLimit(intent.limitPrice, intent.side);
    return this.#plan(position, 'entry', 'entry', intent.side, intent.type, quantity, limit, null, at);
  }

  /** Writes down a close for all the shares of the symbol. */
  planClose(symbol: string, reason: CloseReason, at: EpochMs): DeskOrder {
    const position = this.#positions.get(symbol);
    if (position === undefined)
      throw new BellwetherError('bug', 'order/not-found', `expected an open position in ${symbol}`);
    position.closing = reason;
    return this.#plan(
      position,
      'close',
      'close',
      position.side === 'long' ? 'sell' : 'buy',
      'market',
      position.quantity,
      null,
      null,
      at,
    );
  }

  #plan(
    position: PositionRecord,
    purpose: OrderPurpose,
    leg: OrderLeg,
    side: 'buy' | 'sell',
    type: DeskOrder['type'],
    quantity: Quantity,
    limitPrice: Price | null,
    stopPrice: Price | null,
    at: EpochMs,
    groupId?: string,
  ): DeskOrder {
    const seq = position.orders.filter((order) => order.purpose === purpose && order.leg === leg).length + 1;
    const { installation, account } = this.#settings;
    const id = clientOrderId(
      { installation, account, positionId: position.positionId, purpose, leg, seq },
      this.#sha256,
    );
    const order: DeskOrder = {
      clientOrderId: id,
      positionId: position.positionId,
      purpose,
      leg,
      groupId: groupId ?? id,
      symbol: position.symbol,
      side,
      type,
      quantity,
      limitPrice,
      stopPrice,
      plannedAt: at,
      status: 'planned',
      filledQuantity: NO_QUANTITY,
      filledAmount: NO_MONEY,
      commission: NO_MONEY,
      slippage: NO_MONEY,
      reason: null,
    };
    position.orders.push(order);
    this.#orders.set(id, order);
    return order;
  }

  /** The entry carries its stop: a bracket at target 2 for the full size, an OTO, or a plain order in simulation. */
  entryRequest(position: PositionRecord, order: DeskOrder): OrderRequest {
    const exitSide = oppositeSide(order.side);
    const full = position.target2 ?? position.target1;
    const leg: OrderLeg = full !== null && full === position.target2 ? 'target_2' : 'target_1';
    const target =
      full === null
        ? null
        : this.#plan(
            position,
            'exit',
            leg,
            exitSide,
            'limit',
            order.quantity,
            full,
            null,
            order.plannedAt,
            order.clientOrderId,
          );
    const stop =
      position.stop === null
        ? null
        : this.#plan(
            position,
            target === null ? 'stop_only' : 'exit',
            'stop',
            exitSide,
            'stop',
            order.quantity,
            null,
            position.stop,
            order.plannedAt,
            order.clientOrderId,
          );
    return {
      ...requestOf(order),
      takeProfit: target === null ? null : { clientOrderId: target.clientOrderId, limitPrice: full as Price },
      stopLoss: stop === null ? null : { clientOrderId: stop.clientOrderId, stopPrice: position.stop as Price },
    };
  }

  /** Takes what the venue said, and makes rest what should. */
  apply(events: readonly VenueEvent[], reason: string | null = null): void {
    if (events.length === 0) return;
    const touched = new Set<PositionRecord>();
    for (const event of events) {
      const order = this.order(event.clientOrderId);
      const position = this.positionOf(order);
      touched.add(position);
      if (event.fill !== undefined) this.#book(position, order, event);
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

  #book(position: PositionRecord, order: DeskOrder, event: VenueEvent): void {
    const fill = event.fill;
    if (fill === undefined) return;
    const amount = notional(fill.price, fill.quantity);
    const slipped = notional(fill.slippage, fill.quantity);
    order.filledQuantity = (order.filledQuantity + fill.quantity) as Quantity;
    order.filledAmount = (order.filledAmount + amount) as Money;
    order.commission = (order.commission + fill.commission) as Money;
    order.slippage = (order.slippage + slipped) as Money;
    position.fees = (position.fees + fill.commission) as Money;
    position.slippage = (position.slippage + slipped) as Money;
    if (order.leg === 'entry') {
      position.quantity = (position.quantity + fill.quantity) as Quantity;
      position.enteredQuantity = (position.enteredQuantity + fill.quantity) as Quantity;
      position.entryAmount = (position.entryAmount + amount) as Money;
      position.openedAt ??= fill.at;
    } else {
      if (fill.quantity > position.quantity)
        throw new BellwetherError(
          'bug',
          'ledger/unbalanced',
          `expected an exit of at most ${formatQuantity(position.quantity)} ${position.symbol}, was ${formatQuantity(fill.quantity)}`,
        );
      position.quantity = (position.quantity - fill.quantity) as Quantity;
      position.exitedQuantity = (position.exitedQuantity + fill.quantity) as Quantity;
      position.exitAmount = (position.exitAmount + amount) as Money;
      if (order.leg === 'target_1' && position.split) {
        const filled = position.orders.reduce(
          (sum, other) => (other.leg === 'target_1' ? sum + other.filledQuantity : sum),
          0n,
        );
        if (filled >= position.firstQuantity) position.firstDone = true;
      }
    }
    this.#events.filled(position, order, event, fillReason(order, position));
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
    planExits(position, ONE_SHARE);
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
    const left = (old.quantity - old.filledQuantity) as Quantity;
    const successor = this.#plan(
      position,
      'replace',
      'stop',
      old.side,
      'stop',
      left,
      null,
      command.stop,
      at,
      old.groupId,
    );
    this.apply(this.#venue.replaceStop(old.clientOrderId, command.stop, successor.clientOrderId, at), 'breakeven');
    if (successor.status === 'planned') successor.status = 'working';
  }

  #placeExit(position: PositionRecord, group: ExitGroup, at: EpochMs): void {
    const side = position.side === 'long' ? 'sell' : 'buy';
    if (group.target === null) {
      const stop = this.#plan(position, 'stop_only', 'stop', side, 'stop', group.quantity, null, group.stop, at);
      stop.status = 'submitting';
      this.apply(this.#venue.submit(requestOf(stop), at));
      return;
    }
    const target = this.#plan(position, 'exit', group.leg, side, 'limit', group.quantity, group.target, null, at);
    const stop =
      group.stop === null
        ? null
        : this.#plan(
            position,
            'exit',
            'stop',
            side,
            'stop',
            group.quantity,
            null,
            group.stop,
            at,
            target.clientOrderId,
          );
    target.status = 'submitting';
    const oco =
      stop === null
        ? requestOf(target)
        : {
            ...requestOf(target),
            oco: true,
            stopLoss: { clientOrderId: stop.clientOrderId, stopPrice: group.stop as Price },
          };
    this.apply(this.#venue.submit(oco, at));
    if (stop !== null && stop.status === 'planned') stop.status = 'working';
  }

  #closePosition(position: PositionRecord, at: EpochMs): void {
    // Closed before its last orders are taken down, so that their answers do not close it again.
    position.status = 'closed';
    position.closedAt = at;
    for (const order of position.orders) {
      if (isLive(order)) this.apply(this.#venue.cancel(order.clientOrderId, at), 'flat');
      else if (order.status === 'planned' && order.leg !== 'close') order.status = 'dropped';
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

  /** Ends an order that was never sent. A position that thereby never opens is gone. */
  drop(order: DeskOrder, reason: string, at: EpochMs, why: Refusal | null = null): void {
    order.status = 'dropped';
    order.reason = reason;
    this.#events.orderChanged(order, at);
    this.#events.orderEnded(order, at, why ?? refusal(reason, `the order was dropped: ${reason}`));
    const position = this.positionOf(order);
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

export function requestOf(order: DeskOrder): OrderRequest {
  const { clientOrderId: id, symbol, side, type, quantity, limitPrice, stopPrice } = order;
  return {
    clientOrderId: id,
    symbol,
    side,
    type,
    quantity,
    limitPrice,
    stopPrice,
    timeInForce: 'gtc',
    takeProfit: null,
    stopLoss: null,
    oco: false,
  };
}

/** Stop and targets go to the increment toward the entry: risk is never larger, reward never overstated. */
function towardEntry(level: number, entry: Price): Price {
  const price = priceFromNumber(level);
  const increment = priceIncrementAt(price);
  const down = price - (price % increment);
  return (down === price || price > entry ? down : down + increment) as Price;
}

/** A buy limit goes down and a sell limit up: never worse than decided. */
function entryLimit(limit: number, side: 'buy' | 'sell'): Price {
  const price = priceFromNumber(limit);
  const increment = priceIncrementAt(price);
  const down = price - (price % increment);
  return (down === price || side === 'buy' ? down : down + increment) as Price;
}

/** Twice what the entry paid per share: what a round trip costs. */
function feesPerShare(position: PositionRecord): Price {
  const entry = position.orders[0];
  if (entry === undefined || entry.filledQuantity === 0n) return 0n as Price;
  return ((entry.commission * 2n * 1_000_000_000_000n) / entry.filledQuantity) as Price;
}
