import {
  type CloseReason,
  type EpochMs,
  formatQuantity,
  isTerminal,
  type Money,
  NO_QUANTITY,
  type OrderStatus,
  type Price,
  parseQuantity,
  priceFromNumber,
  type Quantity,
  type Refusal,
} from '@bellwether/domain';
import type { AccountEvent, AccountSnapshot } from '../account/account-effects.ts';
import type { Proposal, TicketHead } from '../account/account-fact.ts';
import type { AccountView, LanePosition } from '../agent/agent-context.ts';
import type { OrderIntent, TradePlan } from '../agent/agent-output.ts';
import { checkIntent } from '../position/plan-orders.ts';
import { refusal } from '../position/position-book.ts';
import { averageEntry, type PositionRecord } from '../position/position-state.ts';
import { BrokerWorth, type BrokerWorthState } from './broker-worth.ts';
import type { Desk } from './desk.ts';
import { type Marks, type PendingEntry, viewAccount } from './desk-account.ts';
import type { DeskEvent, Ticket } from './desk-events.ts';

export interface BrokerDeskSettings {
  readonly pipelineId: string;
  readonly allowShort: boolean;
  readonly commission: AccountView['commission'];
}

/** What a session asks of its account. Plain data with a key of its own: heard twice, it is answered once. */
export type AccountRequest =
  | { readonly kind: 'proposal'; readonly key: string; readonly proposal: Proposal }
  | { readonly kind: 'close'; readonly key: string; readonly positionId: string; readonly reason: CloseReason }
  | {
      readonly kind: 'cancel_entries';
      readonly key: string;
      readonly pipelineId: string;
      readonly executionId: string | null;
      readonly reason: string;
    };

/** An entry that was proposed and may still be bought. */
interface ProposedEntry {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly type: 'market' | 'limit';
  readonly sizingPrice: Price;
  quantity: Quantity;
  filledQuantity: Quantity;
  status: OrderStatus;
}

/** A proposal that has not settled. */
interface OpenTicket {
  readonly head: TicketHead;
  readonly entries: readonly ProposedEntry[];
  readonly closes: readonly string[];
  /** The market was closed when it was decided. */
  readonly deferred: boolean;
  /** Why part of it was refused before it left; null when nothing was. */
  readonly refusal: Refusal | null;
  cancelAsked: boolean;
}

/** Plain data but for bigints. */
export interface BrokerDeskState {
  /** Number of the last event that was heard. */
  readonly seq: number;
  readonly tickets: readonly OpenTicket[];
  readonly positions: readonly PositionRecord[];
  /** Positions whose close was asked for. */
  readonly closing: readonly string[];
  readonly worth: BrokerWorthState;
  /** Heard and not told yet. */
  readonly untold: readonly DeskEvent[];
}

/**
 * intents ─▶ local refusals ─▶ proposal ─▶ (account machine) ─▶ events by number ─▶ mirror ─▶ session
 *
 * The desk of a pipeline that trades on a broker account. It owns no order: the account's machine does, which other pipelines share. What is
 * kept here is a mirror of this pipeline's positions, so that decisions see what simulation would show them.
 *
 * Invariants: 1. an event that is heard twice is told once. 2. events are told in the order of their numbers, when the session is at the
 * instant that caused them. 3. equity is the broker's, as of when this pipeline was last flat, plus what its own positions made since.
 */
export class BrokerDesk implements Desk {
  readonly #settings: BrokerDeskSettings;
  readonly #handOver: (request: AccountRequest) => void;
  readonly #emit: (event: DeskEvent) => void;
  readonly #tickets = new Map<string, OpenTicket>();
  readonly #positions = new Map<string, PositionRecord>();
  readonly #closing = new Set<string>();
  #untold: DeskEvent[] = [];
  #seq = 0;
  readonly #worth = new BrokerWorth();

  constructor(
    settings: BrokerDeskSettings,
    handOver: (request: AccountRequest) => void,
    emit: (event: DeskEvent) => void,
  ) {
    this.#settings = settings;
    this.#handOver = handOver;
    this.#emit = emit;
  }

  /** Number of the last event that was heard: later ones are wanted. */
  get seq(): number {
    return this.#seq;
  }

  /** Whether the broker may still change something of ours: prices have to reach it. */
  get isLive(): boolean {
    return this.#tickets.size > 0 || this.#positions.size > 0;
  }

  /** Whether the broker has said what the account is worth. */
  get knowsAccount(): boolean {
    return this.#worth.isKnown;
  }

  /** Hears an event of the account; it is told with `tell`, or with the next bar. */
  take(seq: number, { pipelineId, event }: AccountEvent): void {
    if (seq <= this.#seq) return;
    this.#seq = seq;
    if (pipelineId !== this.#settings.pipelineId) return;
    this.#worth.outdate();
    this.#untold.push(event);
  }

  /** The account as its broker last said it, once every event up to then has been taken. It counts as soon as nothing of this pipeline is open. */
  takeSnapshot(snapshot: AccountSnapshot): void {
    this.#worth.takeSnapshot(snapshot);
    if (this.#untold.length === 0 && !this.isLive) this.#worth.flat();
  }

  /** Tells the session what has been heard, in order. */
  tell(): void {
    for (let event = this.#untold.shift(); event !== undefined; event = this.#untold.shift()) this.#tellOne(event);
    if (!this.isLive) this.#worth.flat();
  }

  hasWork(symbol: string): boolean {
    if (this.#untold.length > 0) return true;
    for (const { entries } of this.#tickets.values()) if (entries.some((entry) => entry.symbol === symbol)) return true;
    return false;
  }

  position(symbol: string): PositionRecord | undefined {
    let ruling: PositionRecord | undefined;
    // Of two in one symbol the one that holds shares rules; its successor waits for it.
    for (const position of this.#positions.values())
      if (position.symbol === symbol && (ruling === undefined || ruling.quantity === 0n)) ruling = position;
    return ruling;
  }

  openPositions(): Iterable<PositionRecord> {
    return this.#positions.values();
  }

  lane(symbol: string): LanePosition {
    const position = this.position(symbol);
    const orderPending = this.#isProposed(symbol) || (position !== undefined && this.#isClosing(position));
    if (position === undefined || position.quantity === 0n)
      return { side: 'flat', quantity: '0', averageEntry: null, orderPending };
    return {
      side: position.side,
      quantity: formatQuantity(position.quantity),
      averageEntry: Number(averageEntry(position)) / 1e9,
      orderPending,
    };
  }

  accountView(symbol: string, marks: Marks, afterClosingOwn: boolean): AccountView {
    const { allowShort, commission } = this.#settings;
    const positions = [...this.#positions.values()];
    return viewAccount({
      venue: {
        cash: this.#worth.cash(positions, marks),
        equity: (of) => this.#worth.equity(positions, of),
        buyingPower: (of) => this.#worth.buyingPower(positions, of),
      },
      positions,
      entering: null,
      pending: this.#pendingEntries(),
      marks,
      symbol,
      afterClosingOwn,
      allowShort,
      commission,
    });
  }

  equity(marks: Marks): Money {
    return this.#worth.equity(this.#positions.values(), marks);
  }

  /** The broker does that. */
  assessMargin(): void {
    return undefined;
  }

  get marginCalled(): boolean {
    return this.#worth.closingOnly;
  }

  submit(
    plan: TradePlan,
    head: TicketHead,
    at: EpochMs,
    sessionOpen: boolean,
    entryRefusal: Refusal | null = null,
  ): void {
    const intents: OrderIntent[] = [];
    let refused: Refusal | null = null;
    for (const intent of plan.intents) {
      const why = (intent.purpose === 'open' ? entryRefusal : null) ?? this.#refuse(intent, plan, sessionOpen);
      if (why === null) intents.push(intent);
      else refused ??= why;
    }
    if (intents.length === 0) {
      const ticket: Ticket = { ...head, pending: [], orders: [], traded: false, refusal: refused };
      this.#emit({ kind: 'settled', at, ticket, outcome: 'refused' });
      return;
    }
    this.#tickets.set(head.commandId, {
      head,
      entries: intents.filter(({ purpose }) => purpose === 'open').map(entryOf),
      closes: intents.filter(({ purpose }) => purpose === 'close').map(({ symbol }) => symbol),
      deferred: !sessionOpen,
      refusal: refused,
      cancelAsked: false,
    });
    this.#handOver({
      kind: 'proposal',
      key: head.commandId,
      proposal: {
        key: head.commandId,
        pipelineId: this.#settings.pipelineId,
        ticket: head,
        intents,
        exits: plan.exits,
        entryValidMs: plan.entryValidMs,
        entryWhenClosed: plan.entryWhenClosed,
        partialPatienceMs: plan.exits.partialPatienceMs,
        decidedAt: at,
        entryRefusal: null,
        sessionOpen,
      },
    });
  }

  requestClose(symbol: string, reason: CloseReason, at: EpochMs): boolean {
    const position = this.position(symbol);
    if (position === undefined || position.quantity === 0n || this.#isClosing(position)) return false;
    const { positionId } = position;
    this.#closing.add(positionId);
    this.#handOver({ kind: 'close', key: `close ${positionId} ${at}`, positionId, reason });
    return true;
  }

  cancelEntries(executionId: string | null, reason: string, at: EpochMs): void {
    const concerned = [...this.#tickets.values()].filter(
      ({ head, entries, cancelAsked }) =>
        entries.length > 0 && !cancelAsked && (executionId === null || head.executionId === executionId),
    );
    const newest = concerned.at(-1);
    if (newest === undefined) return;
    for (const ticket of concerned) ticket.cancelAsked = true;
    const { pipelineId } = this.#settings;
    // A second cancel at the same instant of a tape concerns other tickets.
    const key = `cancel ${executionId ?? pipelineId} ${at} ${newest.head.commandId}`;
    this.#handOver({ kind: 'cancel_entries', key, pipelineId, executionId, reason });
  }

  dropUnsent(symbol: string, at: EpochMs, reasonNow: () => string | null): void {
    for (const ticket of this.#tickets.values()) {
      if (ticket.deferred || ticket.cancelAsked) continue;
      if (!ticket.entries.some((entry) => entry.symbol === symbol && entry.status === 'planned')) continue;
      const reason = reasonNow();
      if (reason === null) return;
      this.cancelEntries(ticket.head.executionId, reason, at);
    }
  }

  onOpen(): void {
    this.tell();
  }

  onBar(): void {
    this.tell();
  }

  /** Plain data but for bigints; equal after `restoreState` in another process. */
  saveState(): BrokerDeskState {
    return {
      seq: this.#seq,
      tickets: [...this.#tickets.values()],
      positions: [...this.#positions.values()],
      closing: [...this.#closing],
      worth: this.#worth.saveState(),
      untold: this.#untold,
    };
  }

  restoreState(state: BrokerDeskState): void {
    this.#seq = state.seq;
    this.#tickets.clear();
    for (const ticket of state.tickets) this.#tickets.set(ticket.head.commandId, ticket);
    this.#positions.clear();
    for (const position of state.positions) this.#positions.set(position.positionId, position);
    this.#closing.clear();
    for (const id of state.closing) this.#closing.add(id);
    this.#worth.restoreState(state.worth);
    this.#untold = [...state.untold];
  }

  #tellOne(event: DeskEvent): void {
    if (event.kind === 'order_updated') {
      const { ticket, order } = event;
      const entry =
        order.purpose !== 'entry' || ticket === null
          ? undefined
          : this.#tickets.get(ticket.commandId)?.entries.find(({ symbol }) => symbol === order.symbol);
      if (entry !== undefined) {
        entry.quantity = parseQuantity(order.quantity);
        entry.filledQuantity = parseQuantity(order.filledQuantity);
        entry.status = order.status as OrderStatus;
      }
      return this.#emit(event);
    }
    if (event.kind === 'settled') return this.#settle(event);
    const { position } = event;
    const { positionId } = position;
    if (position.status === 'closed') {
      // What a position made is counted once: when it is first heard to be closed.
      if (this.#positions.delete(positionId)) this.#worth.closed(position);
      this.#closing.delete(positionId);
    } else this.#positions.set(positionId, position);
    this.#emit(event);
  }

  #settle(event: Extract<DeskEvent, { kind: 'settled' }>): void {
    const { ticket, outcome } = event;
    const open = this.#tickets.get(ticket.commandId);
    this.#tickets.delete(ticket.commandId);
    const why = ticket.refusal ?? open?.refusal ?? null;
    this.#emit(outcome === 'refused' ? { ...event, ticket: { ...ticket, refusal: why } } : event);
  }

  #refuse(intent: OrderIntent, plan: TradePlan, sessionOpen: boolean): Refusal | null {
    const { symbol } = intent;
    const held = this.position(symbol);
    if (intent.purpose === 'close') {
      if (held !== undefined && held.quantity > 0n && !this.#isClosing(held)) return null;
      return refusal('nothing_to_close', `this pipeline holds no ${symbol} that is not already being closed`);
    }
    if (intent.side === 'sell' && !this.#settings.allowShort)
      return refusal('allow_short', 'short selling is off for this account');
    const broken = checkIntent(intent);
    if (broken !== null) return broken;
    if (!sessionOpen && plan.entryWhenClosed === 'drop')
      return refusal('market_closed', 'the market is closed and the trade manager drops such entries');
    const leaves =
      held === undefined ||
      this.#isClosing(held) ||
      plan.intents.some((other) => other.purpose === 'close' && other.symbol === symbol);
    const isAsked = [...this.#tickets.values()].some(({ entries }) =>
      entries.some((entry) => entry.symbol === symbol && !isTerminal(entry.status)),
    );
    if (!leaves || isAsked) return refusal('symbol_owned', `this account already holds or is buying ${symbol}`);
    return null;
  }

  #isClosing({ positionId, closing }: PositionRecord): boolean {
    return closing !== null || this.#closing.has(positionId);
  }

  #isProposed(symbol: string): boolean {
    for (const { entries, closes } of this.#tickets.values()) {
      if (closes.includes(symbol)) return true;
      if (entries.some((entry) => entry.symbol === symbol && !isTerminal(entry.status))) return true;
    }
    return false;
  }

  *#pendingEntries(): Iterable<PendingEntry> {
    for (const { entries } of this.#tickets.values())
      for (const entry of entries) yield { order: entry, sizingPrice: entry.sizingPrice };
  }
}

/** Trading-rules §5 "Partial entry": how long the rest of an entry may still come before what filled is protected by itself. */

function entryOf({ symbol, side, type, quantity, sizingPrice }: OrderIntent): ProposedEntry {
  return {
    symbol,
    side,
    type,
    sizingPrice: priceFromNumber(sizingPrice),
    quantity: parseQuantity(quantity),
    filledQuantity: NO_QUANTITY,
    status: 'planned',
  };
}
