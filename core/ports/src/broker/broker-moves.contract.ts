import assert from 'node:assert/strict';
import {
  accepted,
  bracket,
  type Card,
  found,
  group,
  heard,
  hearUntil,
  held,
  LONG_AGO,
  LOT,
  leg,
  level,
  oco,
  order,
  ownFills,
  QUIET,
  shares,
  soon,
  statusOf,
} from './broker-bench.contract.ts';

/** Cards that need a market which the test moves. */
export const MOVES_CARDS: Readonly<Record<string, Card>> = {
  'BR-060 a target that fills ends its stop': async (bench) => {
    await bench.broker.submit(bracket(bench, 'a'));
    await bench.trades(...QUIET);
    await bench.trades(104, 106, 103);
    await soon(bench, group(bench, 'a'), ['filled', 'filled', 'canceled']);
    await soon(bench, () => held(bench), 0n);
  },
  'BR-070 a stop that fills ends its target': async (bench) => {
    await bench.broker.submit(bracket(bench, 'a'));
    await bench.trades(...QUIET);
    await bench.trades(98, 99, 96);
    await soon(bench, group(bench, 'a'), ['filled', 'canceled', 'filled']);
    await soon(bench, () => held(bench), 0n);
  },
  'BR-095 the stop of an OCO that fills ends its target': async (bench, capabilities) => {
    await bench.broker.submit(order(bench, 'a', 'buy'));
    await bench.trades(...QUIET);
    await soon(bench, () => held(bench), shares(LOT));
    const outcome = await bench.broker.submit(oco(bench, 'x', LOT, 105));
    if (!capabilities.oco) return assert.equal(outcome.kind, 'refused');
    await bench.trades(98, 99, 96);
    await soon(bench, async () => (await leg(bench, 'x', 'stop')).status, 'filled');
    await soon(bench, statusOf(bench, 'x'), ['canceled']);
    await soon(bench, () => held(bench), 0n);
  },
  'BR-105 of two OCOs side by side each ends by itself': async (bench, capabilities) => {
    await bench.broker.submit(order(bench, 'a', 'buy', { quantity: shares(19) }));
    await bench.trades(...QUIET);
    await soon(bench, () => held(bench), shares(19));
    await bench.broker.submit(oco(bench, 'x', 8, 103));
    const second = await bench.broker.submit(oco(bench, 'y', 11, 106));
    if (!capabilities.parallelOco) return assert.equal(second.kind, 'refused');
    await bench.trades(102, 104, 101);
    await soon(bench, statusOf(bench, 'x', 'y'), ['filled', 'working']);
    await soon(bench, () => held(bench), shares(11));
  },
  'BR-125 a replaced stop fills where it was moved to, and ends its target': async (bench) => {
    const { broker } = bench;
    await broker.submit(bracket(bench, 'a'));
    await bench.trades(...QUIET);
    await soon(bench, group(bench, 'a'), ['filled', 'working', 'working']);
    const { brokerOrderId } = await leg(bench, 'a', 'stop');
    accepted(await broker.replace(brokerOrderId, { stopPrice: level(bench, 98.5) }, bench.id('a-s2')));
    await bench.trades(99, 99.5, 98);
    await soon(bench, statusOf(bench, 'a-s2'), ['filled']);
    await soon(bench, async () => (await leg(bench, 'a', 'target')).status, 'canceled');
    await soon(bench, () => held(bench), 0n);
  },
  'BR-140 fills come once each, oldest first, from the instant asked for': async (bench) => {
    const { broker } = bench;
    await broker.submit(bracket(bench, 'a'));
    await bench.trades(...QUIET);
    await bench.trades(98, 99, 96);
    await soon(bench, async () => (await broker.fills(LONG_AGO)).length, 2);
    const [entry, exit] = [await found(bench, 'a'), await leg(bench, 'a', 'stop')];
    const all = await broker.fills(LONG_AGO);
    assert.deepEqual(
      all.map(({ brokerOrderId }) => brokerOrderId),
      [entry.brokerOrderId, exit.brokerOrderId],
    );
    assert.equal(new Set(all.map(({ fillId }) => fillId)).size, 2);
    const since = all[1]?.at ?? LONG_AGO;
    assert.deepEqual(
      (await broker.fills(since)).map(({ fillId }) => fillId),
      [all[1]?.fillId],
    );
  },
  'BR-150 orders are listed with their legs, by status, symbol and instant': async (bench) => {
    const { broker } = bench;
    const sent = accepted(await broker.submit(bracket(bench, 'a')));
    const listed = await broker.orders({ status: 'live' });
    assert.deepEqual(
      listed.map(({ clientOrderId }) => clientOrderId),
      [bench.id('a')],
    );
    assert.deepEqual(listed[0]?.legs.map(({ type }) => type).sort(), ['limit', 'stop']);
    assert.deepEqual(await broker.orders({ status: 'live', symbol: 'MSFT' }), []);
    assert.equal((await broker.orders({ status: 'all', since: sent.submittedAt })).length, 1);
    assert.deepEqual(await broker.orders({ status: 'all', since: sent.submittedAt.add({ seconds: 1 }) }), []);
    await bench.trades(...QUIET);
    // The entry is done, its legs are not: the group is still live.
    await soon(bench, async () => (await broker.orders({ status: 'live' })).length, 1);
    await bench.trades(98, 99, 96);
    await soon(bench, async () => (await broker.orders({ status: 'live' })).length, 0);
    assert.equal((await broker.orders({ status: 'all' })).length, 1);
  },
  'BR-200 a short is the mirror of a long': async (bench) => {
    await bench.broker.submit(bracket(bench, 'a', 'sell'));
    await bench.trades(...QUIET);
    await soon(bench, () => held(bench), -shares(LOT));
    await bench.trades(102, 104, 101);
    await soon(bench, group(bench, 'a'), ['filled', 'canceled', 'filled']);
    await soon(bench, () => held(bench), 0n);
  },
  'BR-220 account, orders and positions survive a restart, and resting orders go on': async (bench) => {
    await bench.broker.submit(bracket(bench, 'a'));
    await bench.trades(...QUIET);
    await soon(bench, group(bench, 'a'), ['filled', 'working', 'working']);
    const told = async () => ({
      account: await bench.broker.account(),
      orders: await bench.broker.orders({ status: 'all' }),
      fills: await bench.broker.fills(LONG_AGO),
    });
    const before = await told();
    await bench.restart();
    assert.deepEqual(await told(), before);
    assert.equal((await bench.broker.submit(order(bench, 'a', 'buy'))).kind, 'duplicate');
    await bench.trades(98, 99, 96);
    await soon(bench, group(bench, 'a'), ['filled', 'canceled', 'filled']);
    await soon(bench, () => held(bench), 0n);
  },
  'BR-230 cancel of a partly filled entry keeps what has filled and ends the legs': async (bench) => {
    await bench.broker.submit(bracket(bench, 'a'));
    await bench.trades(...QUIET, 'thin');
    await soon(bench, statusOf(bench, 'a'), ['partially_filled']);
    const { brokerOrderId, filledQuantity } = await found(bench, 'a');
    assert.ok(filledQuantity > 0n && filledQuantity < shares(LOT));
    assert.equal(await bench.broker.cancel(brokerOrderId), 'requested');
    await soon(bench, group(bench, 'a'), ['canceled', 'canceled', 'canceled']);
    assert.equal((await found(bench, 'a')).filledQuantity, filledQuantity);
    await soon(bench, () => held(bench), filledQuantity);
    // Nothing of the group is left to sell what was kept.
    await bench.trades(98, 99, 96);
    assert.equal(await held(bench), filledQuantity);
  },
  'BR-240 legs arm with the first fill or with the complete one, as the capability says': async (
    bench,
    capabilities,
  ) => {
    await bench.broker.submit(bracket(bench, 'a'));
    await bench.trades(...QUIET, 'thin');
    await soon(bench, statusOf(bench, 'a'), ['partially_filled']);
    // The target tells: its stop may be held behind it in either case.
    const expected = capabilities.stopFromFirstFill ? 'working' : 'held';
    await soon(bench, async () => (await leg(bench, 'a', 'target')).status, expected);
    await bench.trades(...QUIET);
    await soon(bench, group(bench, 'a'), ['filled', 'working', 'working']);
    assert.equal((await leg(bench, 'a', 'stop')).quantity, shares(LOT));
  },
  'BR-250 a target that fills in part shrinks its stop': async (bench, capabilities) => {
    await bench.broker.submit(order(bench, 'a', 'buy'));
    await bench.trades(...QUIET);
    await soon(bench, () => held(bench), shares(LOT));
    const outcome = await bench.broker.submit(oco(bench, 'x', LOT, 103));
    if (!capabilities.oco) return assert.equal(outcome.kind, 'refused');
    await bench.trades(102, 104, 101, 'thin');
    await soon(bench, statusOf(bench, 'x'), ['partially_filled']);
    const left = shares(LOT) - (await found(bench, 'x')).filledQuantity;
    assert.ok(left > 0n && left < shares(LOT));
    await soon(bench, async () => (await leg(bench, 'x', 'stop')).quantity, left);
    await bench.trades(98, 99, 96);
    await soon(bench, () => held(bench), 0n);
  },
  'BR-280 a stream that breaks begins again with connected': async (bench) => {
    const stream = bench.broker.events()[Symbol.asyncIterator]();
    assert.equal((await heard(stream)).kind, 'connected');
    await bench.dropStream?.();
    assert.equal((await heard(stream)).kind, 'disconnected');
    assert.equal((await heard(stream)).kind, 'connected');
    await bench.broker.submit(order(bench, 'a', 'buy'));
    await bench.trades(...QUIET);
    await hearUntil(stream, 'filled');
    await stream.return?.();
  },
  'BR-290 fills read again after a break add up to what the orders say': async (bench) => {
    const { broker } = bench;
    await broker.submit(bracket(bench, 'a'));
    await bench.trades(...QUIET, 'thin');
    await soon(bench, statusOf(bench, 'a'), ['partially_filled']);
    const since = (await ownFills(bench, ['a']))[0]?.at ?? LONG_AGO;
    await bench.dropStream?.();
    await bench.trades(...QUIET);
    await bench.trades(98, 99, 96);
    await soon(bench, group(bench, 'a'), ['filled', 'canceled', 'filled']);
    const parent = await found(bench, 'a');
    const cumulative = [parent, ...parent.legs].reduce((sum, { filledQuantity }) => sum + filledQuantity, 0n);
    assert.equal(cumulative, shares(2 * LOT));
    await soon(
      bench,
      async () => (await broker.fills(since)).reduce((sum, { quantity }) => sum + quantity, 0n),
      cumulative,
    );
  },
  'BR-320 a stop that has filled in part cannot be replaced, and works on': async (bench) => {
    const { broker } = bench;
    await broker.submit(bracket(bench, 'a'));
    await bench.trades(...QUIET);
    await bench.trades(98, 99, 96, 'thin');
    await soon(bench, async () => (await leg(bench, 'a', 'stop')).status, 'partially_filled');
    const stop = await leg(bench, 'a', 'stop');
    const outcome = await broker.replace(stop.brokerOrderId, { stopPrice: level(bench, 98) }, bench.id('a-s2'));
    assert.equal(outcome.kind, 'refused');
    assert.equal((await leg(bench, 'a', 'stop')).brokerOrderId, stop.brokerOrderId);
    await bench.trades(98, 99, 96);
    await soon(bench, () => held(bench), 0n);
  },
};
