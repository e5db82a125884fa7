import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLEAR_STANDING } from '../guards/standing.ts';
import { AccountBench, shares } from './account-bench.fixture.ts';

const codes = (bench: AccountBench) => bench.alerts.map(({ code }) => code);

test('shares that somebody else sold shrink the position and its exits, after a second look 15 s later', () => {
  const bench = AccountBench.holding(50);
  bench.wait(1);
  bench.holds(30);
  assert.equal(bench.position.quantity, shares(50), 'seen once is not enough');
  bench.at += 15_001;
  bench.reconcile(30);
  bench.holds(30);
  assert.equal(bench.position.quantity, shares(30));
  assert.ok(codes(bench).includes('external_sale'));
  assert.notEqual(bench.take('cancel'), undefined, 'I1: the exits of 50 are taken down');
});

test('shares that nobody here bought are left alone, and block entries in the symbol', () => {
  const bench = AccountBench.ready();
  bench.wait(1);
  bench.holds(70);
  bench.at += 15_001;
  bench.holds(70);
  bench.propose(10);
  assert.deepEqual(bench.settled, ['refused']);
  assert.equal(bench.take('submit'), undefined);
});

test('what a closed trade leaves in the broker lists is history, not a stray', () => {
  const bench = AccountBench.holding(50);
  const entry = bench.leg('entry');
  const listed = bench.brokerOrder(entry, 'filled', 50);
  bench.tell(bench.leg('target_2'), 'filled', 50, '106');
  bench.tell(bench.leg('stop'), 'canceled');
  assert.equal(bench.position.status, 'closed');
  bench.wait(61_000);
  assert.equal([...bench.machine.positions()].length, 0);
  bench.feed({ fact: 'link', state: 'connected', cause: null });
  bench.reconcile(0, [listed]);
  assert.deepEqual(bench.demanded, []);
});

test('an order of ours that a restored backup forgot halts the account when it holds shares', () => {
  const bench = AccountBench.ready();
  const twin = AccountBench.ready();
  twin.propose(50);
  const entry = twin.send();
  bench.at += 60_000;
  twin.at = bench.at;
  bench.feed({ fact: 'link', state: 'connected', cause: null });
  bench.reconcile(50, [twin.brokerOrder(entry, 'filled', 50)]);
  assert.deepEqual(
    bench.demanded.map(({ cause }) => cause),
    ['unexplained_order'],
  );
});

test('a stop that the broker does not show covers nothing: it is looked for three times and put up again', () => {
  const bench = AccountBench.holding(50);
  const stop = bench.leg('stop');
  const target = bench.leg('target_2');
  const look = () => {
    for (const { clientOrderId } of [stop, target]) bench.feed({ fact: 'found', clientOrderId, order: undefined });
  };
  look();
  // Looks in quick succession prove no more than one.
  for (let again = 0; again < 5; again++) look();
  assert.deepEqual([stop.status, target.status], ['working', 'working']);
  for (let later = 0; later < 2; later++) {
    bench.wait(5_001);
    look();
  }
  assert.deepEqual([stop.status, target.status], ['canceled', 'canceled']);
  assert.ok(codes(bench).includes('order_vanished'));
  assert.deepEqual(bench.posted().quantity, shares(50));
});

test('an account whose broker takes orders again is active again', () => {
  const bench = AccountBench.ready();
  bench.feed({ fact: 'standing', standing: { ...CLEAR_STANDING, account: 'reducing' } });
  bench.wait(61_000);
  bench.feed({ fact: 'link', state: 'connected', cause: null });
  bench.reconcile();
  const active = bench.demanded.filter(({ state }) => state === 'active').map(({ cause }) => cause);
  assert.ok(active.includes('connection_refused') && active.includes('broker_restriction'));
});

test('a stop fill that nobody told is found before it is taken for a sale outside, and never bought back', () => {
  const bench = AccountBench.holding(50);
  const entry = bench.leg('entry');
  bench.wait(1);
  bench.holds(0);
  assert.notEqual(bench.take('read_orders'), undefined, 'orders are read before quantities are believed');
  bench.at += 15_001;
  bench.holds(0);
  assert.equal(bench.position.quantity, shares(50));
  const listed = bench.brokerOrder(entry, 'filled', 50);
  const stop = { ...bench.brokerOrder(bench.leg('stop'), 'filled', 50, '98') };
  const target = { ...bench.brokerOrder(bench.leg('target_2'), 'canceled') };
  bench.feed({ fact: 'orders_read', askedAt: bench.at, since: null, orders: [{ ...listed, legs: [target, stop] }] });
  assert.equal(bench.position.status, 'closed');
  assert.equal(bench.position.closeReason, 'stop');
  assert.equal(bench.take('submit'), undefined);
  assert.deepEqual(bench.demanded, []);
});

test('a fill that is told after its shares were taken for sold outside takes the place of that sale', () => {
  const bench = AccountBench.holding(50);
  bench.wait(1);
  bench.holds(0);
  bench.at += 15_001;
  bench.reconcile(0);
  bench.holds(0);
  assert.equal(bench.position.quantity, 0n);
  bench.tell(bench.leg('stop'), 'filled', 50, '98');
  assert.deepEqual([bench.position.quantity, bench.position.excess], [0n, 0n]);
  assert.equal(bench.take('submit'), undefined);
});

test('what the broker shows right after a fill may be from before it: a close sells nothing twice', () => {
  const bench = AccountBench.holding(50);
  bench.wait(20_000);
  bench.feed({ fact: 'close_asked', key: 'k', positionId: bench.position.positionId, reason: 'manual' });
  bench.tell(bench.leg('target_2'), 'canceled');
  bench.tell(bench.leg('stop'), 'canceled');
  bench.take('read_positions');
  bench.holds(30);
  bench.wait(3_000);
  bench.reconcile(30);
  const close = bench.posted();
  assert.equal(close.quantity, shares(30), 'somebody else sold 20');
  bench.accept(close);
  bench.tell(close, 'filled', 30, '99');
  for (let round = 0; round < 3; round++) {
    bench.take('read_positions');
    bench.holds(30);
    bench.at += 2_000;
    bench.feed({ fact: 'time', marketTime: bench.at });
  }
  assert.equal(bench.take('submit'), undefined, 'the 30 are those that were sold');
});

test('shares that the broker still shows are protected at once when it refuses an exit for more', () => {
  const bench = AccountBench.holding(50);
  bench.wait(20_000);
  bench.tell(bench.leg('target_2'), 'canceled');
  bench.tell(bench.leg('stop'), 'canceled');
  const exit = bench.posted();
  const refused = { kind: 'refused', code: '40310000', text: 'insufficient qty', scope: 'order' } as const;
  bench.feed({ fact: 'submitted', clientOrderId: exit.clientOrderId, outcome: refused });
  assert.notEqual(bench.take('read_positions'), undefined);
  bench.holds(30);
  bench.at += 2_001;
  bench.feed({ fact: 'time', marketTime: bench.at });
  const stop = bench.posted();
  assert.deepEqual([stop.leg, stop.quantity], ['stop', shares(30)]);
  bench.accept(stop);
  bench.wait(10_000);
  assert.equal(bench.take('submit'), undefined, 'nothing beside it');
  bench.at += 6_000;
  bench.holds(30);
  assert.equal(bench.position.quantity, shares(30), 'an exit that came to rest moved no shares: 15 s are 15 s');
});

test('an account that holds nothing sees within a minute what somebody else bought', () => {
  const bench = AccountBench.ready();
  bench.asked = [];
  const until = bench.at + 60_000;
  let read: number | null = null;
  while (bench.at < until && read === null) {
    bench.at = Math.min(bench.machine.nextWakeAt ?? until, until);
    bench.feed({ fact: 'time', marketTime: bench.at });
    if (bench.take('read_positions') !== undefined) read = bench.at;
  }
  assert.notEqual(read, null);
});

test('a pass that cannot end clean reads again each two seconds, not at the speed of the network', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  bench.feed({ fact: 'submitted', clientOrderId: entry.clientOrderId, outcome: { kind: 'unknown', cause: 'reset' } });
  bench.feed({ fact: 'link', state: 'connected', cause: null });
  const until = bench.at + 20_000;
  let reads = 0;
  while (bench.at < until) {
    bench.at = Math.min(Math.max(bench.machine.nextWakeAt ?? until, bench.at + 50), until);
    bench.feed({ fact: 'time', marketTime: bench.at });
    if (bench.asked.some(({ command }) => command === 'read_orders')) reads += 1;
    bench.reconcile(0);
  }
  assert.ok(reads >= 3 && reads <= 12, `${reads} reads of orders in 20 s`);
});
