import { BellwetherError, type Price } from '@bellwether/domain';
import type {
  ApprovedOrder,
  Broker,
  BrokerAccount,
  BrokerCapabilities,
  BrokerEvent,
  BrokerFill,
  BrokerOrder,
  BrokerOrderId,
  BrokerPosition,
  CancelOutcome,
  OrderQuery,
  SubmitOutcome,
} from '@bellwether/ports';
import { type AlpacaRateLimit, cancelOutcome, rateLimitOf, readFailure, sendOutcome } from './alpaca-errors.ts';
import type { AlpacaReply, AlpacaRequest, AlpacaTransport } from './alpaca-http.ts';
import {
  accountFromWire,
  fillFromWire,
  orderFromWire,
  orderToWire,
  positionFromWire,
  stopToWire,
} from './alpaca-translate.ts';
import { isWireObject, neededText, optionalText, type WireObject, wireArray, wireObject } from './alpaca-wire.ts';

/** Whose money: nobody's, on loopback; nobody's, at Alpaca; the user's. Shown wherever the account is. */
export type AlpacaLabel = 'sandbox' | 'paper' | 'live';

export interface AlpacaBrokerOptions {
  readonly label: AlpacaLabel;
  /** The account that was verified; answers of another one are refused. */
  readonly brokerAccountId: string;
  readonly capabilities: BrokerCapabilities;
  readonly transport: AlpacaTransport;
  /** Opens the trade stream for one reader. */
  openStream(): AsyncIterator<BrokerEvent>;
}

const ORDERS_PER_PAGE = 500;
const FILLS_PER_PAGE = 100;
/** A stop that was moved more often than this within one position does not exist; an endless chain would be Alpaca's mistake. */
const LONGEST_CHAIN = 1_000;
const ALPACA_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * One account at Alpaca behind the broker port: order → one request → outcome. Constructed by `alpaca-bindings.ts` alone.
 *
 * Invariants: 1. `submit`, `replace` and `cancel` make one request each. 2. an answer that is not an order leaves the order unknown.
 */
export class AlpacaBroker implements Broker {
  readonly label: AlpacaLabel;
  readonly brokerAccountId: string;
  readonly capabilities: BrokerCapabilities;
  readonly #transport: AlpacaTransport;
  readonly #openStream: () => AsyncIterator<BrokerEvent>;
  #rateLimit: AlpacaRateLimit | null = null;

  constructor(options: AlpacaBrokerOptions) {
    this.label = options.label;
    this.brokerAccountId = options.brokerAccountId;
    this.capabilities = options.capabilities;
    this.#transport = options.transport;
    this.#openStream = () => options.openStream();
  }

  /** What the last answer that spoke of it said; null before the first. */
  get rateLimit(): AlpacaRateLimit | null {
    return this.#rateLimit;
  }

  async submit(order: ApprovedOrder): Promise<SubmitOutcome> {
    return outcomeOf(await this.#send({ method: 'POST', path: '/v2/orders', body: orderToWire(order) }));
  }

  async replace(id: BrokerOrderId, prices: { readonly stopPrice: Price }, as: string): Promise<SubmitOutcome> {
    const path = `/v2/orders/${encodeURIComponent(id)}`;
    return outcomeOf(await this.#send({ method: 'PATCH', path, body: stopToWire(prices.stopPrice, as) }));
  }

  async cancel(id: BrokerOrderId): Promise<CancelOutcome> {
    if (!ALPACA_ID.test(id)) return 'unknown';
    return cancelOutcome(await this.#send({ method: 'DELETE', path: `/v2/orders/${id}`, isQuick: true }));
  }

  async find(clientOrderId: string): Promise<BrokerOrder | undefined> {
    const query = new URLSearchParams({ client_order_id: clientOrderId });
    const found = await this.#readOne(`/v2/orders:by_client_order_id?${query}`);
    if (found === undefined) return undefined;
    const order = wireObject(found, 'an order');
    const successor = optionalText(order, 'replaced_by');
    // By its client order id an order comes without its legs.
    if (successor === undefined && !mayHaveLegs(order)) return orderFromWire(order);
    return this.findById((successor ?? neededText(order, 'id', 'an order')) as BrokerOrderId);
  }

  async findById(id: BrokerOrderId): Promise<BrokerOrder | undefined> {
    let next: BrokerOrderId | null = id;
    let order: BrokerOrder | undefined;
    for (let links = 0; next !== null; links++) {
      if (!ALPACA_ID.test(next)) return order;
      if (links > LONGEST_CHAIN)
        throw badAnswer(`an order at the end of the replacements of ${id}`, 'a chain without end');
      const found = await this.#readOne(`/v2/orders/${next}?nested=true`);
      // A successor that is not shown yet: what is known is the order that it replaces.
      if (found === undefined) return order;
      order = orderFromWire(found);
      next = order.replacedBy;
    }
    return order;
  }

  async orders(query: OrderQuery): Promise<readonly BrokerOrder[]> {
    if (query.status === 'all') return this.#groups(query);
    const open = await this.#groups({ ...query, status: 'live' });
    const [first] = open;
    if (first === undefined) return [];
    // A leg that is still open is not listed under an entry that is done: its group is found among all orders since it was sent.
    const since = open.reduce((oldest, { submittedAt }) => earlier(oldest, submittedAt), first.submittedAt);
    const all = await this.#groups({ ...query, status: 'all', since: since.subtract({ seconds: 1 }) });
    const openIds = new Set(open.flatMap((order) => [order, ...order.legs]).map(({ brokerOrderId }) => brokerOrderId));
    return all
      .filter((order) => [order, ...order.legs].some(({ brokerOrderId }) => openIds.has(brokerOrderId)))
      .filter(({ submittedAt }) => query.since === undefined || !isBefore(submittedAt, query.since));
  }

  async fills(since: Temporal.Instant): Promise<readonly BrokerFill[]> {
    // "after" excludes the instant itself, and is held against when the activity was written, which is a little later.
    const after = String(since.subtract({ seconds: 1 }));
    const fills: BrokerFill[] = [];
    const seen = new Set<string>();
    for (let token: string | undefined, more = true; more; ) {
      const query = new URLSearchParams({ after, direction: 'asc', page_size: String(FILLS_PER_PAGE) });
      if (token !== undefined) query.set('page_token', token);
      const page = wireArray(await this.#read(`/v2/account/activities/FILL?${query}`, 'fills'), 'fills');
      const fresh = page.filter((activity) => !seen.has(activityId(activity)));
      for (const activity of fresh) {
        seen.add(activityId(activity));
        const fill = fillFromWire(activity);
        if (!isBefore(fill.at, since)) fills.push(fill);
      }
      token = page.length === 0 ? undefined : activityId(page.at(-1));
      more = page.length >= FILLS_PER_PAGE && fresh.length > 0;
    }
    return fills.sort((a, b) => Temporal.Instant.compare(a.at, b.at));
  }

  async positions(): Promise<readonly BrokerPosition[]> {
    return wireArray(await this.#read('/v2/positions', 'positions'), 'positions').map(positionFromWire);
  }

  async account(): Promise<BrokerAccount> {
    const account = accountFromWire(await this.#read('/v2/account', 'the account'));
    if (account.brokerAccountId === this.brokerAccountId) return account;
    throw new BellwetherError(
      'rejected',
      'broker/wrong-account',
      `expected the keys to open the account ${this.brokerAccountId}, was ${account.brokerAccountId}; connect the account anew`,
    );
  }

  events(): AsyncIterable<BrokerEvent> {
    return { [Symbol.asyncIterator]: () => this.#openStream() };
  }

  /** Every group of the query, oldest first, in pages of 500. A leg that is also listed by itself counts once, under its parent. */
  async #groups(query: OrderQuery): Promise<readonly BrokerOrder[]> {
    const found = new Map<BrokerOrderId, BrokerOrder>();
    for (let since = query.since, more = true; more; ) {
      const parameters = new URLSearchParams({
        status: query.status === 'all' ? 'all' : 'open',
        nested: 'true',
        direction: 'asc',
        limit: String(ORDERS_PER_PAGE),
      });
      if (query.symbol !== undefined) parameters.set('symbols', query.symbol);
      // "after" excludes the instant itself, and several orders may share it.
      if (since !== undefined) parameters.set('after', String(since.subtract({ milliseconds: 1 })));
      const page = wireArray(await this.#read(`/v2/orders?${parameters}`, 'orders'), 'orders').map(orderFromWire);
      const fresh = page.filter(({ brokerOrderId }) => !found.has(brokerOrderId));
      for (const order of fresh) found.set(order.brokerOrderId, order);
      if (page.length >= ORDERS_PER_PAGE && fresh.length === 0)
        throw badAnswer('orders by the instant they were sent', `${ORDERS_PER_PAGE} or more of one instant`);
      since = page.at(-1)?.submittedAt;
      more = page.length >= ORDERS_PER_PAGE;
    }
    const legs = new Set([...found.values()].flatMap((order) => order.legs.map((leg) => leg.brokerOrderId)));
    return [...found.values()]
      .filter(({ brokerOrderId }) => !legs.has(brokerOrderId))
      .filter(({ submittedAt }) => query.since === undefined || !isBefore(submittedAt, query.since))
      .sort((a, b) => Temporal.Instant.compare(a.submittedAt, b.submittedAt));
  }

  async #read(path: string, what: string): Promise<unknown> {
    const answer = await this.#readIfAny({ method: 'GET', path }, what);
    return answer ?? this.#fail(path, what);
  }

  #readOne(path: string): Promise<unknown> {
    return this.#readIfAny({ method: 'GET', path, isQuick: true }, 'an order');
  }

  /** Returns the answer, or `undefined` when Alpaca does not know what was asked for. */
  async #readIfAny(request: AlpacaRequest, what: string): Promise<unknown> {
    const reply = await this.#send(request);
    if (reply.kind === 'answer' && reply.status === 200 && reply.json !== undefined) return reply.json;
    // An HTML page with a 404 is somebody else's.
    if (reply.kind === 'answer' && reply.status === 404 && isWireObject(reply.json)) return undefined;
    throw readFailure(reply, what);
  }

  #fail(path: string, what: string): never {
    throw badAnswer(what, `not found at ${path}`);
  }

  async #send(request: AlpacaRequest): Promise<AlpacaReply> {
    const reply = await this.#transport(request);
    this.#rateLimit = rateLimitOf(reply) ?? this.#rateLimit;
    return reply;
  }
}

/** An order that was taken, if the answer is one that can be read; otherwise what the errors say. */
function outcomeOf(reply: AlpacaReply): SubmitOutcome {
  if (reply.kind === 'no_answer' || reply.status < 200 || reply.status >= 300) return sendOutcome(reply);
  try {
    return { kind: 'accepted', order: orderFromWire(reply.json) };
  } catch (error) {
    return { kind: 'unknown', cause: error instanceof Error ? error.message : String(error) };
  }
}

function mayHaveLegs(order: WireObject): boolean {
  const orderClass = optionalText(order, 'order_class');
  return orderClass !== undefined && orderClass !== 'simple';
}

function activityId(activity: unknown): string {
  return neededText(wireObject(activity, 'a fill'), 'id', 'a fill');
}

function earlier(a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant {
  return isBefore(a, b) ? a : b;
}

function isBefore(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) < 0;
}

function badAnswer(expected: string, was: string): BellwetherError {
  return new BellwetherError('bug', 'broker/bad-answer', `expected ${expected} from Alpaca, was ${was}`);
}
