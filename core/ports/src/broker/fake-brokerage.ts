import type { EpochMs, Money, OrderRequest, Price, Quantity } from '@bellwether/domain';
import type {
  BrokerAccount,
  BrokerFill,
  BrokerOrder,
  BrokerOrderId,
  BrokerOrderStatus,
  BrokerPosition,
  CancelOutcome,
  OrderQuery,
  SubmitOutcome,
} from './broker.ts';
import { FakeExecution } from './fake-execution.ts';
import type { FakeHabits, Span } from './fake-faults.ts';
import {
  type FakeEvent,
  type FakeGroup,
  type FakeOrder,
  isArmed,
  isOver,
  memberOf,
  remainingOf,
  reportOf,
} from './fake-order.ts';
import { FakeOrderBook, type Luck } from './fake-order-book.ts';
import { coveredShares, refusalOf, refuse } from './fake-refusals.ts';
import { FakeTruth } from './fake-truth.ts';

export interface FakeBrokerageSettings {
  readonly cash: Money;
  /** Buying power is this many times equity, less what is held and what entries reserve. */
  readonly marginMultiplier: bigint;
  readonly habits: FakeHabits;
  readonly chance: () => number;
  readonly at: EpochMs;
}

interface Timer {
  readonly at: EpochMs;
  readonly run: () => void;
}

const BAD_ORDER = '42210000';
const nobodyListens = (): void => undefined;

/**
 * requests, prices ─▶ orders and groups ─▶ fills ─▶ netted account, events, truth
 *
 * One account at a broker that behaves as Alpaca is documented and reported (trading-rules §3, §14), in virtual time: synchronous, its clock is
 * `advance`, its luck is seeded. It keeps its own truth, so that a test need not believe what the tested part says.
 *
 * Invariants: 1. a client order id is used once, for ever. 2. the net is the sum of the fills. 3. no order that it took carries the net through zero
 * by its own size; what two orders do together is theirs to answer for.
 */
export class FakeBrokerage {
  habits: FakeHabits;
  readonly truth = new FakeTruth();
  readonly fills: BrokerFill[] = [];
  /** Hears of everything at once; what a stream loses on the way is not the broker's business. */
  onEvent: (event: FakeEvent) => void = nobodyListens;
  readonly #settings: FakeBrokerageSettings;
  readonly #execution: FakeExecution;
  #deposits = 0n as Money;
  readonly #book = new FakeOrderBook();
  #now: EpochMs;
  #timers: Timer[] = [];

  constructor(settings: FakeBrokerageSettings) {
    this.#settings = settings;
    this.habits = settings.habits;
    this.#now = settings.at;
    this.#execution = new FakeExecution(settings.cash, {
      now: () => this.#now,
      chance: settings.chance,
      habits: () => this.habits,
      span: (span) => this.#span(span),
      live: (symbol) => this.live(symbol),
      setStatus: (order, status) => this.#setStatus(order, status),
      filled: (order, fill) => this.#filled(order, fill),
      later: (ms, run) => this.#later(ms, run),
    });
  }

  get orders(): readonly FakeOrder[] {
    return this.#book.orders;
  }

  get now(): EpochMs {
    return this.#now;
  }

  /** When something happens at the broker by itself; null when nothing is under way. */
  get nextTimerAt(): EpochMs | null {
    let next: EpochMs | null = null;
    for (const { at } of this.#timers) if (next === null || at < next) next = at;
    return next;
  }

  /** Lets what is due until `now` happen, in order. */
  advance(now: EpochMs): void {
    for (;;) {
      let due: Timer | undefined;
      for (const timer of this.#timers) if (timer.at <= now && (due === undefined || timer.at < due.at)) due = timer;
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = Math.max(this.#now, now);
  }

  /** `depth`: shares that trade at this price, all orders together; without it as many as are asked for. */
  quote(symbol: string, bid: Price, ask: Price, depth?: Quantity): void {
    this.#execution.quote(symbol, bid, ask, depth ?? null);
    this.#matched(symbol);
  }

  /** Plays a bar as open, low, high. `thin`: what is reached first fills in part, and nothing else does. */
  bar(symbol: string, open: Price, high: Price, low: Price, thin: boolean): void {
    const depth = thin ? (4_000_000_000n as Quantity) : null;
    this.#execution.quote(symbol, open, open, depth);
    this.#matched(symbol);
    for (const price of [low, high]) {
      this.#execution.quote(symbol, price, price, thin ? this.#execution.depthLeft(symbol) : null);
      this.#matched(symbol);
    }
    this.#execution.quote(symbol, high, high, null);
  }

  halt(symbol: string, halted: boolean): void {
    this.#execution.halt(symbol, halted);
    if (!halted) this.#matched(symbol);
  }

  openSession(): void {
    this.#execution.isOpen = true;
    for (const symbol of this.#book.symbols()) this.#matched(symbol);
  }

  /** `day` orders end here; the others rest until the next session. */
  closeSession(): void {
    this.#execution.isOpen = false;
    for (const symbol of this.#book.symbols())
      for (const order of this.live(symbol)) if (order.timeInForce === 'day') this.#end(order, 'expired');
  }

  /** Orders of a symbol that are not over, oldest first, legs with them. */
  live(symbol: string): FakeOrder[] {
    return [...this.#book.live(symbol)];
  }

  mark(symbol: string): Price | null {
    return this.#execution.mark(symbol);
  }

  post(request: OrderRequest, by: 'api' | 'user' = 'api'): SubmitOutcome {
    if (this.#book.has(request.clientOrderId)) return { kind: 'duplicate' };
    const { symbol } = request;
    const net = this.truth.net(symbol);
    const refused = refusalOf(request, {
      net,
      live: this.live(symbol),
      mark: this.mark(symbol),
      buyingPower: this.habits.checksBuyingPower ? this.account().buyingPower : null,
    });
    if (refused !== undefined) return refused;
    const exits = request.oco || (request.side === 'sell' ? net > 0n : net < 0n);
    if (by === 'api' && exits && this.#settings.chance() < this.habits.refuseExitRate)
      return refuse('40310000', 'exit refused for no reason that the broker tells');
    const order = this.#book.take(request, by, this.#luck);
    this.#cover(symbol);
    this.#tell('accepted', order);
    if (this.habits.fillDelayMs !== null) this.#later(this.#span(this.habits.fillDelayMs), () => this.#matched(symbol));
    return { kind: 'accepted', order: reportOf(order) };
  }

  /** The user trades by hand in the broker's own app. */
  external(request: Omit<OrderRequest, 'clientOrderId'>): SubmitOutcome {
    return this.post({ ...request, clientOrderId: `app-${this.orders.length + 1}` }, 'user');
  }

  /** Asks for the end of an order and of its group. Asked again, a cancel that hangs may come through. */
  cancel(id: BrokerOrderId): CancelOutcome {
    const order = this.#book.get(id);
    if (order === undefined) return 'unknown';
    if (isOver(order)) return 'already_terminal';
    const { stuckCancelRate, stuckCancelMs, cancelDelayMs } = this.habits;
    const sticks = this.#settings.chance() < stuckCancelRate;
    const ms = this.#span(sticks ? stuckCancelMs : cancelDelayMs);
    for (const member of order.group.members) {
      if (isOver(member)) continue;
      // Legs of an entry that still works stay held until it ends.
      if (member.status !== 'held' || isArmed(member)) member.status = 'pending_cancel';
      member.cancelAt = Math.min(member.cancelAt ?? Number.POSITIVE_INFINITY, this.#now + ms);
    }
    this.#cover(order.symbol);
    if (ms === 0) this.#finishCancel(order);
    else {
      this.#tell('other', order);
      this.#later(ms, () => this.#finishCancel(order));
    }
    return 'requested';
  }

  /** Moves a stop: answers with a new order at once; the old one works until the new one does. */
  replace(id: BrokerOrderId, stopPrice: Price, as: string): SubmitOutcome {
    const order = this.#book.get(id);
    if (order === undefined) return refuse('40410000', `order not found for ${id}`);
    if (this.#book.has(as)) return { kind: 'duplicate' };
    if (isOver(order) || order.status === 'pending_cancel' || order.status === 'pending_replace')
      return refuse(BAD_ORDER, `order is not open: ${order.status}`);
    if (order.triggered) return refuse(BAD_ORDER, 'order has been triggered');
    if (order.filled > 0n && !this.habits.recreatesPartial) return refuse(BAD_ORDER, 'order is partially filled');
    if (!isArmed(order)) return refuse(BAD_ORDER, `order cannot be replaced while ${order.status}`);
    const mark = this.mark(order.symbol);
    if (mark !== null && (order.side === 'sell' ? stopPrice >= mark : stopPrice <= mark))
      return refuse(BAD_ORDER, 'stop price would trigger at once');
    const was = order.status;
    const successor = this.#book.add({
      luck: this.#luck,
      request: { ...fieldsOf(order), clientOrderId: as, stopPrice },
      by: order.by,
      part: order.part,
      // A successor joins the group of the leg it follows; a plain order stands alone.
      group: order.part === 'plain' ? { kind: 'simple', members: [] } : order.group,
      status: was,
    });
    successor.waitsFor = order;
    order.replacedBy = successor;
    order.status = 'pending_replace';
    const ms = this.#span(this.habits.replaceDelayMs);
    if (ms === 0) this.#finishReplace(order, successor, was);
    else this.#later(ms, () => this.#finishReplace(order, successor, was));
    return { kind: 'accepted', order: reportOf(successor) };
  }

  find(clientOrderId: string): BrokerOrder | undefined {
    return this.#book.find(clientOrderId, this.#now);
  }

  findById(id: BrokerOrderId): BrokerOrder | undefined {
    return this.#book.findById(id, this.#now);
  }

  list(query: OrderQuery): readonly BrokerOrder[] {
    return this.#book.list(query, this.#now);
  }

  fillsSince(since: EpochMs): readonly BrokerFill[] {
    return this.fills.filter((fill) => fill.at.epochMilliseconds >= since);
  }

  /** Positions as they were up to `positionsLagMs` ago. */
  positions(): readonly BrokerPosition[] {
    const lag = this.#span([0, this.habits.positionsLagMs]);
    return this.#execution.positionsAt(this.#now - lag);
  }

  /** Money is paid in, or drawn out when negative. */
  transfer(amount: Money): void {
    this.#execution.cash = (this.#execution.cash + amount) as Money;
    this.#deposits = (this.#deposits + amount) as Money;
  }

  account(): BrokerAccount {
    const { cash } = this.#execution;
    const { held, equity } = this.#execution.worth();
    let reserved = 0n;
    for (const symbol of this.#book.symbols())
      for (const order of this.#book.live(symbol))
        if (order.part === 'entry' || (order.part === 'plain' && order.by === 'user'))
          reserved += ((order.limitPrice ?? this.mark(order.symbol) ?? 0n) * remainingOf(order)) / 1_000_000_000_000n;
    const buyingPower = equity * this.#settings.marginMultiplier - held - reserved;
    return {
      brokerAccountId: 'fake',
      equity: equity as Money,
      lastEquity: this.#settings.cash,
      netDepositsToday: this.#deposits,
      cash,
      buyingPower: (buyingPower > 0n ? buyingPower : 0n) as Money,
      closingOnly: false,
      blocked: false,
    };
  }

  get #luck(): Luck {
    return { at: this.#now, chance: this.#settings.chance, habits: this.habits };
  }

  #finishCancel(order: FakeOrder): void {
    // An entry that filled while its cancel was under way has armed its legs: the cancel came too late.
    if (isOver(order) || order.cancelAt === null) return;
    for (const member of order.group.members) if (!isOver(member)) this.#end(member, 'canceled');
  }

  #finishReplace(old: FakeOrder, successor: FakeOrder, was: BrokerOrderStatus): void {
    if (isOver(successor)) return;
    successor.waitsFor = null;
    if (isOver(old) || old.triggered || this.#settings.chance() < this.habits.refuseReplaceRate) {
      old.replacedBy = null;
      if (!isOver(old)) this.#setStatus(old, was);
      return this.#end(successor, 'rejected');
    }
    successor.quantity = this.habits.recreatesPartial ? old.quantity : remainingOf(old);
    this.#end(old, 'replaced');
  }

  /** A fill changes the rest of its group: legs arm, stops shrink, siblings end. */
  #filled(order: FakeOrder, fill: BrokerFill): void {
    const { symbol, group, part } = order;
    const signed = order.side === 'buy' ? fill.quantity : -fill.quantity;
    this.fills.push(fill);
    this.truth.book(symbol, signed, order.by, this.#now);
    const complete = remainingOf(order) === 0n;
    if (complete) this.#book.leave(order, 'filled');
    else if (order.status !== 'pending_cancel') order.status = 'partially_filled';
    if (part === 'entry' && complete) this.#arm(group);
    if (part === 'target') this.#targetFilled(order, complete);
    this.#cover(symbol);
    this.#tell(complete ? 'filled' : 'partially_filled', order, fill);
    if (part === 'stop') {
      const target = memberOf(order, 'target');
      if (target !== undefined) this.#end(target, 'canceled');
    }
    const late = group.members.find((member) => member.waitsFor === order);
    if (late !== undefined && complete) this.#end(late, 'rejected');
  }

  #arm(group: FakeGroup): void {
    for (const leg of group.members) {
      if (isOver(leg) || leg.status === 'filled') continue;
      leg.cancelAt = null;
      leg.status = leg.part === 'stop' && group.kind === 'bracket' ? 'held' : 'working';
    }
  }

  #targetFilled(target: FakeOrder, complete: boolean): void {
    const stop = memberOf(target, 'stop');
    if (stop === undefined) return;
    if (!complete) {
      stop.quantity = (remainingOf(target) + stop.filled) as Quantity;
      return;
    }
    if (this.#settings.chance() < this.habits.bothLegsFillRate) {
      stop.triggered = true;
      stop.quantity = target.quantity;
      return this.#later(0, () => this.#matched(target.symbol));
    }
    const isTold = this.#settings.chance() >= this.habits.missingStopCancelRate;
    for (const member of target.group.members)
      if (member.part === 'stop' && !isOver(member)) this.#end(member, 'canceled', isTold);
  }

  #end(order: FakeOrder, status: 'canceled' | 'expired' | 'rejected' | 'replaced', isTold = true): void {
    this.#book.leave(order, status);
    // The legs of an entry that ends incomplete never arm.
    if (order.part === 'entry') for (const leg of order.group.members) if (!isOver(leg)) this.#end(leg, 'canceled');
    this.#cover(order.symbol);
    if (isTold) this.#tell(status, order);
  }

  #setStatus(order: FakeOrder, status: BrokerOrderStatus): void {
    order.status = status;
    this.#cover(order.symbol);
    this.#tell('other', order);
  }

  #matched(symbol: string): void {
    this.#execution.match(symbol);
  }

  #cover(symbol: string): void {
    const net = this.truth.net(symbol);
    this.truth.cover(symbol, coveredShares(this.#book.live(symbol), net), this.#now);
  }

  #tell(kind: FakeEvent['kind'], order: FakeOrder, fill: BrokerFill | null = null): void {
    this.onEvent({ kind, at: this.#now, order: reportOf(order), fill });
  }

  #later(ms: number, run: () => void): void {
    this.#timers.push({ at: this.#now + ms, run });
  }

  #span([from, to]: Span): number {
    return to === from ? from : Math.round(from + (to - from) * this.#settings.chance());
  }
}

function fieldsOf(order: FakeOrder): Omit<OrderRequest, 'takeProfit' | 'stopLoss' | 'oco' | 'clientOrderId'> {
  const { symbol, side, type, limitPrice, stopPrice, timeInForce } = order;
  return { symbol, side, type, quantity: remainingOf(order), limitPrice, stopPrice, timeInForce };
}
