import {
  type Bar,
  type EpochMs,
  type Fill,
  isTerminal,
  NO_MONEY,
  type Price,
  priceFromNumber,
} from '@bellwether/domain';
import { type ExchangeEvent, type ExchangeOrder, type ExchangeSettings, SimulatedExchange } from '@bellwether/matching';
import {
  type ApprovedOrder,
  BROKER_PROFILES,
  type Broker,
  type BrokerAccount,
  type BrokerCapabilities,
  type BrokerEvent,
  type BrokerFill,
  type BrokerOrder,
  type BrokerOrderId,
  type BrokerPosition,
  type BrokerProfile,
  type Clock,
  type OrderQuery,
  type SubmitOutcome,
} from '@bellwether/ports';
import { EventStream } from './event-stream.ts';
import { profileRefusal } from './profile-refusal.ts';
import { fillFromState, fillToState, type SimulatedAccountState } from './simulated-state.ts';
import { brokerOrderIdOf, clientOrderIdOf, toBrokerEvent, toBrokerFill, toBrokerOrder } from './simulated-translate.ts';

export interface SimulatedBrokerOptions {
  /** The name of the account; it stays the same when another process takes over. */
  readonly brokerAccountId: string;
  readonly settings: ExchangeSettings;
  readonly profile: BrokerProfile;
  readonly clock: Clock;
  /** Keeps the account. An answer is given, and an event told, only after it has been kept. */
  save(state: SimulatedAccountState): Promise<void>;
  /** What was kept last, to go on from. */
  readonly saved?: SimulatedAccountState;
}

/**
 * One simulated account behind the broker port: orders and bars → exchange → saved → answers and events.
 *
 * Invariants: 1. one change at a time, in the order asked for. 2. nobody hears of a change that is not saved; when saving fails the
 * change has happened all the same, the order is `unknown`, and the next save carries it.
 */
export class SimulatedBroker implements Broker {
  readonly capabilities: BrokerCapabilities;
  readonly #brokerAccountId: string;
  readonly #exchange: SimulatedExchange;
  readonly #clock: Clock;
  readonly #save: (state: SimulatedAccountState) => Promise<void>;
  readonly #fills: Fill[];
  readonly #marks = new Map<string, Price>();
  readonly #stream: EventStream<BrokerEvent>;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: SimulatedBrokerOptions) {
    this.capabilities = BROKER_PROFILES[options.profile];
    this.#brokerAccountId = options.brokerAccountId;
    this.#exchange = new SimulatedExchange({
      ...options.settings,
      stopFromFirstFill: this.capabilities.stopFromFirstFill,
    });
    this.#clock = options.clock;
    this.#stream = new EventStream(() => ({ kind: 'connected', at: this.#clock.now() }));
    this.#save = (state) => options.save(state);
    this.#fills = (options.saved?.fills ?? []).map(fillFromState);
    if (options.saved === undefined) return;
    this.#exchange.restoreState(options.saved.exchange);
    for (const { symbol, price } of options.saved.marks) this.#marks.set(symbol, BigInt(price) as Price);
  }

  submit(order: ApprovedOrder): Promise<SubmitOutcome> {
    return this.#oneAtATime(async () => {
      if (this.#exchange.find(order.clientOrderId) !== undefined) return { kind: 'duplicate' };
      const live = this.#exchange.orders().filter((other) => other.symbol === order.symbol && !isOver(other));
      const isHeld = this.#exchange.position(order.symbol).quantity !== 0n;
      const mark = this.#marks.get(order.symbol) ?? null;
      const refusal = profileRefusal(order, this.capabilities, { isHeld, live, mark });
      if (refusal !== undefined) return { kind: 'refused', scope: 'order', ...refusal };
      return this.#outcomeOf(this.#exchange.submit(order, this.#now()), order.clientOrderId);
    });
  }

  replace(id: BrokerOrderId, prices: { readonly stopPrice: Price }, as: string): Promise<SubmitOutcome> {
    return this.#oneAtATime(async () => {
      const clientOrderId = clientOrderIdOf(id);
      if (clientOrderId === undefined || this.#exchange.find(clientOrderId) === undefined) {
        const text = `expected an order ${id} to replace, found none`;
        return { kind: 'refused', code: 'order_not_found', text, scope: 'order' };
      }
      if (this.#exchange.find(as) !== undefined) return { kind: 'duplicate' };
      return this.#outcomeOf(this.#exchange.replaceStop(clientOrderId, prices.stopPrice, as, this.#now()), as);
    });
  }

  cancel(id: BrokerOrderId): Promise<'requested' | 'already_terminal' | 'unknown'> {
    return this.#oneAtATime(async () => {
      const order = this.#exchange.find(clientOrderIdOf(id) ?? '');
      if (order === undefined) return 'unknown';
      if (isOver(order)) return 'already_terminal';
      await this.#keep(this.#exchange.cancel(order.clientOrderId, this.#now()));
      return 'requested';
    });
  }

  async find(clientOrderId: string): Promise<BrokerOrder | undefined> {
    let order = this.#exchange.find(clientOrderId);
    while (order !== undefined && order.replacedBy !== null) order = this.#exchange.find(order.replacedBy);
    return order === undefined ? undefined : toBrokerOrder(order, this.#legsOf(order));
  }

  async findById(id: BrokerOrderId): Promise<BrokerOrder | undefined> {
    return this.find(clientOrderIdOf(id) ?? '');
  }

  async orders(query: OrderQuery): Promise<readonly BrokerOrder[]> {
    const groups = this.#exchange
      .orders()
      .filter((order) => order.clientOrderId === order.groupId && order.symbol === (query.symbol ?? order.symbol))
      .filter((order) => query.since === undefined || order.submittedAt >= query.since.epochMilliseconds);
    const wanted =
      query.status === 'all'
        ? groups
        : groups.filter((order) => [order, ...this.#legsOf(order)].some((member) => !isOver(member)));
    return wanted.map((order) => toBrokerOrder(order, this.#legsOf(order)));
  }

  async fills(since: Temporal.Instant): Promise<readonly BrokerFill[]> {
    return this.#fills.filter((fill) => fill.at >= since.epochMilliseconds).map(toBrokerFill);
  }

  async positions(): Promise<readonly BrokerPosition[]> {
    return this.#exchange.positions();
  }

  async account(): Promise<BrokerAccount> {
    const equity = this.#exchange.equity(this.#marks);
    const { cash, marginCalled } = this.#exchange;
    const buyingPower = this.#exchange.buyingPower(this.#marks);
    const brokerAccountId = this.#brokerAccountId;
    const power = { cash, buyingPower, closingOnly: marginCalled, blocked: false };
    return { brokerAccountId, equity, lastEquity: null, netDepositsToday: NO_MONEY, ...power };
  }

  events(): AsyncIterable<BrokerEvent> {
    return this.#stream;
  }

  /** A bar of the market begins; `volume` is needed only when fills are capped by it. */
  onOpen(symbol: string, at: EpochMs, open: number, volume?: number): Promise<void> {
    return this.#oneAtATime(async () => {
      const concerns = this.#concerns(symbol);
      const events = this.#exchange.onOpen(symbol, at, open, volume);
      if (concerns) this.#marks.set(symbol, priceFromNumber(open));
      await this.#keepIfAny(events);
    });
  }

  /** A bar of the market is over. */
  onBar(symbol: string, bar: Bar): Promise<void> {
    return this.#oneAtATime(async () => {
      const concerns = this.#concerns(symbol);
      const events = this.#exchange.onBar(symbol, bar);
      if (!concerns) return;
      this.#marks.set(symbol, priceFromNumber(bar.close));
      await this.#keepIfAny([...events, ...this.#exchange.assessMargin(this.#marks, bar.end)]);
    });
  }

  /** The session of a symbol closes. */
  onSessionEnd(symbol: string, at: EpochMs): Promise<void> {
    return this.#oneAtATime(async () => this.#keepIfAny(this.#exchange.onSessionEnd(symbol, at)));
  }

  /** Returns the account as it would be saved now. */
  saveState(): SimulatedAccountState {
    const marks = [...this.#marks].map(([symbol, price]) => ({ symbol, price: String(price) }));
    return { version: 1, exchange: this.#exchange.saveState(), fills: this.#fills.map(fillToState), marks };
  }

  #now(): EpochMs {
    return this.#clock.now().epochMilliseconds;
  }

  #concerns(symbol: string): boolean {
    return this.#exchange.hasWork(symbol) || this.#exchange.position(symbol).quantity !== 0n;
  }

  #legsOf(order: ExchangeOrder): readonly ExchangeOrder[] {
    if (order.clientOrderId !== order.groupId) return [];
    return this.#exchange
      .orders()
      .filter((other) => other.groupId === order.groupId && other.clientOrderId !== order.clientOrderId);
  }

  async #outcomeOf(events: readonly ExchangeEvent[], clientOrderId: string): Promise<SubmitOutcome> {
    const refused = events.find((event) => event.kind === 'rejected');
    try {
      await this.#keep(events);
    } catch (error) {
      return {
        kind: 'unknown',
        cause: `the account could not be saved after ${brokerOrderIdOf(clientOrderId)}: ${String(error)}`,
      };
    }
    if (refused !== undefined)
      return { kind: 'refused', code: refused.code ?? 'rejected', text: refused.text ?? '', scope: scopeOf(refused) };
    const order = this.#exchange.find(clientOrderId) as ExchangeOrder;
    return { kind: 'accepted', order: toBrokerOrder(order, this.#legsOf(order)) };
  }

  async #keepIfAny(events: readonly ExchangeEvent[]): Promise<void> {
    if (events.length > 0) await this.#keep(events);
  }

  async #keep(events: readonly ExchangeEvent[]): Promise<void> {
    for (const { fill } of events) if (fill !== undefined) this.#fills.push(fill);
    await this.#save(this.saveState());
    for (const event of events) this.#stream.publish(toBrokerEvent(event));
  }

  #oneAtATime<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(change);
    // The next change goes on whatever became of this one; its own caller hears of the failure.
    this.#queue = result.catch(() => undefined);
    return result;
  }
}

/** A margin call refuses every entry, whatever it is. */
function scopeOf(refused: ExchangeEvent): 'order' | 'account' {
  return refused.code === 'margin_call' ? 'account' : 'order';
}

function isOver(order: ExchangeOrder): boolean {
  return order.status !== 'held' && isTerminal(order.status);
}
