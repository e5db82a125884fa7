import {
  type Bar,
  BellwetherError,
  type EpochMs,
  type Money,
  type OrderRequest,
  type Price,
  priceFromNumber,
  type Quantity,
  RATIO_ONE,
  ratioFromNumber,
} from '@bellwether/domain';
import { entryLuck } from './entry-luck.ts';
import type {
  Exchange,
  ExchangeEvent,
  ExchangeOrder,
  ExchangePosition,
  ExchangeRequest,
  ExchangeSettings,
  Marks,
  OrderChanges,
  RefusalCode,
} from './exchange.ts';
import { ExchangeLedger } from './exchange-ledger.ts';
import { exchangeEvent, isLive, type LiveOrder, membersOf, shapeProblem } from './exchange-order.ts';
import { type ExchangeState, orderFromState, orderToState } from './exchange-state.ts';
import { checkBar, extremeFor, isReached, levelOf } from './inside-bar.ts';
import { meterVolume, OrderBook, type SymbolBook } from './order-book.ts';
import { type FillMoment, OrderExecution } from './order-execution.ts';
import { dueAtOpen, isAnyDue, isAnyReached, reachedAtOpen, reachedByQuote, reachedInside } from './order-matching.ts';
import { replaceProblem, successorOf } from './order-replacement.ts';
import { roleOf } from './order-role.ts';

const NOTHING: readonly ExchangeEvent[] = [];

/**
 * What the market would have done with our orders, bar by bar: request → book → bar → fills → ledger.
 *
 * Invariants: 1. a fill's price comes from a bar, never better than the order's limit. 2. no fill carries a position through zero:
 * an exit fills at most what is held, an entry against a holding waits until that is closed. 3. the same calls give the same
 * events, and an order's luck depends on (seed, client order id) alone. 4. an order that began to work after a bar began is not touched by it.
 */
export class SimulatedExchange implements Exchange {
  readonly #settings: ExchangeSettings;
  readonly #book = new OrderBook();
  readonly #ledger: ExchangeLedger;
  readonly #execution: OrderExecution;
  readonly #halted = new Set<string>();
  #marginCalled = false;
  #liquidations = 0;

  constructor(settings: ExchangeSettings) {
    const { slippageFraction, volumeShare, marginMultiplier } = settings;
    if (!(slippageFraction >= 0 && slippageFraction < 1))
      throw badSetting('slippageFraction from 0 to below 1', slippageFraction);
    if (!(marginMultiplier >= 1)) throw badSetting('marginMultiplier from 1', marginMultiplier);
    if (volumeShare !== null && !(volumeShare > 0 && volumeShare <= 1))
      throw badSetting('volumeShare above 0, up to 1', volumeShare);
    this.#settings = settings;
    this.#ledger = new ExchangeLedger(settings.initialCash);
    this.#execution = new OrderExecution(settings, this.#book, this.#ledger);
  }

  get cash(): Money {
    return this.#ledger.cash;
  }
  get commissionSoFar(): Money {
    return this.#ledger.commission;
  }
  /** Whether the last assessment found too little equity; no entry is accepted until one finds enough. */
  get marginCalled(): boolean {
    return this.#marginCalled;
  }

  position(symbol: string): ExchangePosition {
    return this.#ledger.position(symbol);
  }
  positions(): readonly ExchangePosition[] {
    return this.#ledger.positions();
  }
  equity(marks: Marks): Money {
    return this.#ledger.equity(marks);
  }

  /** Returns margin multiplier × equity − Σ |market value|. What pending orders will need is reserved by whoever approves them. */
  buyingPower(marks: Marks): Money {
    const reach = (this.equity(marks) * ratioFromNumber(this.#settings.marginMultiplier)) / RATIO_ONE;
    return (reach - this.#ledger.grossValue(marks)) as Money;
  }

  /** Returns a snapshot of the order, whatever became of it, or `undefined` when the id was never used. */
  find(clientOrderId: string): ExchangeOrder | undefined {
    const order = this.#book.find(clientOrderId);
    return order === undefined ? undefined : { ...order };
  }

  /** Returns snapshots of every order ever accepted or refused, oldest first. */
  orders(): readonly ExchangeOrder[] {
    return [...this.#book.all()].map((order) => ({ ...order }));
  }

  hasWork(symbol: string): boolean {
    return this.#book.hasWork(symbol);
  }

  /** Accepts or refuses an order group. A market order waits for the next open; a close is sent before the entry that reverses it. */
  submit(request: ExchangeRequest, at: EpochMs): readonly ExchangeEvent[] {
    const known = this.#book.find(request.clientOrderId);
    if (known !== undefined) {
      return [
        exchangeEvent('rejected', known, at, {
          code: 'duplicate_client_order_id',
          text: 'client_order_id must be unique',
        }),
      ];
    }
    const role = roleOf(request, this.#ledger.quantity(request.symbol), this.#book.live(request.symbol));
    const members = membersOf(request, role.kind === 'refused' ? 'entry' : role.kind, at);
    const refusal = this.#refusalOf(request, members, role);
    if (refusal !== undefined) {
      const refused: LiveOrder = { ...(members[0] as LiveOrder), status: 'rejected' };
      this.#book.add(refused);
      return [exchangeEvent('rejected', refused, at, refusal)];
    }
    for (const member of members) this.#book.add(member);
    return members.map((member) => exchangeEvent('accepted', member, at));
  }

  #refusalOf(
    request: ExchangeRequest,
    members: readonly LiveOrder[],
    role: ReturnType<typeof roleOf>,
  ): Refusal | undefined {
    const problem = shapeProblem(request);
    if (problem !== undefined) return { code: 'bad_order', text: problem };
    const used = members.find((member) => this.#book.find(member.clientOrderId) !== undefined);
    if (used !== undefined)
      return { code: 'bad_order', text: `expected a new id for every leg, was ${used.clientOrderId} again` };
    if (role.kind === 'refused') return { code: role.code, text: role.text };
    if (role.kind !== 'entry') return undefined;
    if (this.#marginCalled)
      return { code: 'margin_call', text: 'expected no entries while the account is under a margin call' };
    const luck = this.#settings.simulateRejections
      ? entryLuck(this.#settings.seed, request.clientOrderId).refusal
      : null;
    return luck === null ? undefined : { code: 'simulated_rejection', text: luck };
  }

  /** Cancels an order and with it every live member of its group. Nothing happens to an order that has ended or was never sent. */
  cancel(clientOrderId: string, at: EpochMs): readonly ExchangeEvent[] {
    const order = this.#book.find(clientOrderId);
    if (order === undefined || !isLive(order)) return NOTHING;
    const events: ExchangeEvent[] = [];
    this.#execution.endGroup(order, 'canceled', at, events);
    return events;
  }

  /** Replaces a live stop by one at `newStop` under the id `as`; the old one works until then, the new one from the next bar. */
  replaceStop(clientOrderId: string, newStop: Price, as: string, at: EpochMs): readonly ExchangeEvent[] {
    const old = this.#book.find(clientOrderId);
    if (old === undefined) throw notFound(clientOrderId);
    if (old.type !== 'stop' || old.triggered || !isLive(old)) {
      const text = `expected a live stop, was ${old.type} ${old.status}`;
      return [exchangeEvent('rejected', { ...old, clientOrderId: as }, at, { code: 'not_replaceable', text })];
    }
    return this.replace(clientOrderId, { stopPrice: newStop }, as, at);
  }

  /** Replaces a live order by one with other levels or another quantity (that of what is left, when not said) under the id `as`. */
  replace(clientOrderId: string, changes: OrderChanges, as: string, at: EpochMs): readonly ExchangeEvent[] {
    const old = this.#book.find(clientOrderId);
    if (old === undefined) throw notFound(clientOrderId);
    const text =
      this.#book.find(as) === undefined
        ? replaceProblem(old, changes)
        : `expected a new id for the successor, was ${as} again`;
    if (text !== undefined)
      return [exchangeEvent('rejected', { ...old, clientOrderId: as }, at, { code: 'not_replaceable', text })];
    const successor = successorOf(old, changes, as, at);
    old.status = 'replaced';
    old.replacedBy = as;
    this.#book.retire(old);
    this.#book.add(successor);
    return [exchangeEvent('replaced', old, at), exchangeEvent('accepted', successor, at)];
  }

  /** A bar begins: gaps decide resting orders, then market orders fill, then the open decides the legs that they armed. */
  onOpen(symbol: string, at: EpochMs, open: number, volume?: number): readonly ExchangeEvent[] {
    const book = this.#book.working(symbol);
    if (book === undefined || this.#halted.has(symbol)) return NOTHING;
    if (!(open > 0))
      throw new BellwetherError('invalid', 'bars/bad-row', `expected an open of ${symbol} above 0, was ${open}`);
    const { limitFill } = this.#settings;
    if (!isAnyDue(book.orders, at, open, limitFill)) return NOTHING;
    this.#meter(book, at, volume);
    const price = priceFromNumber(open);
    const events: ExchangeEvent[] = [];
    // What chance leaves of an entry waits for a bar that begins later.
    const moment: FillMoment = { at, legsFrom: at, restFrom: at + 1 };
    this.#fillAll(reachedAtOpen(book.orders, at, open, limitFill), price, moment, book, events);
    this.#fillAll(dueAtOpen(book.orders, at), price, moment, book, events);
    this.#fillAll(reachedAtOpen(book.orders, at, open, limitFill), price, moment, book, events);
    return events;
  }

  /** What happened inside a bar whose open has been told. Throws `bars/bad-row` on an incoherent bar of a symbol with orders. */
  onBar(symbol: string, bar: Bar): readonly ExchangeEvent[] {
    const book = this.#book.working(symbol);
    if (book === undefined || this.#halted.has(symbol)) return NOTHING;
    checkBar(symbol, bar);
    const { limitFill } = this.#settings;
    if (!isAnyReached(book.orders, bar, limitFill)) return NOTHING;
    this.#meter(book, bar.start, bar.volume);
    const events: ExchangeEvent[] = [];
    // An order sent at this bar's first instant, after its open was told, has still to meet that open.
    const late = reachedAtOpen(book.orders, bar.start, bar.open, limitFill);
    const atOpen: FillMoment = { at: bar.end, legsFrom: bar.start, restFrom: bar.end };
    if (late.length > 0) this.#fillAll(late, priceFromNumber(bar.open), atOpen, book, events);
    const inside: FillMoment = { at: bar.end, legsFrom: bar.end, restFrom: bar.end };
    for (const order of reachedInside(book.orders, bar, this.#settings)) {
      if (!isLive(order)) continue;
      const level = levelOf(order);
      this.#execution.fill(order, level, inside, book, events);
      if (order.role === 'entry') this.#stopOutInside(order, level, bar, inside, book, events);
    }
    return events;
  }

  /**
   * The market stands at `bid` and `ask`: market orders, limits that it meets and stops that it has reached fill at the far side.
   * With `groupId` only that group is tried: an order that was sent while the quote stood.
   */
  onQuote(symbol: string, at: EpochMs, bid: number, ask: number, groupId?: string): readonly ExchangeEvent[] {
    const book = this.#book.working(symbol);
    if (book === undefined || this.#halted.has(symbol)) return NOTHING;
    if (!(bid > 0 && ask >= bid && Number.isFinite(ask)))
      throw new BellwetherError('invalid', 'bars/bad-row', `expected a quote of ${symbol}, was ${bid} / ${ask}`);
    const events: ExchangeEvent[] = [];
    const moment: FillMoment = { at, legsFrom: at, restFrom: at };
    for (const order of reachedByQuote(book.orders, at, bid, ask)) {
      if (groupId !== undefined && order.groupId !== groupId) continue;
      this.#execution.fill(order, priceFromNumber(order.side === 'buy' ? ask : bid), moment, book, events);
    }
    return events;
  }

  #fillAll(
    orders: readonly LiveOrder[],
    price: Price,
    moment: FillMoment,
    book: SymbolBook,
    events: ExchangeEvent[],
  ): void {
    for (const order of orders) this.#execution.fill(order, price, moment, book, events);
  }

  /** Entered inside the bar: its stop can be hit in what is left of it, its target cannot. */
  #stopOutInside(
    entry: LiveOrder,
    entered: Price,
    bar: Bar,
    inside: FillMoment,
    book: SymbolBook,
    events: ExchangeEvent[],
  ): void {
    const stop = this.#book.siblings(entry).find((leg) => leg.role === 'stop_leg' && leg.status === 'working');
    if (stop === undefined || !isReached(stop, extremeFor(stop, bar), this.#settings.limitFill)) return;
    const level = levelOf(stop);
    const alreadyBeyond = stop.side === 'sell' ? entered < level : entered > level;
    this.#execution.fill(stop, alreadyBeyond ? entered : level, inside, book, events);
  }

  /** The session closes: `day` orders and their groups expire, save those sent for the next session. */
  onSessionEnd(symbol: string, at: EpochMs): readonly ExchangeEvent[] {
    if (!this.#book.hasWork(symbol)) return NOTHING;
    const events: ExchangeEvent[] = [];
    for (const order of [...this.#book.live(symbol)]) {
      if (isLive(order) && order.timeInForce === 'day' && order.submittedAt < at)
        this.#execution.endGroup(order, 'expired', at, events);
    }
    return events;
  }

  /** No fills while a symbol is halted; its orders rest. */
  setHalted(symbol: string, halted: boolean): void {
    if (halted) this.#halted.add(symbol);
    else this.#halted.delete(symbol);
  }

  /**
   * Compares equity with what the positions require (25 % long, 30 % short) and sets or lifts the margin call. With
   * `forceLiquidation` a call cancels every order and closes every position at its next open.
   */
  assessMargin(marks: Marks, at: EpochMs): readonly ExchangeEvent[] {
    this.#marginCalled = this.equity(marks) < this.#ledger.maintenance(marks);
    if (!this.#marginCalled || !this.#settings.forceLiquidation) return NOTHING;
    const events: ExchangeEvent[] = [];
    for (const { symbol, quantity } of this.positions()) {
      const live = [...this.#book.live(symbol)];
      if (live.some((order) => order.clientOrderId.startsWith('liquidation-'))) continue;
      for (const order of live) if (isLive(order)) this.#execution.endGroup(order, 'canceled', at, events);
      this.#liquidations += 1;
      const close: OrderRequest = {
        clientOrderId: `liquidation-${symbol}-${this.#liquidations}`,
        symbol,
        side: quantity > 0n ? 'sell' : 'buy',
        type: 'market',
        quantity: (quantity > 0n ? quantity : -quantity) as Quantity,
        limitPrice: null,
        stopPrice: null,
        timeInForce: 'gtc',
        takeProfit: null,
        stopLoss: null,
        oco: false,
      };
      events.push(...this.submit(close, at));
    }
    return events;
  }

  /** On the ex-date, before its open: shares × numerator ÷ denominator, levels the other way. Never for series already adjusted. */
  applySplit(symbol: string, numerator: bigint, denominator: bigint): void {
    if (numerator <= 0n || denominator <= 0n) throw badSetting('a split above 0', `${numerator}/${denominator}`);
    this.#ledger.split(symbol, numerator, denominator);
    for (const order of this.#book.live(symbol)) {
      order.quantity = ((order.quantity * numerator) / denominator) as Quantity;
      order.filledQuantity = ((order.filledQuantity * numerator) / denominator) as Quantity;
      if (order.limitPrice !== null) order.limitPrice = ((order.limitPrice * denominator) / numerator) as Price;
      if (order.stopPrice !== null) order.stopPrice = ((order.stopPrice * denominator) / numerator) as Price;
    }
  }

  /** On the ex-date, before its open: credits a long, debits a short. Never for series already adjusted. */
  applyDividend(symbol: string, perShare: Price): void {
    this.#ledger.dividend(symbol, perShare);
  }

  /** The account's owner pays money in, or draws it out when it is negative. */
  transfer(amount: Money): void {
    this.#ledger.transfer(amount);
  }

  /** Returns everything that a later exchange with the same settings needs to go on, as plain JSON. */
  saveState(): ExchangeState {
    return {
      version: 1,
      ledger: this.#ledger.save(),
      orders: [...this.#book.all()].map(orderToState),
      volume: this.#book.saveVolume(),
      halted: [...this.#halted],
      marginCalled: this.#marginCalled,
      liquidations: this.#liquidations,
    };
  }

  /** Goes on from a saved state. Throws unless this exchange is fresh. */
  restoreState(state: ExchangeState): void {
    if (this.orders().length > 0)
      throw new BellwetherError('bug', 'order/bad-transition', 'expected a fresh exchange to restore into');
    this.#ledger.restore(state.ledger);
    for (const order of state.orders) this.#book.add(orderFromState(order));
    this.#book.restoreVolume(state.volume);
    for (const symbol of state.halted) this.#halted.add(symbol);
    this.#marginCalled = state.marginCalled;
    this.#liquidations = state.liquidations;
  }

  #meter(book: SymbolBook, barStart: EpochMs, volume: number | undefined): void {
    const share = this.#settings.volumeShare;
    if (share === null) return;
    if (volume === undefined) throw badSetting('the volume of the bar that opens, because volumeShare is set', volume);
    meterVolume(book, barStart, volume, share);
  }
}

interface Refusal {
  readonly code: RefusalCode;
  readonly text: string;
}

function notFound(clientOrderId: string): BellwetherError {
  return new BellwetherError(
    'conflict',
    'order/not-found',
    `expected an order ${clientOrderId} to replace, found none`,
  );
}

function badSetting(expected: string, found: unknown): BellwetherError {
  return new BellwetherError('invalid', 'config/invalid', `expected ${expected}, was ${found}`);
}
