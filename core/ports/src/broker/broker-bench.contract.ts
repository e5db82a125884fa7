import assert from 'node:assert/strict';
import { ONE_SHARE, type OrderRequest, type Price, parsePrice, type Quantity } from '@bellwether/domain';
import type { ApprovedOrder, Broker, BrokerEvent, BrokerFill, BrokerOrder, SubmitOutcome } from './broker.ts';
import type { BrokerCapabilities } from './capabilities.ts';

/**
 * A broker and its market, as the cards use them. Prices that the cards name are percent of `price`; what a bench cannot do is
 * left out of it, and the cards that need it are skipped with that reason.
 */
export interface BrokerBench {
  readonly broker: Broker;
  readonly symbol: string;
  /** Where the market stands when the card begins, in USD. */
  readonly price: number;
  /** What happened before it is none of the card's business; absent for an account that nobody has used. */
  readonly since?: Temporal.Instant;
  /** Makes a client order id of a short name. Where ids are remembered for ever, no run makes the same one twice. */
  id(name: string): string;
  /**
   * The market opens a bar at `open`, trades between `low` and `high`, and the bar is over; time passes. `thin`: what it reaches
   * first fills in part only. A bench whose market is real waits until market orders have filled, and takes (100, 101, 99) alone.
   */
  trades(open: number, high: number, low: number, depth?: 'thin'): Promise<void>;
  /** The process ends and another one takes over the same account. */
  restart(): Promise<Broker>;
  /** The next order arrives, its answer does not. */
  loseNextAnswer?(): Promise<void>;
  /** The connection of every open stream breaks. */
  dropStream?(): Promise<void>;
  /** Waits a moment before the same is read again; absent where every report is final at once. */
  wait?(): Promise<void>;
}

export type Card = (bench: BrokerBench, capabilities: BrokerCapabilities) => Promise<void>;

/** Ten shares: enough to split, few enough for an account with real prices. */
export const LOT = 10;
export const LONG_AGO = Temporal.Instant.from('1970-01-01T00:00:00Z');
/** The market stands still; market orders fill. */
export const QUIET = [100, 101, 99] as const;

const MOST_READS = 60;

export const shares = (count: number): Quantity => (BigInt(count) * ONE_SHARE) as Quantity;

/** Stands in for the risk gate, in tests alone. */
export function approvedInTest(order: OrderRequest): ApprovedOrder {
  return { ...order, approvedBy: 'risk gate' };
}

/** A level in percent of where the bench's market stands, in whole cents. */
export function level(bench: BrokerBench, percent: number): Price {
  return parsePrice(((bench.price * percent) / 100).toFixed(2));
}

export function order(
  bench: BrokerBench,
  name: string,
  side: 'buy' | 'sell',
  more: Partial<OrderRequest> = {},
): ApprovedOrder {
  return approvedInTest({
    clientOrderId: bench.id(name),
    symbol: bench.symbol,
    side,
    type: 'market',
    quantity: shares(LOT),
    limitPrice: null,
    stopPrice: null,
    timeInForce: 'gtc',
    takeProfit: null,
    stopLoss: null,
    oco: false,
    ...more,
  });
}

/** A limit entry at 90: it rests. */
export function resting(bench: BrokerBench, name: string): ApprovedOrder {
  return order(bench, name, 'buy', { type: 'limit', limitPrice: level(bench, 90) });
}

/** Entry at the market, target 105 and stop 97; mirrored for a short. */
export function bracket(
  bench: BrokerBench,
  name: string,
  side: 'buy' | 'sell' = 'buy',
  more: Partial<OrderRequest> = {},
): ApprovedOrder {
  const long = side === 'buy';
  return order(bench, name, side, {
    takeProfit: { clientOrderId: bench.id(`${name}-t`), limitPrice: level(bench, long ? 105 : 95) },
    stopLoss: { clientOrderId: bench.id(`${name}-s`), stopPrice: level(bench, long ? 97 : 103) },
    ...more,
  });
}

/** Target and stop of 97 for shares that are held. */
export function oco(bench: BrokerBench, name: string, count: number, target: number): ApprovedOrder {
  return order(bench, name, 'sell', {
    type: 'limit',
    quantity: shares(count),
    limitPrice: level(bench, target),
    stopLoss: { clientOrderId: bench.id(`${name}-s`), stopPrice: level(bench, 97) },
    oco: true,
  });
}

export function accepted(outcome: SubmitOutcome): BrokerOrder {
  if (outcome.kind !== 'accepted')
    assert.fail(`expected the order to be accepted, was ${outcome.kind} ${JSON.stringify(outcome)}`);
  return outcome.order;
}

export async function found(bench: BrokerBench, name: string): Promise<BrokerOrder> {
  const order = await bench.broker.find(bench.id(name));
  return order ?? assert.fail(`expected to find ${name}, found nothing`);
}

/** The living or last member of a group with this part in it. Legs are found under their parent: their ids are the broker's. */
export async function leg(bench: BrokerBench, parent: string, part: 'target' | 'stop'): Promise<BrokerOrder> {
  const type = part === 'target' ? 'limit' : 'stop';
  const { legs } = await found(bench, parent);
  const candidates = legs.filter((member) => member.type === type && member.status !== 'replaced');
  return candidates.at(-1) ?? assert.fail(`expected a ${part} under ${parent}, found ${legs.length} other legs`);
}

/** Shares of the bench's symbol, signed. */
export async function held(bench: BrokerBench): Promise<bigint> {
  return (await bench.broker.positions()).find(({ symbol }) => symbol === bench.symbol)?.quantity ?? 0n;
}

/** What the card's own orders, legs with them, have filled. */
export async function ownFills(bench: BrokerBench, names: readonly string[]): Promise<readonly BrokerFill[]> {
  const orders = await Promise.all(names.map((name) => found(bench, name)));
  const own = new Set(orders.flatMap((order) => [order, ...order.legs]).map(({ brokerOrderId }) => brokerOrderId));
  return (await bench.broker.fills(bench.since ?? LONG_AGO)).filter(({ brokerOrderId }) => own.has(brokerOrderId));
}

/** Reads until the report is as expected; where reports are final at once, the first one counts. */
export async function soon(bench: BrokerBench, read: () => Promise<unknown>, expected: unknown): Promise<void> {
  for (let left = bench.wait === undefined ? 0 : MOST_READS; left > 0; left--) {
    if (sameReport(await read(), expected)) return;
    await bench.wait?.();
  }
  assert.deepEqual(await read(), expected);
}

function sameReport(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch (error) {
    if (error instanceof assert.AssertionError) return false;
    throw error;
  }
}

/** The parent, its target and its stop; a stop that waits behind its target counts as one that works. */
export function group(bench: BrokerBench, name: string): () => Promise<readonly string[]> {
  return async () => {
    const parent = await found(bench, name);
    const stop = (await leg(bench, name, 'stop')).status;
    const covering = parent.status === 'filled' && stop === 'held' ? 'working' : stop;
    return [parent.status, (await leg(bench, name, 'target')).status, covering];
  };
}

export function statusOf(bench: BrokerBench, ...names: readonly string[]): () => Promise<readonly string[]> {
  return async () => Promise.all(names.map(async (name) => (await found(bench, name)).status));
}

/** The next event of a stream that has begun; fails when it ends. */
export async function heard(stream: AsyncIterator<BrokerEvent>): Promise<BrokerEvent> {
  const { value, done } = await stream.next();
  return done === true ? assert.fail('expected the stream to go on, was its end') : value;
}

/** Reads the stream until an event of this kind. */
export async function hearUntil(stream: AsyncIterator<BrokerEvent>, kind: BrokerEvent['kind']): Promise<BrokerEvent> {
  for (;;) {
    const event = await heard(stream);
    if (event.kind === kind) return event;
  }
}
