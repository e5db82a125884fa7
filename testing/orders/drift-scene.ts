import { ONE_SHARE, type OrderRequest, priceFromNumber, type Quantity } from '@bellwether/domain';
import { type AccountFact, type AccountPosition, clientOrderId } from '@bellwether/kernel';
import { type FakeOrder, isOver } from '@bellwether/ports/testing';
import type { AccountPlay } from './account-play.ts';
import { liveExitShares } from './play-truth.ts';
import { entryProposal } from './proposals.ts';

const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'GOOG'] as const;
const READS: ReadonlySet<string> = new Set(['orders_read', 'positions_read']);

/** An account with positions of two pipelines and shares of its user, in which something comes apart. */
export class DriftScene {
  readonly play: AccountPlay;
  readonly chance: () => number;
  /** Events of these symbols are lost. */
  readonly lost = new Set<string>();
  /** A control: what reconciles is never heard. */
  deaf = false;
  /** Shares that are the user's, by the user's own orders, less what the user took of ours. */
  readonly users = new Map<string, number>();
  /** Shares that an order of ours bought which the ledger cannot know. */
  readonly strays = new Map<string, number>();
  /** What a row keeps between its steps. */
  order: FakeOrder | null = null;
  quantity = 0n;
  mark = 0;
  #count = 0;

  constructor(play: AccountPlay, chance: () => number) {
    this.play = play;
    this.chance = chance;
    play.hears = (fact) => this.#hears(fact);
  }

  position(symbol: string): AccountPosition | undefined {
    return this.play.positions().find((position) => position.symbol === symbol && position.status !== 'closed');
  }

  /** The one that a row is about. */
  get own(): AccountPosition {
    const position = this.position('AAPL');
    if (position === undefined) throw new Error('expected a position in AAPL, was none');
    return position;
  }

  /** 1 for a long, −1 for a short. */
  get sign(): number {
    return this.own.side === 'long' ? 1 : -1;
  }

  unready(): string | null {
    for (const symbol of ['AAPL', 'MSFT']) {
      const position = this.position(symbol);
      if (position?.status !== 'open') return `${symbol} is ${position?.status ?? 'not there'}`;
    }
    return null;
  }

  userTrades(symbol: string, side: 'buy' | 'sell', shares: number, counted = shares): void {
    const outcome = this.play.brokerage.external({ ...plain(symbol, side, shares) });
    if (outcome.kind !== 'accepted')
      throw new Error(`expected the user's order to be taken, was ${JSON.stringify(outcome)}`);
    this.users.set(symbol, (this.users.get(symbol) ?? 0) + (side === 'buy' ? counted : -counted));
  }

  userRests(symbol: string, side: 'buy' | 'sell', shares: number, price: number): void {
    const outcome = this.play.brokerage.external({
      ...plain(symbol, side, shares),
      type: 'limit',
      limitPrice: priceFromNumber(price),
      timeInForce: 'gtc',
    });
    this.order = this.#newest(symbol);
    if (outcome.kind !== 'accepted')
      throw new Error(`expected the user's order to be taken, was ${JSON.stringify(outcome)}`);
  }

  /** The user takes our exits down in the broker's own app; of an entry that still works, too. */
  userCancels(symbol: string): void {
    for (const order of this.play.brokerage.live(symbol)) if (order.by === 'api') this.play.brokerage.cancel(order.id);
  }

  /** An order under our prefix that was sent by somebody whom the ledger does not remember. */
  postOurs(request: Partial<OrderRequest> & Pick<OrderRequest, 'symbol' | 'side' | 'quantity'>): void {
    this.#count += 1;
    const outcome = this.play.brokerage.post({
      clientOrderId: `bw1-forgotten-${this.#count}`,
      type: 'market',
      limitPrice: null,
      stopPrice: null,
      timeInForce: 'gtc',
      takeProfit: null,
      stopLoss: null,
      oco: false,
      ...request,
    });
    if (outcome.kind !== 'accepted') throw new Error(`expected the order to be taken, was ${JSON.stringify(outcome)}`);
    this.order = this.#newest(request.symbol);
  }

  /** The id that the machine would give the next order of a position. */
  nextId(purpose: 'stop_only' | 'exit', leg: 'stop' | 'target_1' | 'target_2'): string {
    const { own } = this;
    const seq = own.orders.filter((order) => order.purpose === purpose && order.leg === leg).length + 1;
    const { installation, account, sha256 } = this.play.settings;
    return clientOrderId({ installation, account, positionId: own.positionId, purpose, leg, seq }, sha256);
  }

  /** A resting entry of pipeline three. */
  proposeResting(symbol: string): void {
    this.propose(symbol, { type: 'limit', price: this.play.market.walk(symbol).price * 0.95, entryValidMs: 3_600_000 });
  }

  propose(symbol: string, wish: { type?: 'market' | 'limit'; price?: number; entryValidMs?: number } = {}): void {
    const { play } = this;
    play.propose(
      entryProposal({
        key: `third-${symbol}`,
        pipelineId: 'three',
        symbol,
        side: 'buy',
        shares: 9,
        price: play.market.walk(symbol).price,
        at: play.now,
        ...wish,
      }),
    );
  }

  hasRefused(symbol: string): boolean {
    const settled = this.play.settled.get(`third-${symbol}-c`);
    return settled !== undefined && settled.text !== null && !this.play.posts.some(({ row }) => row.symbol === symbol);
  }

  live(symbol: string): readonly FakeOrder[] {
    return this.play.brokerage.live(symbol);
  }

  /** Whether what rests at the broker protects exactly the shares that the position has. */
  isCovered(symbol: string, quantity: bigint): boolean {
    const position = this.position(symbol);
    if (position?.quantity !== quantity || position.status !== 'open') return false;
    const side = position.side === 'long' ? 'sell' : 'buy';
    return liveExitShares(this.live(symbol), side) === quantity && armedShares(this.live(symbol), side) === quantity;
  }

  hasAlert(code: string, level: 'notice' | 'alarm' | 'page'): boolean {
    return this.play.alerts.some((alert) => alert.code === code && alert.level === level);
  }

  isOver(order: FakeOrder | null): boolean {
    return order !== null && isOver(order);
  }

  /** Everything of ours is asked to close. */
  finish(): void {
    this.lost.clear();
    for (const { positionId, status } of this.play.positions())
      if (status !== 'closed') this.play.close(`end-${positionId}`, positionId, 'manual');
  }

  isFlat(): boolean {
    return (
      this.play.positions().every(({ status }) => status === 'closed') &&
      SYMBOLS.every((symbol) => !this.live(symbol).some((order) => order.by === 'api'))
    );
  }

  /** What is not ours and is not as its owner left it. */
  touched(): string[] {
    const texts: string[] = [];
    for (const symbol of SYMBOLS) {
      const should = (this.users.get(symbol) ?? 0) + (this.strays.get(symbol) ?? 0);
      const net = Number(this.play.brokerage.truth.net(symbol)) / 1e9;
      if (this.isFlat() && net !== should) texts.push(`the account holds ${net} ${symbol}, the user left ${should}`);
    }
    for (const order of this.play.brokerage.orders)
      if (order.by === 'user' && (order.status === 'canceled' || order.cancelAt !== null))
        texts.push(`an order of the user in ${order.symbol} was canceled`);
    return texts;
  }

  state(): string {
    const books = this.play
      .positions()
      .filter(({ status }) => status !== 'closed')
      .map(
        ({ symbol, status, quantity, naked }) =>
          `${symbol} ${status} ${quantity / ONE_SHARE} naked ${naked / ONE_SHARE}`,
      );
    const truth = SYMBOLS.map((symbol) => `${symbol} ${this.play.brokerage.truth.net(symbol) / ONE_SHARE}`);
    return `books: ${books.join(', ')}; broker: ${truth.join(', ')}`;
  }

  #newest(symbol: string): FakeOrder | null {
    return this.play.brokerage.orders.findLast((order) => order.symbol === symbol) ?? null;
  }

  #hears(fact: AccountFact): boolean {
    if (this.deaf && READS.has(fact.fact)) return false;
    return fact.fact !== 'order_seen' || !this.lost.has(fact.order.symbol);
  }
}

export function plain(symbol: string, side: 'buy' | 'sell', shares: number): Omit<OrderRequest, 'clientOrderId'> {
  return {
    symbol,
    side,
    type: 'market',
    quantity: (BigInt(shares) * ONE_SHARE) as Quantity,
    limitPrice: null,
    stopPrice: null,
    timeInForce: 'day',
    takeProfit: null,
    stopLoss: null,
    oco: false,
  };
}

function armedShares(live: readonly FakeOrder[], side: 'buy' | 'sell'): bigint {
  let sum = 0n;
  for (const order of live)
    if (order.by === 'api' && order.type === 'stop' && order.side === side && order.status !== 'pending_cancel')
      sum += order.quantity - order.filled;
  return sum;
}
