import type { EpochMs, Money, Quantity } from '@bellwether/domain';
import { type ExchangeEvent, type ExchangeOrder, type ExchangePosition, SimulatedExchange } from '@bellwether/matching';
import type { AccountOrigin, MarketAnswer, TradeUpdate } from './account-changes.ts';
import { type AccountView, checkShares, checkTicket, heldForOrders, type LiveMember } from './account-rules.ts';
import { type AccountSettings, exchangeSettingsOf } from './account-settings.ts';
import { AccountTape } from './account-tape.ts';
import { buyingPowerOf, isRestricted } from './account-worth.ts';
import { Faults } from './faults.ts';
import { Holdings } from './holdings.ts';
import type { MarketStep } from './market-step.ts';
import { groupOf } from './order-group.ts';
import { type FillRecord, type OrderRecord, OrderRegistry } from './order-registry.ts';
import { readReplaceTicket, readTicket } from './order-ticket.ts';
import { firstPartDrawn } from './partial-fills.ts';
import { duplicateId, forbidden, missing, unprocessable } from './refusals.ts';
import { replacementOf } from './replacement.ts';
import type { NakedShareSeconds } from './truth.ts';
import { type Stamp, StampSource, uuidOf } from './wire-stamp.ts';

/**
 * One account at the broker: Alpaca's rules in front of the exchange, Alpaca's records behind it. Synchronous; every instant is
 * handed in (`wall`), and the same calls with the same seed leave the same account.
 *
 * Invariants: 1. a client's id names one order, for ever. 2. an order is in the registry exactly when the exchange holds it.
 * 3. an update is emitted once, in the order in which things happened.
 */
export class SandboxAccount {
  readonly keyId: string;
  readonly id: string;
  readonly settings: AccountSettings;
  readonly faults: Faults;
  readonly exchange: SimulatedExchange;
  readonly registry = new OrderRegistry();
  readonly tape = new AccountTape();
  readonly fills: FillRecord[] = [];
  readonly createdAt: EpochMs;
  streamSeq = 0;
  lastEquity: Money;
  /** Paid in less drawn out since `lastEquity`. */
  depositsToday = 0n as Money;
  readonly #idSeed: number;
  readonly #tell: (update: TradeUpdate) => void;
  readonly #stamps = new StampSource();
  readonly #stepAnswers = new Map<string, MarketAnswer>();
  readonly #holdings = new Holdings();
  #ids = 0;

  /** `tell` hears of every change as it happens. */
  constructor(keyId: string, settings: AccountSettings, origin: AccountOrigin, tell: (update: TradeUpdate) => void) {
    const { seed, idSeed, createdAt } = origin;
    this.keyId = keyId;
    this.id = uuidOf(`account|${keyId}`);
    this.settings = settings;
    this.createdAt = createdAt;
    this.#idSeed = idSeed;
    this.#tell = tell;
    this.faults = new Faults(seed, settings.faults);
    this.exchange = new SimulatedExchange(
      exchangeSettingsOf(settings, seed, {
        firstPart: (order) => firstPartDrawn(this.faults, seed, this.registry.find(order.clientOrderId)),
        bothLegsFill: () => this.faults.strikes('both_legs_fill'),
      }),
    );
    this.lastEquity = this.exchange.cash;
  }

  /** Whether nothing has happened yet, so that it may still be opened differently. */
  get isUntouched(): boolean {
    return this.registry.size === 0 && !this.tape.isDriven;
  }

  /** The market's time once it has been driven, else the wall's. */
  now(wall: EpochMs): EpochMs {
    return this.tape.now ?? wall;
  }

  /** What is sent before the market has begun is there when it begins, whenever that is. */
  get #exchangeNow(): EpochMs {
    return this.tape.now ?? 0;
  }

  /** Takes an order, or throws the `Refusal` that the broker would give. */
  submit(body: unknown, wall: EpochMs, isExternal = false): OrderRecord {
    const ticket = readTicket(body);
    const now = this.#advance(wall);
    const clientOrderId = ticket.clientOrderId ?? this.#nextId();
    if (this.registry.findByClientId(clientOrderId) !== undefined) throw duplicateId();
    const role = checkTicket(ticket, this.#view(ticket.symbol));
    if (role === 'exit' && !isExternal && this.faults.strikes('refuse_exits'))
      throw forbidden('order is not allowed at this time');
    const { request, records } = groupOf(ticket, clientOrderId, {
      nextId: () => this.#nextId(),
      at: this.#stamps.next(now),
      isExternal,
      waitsForOpen: this.tape.isClosed(ticket.symbol),
      hiddenUntil: isExternal ? 0 : wall + this.faults.duration('hidden_for_ms'),
    });
    const events = this.exchange.submit(request, this.#exchangeNow);
    const refused = events.find(({ kind }) => kind === 'rejected');
    if (refused !== undefined) throw unprocessable(refused.text ?? 'order is not allowed');
    for (const record of records) this.registry.add(record, true);
    this.#absorb(events, wall);
    this.#meetQuote(ticket.symbol, records[0].id, wall);
    return records[0];
  }

  /** Replaces an order; what it answers is the successor. Refused in states in which the broker cannot. */
  replace(id: string, body: unknown, wall: EpochMs): OrderRecord {
    const ticket = readReplaceTicket(body);
    const now = this.#advance(wall);
    const old = this.visible(id, wall);
    const order = this.exchange.find(id);
    const status = this.statusOf(old);
    if (order === undefined || !['new', 'held', 'partially_filled'].includes(status))
      throw unprocessable(`cannot replace order in ${status} status`);
    if (ticket.clientOrderId !== null && this.registry.findByClientId(ticket.clientOrderId) !== undefined)
      throw duplicateId();
    const isOriginal = order.filledQuantity > 0n && this.faults.strikes('partial_replace_recreates_original');
    const { changes, levels, growth } = replacementOf(ticket, old, order, isOriginal);
    if (growth > 0n && order.role === 'exit') checkShares(old.symbol, growth, this.#view(old.symbol));
    const at = this.#stamps.next(now);
    const successor: OrderRecord = {
      ...old,
      ...levels,
      id: this.#nextId(),
      clientOrderId: ticket.clientOrderId ?? this.#nextId(),
      submittedAt: at,
      updatedAt: at,
      replaces: old.id,
      legs: [...old.legs],
      fills: [],
      hiddenUntil: 0,
    };
    if (this.faults.strikes('replace_rejected')) return this.#rejectReplace(old, successor, at);
    const events = this.exchange.replace(id, changes, successor.id, this.#exchangeNow);
    if (events[0]?.kind === 'rejected')
      throw unprocessable(events[0].text ?? `cannot replace order in ${status} status`);
    old.replacedBy = successor.id;
    old.replacedAt = at;
    old.updatedAt = at;
    this.registry.retire(old);
    this.registry.add(successor, true);
    const parent = this.registry.find(old.groupId);
    for (const member of this.registry.group(old.groupId))
      member.legs = member.legs.map((leg) => (leg === old.id ? successor.id : leg));
    if (parent === old) old.legs = [];
    this.#emit('replaced', old, at);
    this.#emit('new', successor, at);
    this.#measure(old.symbol);
    this.#meetQuote(old.symbol, old.groupId, wall);
    return successor;
  }

  /** 200 is not yet replaced: the order stays as it is, and only the stream says so. */
  #rejectReplace(old: OrderRecord, successor: OrderRecord, at: Stamp): OrderRecord {
    const failed: OrderRecord = { ...successor, groupId: successor.id, legs: [], failedAt: at };
    this.registry.add(failed, false);
    this.#emit('order_replace_rejected', old, at);
    return failed;
  }

  /** Asks for a cancel. Throws 404 for an unknown order and 422 for one that has ended. */
  cancel(id: string, wall: EpochMs): void {
    const now = this.#advance(wall);
    const record = this.visible(id, wall);
    if (!this.registry.isLive(record)) throw unprocessable(`order is already in "${this.statusOf(record)}" state`);
    if (this.faults.strikes('stuck_pending_cancel')) {
      const wasPending = record.pending !== null;
      record.pending = 'pending_cancel';
      record.updatedAt = this.#stamps.next(now);
      if (!wasPending) this.#emit('pending_cancel', record, record.updatedAt);
      return;
    }
    this.#absorb(this.exchange.cancel(id, this.#exchangeNow), wall);
  }

  /** The user pays money in, or draws it out when it is negative. */
  transfer(amount: Money): void {
    this.exchange.transfer(amount);
    this.depositsToday = (this.depositsToday + amount) as Money;
  }

  /** Plays market steps; the same key again answers what it answered and changes nothing. */
  market(steps: readonly MarketStep[], stepKey: string | null, wall: EpochMs): MarketAnswer {
    const known = stepKey === null ? undefined : this.#stepAnswers.get(stepKey);
    if (known !== undefined) return known;
    let events = 0;
    for (const step of steps) events += this.#play(step, wall);
    const answer = { events, streamSeq: this.streamSeq };
    if (stepKey !== null) this.#stepAnswers.set(stepKey, answer);
    return answer;
  }

  #play(step: MarketStep, wall: EpochMs): number {
    const { symbol, at } = step;
    this.tape.note(step);
    this.#advance(wall);
    if (step.kind !== 'session_end') {
      this.exchange.setHalted(
        symbol,
        this.tape.isHalted(symbol) || (step.kind !== 'halt' && this.faults.strikes('halt')),
      );
      if (step.kind === 'halt') return 0;
      this.#open(symbol, at);
    }
    const events: ExchangeEvent[] = [];
    if (step.kind === 'open') events.push(...this.exchange.onOpen(symbol, at, step.open, step.volume));
    else if (step.kind === 'quote') events.push(...this.exchange.onQuote(symbol, at, step.bid, step.ask));
    else if (step.kind === 'session_end') events.push(...this.exchange.onSessionEnd(symbol, at));
    else {
      const { bar } = step;
      // A driver that tells whole bars only: what waits for an open meets this one's.
      if (!this.tape.hasOpened(symbol, bar.start))
        events.push(...this.exchange.onOpen(symbol, bar.start, bar.open, bar.volume));
      events.push(...this.exchange.onBar(symbol, bar));
    }
    this.#absorb(events, wall);
    if (step.kind === 'session_end') {
      this.lastEquity = this.equity();
      this.depositsToday = 0n as Money;
    }
    return events.length;
  }

  /** The market trades again: what was sent while it was closed is working. */
  #open(symbol: string, at: EpochMs): void {
    for (const record of this.registry.liveIn(symbol)) {
      if (!record.waitsForOpen) continue;
      record.waitsForOpen = false;
      record.updatedAt = this.#stamps.next(at);
      if (!record.isLeg) this.#emit('new', record, record.updatedAt);
    }
  }

  #meetQuote(symbol: string, groupId: string, wall: EpochMs): void {
    const quote = this.tape.standingQuote(symbol);
    if (quote === undefined) return;
    this.#absorb(this.exchange.onQuote(symbol, this.#exchangeNow, quote.bid, quote.ask, groupId), wall);
  }

  /** Books what the exchange says and tells it. */
  #absorb(events: readonly ExchangeEvent[], wall: EpochMs): void {
    const targetsFilled = new Set<string>();
    for (const event of events) {
      const record = this.registry.find(event.clientOrderId);
      if (record === undefined) continue;
      const at = this.#stamps.next(this.tape.isDriven ? event.at : wall);
      record.updatedAt = at;
      const { order, kind } = event;
      if (kind === 'accepted') {
        if (!record.isLeg) this.#emit(record.waitsForOpen ? 'accepted' : 'new', record, at);
        continue;
      }
      if (event.fill !== undefined) {
        this.#fill(record, order, event.fill, at);
        if (kind === 'filled' && order.type === 'limit' && order.role !== 'entry') targetsFilled.add(order.groupId);
        continue;
      }
      this.registry.retire(record);
      record.pending = null;
      if (kind === 'canceled') record.canceledAt = at;
      if (kind === 'expired') record.expiredAt = at;
      const isUntold =
        order.role === 'stop_leg' &&
        targetsFilled.has(order.groupId) &&
        this.faults.strikes('missing_stop_cancel_event');
      if (!isUntold) this.#emit(kind, record, at);
    }
    for (const symbol of new Set(events.map(({ order }) => order.symbol))) this.#measure(symbol);
    if (events.some(({ fill }) => fill !== undefined)) this.#holdings.remember(wall, this.exchange.positions());
  }

  #fill(record: OrderRecord, order: ExchangeOrder, fill: NonNullable<ExchangeEvent['fill']>, at: Stamp): void {
    this.#holdings.book(fill, record.isExternal);
    const told: FillRecord = {
      executionId: uuidOf(`${this.keyId}|${this.#idSeed}|${fill.fillId}`),
      orderId: record.id,
      symbol: fill.symbol,
      side: fill.side,
      quantity: fill.quantity,
      price: fill.price,
      commission: fill.commission,
      at,
      cumulative: order.filledQuantity,
      leaves: (order.quantity - order.filledQuantity) as Quantity,
    };
    record.fills.push(told);
    this.fills.push(told);
    const isDone = order.status === 'filled';
    if (isDone) {
      record.filledAt = at;
      record.pending = null;
      this.registry.retire(record);
    }
    this.#emit(isDone ? 'fill' : 'partial_fill', record, at, told);
    if (!isDone || order.role !== 'entry') return;
    for (const leg of record.legs.map((id) => this.registry.find(id)))
      if (leg !== undefined && this.statusOf(leg) === 'new') this.#emit('new', leg, at);
  }

  /** The order, unless it is still hidden. Throws 404. */
  visible(id: string, wall: EpochMs): OrderRecord {
    const record = this.registry.find(id);
    if (record === undefined || record.hiddenUntil > wall) throw missing(`order not found for ${id}`);
    return record;
  }

  /** The order's state in the broker's words: a stop behind a live target is `held`, whether or not it is armed. */
  statusOf(record: OrderRecord): string {
    if (record.failedAt !== null) return 'rejected';
    const order = this.exchange.find(record.id);
    if (order === undefined) return 'rejected';
    if (order.status !== 'working')
      return record.pending !== null && order.status === 'partially_filled' ? record.pending : order.status;
    if (record.pending !== null) return record.pending;
    if (order.type === 'stop' && order.role === 'stop_leg' && !order.triggered && this.#hasLiveTarget(record))
      return 'held';
    return record.waitsForOpen ? 'accepted' : 'new';
  }

  #hasLiveTarget(record: OrderRecord): boolean {
    return this.registry
      .group(record.groupId)
      .some(
        (other) =>
          other !== record && other.type === 'limit' && other.side === record.side && this.registry.isLive(other),
      );
  }

  liveIn(symbol: string): readonly LiveMember[] {
    return [...this.registry.liveIn(symbol)].map((record) => ({
      record,
      order: this.exchange.find(record.id) as ExchangeOrder,
    }));
  }

  equity(): Money {
    return this.exchange.equity(this.tape.marks);
  }

  buyingPower(): Money {
    return buyingPowerOf(this.exchange, this.tape, this.registry.live());
  }

  get isRestricted(): boolean {
    return isRestricted(this.exchange, this.tape);
  }

  /** The positions as the positions endpoint knows them, which may be some time ago. */
  positionsAsOf(wall: EpochMs): readonly ExchangePosition[] {
    const lag = this.faults.duration('positions_lag_ms');
    if (lag === 0) return this.exchange.positions();
    return this.#holdings.positionsAt(wall - lag);
  }

  available({ symbol, quantity }: ExchangePosition): Quantity {
    const held = heldForOrders(this.liveIn(symbol));
    return (quantity > 0n ? quantity - held : quantity + held) as Quantity;
  }

  report(wall: EpochMs): Readonly<Record<string, NakedShareSeconds>> {
    this.#advance(wall);
    return this.#holdings.meter.report();
  }

  #view(symbol: string): AccountView {
    const { settings, tape } = this;
    return {
      switches: settings.switches ?? {},
      asset: settings.assets?.[symbol] ?? {},
      held: this.exchange.position(symbol).quantity,
      live: this.liveIn(symbol),
      ...tape.pricesOf(symbol),
      buyingPower: () => this.buyingPower(),
      isRestricted: this.isRestricted,
    };
  }

  /** Counts the time until now and says what now is. */
  #advance(wall: EpochMs): EpochMs {
    const now = this.now(wall);
    this.#holdings.meter.advance(now, wall);
    return now;
  }

  #measure(symbol: string): void {
    this.#holdings.measure(
      symbol,
      this.liveIn(symbol).map(({ order }) => order),
    );
  }

  #emit(event: string, order: OrderRecord, at: Stamp, fill: FillRecord | null = null): void {
    this.streamSeq += 1;
    const executionId = fill?.executionId ?? uuidOf(`${this.keyId}|${this.#idSeed}|event|${this.streamSeq}`);
    const positionQuantity = this.#holdings.net(order.symbol);
    this.#tell({ event, order, at, executionId, fill, positionQuantity });
  }

  #nextId(): string {
    this.#ids += 1;
    return uuidOf(`${this.keyId}|${this.#idSeed}|${this.#ids}`);
  }
}
