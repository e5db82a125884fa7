import { notional } from '@bellwether/domain';
import type { AccountOrder, AccountPosition } from '@bellwether/kernel';
import type { BrokerOrder } from '@bellwether/ports';
import type { FakeBrokerage, FakeEvent, FakeOrder } from '@bellwether/ports/testing';

/** What one position really is, by the fills that the broker made. */
export interface TruePosition {
  readonly positionId: string;
  readonly symbol: string;
  entered: bigint;
  exited: bigint;
  /** Σ price × quantity of its fills, as the ledger keeps money. */
  enteredAmount: bigint;
  exitedAmount: bigint;
  fills: number;
  /** Distinct entry orders that the broker took for it. */
  readonly entryOrders: Set<string>;
}

interface Owner {
  readonly truth: TruePosition;
  readonly opens: boolean;
}

/** Follows every order of ours at the broker to its position, by what was posted and not by what the machine believes. */
export class PlayTruth {
  readonly positions = new Map<string, TruePosition>();
  /** Broker orders with our prefix that no row of ours explains. */
  readonly violations: string[] = [];
  readonly #owners = new Map<string, Owner>();
  readonly #note: (text: string) => void;

  constructor(note: (text: string) => void) {
    this.#note = note;
  }

  /** An order has been posted and taken: it and its legs belong to the row's position. */
  own(row: AccountOrder, taken: BrokerOrder): void {
    const truth = this.positions.get(row.positionId) ?? {
      positionId: row.positionId,
      symbol: row.symbol,
      entered: 0n,
      exited: 0n,
      enteredAmount: 0n,
      exitedAmount: 0n,
      fills: 0,
      entryOrders: new Set<string>(),
    };
    this.positions.set(row.positionId, truth);
    const opens = row.leg === 'entry';
    if (opens) truth.entryOrders.add(taken.brokerOrderId);
    this.#owners.set(taken.brokerOrderId, { truth, opens });
    for (const leg of taken.legs) this.#owners.set(leg.brokerOrderId, { truth, opens: false });
  }

  /** Books a fill where it belongs; `entrySide` of a position that sold too much buys back. */
  see(event: FakeEvent): void {
    if (event.fill === null) return;
    const owner = this.#owners.get(event.order.brokerOrderId);
    if (owner === undefined) return;
    const { truth, opens } = owner;
    const { quantity, price } = event.fill;
    truth.fills += 1;
    if (opens) truth.entered += quantity;
    else truth.exited += quantity;
    if (opens) truth.enteredAmount += notional(price, quantity);
    else truth.exitedAmount += notional(price, quantity);
    if (truth.exited > truth.entered)
      this.#note(
        `crossed zero: ${truth.symbol} sold ${truth.exited} of ${truth.entered} entered (${truth.positionId})`,
      );
    if (truth.entryOrders.size > 1) this.#note(`double: ${truth.positionId} has ${truth.entryOrders.size} entries`);
  }

  /** Σ own + external = what the broker holds, from the fills of each. */
  checkSum(brokerage: FakeBrokerage, symbol: string, external: bigint): void {
    const { truth } = brokerage;
    if (truth.own(symbol) + external !== truth.net(symbol))
      this.#note(`sum: own ${truth.own(symbol)} + external ${external} is not ${truth.net(symbol)} in ${symbol}`);
  }
}

/** I1 and I5: an exit that may be at the broker counts as one that is. */
const LIVE: ReadonlySet<string> = new Set([
  'submitting',
  'unknown',
  'quarantined',
  'working',
  'partially_filled',
  'pending_cancel',
  'pending_replace',
]);
const COVERING: ReadonlySet<string> = new Set(['working', 'partially_filled', 'pending_replace']);

/** Returns which of I1, I2 and I4 a position breaks in the machine's own books, or null. */
export function brokenInvariant(position: AccountPosition, worstStop: Map<string, bigint>): string | null {
  const { quantity, positionId } = position;
  if (quantity < 0n) return `I3: ${positionId} holds ${quantity}`;
  const groups = new Map<string, { size: bigint; filled: bigint; live: boolean; covers: boolean }>();
  for (const order of position.orders) {
    if (order.leg === 'entry') continue;
    const group = groups.get(order.groupId) ?? { size: 0n, filled: 0n, live: false, covers: false };
    groups.set(order.groupId, group);
    // A shrunken stop is smaller than the group it belongs to; what the group sells is the larger of the two, less what it sold.
    if (order.quantity > group.size) group.size = order.quantity;
    group.filled += order.filledQuantity;
    if (LIVE.has(order.status)) group.live = true;
    if (order.leg === 'stop' && COVERING.has(order.status)) group.covers = true;
    if (order.leg === 'stop' && order.stopPrice !== null && order.status !== 'planned')
      if (isWorse(position, order.stopPrice, worstStop)) return `I4: stop of ${positionId} moved to ${order.stopPrice}`;
  }
  let live = 0n;
  let covered = 0n;
  for (const { size, filled, live: isLive, covers } of groups.values()) {
    if (isLive && size > filled) live += size - filled;
    if (covers && size > filled) covered += size - filled;
  }
  if (position.entryComplete && live > quantity) return `I1: ${positionId} has exits of ${live} for ${quantity}`;
  if (position.status === 'open' && position.entryComplete && position.initialStop !== null && covered < quantity)
    return `I2: ${positionId} is open with ${covered} of ${quantity} covered`;
  return null;
}

function isWorse(position: AccountPosition, stop: bigint, worstStop: Map<string, bigint>): boolean {
  const before = worstStop.get(position.positionId);
  const isTighter = before === undefined || (position.side === 'long' ? stop > before : stop < before);
  // The level of the position moves only one way; an order may still carry the older one while it is replaced.
  if (isTighter && position.stop === stop) worstStop.set(position.positionId, stop);
  const first = position.initialStop;
  if (first === null) return false;
  return position.side === 'long' ? stop < first : stop > first;
}

/** Shares that living exits of ours could still sell, a group once; what the broker would do if all of them filled. */
export function liveExitShares(live: readonly FakeOrder[], side: 'buy' | 'sell'): bigint {
  const groups = new Map<object, bigint>();
  for (const order of live) {
    if (order.by !== 'api' || order.side !== side || order.part === 'entry') continue;
    const rest = order.quantity - order.filled;
    if (rest > (groups.get(order.group) ?? 0n)) groups.set(order.group, rest);
  }
  let sum = 0n;
  for (const rest of groups.values()) sum += rest;
  return sum;
}
