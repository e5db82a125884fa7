import assert from 'node:assert/strict';
import type { BrokerOrder } from './broker.ts';
import {
  accepted,
  bracket,
  type Card,
  found,
  group,
  heard,
  hearUntil,
  held,
  LOT,
  leg,
  level,
  oco,
  order,
  ownFills,
  QUIET,
  resting,
  shares,
  soon,
  statusOf,
} from './broker-bench.contract.ts';

/** Cards that need nothing but a market in which market orders fill: they run against a real account too. */
export const REST_CARDS: Readonly<Record<string, Card>> = {
  'BR-010 accepts an order and finds it under the id we gave': async (bench) => {
    const sent = accepted(await bench.broker.submit(resting(bench, 'a')));
    await soon(bench, statusOf(bench, 'a'), ['working']);
    const report = await found(bench, 'a');
    assert.equal(report.brokerOrderId, sent.brokerOrderId);
    assert.equal((await bench.broker.findById(sent.brokerOrderId))?.clientOrderId, bench.id('a'));
    assert.equal(report.filledQuantity, 0n);
    assert.equal(report.averageFillPrice, null);
  },
  'BR-020 a second use of an id is a duplicate, also after cancel, and the first order stands': async (bench) => {
    const { broker } = bench;
    const first = accepted(await broker.submit(resting(bench, 'a')));
    assert.equal((await broker.submit(resting(bench, 'a'))).kind, 'duplicate');
    await broker.cancel(first.brokerOrderId);
    await soon(bench, statusOf(bench, 'a'), ['canceled']);
    assert.equal((await broker.submit(order(bench, 'a', 'buy'))).kind, 'duplicate');
    assert.equal((await found(bench, 'a')).type, 'limit');
  },
  'BR-030 an id never used is found nowhere': async (bench) => {
    assert.equal(await bench.broker.find(bench.id('nobody')), undefined);
    assert.equal(await bench.broker.findById(bench.id('nobody') as BrokerOrder['brokerOrderId']), undefined);
  },
  'BR-040 a market order fills, and order, fill, position and account tell the same': async (bench) => {
    const before = await bench.broker.account();
    await bench.broker.submit(order(bench, 'a', 'buy'));
    await bench.trades(...QUIET);
    await soon(bench, statusOf(bench, 'a'), ['filled']);
    await soon(
      bench,
      async () => (await ownFills(bench, ['a'])).reduce((sum, fill) => sum + fill.quantity, 0n),
      shares(LOT),
    );
    const fills = await ownFills(bench, ['a']);
    const exact = fills.reduce((sum, { price, quantity }) => sum + price * quantity, 0n);
    assert.equal((await found(bench, 'a')).averageFillPrice, exact / shares(LOT));
    await soon(bench, () => held(bench), shares(LOT));
    const spent = exact / 1_000_000_000_000n + fills.reduce((sum, { fee }) => sum + fee, 0n);
    await soon(bench, async () => (await bench.broker.account()).cash, before.cash - spent);
    assert.equal((await bench.broker.account()).brokerAccountId, before.brokerAccountId);
  },
  'BR-050 legs are held until their entry fills, then they cover it': async (bench) => {
    const sent = accepted(await bench.broker.submit(bracket(bench, 'a')));
    assert.equal(sent.legs.length, 2);
    assert.ok(sent.legs.every(({ status }) => status === 'held') || bench.wait !== undefined);
    await bench.trades(...QUIET);
    await soon(bench, group(bench, 'a'), ['filled', 'working', 'working']);
  },
  'BR-080 cancel of one member ends its group; asked again it is over; an unknown order is unknown': async (bench) => {
    const { broker } = bench;
    await broker.submit(bracket(bench, 'a'));
    await bench.trades(...QUIET);
    await soon(bench, group(bench, 'a'), ['filled', 'working', 'working']);
    const stop = await leg(bench, 'a', 'stop');
    assert.equal(await broker.cancel(stop.brokerOrderId), 'requested');
    await soon(bench, group(bench, 'a'), ['filled', 'canceled', 'canceled']);
    assert.equal(await broker.cancel(stop.brokerOrderId), 'already_terminal');
    assert.equal(await broker.cancel(bench.id('nobody') as BrokerOrder['brokerOrderId']), 'unknown');
  },
  'BR-090 an OCO rests on a position at once': async (bench, capabilities) => {
    await bench.broker.submit(order(bench, 'a', 'buy'));
    await bench.trades(...QUIET);
    await soon(bench, () => held(bench), shares(LOT));
    const outcome = await bench.broker.submit(oco(bench, 'x', LOT, 105));
    if (!capabilities.oco) return assert.equal(outcome.kind, 'refused');
    const sent = accepted(outcome);
    assert.deepEqual([sent.type, sent.quantity, sent.legs.length], ['limit', shares(LOT), 1]);
    await soon(bench, statusOf(bench, 'x'), ['working']);
    const stop = await leg(bench, 'x', 'stop');
    assert.ok(['working', 'held'].includes(stop.status));
    assert.deepEqual([stop.side, stop.quantity, stop.stopPrice], ['sell', shares(LOT), level(bench, 97)]);
  },
  'BR-100 two OCOs rest side by side, 8 and 11 shares': async (bench, capabilities) => {
    await bench.broker.submit(order(bench, 'a', 'buy', { quantity: shares(19) }));
    await bench.trades(...QUIET);
    await soon(bench, () => held(bench), shares(19));
    accepted(await bench.broker.submit(oco(bench, 'x', 8, 103)));
    const second = await bench.broker.submit(oco(bench, 'y', 11, 106));
    assert.equal(second.kind, capabilities.parallelOco ? 'accepted' : 'refused');
    await soon(bench, statusOf(bench, 'x'), ['working']);
    if (capabilities.parallelOco) await soon(bench, statusOf(bench, 'y'), ['working']);
  },
  'BR-110 shares held by a resting exit are not free for another': async (bench, capabilities) => {
    await bench.broker.submit(bracket(bench, 'a'));
    await bench.trades(...QUIET);
    await soon(bench, group(bench, 'a'), ['filled', 'working', 'working']);
    const { kind } = await bench.broker.submit(order(bench, 'x', 'sell'));
    assert.equal(kind, capabilities.sharesHeldByOrders ? 'refused' : 'accepted');
  },
  'BR-120 a replaced stop has a successor under our id, and the old one leads to it': async (bench) => {
    const { broker } = bench;
    await broker.submit(bracket(bench, 'a'));
    await bench.trades(...QUIET);
    await soon(bench, group(bench, 'a'), ['filled', 'working', 'working']);
    const old = await leg(bench, 'a', 'stop');
    const as = bench.id('a-s2');
    const successor = accepted(await broker.replace(old.brokerOrderId, { stopPrice: level(bench, 98.5) }, as));
    assert.equal(successor.clientOrderId, as);
    assert.equal(successor.stopPrice, level(bench, 98.5));
    await soon(bench, async () => (await broker.findById(old.brokerOrderId))?.brokerOrderId, successor.brokerOrderId);
    await soon(bench, async () => (await broker.find(as))?.stopPrice, level(bench, 98.5));
    assert.equal((await leg(bench, 'a', 'target')).status, 'working');
  },
  'BR-130 a stop that has ended cannot be replaced': async (bench) => {
    const { broker } = bench;
    await broker.submit(bracket(bench, 'a'));
    await bench.trades(...QUIET);
    await soon(bench, group(bench, 'a'), ['filled', 'working', 'working']);
    const stop = await leg(bench, 'a', 'stop');
    await broker.cancel(stop.brokerOrderId);
    await soon(bench, group(bench, 'a'), ['filled', 'canceled', 'canceled']);
    const outcome = await broker.replace(stop.brokerOrderId, { stopPrice: level(bench, 98) }, bench.id('a-s2'));
    assert.equal(outcome.kind, 'refused');
  },
  'BR-160 a stream begins with connected and hears of a fill': async (bench) => {
    const stream = bench.broker.events()[Symbol.asyncIterator]();
    assert.equal((await heard(stream)).kind, 'connected');
    await bench.broker.submit(order(bench, 'a', 'buy'));
    await bench.trades(...QUIET);
    const event = await hearUntil(stream, 'filled');
    await stream.return?.();
    if (event.kind !== 'filled') assert.fail(`expected a fill, was ${event.kind}`);
    assert.equal(event.order.clientOrderId, bench.id('a'));
    assert.equal(event.order.filledQuantity, shares(LOT));
    assert.ok((event.fill?.quantity ?? 0n) > 0n);
    assert.equal((await stream.next()).done, true);
  },
  'BR-170 no order carries a position through zero': async (bench) => {
    await bench.broker.submit(order(bench, 'a', 'buy'));
    await bench.trades(...QUIET);
    await soon(bench, () => held(bench), shares(LOT));
    assert.equal((await bench.broker.submit(order(bench, 'x', 'sell', { quantity: shares(LOT + 5) }))).kind, 'refused');
    await bench.trades(...QUIET);
    assert.equal(await held(bench), shares(LOT));
  },
  'BR-180 a bracket beside shares is taken as the capability says': async (bench, capabilities) => {
    await bench.broker.submit(order(bench, 'a', 'buy'));
    await bench.trades(...QUIET);
    await soon(bench, () => held(bench), shares(LOT));
    const { kind } = await bench.broker.submit(bracket(bench, 'b'));
    assert.equal(kind, capabilities.bracketOnHeldSymbol ? 'accepted' : 'refused');
  },
  'BR-190 a plain entry beside a resting plain exit is taken as the capability says': async (bench, capabilities) => {
    await bench.broker.submit(order(bench, 'a', 'buy'));
    await bench.trades(...QUIET);
    await soon(bench, () => held(bench), shares(LOT));
    accepted(await bench.broker.submit(order(bench, 's', 'sell', { type: 'stop', stopPrice: level(bench, 95) })));
    const { kind } = await bench.broker.submit(order(bench, 'b', 'buy'));
    assert.equal(kind, capabilities.entryBesideRestingExit ? 'accepted' : 'refused');
  },
  'BR-210 equity is cash and what is held at its mark': async (bench) => {
    await bench.broker.submit(order(bench, 'a', 'buy'));
    await bench.trades(...QUIET);
    await soon(bench, () => held(bench), shares(LOT));
    const position = (await bench.broker.positions()).find(({ symbol }) => symbol === bench.symbol);
    const { equity, cash, blocked } = await bench.broker.account();
    assert.ok(equity > cash);
    assert.ok((position?.averageEntry ?? 0n) > 0n);
    assert.equal(blocked, false);
  },
  'BR-260 an order whose answer was lost is found, and sent again it is a duplicate': async (bench) => {
    await bench.loseNextAnswer?.();
    const outcome = await bench.broker.submit(resting(bench, 'a'));
    if (bench.loseNextAnswer !== undefined) assert.equal(outcome.kind, 'unknown');
    await soon(bench, async () => (await bench.broker.find(bench.id('a')))?.status, 'working');
    assert.equal((await bench.broker.submit(resting(bench, 'a'))).kind, 'duplicate');
    const own = (await bench.broker.orders({ status: 'live', symbol: bench.symbol })).filter(
      ({ clientOrderId }) => clientOrderId === bench.id('a'),
    );
    assert.equal(own.length, 1);
  },
  'BR-270 a refusal has a stable code, a text and a scope': async (bench) => {
    const refuse = async (name: string) => {
      const outcome = await bench.broker.submit(oco(bench, name, LOT, 105));
      if (outcome.kind !== 'refused') assert.fail(`expected an OCO on nothing to be refused, was ${outcome.kind}`);
      return outcome;
    };
    const [first, second] = [await refuse('a'), await refuse('b')];
    assert.ok(first.code !== '' && first.text !== '');
    assert.equal(second.code, first.code);
    assert.deepEqual([first.scope, second.scope], ['order', 'order']);
  },
  'BR-300 a second bracket beside another is taken as the capability says': async (bench, capabilities) => {
    accepted(await bench.broker.submit(bracket(bench, 'a')));
    const second = await bench.broker.submit(bracket(bench, 'b'));
    await bench.trades(...QUIET);
    await soon(bench, group(bench, 'a'), ['filled', 'working', 'working']);
    if (!capabilities.twinBrackets) return assert.equal(second.kind, 'refused');
    accepted(second);
    await soon(bench, group(bench, 'b'), ['filled', 'working', 'working']);
    await soon(bench, () => held(bench), shares(2 * LOT));
  },
  'BR-310 a stop that is not at least one increment beyond the base price is refused': async (bench) => {
    const entry = level(bench, 90);
    const send = (name: string, cents: bigint) =>
      bench.broker.submit(
        bracket(bench, name, 'buy', {
          type: 'limit',
          limitPrice: entry,
          stopLoss: { clientOrderId: bench.id(`${name}-s`), stopPrice: (entry - cents * 10_000_000n) as typeof entry },
        }),
      );
    assert.equal((await send('a', 0n)).kind, 'refused');
    assert.equal((await send('b', -1n)).kind, 'refused');
    accepted(await send('c', 1n));
  },
};
