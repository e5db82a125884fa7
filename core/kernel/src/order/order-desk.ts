import {
  type Bar,
  type CloseReason,
  type EpochMs,
  formatMoneyExact,
  formatQuantity,
  type Money,
  notional,
  type Price,
  parseMoney,
  priceFromNumber,
  type Refusal,
} from '@bellwether/domain';
import type { TicketHead } from '../account/account-fact.ts';
import type { AccountView, LanePosition } from '../agent/agent-context.ts';
import type { OrderIntent, TradePlan } from '../agent/agent-output.ts';
import { isWatching } from '../position/exit-controller.ts';
import { checkIntent } from '../position/plan-orders.ts';
import { type BookSettings, PositionBook, refusal } from '../position/position-book.ts';
import { averageEntry, type DeskOrder, type PositionRecord } from '../position/position-state.ts';
import type { Sha256 } from './client-order-id.ts';
import type { Desk } from './desk.ts';
import { type Marks, type PendingEntry, viewAccount } from './desk-account.ts';
import type { DeskEvent, Ticket } from './desk-events.ts';
import { snapshotOf } from './order-snapshot.ts';
import { sizePosition } from './size-position.ts';
import type { BarVenue, VenueEvent } from './venue.ts';

export interface DeskSettings extends BookSettings {
  readonly allowShort: boolean;
  readonly commission: AccountView['commission'];
  /** Journals the exact order and sends nothing. */
  readonly validationOnly: boolean;
}

/** Plain data, so that a desk survives a restart. */
export interface DeskState {
  readonly positions: readonly PositionRecord[];
  readonly tickets: readonly Ticket[];
  readonly waiting: readonly WaitingOrder[];
  readonly working: readonly (readonly [string, WorkingEntry])[];
  readonly entries: number;
}

interface WorkingEntry {
  readonly sizingPrice: Price;
  readonly since: EpochMs;
  readonly expiresAfterMs: number | null;
}

/** An order that is decided and not yet sent. */
interface WaitingOrder {
  readonly clientOrderId: string;
  readonly intent: OrderIntent | null;
  /** The market was closed when it was decided: its controls run again at the open. */
  readonly deferred: boolean;
  readonly expiresAfterMs: number | null;
}

const ENTRY_EXPIRED = 'entry_expired';

/**
 * intents ─▶ gate ─▶ order (planned) ─▶ venue ─▶ fills ─▶ position ─▶ what should rest ─▶ venue
 *
 * The only road from an intent to a venue that answers at once. Orders decided at a bar's close are sent when the next bar opens, closes first.
 *
 * Invariants: a close is sent for exactly the lane's own quantity, after its exits are down; one open position per symbol; a fill is booked
 * once, as it is reported; a ticket settles exactly once, when every order of it has come to its end.
 */
export class OrderDesk implements Desk {
  readonly #venue: BarVenue;
  readonly #settings: DeskSettings;
  readonly #emit: (event: DeskEvent) => void;
  readonly #book: PositionBook;
  readonly #tickets = new Map<string, Ticket>();
  /** By symbol; a symbol for which nothing waits is absent. */
  readonly #waiting = new Map<string, WaitingOrder[]>();
  readonly #working = new Map<string, WorkingEntry>();
  readonly #orderTickets = new Map<string, Ticket>();

  constructor(venue: BarVenue, settings: DeskSettings, sha256: Sha256, emit: (event: DeskEvent) => void) {
    this.#venue = venue;
    this.#settings = settings;
    this.#emit = emit;
    this.#book = new PositionBook(venue, settings, sha256, {
      orderChanged: (order, at) => this.#report(order, at),
      orderEnded: (order, at, why) => this.#ended(order, at, why),
      filled: (position, order, event, reason) => this.#filled(position, order, event, reason),
      positionChanged: (position, at) => this.#emit({ kind: 'position_updated', at, position }),
      positionClosed: (position, at) => this.#emit({ kind: 'position_closed', at, position }),
    });
  }

  /** Whether a bar of this symbol has anything to do here: the backtester skips the rest. */
  hasWork(symbol: string): boolean {
    if (this.#book.isEmpty) return false;
    return this.#waiting.has(symbol) || this.#venue.hasWork(symbol);
  }

  position(symbol: string): PositionRecord | undefined {
    return this.#book.position(symbol);
  }

  openPositions(): Iterable<PositionRecord> {
    return this.#book.positions();
  }

  lane(symbol: string): LanePosition {
    const position = this.#book.position(symbol);
    const orderPending = this.#waiting.has(symbol) || this.#entryWorking(symbol);
    if (position === undefined || position.quantity === 0n)
      return { side: 'flat', quantity: '0', averageEntry: null, orderPending };
    return {
      side: position.side,
      quantity: formatQuantity(position.quantity),
      averageEntry: Number(averageEntry(position)) / 1e9,
      orderPending,
    };
  }

  equity(marks: Marks): Money {
    return this.#venue.equity(marks);
  }

  assessMargin(marks: Marks, at: EpochMs): void {
    this.#venue.assessMargin(marks, at);
  }

  get marginCalled(): boolean {
    return this.#venue.marginCalled;
  }

  accountView(symbol: string, marks: Marks, afterClosingOwn: boolean): AccountView {
    return this.#viewAccount(symbol, marks, afterClosingOwn, null);
  }

  #viewAccount(symbol: string, marks: Marks, afterClosingOwn: boolean, entering: PositionRecord | null): AccountView {
    return viewAccount({
      venue: this.#venue,
      positions: this.openPositions(),
      entering,
      pending: this.#pendingEntries(),
      marks,
      symbol,
      afterClosingOwn,
      allowShort: this.#settings.allowShort,
      commission: this.#settings.commission,
    });
  }

  /** Takes the intents of one trade node. `sessionOpen`: the market trades at the decision. `entryRefusal`: why its pipeline may open nothing now. */
  submit(
    plan: TradePlan,
    from: TicketHead,
    at: EpochMs,
    sessionOpen: boolean,
    entryRefusal: Refusal | null = null,
  ): void {
    const ticket: Ticket = { ...from, pending: [], orders: [], traded: false, refusal: null };
    this.#tickets.set(ticket.commandId, ticket);
    const planned: { order: DeskOrder; intent: OrderIntent }[] = [];
    for (const intent of plan.intents) {
      const refusal = (intent.purpose === 'open' ? entryRefusal : null) ?? this.#refuse(intent, plan, sessionOpen);
      if (refusal !== null) {
        ticket.refusal ??= refusal;
        continue;
      }
      const order =
        intent.purpose === 'close'
          ? this.#book.planClose(intent.symbol, 'signal_exit', at)
          : this.#book.planEntry(intent, plan, ticket.executionId, at);
      ticket.pending.push(order.clientOrderId);
      ticket.orders.push(order.clientOrderId);
      this.#orderTickets.set(order.clientOrderId, ticket);
      planned.push({ order, intent });
    }
    for (const { order, intent } of planned) {
      this.#report(order, at);
      if (this.#settings.validationOnly) {
        this.#book.drop(order, 'validation_mode', at);
        continue;
      }
      const expiresAfterMs = intent.purpose === 'open' && intent.type === 'limit' ? plan.entryValidMs : null;
      this.#enqueue(order.symbol, {
        clientOrderId: order.clientOrderId,
        intent,
        deferred: !sessionOpen,
        expiresAfterMs,
      });
    }
    this.#settleIfDone(ticket, at);
  }

  /** Asks for a position to be closed at the next open; asking twice changes nothing. */
  requestClose(symbol: string, reason: CloseReason, at: EpochMs): boolean {
    const position = this.#book.position(symbol);
    if (position === undefined || position.closing !== null || position.quantity === 0n) return false;
    const order = this.#book.planClose(symbol, reason, at);
    this.#enqueue(symbol, { clientOrderId: order.clientOrderId, intent: null, deferred: false, expiresAfterMs: null });
    this.#report(order, at);
    return true;
  }

  /** Drops what an execution (null: any) has not sent yet and cancels its working entries; shares already bought stay managed. */
  cancelEntries(executionId: string | null, reason: string, at: EpochMs): void {
    const concerns = (order: DeskOrder) =>
      order.leg === 'entry' && (executionId === null || this.#ticketOf(order)?.executionId === executionId);
    for (const { clientOrderId } of [...this.#waiting.values()].flat()) {
      const order = this.#book.order(clientOrderId);
      if (concerns(order)) this.#book.drop(order, reason, at);
    }
    for (const id of [...this.#working.keys()]) {
      const order = this.#book.order(id);
      if (concerns(order)) this.#book.apply(this.#venue.cancel(id, at), reason);
    }
  }

  /** Drops the entries of a symbol that may no longer be sent; one that was deferred was judged when it was decided. */
  dropUnsent(symbol: string, at: EpochMs, reasonNow: () => string | null): void {
    for (const { clientOrderId, deferred } of this.#waiting.get(symbol) ?? []) {
      const order = this.#book.order(clientOrderId);
      const reason = deferred || order.leg !== 'entry' ? null : reasonNow();
      if (reason !== null) this.#book.drop(order, reason, at);
    }
  }

  /** A bar begins: closes go first, then what rests is decided by the open, then entries are checked again and sent. */
  onOpen(symbol: string, at: EpochMs, open: number, marks: Marks, volume?: number): void {
    this.#expireEntries(symbol, at);
    const waiting = this.#waiting.get(symbol) ?? [];
    this.#waiting.delete(symbol);
    const entries = waiting.filter((entry) => this.#book.order(entry.clientOrderId).leg === 'entry');
    const closes = waiting.filter((entry) => this.#book.order(entry.clientOrderId).leg === 'close');
    for (const { clientOrderId } of closes) this.#book.sendClose(this.#book.order(clientOrderId), at);
    if (this.#venue.hasWork(symbol)) this.#book.apply(this.#venue.onOpen(symbol, at, open, volume));
    if (entries.length === 0) return;
    for (const entry of entries) this.#sendEntry(entry, at, open, marks);
    if (this.#venue.hasWork(symbol)) this.#book.apply(this.#venue.onOpen(symbol, at, open, volume));
  }

  /** A bar is over: what its venue made of it, then levels that are watched; what they decide works from the next bar. */
  onBar(symbol: string, bar: Bar): void {
    this.#book.apply(this.#venue.onBar(symbol, bar));
    this.#expireEntries(symbol, bar.end);
    const position = this.#book.position(symbol);
    if (position !== undefined && isWatching(position)) this.#book.watch(position, bar, bar.end);
  }

  /** Plain data but for bigints; equal after `restoreState` in another process. */
  saveState(): DeskState {
    return {
      positions: [...this.#book.positions()],
      entries: this.#book.entries,
      tickets: [...this.#tickets.values()],
      waiting: [...this.#waiting.values()].flat(),
      working: [...this.#working],
    };
  }

  restoreState(state: DeskState): void {
    this.#book.restore(state.positions, state.entries);
    for (const ticket of state.tickets) {
      this.#tickets.set(ticket.commandId, ticket);
      for (const id of ticket.orders) this.#orderTickets.set(id, ticket);
    }
    for (const waiting of state.waiting) this.#enqueue(this.#book.order(waiting.clientOrderId).symbol, waiting);
    for (const [id, facts] of state.working) this.#working.set(id, facts);
  }

  #refuse(intent: OrderIntent, plan: TradePlan, sessionOpen: boolean): Refusal | null {
    const held = this.#book.position(intent.symbol);
    if (intent.purpose === 'close') {
      if (held !== undefined && held.quantity > 0n && held.closing === null) return null;
      return refusal('nothing_to_close', `this pipeline holds no ${intent.symbol} that is not already being closed`);
    }
    if (intent.side === 'sell' && !this.#settings.allowShort)
      return refusal('allow_short', 'short selling is off for this account');
    const broken = checkIntent(intent);
    if (broken !== null) return broken;
    if (!sessionOpen && plan.entryWhenClosed === 'drop')
      return refusal('market_closed', 'the market is closed and the trade manager drops such entries');
    const leaves =
      held === undefined ||
      held.closing !== null ||
      plan.intents.some((other) => other.purpose === 'close' && other.symbol === intent.symbol);
    if (!leaves || this.#book.hasSuccessor(intent.symbol))
      return refusal('symbol_owned', `this account already holds or is buying ${intent.symbol}`);
    return null;
  }

  #sendEntry(waiting: WaitingOrder, at: EpochMs, open: number, marks: Marks): void {
    const order = this.#book.order(waiting.clientOrderId);
    const position = this.#book.positionOf(order);
    const intent = waiting.intent as OrderIntent;
    if (this.#book.position(order.symbol) !== position) return this.#book.drop(order, 'symbol_owned', at);
    // Taken off the list before it is checked, so its own reservation no longer stands against it.
    const account = this.#viewAccount(order.symbol, marks, false, position);
    if (intent.sizeAtFill !== null) {
      const sized = sizePosition({
        ...intent.sizeAtFill,
        side: intent.side,
        price: open,
        stop: intent.stopLoss,
        target1: intent.target1,
        target2: intent.target2,
        account,
        batchRiskUsed: '0',
      });
      if (sized.refusal !== null) return this.#book.drop(order, sized.refusal.rule, at, sized.refusal);
      order.quantity = sized.quantity;
      position.intendedQuantity = sized.quantity;
    } else if (waiting.deferred) {
      const needed = notional(priceFromNumber(intent.sizingPrice), order.quantity);
      const available = parseMoney(account.buyingPower);
      if (needed > available) {
        return this.#book.drop(order, 'buying_power', at, {
          rule: 'buying_power',
          value: formatMoneyExact(needed),
          threshold: formatMoneyExact(available),
          distance: formatMoneyExact((needed - available) as Money),
          text: `the entry needs $${formatMoneyExact(needed)} and $${formatMoneyExact(available)} is left at the open`,
        });
      }
    }
    this.#working.set(order.clientOrderId, {
      sizingPrice: priceFromNumber(intent.sizingPrice),
      since: waiting.deferred ? at : order.plannedAt,
      expiresAfterMs: waiting.expiresAfterMs,
    });
    this.#book.sendEntry(order, at);
  }

  #expireEntries(symbol: string, at: EpochMs): void {
    for (const [id, facts] of [...this.#working]) {
      if (facts.expiresAfterMs === null || at < facts.since + facts.expiresAfterMs) continue;
      const order = this.#book.order(id);
      if (order.symbol === symbol) this.#book.apply(this.#venue.cancel(id, at), ENTRY_EXPIRED);
    }
  }

  #filled(position: PositionRecord, order: DeskOrder, event: VenueEvent, reason: string): void {
    const ticket = this.#ticketOf(order);
    if (ticket !== null) ticket.traded = true;
    if (event.fill !== undefined)
      this.#emit({ kind: 'filled', at: event.fill.at, ticket, position, fill: event.fill, leg: order.leg, reason });
  }

  #ended(order: DeskOrder, at: EpochMs, why: Refusal | null): void {
    this.#working.delete(order.clientOrderId);
    this.#unqueue(order);
    const ticket = this.#ticketOf(order);
    if (ticket === null) return;
    this.#orderTickets.delete(order.clientOrderId);
    ticket.pending.splice(ticket.pending.indexOf(order.clientOrderId), 1);
    if (order.filledQuantity === 0n)
      ticket.refusal ??= why ?? refusal(order.reason ?? order.status, `the order ended ${order.status} without a fill`);
    this.#settleIfDone(ticket, at);
  }

  #settleIfDone(ticket: Ticket, at: EpochMs): void {
    if (ticket.pending.length > 0 || !this.#tickets.delete(ticket.commandId)) return;
    const outcome = ticket.traded
      ? 'traded'
      : this.#settings.validationOnly && ticket.refusal?.rule === 'validation_mode'
        ? 'would_execute'
        : 'refused';
    this.#emit({ kind: 'settled', at, ticket, outcome });
  }

  #report(order: DeskOrder, at: EpochMs): void {
    this.#emit({ kind: 'order_updated', at, ticket: this.#ticketOf(order), order: snapshotOf(order) });
  }

  #ticketOf(order: DeskOrder): Ticket | null {
    return this.#orderTickets.get(order.clientOrderId) ?? null;
  }

  #enqueue(symbol: string, waiting: WaitingOrder): void {
    const list = this.#waiting.get(symbol);
    if (list === undefined) this.#waiting.set(symbol, [waiting]);
    else list.push(waiting);
  }

  #unqueue({ symbol, clientOrderId }: DeskOrder): void {
    const waiting = this.#waiting.get(symbol)?.filter((other) => other.clientOrderId !== clientOrderId);
    if (waiting === undefined) return;
    if (waiting.length > 0) this.#waiting.set(symbol, waiting);
    else this.#waiting.delete(symbol);
  }

  #entryWorking(symbol: string): boolean {
    for (const id of this.#working.keys()) if (this.#book.order(id).symbol === symbol) return true;
    return false;
  }

  *#pendingEntries(): Iterable<PendingEntry> {
    for (const list of this.#waiting.values()) {
      for (const waiting of list) {
        const order = this.#book.order(waiting.clientOrderId);
        if (order.leg === 'entry' && waiting.intent !== null)
          yield { order, sizingPrice: priceFromNumber(waiting.intent.sizingPrice) };
      }
    }
    for (const [id, facts] of this.#working) yield { order: this.#book.order(id), sizingPrice: facts.sizingPrice };
  }
}
