import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ONE_SHARE, type OrderRequest, type Price, parsePrice, type Quantity } from '@bellwether/domain';
import type { Broker, BrokerOrder, SubmitOutcome } from './broker.ts';
import type { BrokerCapabilities } from './capabilities.ts';

/** A broker whose market the test moves. Prices of the one symbol "AAPL". */
export interface BrokerBench {
  readonly broker: Broker;
  /** The market opens a bar at `open`, trades between `low` and `high`, and the bar is over. Time passes. */
  trades(open: number, high: number, low: number): Promise<void>;
  /** The process ends and another one takes over the same account. */
  restart(): Promise<Broker>;
}

export interface BrokerContract {
  readonly name: string;
  readonly capabilities: BrokerCapabilities;
  make(): Promise<BrokerBench>;
  readonly skip?: readonly { readonly card: string; readonly reason: string }[];
}

const shares = (count: number): Quantity => (BigInt(count) * ONE_SHARE) as Quantity;
const LONG_AGO = Temporal.Instant.from('1970-01-01T00:00:00Z');

function order(clientOrderId: string, side: 'buy' | 'sell', more: Partial<OrderRequest> = {}): OrderRequest {
  const plain = {
    symbol: 'AAPL',
    type: 'market',
    quantity: shares(100),
    limitPrice: null,
    stopPrice: null,
    timeInForce: 'gtc',
  } as const;
  return { clientOrderId, side, ...plain, takeProfit: null, stopLoss: null, oco: false, ...more };
}
function bracket(id: string, side: 'buy' | 'sell' = 'buy'): OrderRequest {
  const long = side === 'buy';
  return order(id, side, {
    takeProfit: { clientOrderId: `${id}-t`, limitPrice: parsePrice(long ? '105' : '95') },
    stopLoss: { clientOrderId: `${id}-s`, stopPrice: parsePrice(long ? '97' : '103') },
  });
}
function oco(id: string, count: number, limit: string, stop = '97'): OrderRequest {
  const stopLoss = { clientOrderId: `${id}-s`, stopPrice: parsePrice(stop) };
  return order(id, 'sell', {
    type: 'limit',
    quantity: shares(count),
    limitPrice: parsePrice(limit),
    stopLoss,
    oco: true,
  });
}
function accepted(outcome: SubmitOutcome): BrokerOrder {
  if (outcome.kind !== 'accepted') assert.fail(`expected the order to be accepted, was ${outcome.kind}`);
  return outcome.order;
}
async function statusOf(broker: Broker, id: string): Promise<string | undefined> {
  return (await broker.find(id))?.status;
}
async function held(broker: Broker): Promise<bigint> {
  return (await broker.positions()).find(({ symbol }) => symbol === 'AAPL')?.quantity ?? 0n;
}

type Card = (bench: BrokerBench, capabilities: BrokerCapabilities) => Promise<void>;

const CARDS: Readonly<Record<string, Card>> = {
  'BR-010 accepts an order and finds it under the id we gave': async ({ broker }) => {
    const sent = accepted(await broker.submit(order('a', 'buy', { type: 'limit', limitPrice: parsePrice('90') })));
    const found = await broker.find('a');
    assert.equal(found?.brokerOrderId, sent.brokerOrderId);
    assert.equal(found?.status, 'working');
    assert.equal(found?.filledQuantity, 0n);
    assert.equal(found?.averageFillPrice, null);
  },
  'BR-020 a second use of an id is a duplicate, also after cancel, and the first order stands': async ({ broker }) => {
    const first = accepted(await broker.submit(order('a', 'buy', { type: 'limit', limitPrice: parsePrice('90') })));
    assert.equal((await broker.submit(order('a', 'buy'))).kind, 'duplicate');
    await broker.cancel(first.brokerOrderId);
    assert.equal((await broker.submit(order('a', 'buy'))).kind, 'duplicate');
    assert.equal((await broker.find('a'))?.type, 'limit');
  },
  'BR-030 an id never used is found nowhere': async ({ broker }) => {
    assert.equal(await broker.find('nobody'), undefined);
  },
  'BR-040 a market order fills, and order, fill, position and account tell the same': async (bench) => {
    const { broker } = bench;
    const before = await broker.account();
    await broker.submit(order('a', 'buy'));
    await bench.trades(100, 101, 99);
    const [fill, ...others] = await broker.fills(LONG_AGO);
    assert.equal(others.length, 0);
    assert.equal(fill?.quantity, shares(100));
    assert.equal((await broker.find('a'))?.averageFillPrice, fill?.price);
    assert.equal(await held(broker), shares(100));
    const spent = ((fill?.price as bigint) * shares(100)) / 1_000_000_000_000n + (fill?.commission ?? 0n);
    assert.equal((await broker.account()).cash, before.cash - spent);
  },
  'BR-050 legs are held until their entry fills, then they work': async (bench) => {
    const { broker } = bench;
    const sent = accepted(await broker.submit(bracket('a')));
    assert.deepEqual(
      sent.legs.map(({ status }) => status),
      ['held', 'held'],
    );
    await bench.trades(100, 101, 99);
    assert.deepEqual(
      [await statusOf(broker, 'a'), await statusOf(broker, 'a-t'), await statusOf(broker, 'a-s')],
      ['filled', 'working', 'working'],
    );
  },
  'BR-060 a target that fills ends its stop': async (bench) => {
    await bench.broker.submit(bracket('a'));
    await bench.trades(100, 101, 99);
    await bench.trades(104, 106, 103);
    assert.deepEqual(
      [await statusOf(bench.broker, 'a-t'), await statusOf(bench.broker, 'a-s')],
      ['filled', 'canceled'],
    );
    assert.equal(await held(bench.broker), 0n);
  },
  'BR-070 a stop that fills ends its target': async (bench) => {
    await bench.broker.submit(bracket('a'));
    await bench.trades(100, 101, 99);
    await bench.trades(98, 99, 96);
    assert.deepEqual(
      [await statusOf(bench.broker, 'a-t'), await statusOf(bench.broker, 'a-s')],
      ['canceled', 'filled'],
    );
    assert.equal(await held(bench.broker), 0n);
  },
  'BR-080 cancel of one member ends its group; asked again it is over; an unknown order is unknown': async (bench) => {
    const { broker } = bench;
    await broker.submit(bracket('a'));
    await bench.trades(100, 101, 99);
    const stop = (await broker.find('a-s')) as BrokerOrder;
    assert.equal(await broker.cancel(stop.brokerOrderId), 'requested');
    assert.deepEqual([await statusOf(broker, 'a-t'), await statusOf(broker, 'a-s')], ['canceled', 'canceled']);
    assert.equal(await broker.cancel(stop.brokerOrderId), 'already_terminal');
    assert.equal(await broker.cancel('nobody' as BrokerOrder['brokerOrderId']), 'unknown');
  },
  'BR-090 an OCO rests on a position at once': async (bench, capabilities) => {
    await bench.broker.submit(order('a', 'buy'));
    await bench.trades(100, 101, 99);
    const outcome = await bench.broker.submit(oco('x', 100, '105'));
    if (!capabilities.oco) return assert.equal(outcome.kind, 'refused');
    const sent = accepted(outcome);
    assert.deepEqual([sent.status, sent.legs[0]?.status], ['working', 'working']);
    await bench.trades(98, 99, 96);
    assert.deepEqual([await statusOf(bench.broker, 'x'), await statusOf(bench.broker, 'x-s')], ['canceled', 'filled']);
  },
  'BR-100 two OCOs rest side by side, 8 and 11 shares': async (bench, capabilities) => {
    await bench.broker.submit(order('a', 'buy', { quantity: shares(19) }));
    await bench.trades(100, 101, 99);
    accepted(await bench.broker.submit(oco('x', 8, '103')));
    const second = await bench.broker.submit(oco('y', 11, '106'));
    assert.equal(second.kind, capabilities.parallelOco ? 'accepted' : 'refused');
    if (!capabilities.parallelOco) return;
    await bench.trades(102, 104, 101);
    assert.deepEqual([await statusOf(bench.broker, 'x'), await statusOf(bench.broker, 'y')], ['filled', 'working']);
    assert.equal(await held(bench.broker), shares(11));
  },
  'BR-110 shares held by a resting exit are not free for another': async (bench, capabilities) => {
    await bench.broker.submit(bracket('a'));
    await bench.trades(100, 101, 99);
    const { kind } = await bench.broker.submit(order('x', 'sell'));
    assert.equal(kind, capabilities.sharesHeldByOrders ? 'refused' : 'accepted');
  },
  'BR-120 a replaced stop has a successor under our id, and the old id leads to it': async (bench) => {
    const { broker } = bench;
    await broker.submit(bracket('a'));
    await bench.trades(100, 101, 99);
    const old = (await broker.find('a-s')) as BrokerOrder;
    const successor = accepted(await broker.replace(old.brokerOrderId, { stopPrice: parsePrice('98.5') }, 'a-s2'));
    assert.equal(successor.clientOrderId, 'a-s2');
    assert.equal(successor.stopPrice, parsePrice('98.5'));
    assert.equal((await broker.find('a-s'))?.brokerOrderId, successor.brokerOrderId);
    await bench.trades(99, 99.5, 98);
    assert.deepEqual([await statusOf(broker, 'a-s2'), await statusOf(broker, 'a-t')], ['filled', 'canceled']);
    assert.equal(await held(broker), 0n);
  },
  'BR-130 a stop that has ended cannot be replaced': async (bench) => {
    const { broker } = bench;
    await broker.submit(bracket('a'));
    await bench.trades(100, 101, 99);
    const stop = (await broker.find('a-s')) as BrokerOrder;
    await broker.cancel(stop.brokerOrderId);
    assert.equal((await broker.replace(stop.brokerOrderId, { stopPrice: parsePrice('98') }, 'a-s2')).kind, 'refused');
  },
  'BR-140 fills come once each, oldest first, from the instant asked for': async (bench) => {
    await bench.broker.submit(bracket('a'));
    await bench.trades(100, 101, 99);
    await bench.trades(98, 99, 96);
    const all = await bench.broker.fills(LONG_AGO);
    assert.deepEqual(
      all.map(({ clientOrderId }) => clientOrderId),
      ['a', 'a-s'],
    );
    assert.equal(new Set(all.map(({ fillId }) => fillId)).size, 2);
    const since = Temporal.Instant.fromEpochMilliseconds(all[1]?.at as number);
    assert.deepEqual(
      (await bench.broker.fills(since)).map(({ clientOrderId }) => clientOrderId),
      ['a-s'],
    );
  },
  'BR-150 orders are listed with their legs, by status and symbol': async (bench) => {
    const { broker } = bench;
    await broker.submit(bracket('a'));
    const listed = await broker.orders({ status: 'live' });
    assert.deepEqual(
      listed.map(({ clientOrderId }) => clientOrderId),
      ['a'],
    );
    assert.deepEqual(listed[0]?.legs.map(({ clientOrderId }) => clientOrderId).sort(), ['a-s', 'a-t']);
    assert.deepEqual(await broker.orders({ status: 'live', symbol: 'MSFT' }), []);
    await bench.trades(100, 101, 99);
    // The entry is done, its legs are not: the group is still live.
    assert.equal((await broker.orders({ status: 'live' })).length, 1);
    await bench.trades(98, 99, 96);
    assert.equal((await broker.orders({ status: 'live' })).length, 0);
    assert.equal((await broker.orders({ status: 'all' })).length, 1);
  },
  'BR-160 a stream that is open hears of a fill': async (bench) => {
    const stream = bench.broker.events()[Symbol.asyncIterator]();
    const heard: string[] = [];
    await bench.broker.submit(order('a', 'buy'));
    await bench.trades(100, 101, 99);
    while (!heard.includes('filled')) {
      const { value, done } = await stream.next();
      if (done === true) break;
      heard.push(value.kind);
    }
    await stream.return?.();
    assert.ok(heard.includes('filled'));
    assert.equal((await stream.next()).done, true);
  },
  'BR-170 no order carries a position through zero': async (bench) => {
    await bench.broker.submit(order('a', 'buy'));
    await bench.trades(100, 101, 99);
    assert.equal((await bench.broker.submit(order('x', 'sell', { quantity: shares(150) }))).kind, 'refused');
    await bench.trades(100, 101, 99);
    assert.equal(await held(bench.broker), shares(100));
  },
  'BR-180 a bracket beside shares is taken as the capability says': async (bench, capabilities) => {
    await bench.broker.submit(order('a', 'buy'));
    await bench.trades(100, 101, 99);
    const { kind } = await bench.broker.submit(bracket('b'));
    assert.equal(kind, capabilities.bracketOnHeldSymbol ? 'accepted' : 'refused');
  },
  'BR-190 a plain entry beside a resting plain exit is taken as the capability says': async (bench, capabilities) => {
    await bench.broker.submit(order('a', 'buy'));
    await bench.trades(100, 101, 99);
    accepted(await bench.broker.submit(order('s', 'sell', { type: 'stop', stopPrice: parsePrice('95') })));
    const { kind } = await bench.broker.submit(order('b', 'buy'));
    assert.equal(kind, capabilities.entryBesideRestingExit ? 'accepted' : 'refused');
  },
  'BR-200 a short is the mirror of a long': async (bench) => {
    await bench.broker.submit(bracket('a', 'sell'));
    await bench.trades(100, 101, 99);
    assert.equal(await held(bench.broker), -shares(100));
    await bench.trades(102, 104, 101);
    assert.deepEqual(
      [await statusOf(bench.broker, 'a-t'), await statusOf(bench.broker, 'a-s')],
      ['canceled', 'filled'],
    );
    assert.equal(await held(bench.broker), 0n);
  },
  'BR-210 equity is cash and what is held at its mark': async (bench) => {
    await bench.broker.submit(order('a', 'buy'));
    await bench.trades(100, 101, 99);
    const [position] = await bench.broker.positions();
    const { equity, cash } = await bench.broker.account();
    assert.ok(equity > cash);
    assert.ok((position?.averageEntry as Price) > 0n);
  },
  'BR-220 account, orders and positions survive a restart, and resting orders go on': async (bench) => {
    await bench.broker.submit(bracket('a'));
    await bench.trades(100, 101, 99);
    const before = {
      account: await bench.broker.account(),
      orders: await bench.broker.orders({ status: 'all' }),
      fills: await bench.broker.fills(LONG_AGO),
    };
    const broker = await bench.restart();
    const after = {
      account: await broker.account(),
      orders: await broker.orders({ status: 'all' }),
      fills: await broker.fills(LONG_AGO),
    };
    assert.deepEqual(after, before);
    assert.equal((await broker.submit(order('a', 'buy'))).kind, 'duplicate');
    await bench.trades(98, 99, 96);
    assert.equal(await statusOf(broker, 'a-s'), 'filled');
    assert.equal(await held(broker), 0n);
  },
};

/** Registers one test per card; a card that is skipped has a reason, and one that does not exist is an error. */
export function brokerContract(contract: BrokerContract): void {
  const skipped = new Map((contract.skip ?? []).map(({ card, reason }) => [card, reason]));
  for (const [title, card] of Object.entries(CARDS)) {
    const number = title.slice(0, 'BR-010'.length);
    const skip = skipped.get(number) ?? false;
    skipped.delete(number);
    test(`${contract.name}: ${title}`, { skip }, async () => card(await contract.make(), contract.capabilities));
  }
  assert.deepEqual([...skipped.keys()], [], 'expected skipped cards to exist');
}
