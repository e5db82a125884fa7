import type { EpochMs, OrderRequest, OrderType, Price, Quantity } from '@bellwether/domain';
import type { BrokerOrder, BrokerOrderId, BrokerOrderStatus, OrderQuery } from './broker.ts';
import type { FakeHabits } from './fake-faults.ts';
import { type FakeGroup, type FakeOrder, isOver, reportOf, rootOf, successorOf } from './fake-order.ts';

/** When an order is taken, and what may befall it. */
export interface Luck {
  readonly at: EpochMs;
  readonly chance: () => number;
  readonly habits: FakeHabits;
}

/** Every order that the fake broker ever took, by number, by client order id, and by symbol while it lives. */
export class FakeOrderBook {
  readonly orders: FakeOrder[] = [];
  readonly #byClientId = new Map<string, FakeOrder>();
  readonly #byId = new Map<string, FakeOrder>();
  readonly #live = new Map<string, Set<FakeOrder>>();

  has(clientOrderId: string): boolean {
    return this.#byClientId.has(clientOrderId);
  }

  get(id: BrokerOrderId): FakeOrder | undefined {
    return this.#byId.get(id);
  }

  symbols(): Iterable<string> {
    return this.#live.keys();
  }

  /** Orders of a symbol that are not over, oldest first, legs with them. */
  live(symbol: string): Iterable<FakeOrder> {
    return this.#live.get(symbol) ?? [];
  }

  find(clientOrderId: string, now: EpochMs): BrokerOrder | undefined {
    return shown(this.#byClientId.get(clientOrderId), now);
  }

  findById(id: BrokerOrderId, now: EpochMs): BrokerOrder | undefined {
    return shown(this.#byId.get(id), now);
  }

  list({ status, symbol, since }: OrderQuery, now: EpochMs): readonly BrokerOrder[] {
    const from = since?.epochMilliseconds ?? Number.NEGATIVE_INFINITY;
    return this.orders
      .filter((order) => rootOf(order) === order && order.visibleAt <= now)
      .filter((order) => order.symbol === (symbol ?? order.symbol) && order.submittedAt.epochMilliseconds >= from)
      .filter((order) => status === 'all' || order.group.members.some((member) => !isOver(member)))
      .map(reportOf);
  }

  /** Takes an order and makes its legs, which are held until it fills. */
  take(request: OrderRequest, by: 'api' | 'user', luck: Luck): FakeOrder {
    const { oco, takeProfit, stopLoss } = request;
    const kind = oco ? 'oco' : takeProfit !== null ? 'bracket' : stopLoss !== null ? 'oto' : 'simple';
    const group: FakeGroup = { kind, members: [] };
    const part = oco ? 'target' : kind === 'simple' ? 'plain' : 'entry';
    const root = this.add({ request, by, part, group, status: 'working', luck });
    const side = oco ? request.side : request.side === 'buy' ? 'sell' : 'buy';
    const leg = (type: OrderType, price: Price) =>
      this.add({
        request: {
          ...request,
          clientOrderId: `leg-${this.orders.length + 1}`,
          side,
          type,
          limitPrice: type === 'limit' ? price : null,
          stopPrice: type === 'stop' ? price : null,
        },
        by,
        part: type === 'limit' ? 'target' : 'stop',
        group,
        status: 'held',
        luck,
      });
    if (!oco && takeProfit !== null) leg('limit', takeProfit.limitPrice);
    if (stopLoss !== null) leg('stop', stopLoss.stopPrice);
    return root;
  }

  add(made: {
    request: Omit<OrderRequest, 'takeProfit' | 'stopLoss' | 'oco'>;
    by: 'api' | 'user';
    part: FakeOrder['part'];
    group: FakeGroup;
    status: BrokerOrderStatus;
    luck: Luck;
  }): FakeOrder {
    const { request, luck, ...rest } = made;
    const { at, chance, habits } = luck;
    const { hiddenRate, hiddenMs, partialRate } = habits;
    const order: FakeOrder = {
      ...rest,
      id: `fake-${this.orders.length + 1}` as BrokerOrderId,
      clientOrderId: request.clientOrderId,
      symbol: request.symbol,
      side: request.side,
      type: request.type,
      quantity: request.quantity,
      filled: 0n as Quantity,
      amount: 0n,
      limitPrice: request.limitPrice,
      stopPrice: request.stopPrice,
      timeInForce: request.timeInForce,
      submittedAt: Temporal.Instant.fromEpochMilliseconds(at),
      visibleAt: at + (chance() < hiddenRate ? hiddenMs : 0),
      replacedBy: null,
      waitsFor: null,
      triggered: false,
      restAt: at,
      breaks: chance() < partialRate,
      cancelAt: null,
    };
    order.group.members.push(order);
    this.orders.push(order);
    this.#byClientId.set(order.clientOrderId, order);
    this.#byId.set(order.id, order);
    const live = this.#live.get(order.symbol);
    if (live === undefined) this.#live.set(order.symbol, new Set([order]));
    else live.add(order);
    return order;
  }

  leave(order: FakeOrder, status: BrokerOrderStatus): void {
    order.status = status;
    this.#live.get(order.symbol)?.delete(order);
  }
}

function shown(order: FakeOrder | undefined, now: EpochMs): BrokerOrder | undefined {
  return order === undefined || order.visibleAt > now ? undefined : reportOf(successorOf(order));
}
