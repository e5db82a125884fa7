import type { Price, Quantity, Side } from '@bellwether/domain';
import type { WireOrderClass, WireOrderType } from './order-ticket.ts';
import { type Stamp, stampNanos } from './wire-stamp.ts';

/** An executed part of an order, as stream and activities tell it. */
export interface FillRecord {
  readonly executionId: string;
  readonly orderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly commission: bigint;
  readonly at: Stamp;
  readonly cumulative: Quantity;
  readonly leaves: Quantity;
}

/** What the broker remembers of an order beside what the exchange does. */
export interface OrderRecord {
  readonly id: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: WireOrderType;
  readonly orderClass: WireOrderClass;
  readonly timeInForce: 'day' | 'gtc';
  readonly extendedHours: boolean;
  readonly stopPrice: Price | null;
  readonly limitPrice: Price | null;
  readonly quantity: Quantity;
  readonly submittedAt: Stamp;
  /** The order under which its group was sent, itself for that one. */
  readonly groupId: string;
  readonly isLeg: boolean;
  readonly isExternal: boolean;
  readonly replaces: string | null;
  replacedBy: string | null;
  /** Present members under this order; a replaced leg gives its place to its successor. */
  legs: string[];
  updatedAt: Stamp;
  filledAt: Stamp | null;
  canceledAt: Stamp | null;
  expiredAt: Stamp | null;
  replacedAt: Stamp | null;
  failedAt: Stamp | null;
  /** A change that was asked for and is not done. */
  pending: 'pending_cancel' | null;
  /** Sent while the market was closed: `accepted` until it opens. */
  waitsForOpen: boolean;
  /** Wall clock until which nobody finds it. */
  hiddenUntil: number;
  readonly fills: FillRecord[];
}

export interface OrderListQuery {
  readonly status: 'open' | 'closed' | 'all';
  readonly limit: number;
  readonly after: bigint | null;
  readonly until: bigint | null;
  readonly direction: 'asc' | 'desc';
  readonly symbols: ReadonlySet<string> | null;
  readonly side: Side | null;
}

/** Every order of one account by id, by the client's id, by group and by age; the live ones by symbol. */
export class OrderRegistry {
  readonly #byId = new Map<string, OrderRecord>();
  readonly #byClientId = new Map<string, OrderRecord>();
  readonly #groups = new Map<string, OrderRecord[]>();
  readonly #live = new Map<string, OrderRecord>();
  readonly #liveBySymbol = new Map<string, Set<OrderRecord>>();
  readonly #byAge: OrderRecord[] = [];
  /** While orders arrive in the order of their stamps, pages are found by halving. */
  #isSorted = true;

  add(order: OrderRecord, isLive: boolean): void {
    const last = this.#byAge.at(-1);
    if (last !== undefined && stampNanos(last.submittedAt) > stampNanos(order.submittedAt)) this.#isSorted = false;
    this.#byAge.push(order);
    this.#byId.set(order.id, order);
    this.#byClientId.set(order.clientOrderId, order);
    const group = this.#groups.get(order.groupId);
    if (group === undefined) this.#groups.set(order.groupId, [order]);
    else group.push(order);
    if (!isLive) return;
    this.#live.set(order.id, order);
    let inSymbol = this.#liveBySymbol.get(order.symbol);
    if (inSymbol === undefined) {
      inSymbol = new Set();
      this.#liveBySymbol.set(order.symbol, inSymbol);
    }
    inSymbol.add(order);
  }

  /** The order has ended. */
  retire(order: OrderRecord): void {
    this.#live.delete(order.id);
    this.#liveBySymbol.get(order.symbol)?.delete(order);
  }

  find(id: string): OrderRecord | undefined {
    return this.#byId.get(id);
  }
  findByClientId(id: string): OrderRecord | undefined {
    return this.#byClientId.get(id);
  }
  group(groupId: string): readonly OrderRecord[] {
    return this.#groups.get(groupId) ?? [];
  }
  isLive(order: OrderRecord): boolean {
    return this.#live.has(order.id);
  }
  live(): Iterable<OrderRecord> {
    return this.#live.values();
  }
  liveIn(symbol: string): Iterable<OrderRecord> {
    return this.#liveBySymbol.get(symbol) ?? [];
  }
  get size(): number {
    return this.#byAge.length;
  }
  all(): readonly OrderRecord[] {
    return this.#byAge;
  }

  /** Returns a page; `isShown` drops what this list does not tell. Instants are excluded at both ends. */
  list(query: OrderListQuery, isShown: (order: OrderRecord) => boolean): readonly OrderRecord[] {
    const from = query.status === 'open' ? [...this.#live.values()] : this.#byAge;
    const isSorted = query.status !== 'open' && this.#isSorted;
    const first = isSorted && query.after !== null ? this.#firstAfter(query.after) : 0;
    const page: OrderRecord[] = [];
    const isAscending = query.direction === 'asc';
    for (let step = 0; step < from.length - first && page.length < query.limit; step++) {
      const order = from[isAscending ? first + step : from.length - 1 - step] as OrderRecord;
      if (this.#matches(order, query) && isShown(order)) page.push(order);
    }
    return page;
  }

  #matches(order: OrderRecord, query: OrderListQuery): boolean {
    if (query.status === 'closed' && this.#live.has(order.id)) return false;
    if (query.symbols !== null && !query.symbols.has(order.symbol)) return false;
    if (query.side !== null && query.side !== order.side) return false;
    if (query.after === null && query.until === null) return true;
    const at = stampNanos(order.submittedAt);
    return (query.after === null || at > query.after) && (query.until === null || at < query.until);
  }

  #firstAfter(after: bigint): number {
    let low = 0;
    let high = this.#byAge.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (stampNanos((this.#byAge[middle] as OrderRecord).submittedAt) > after) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
