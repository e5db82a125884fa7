import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_MS, parsePrice } from '@bellwether/domain';
import { CLEAR_STANDING } from '../guards/standing.ts';
import { AccountBench, proposal, shares } from './account-bench.fixture.ts';

const codes = (bench: AccountBench) => bench.alerts.map(({ code }) => code);
const bar = (close: number, high = close, low = close) => ({ open: close, high, low, close });

test('an entry is written planned, then submitting, and only then posted; its bracket covers every share', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  assert.equal(bench.leg('entry').status, 'planned');
  assert.equal(bench.take('submit'), undefined);
  const entry = bench.send();
  assert.equal(entry.status, 'submitting');
  assert.deepEqual(
    [entry.request?.takeProfit?.limitPrice, entry.request?.stopLoss?.stopPrice],
    [parsePrice('106'), parsePrice('98')],
  );
  bench.accept(entry);
  bench.tell(entry, 'filled', 50);
  assert.equal(bench.position.status, 'open');
  assert.equal(bench.position.naked, 0n);
  assert.deepEqual(bench.settled, ['traded']);
});

test('no entry is sent before a reconciliation has ended, and none that could not be sent within 30 s', () => {
  const bench = new AccountBench();
  bench.feed({ fact: 'proposed', proposal: proposal('p1', bench.at, 50) });
  assert.equal([...bench.machine.positions()].length, 0);
  bench.at += 30_001;
  bench.feed({ fact: 'time', marketTime: bench.at });
  assert.deepEqual(bench.settled, ['refused']);
});

test('a lost answer is looked for five times, then the same id is posted again, and a duplicate is adopted', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  bench.feed({ fact: 'submitted', clientOrderId: entry.clientOrderId, outcome: { kind: 'unknown', cause: 'timeout' } });
  assert.equal(entry.status, 'unknown');
  for (const wait of [250, 500, 1_000, 2_000, 5_000]) {
    bench.wait(wait);
    assert.equal(bench.take('find')?.clientOrderId, entry.clientOrderId, `after ${wait} ms`);
    bench.feed({ fact: 'found', clientOrderId: entry.clientOrderId, order: undefined });
  }
  assert.equal(bench.send().clientOrderId, entry.clientOrderId, 'a second copy passes TX 2 as the first did');
  bench.feed({ fact: 'submitted', clientOrderId: entry.clientOrderId, outcome: { kind: 'duplicate' } });
  assert.equal(bench.take('find')?.clientOrderId, entry.clientOrderId);
  bench.feed({ fact: 'found', clientOrderId: entry.clientOrderId, order: bench.brokerOrder(entry, 'working') });
  assert.equal(entry.status, 'working');
});

test('a duplicate with another body is quarantined and halts the account', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  bench.feed({ fact: 'submitted', clientOrderId: entry.clientOrderId, outcome: { kind: 'duplicate' } });
  const other = { ...bench.brokerOrder(entry, 'working'), quantity: shares(51) };
  bench.feed({ fact: 'found', clientOrderId: entry.clientOrderId, order: other });
  assert.equal(entry.status, 'quarantined');
  assert.deepEqual(
    bench.demanded.map(({ cause, state }) => [cause, state]),
    [['body_mismatch', 'halted']],
  );
  assert.ok(codes(bench).includes('body_mismatch'));
});

test('an entry that cannot be sent again is kept in quarantine: unfilled it is canceled when it appears, never is not placed', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  bench.feed({ fact: 'submitted', clientOrderId: entry.clientOrderId, outcome: { kind: 'unknown', cause: 'reset' } });
  bench.standing = { ...CLEAR_STANDING, account: 'halted' };
  bench.feed({ fact: 'standing', standing: bench.standing });
  for (let look = 0; look < 6; look++) {
    bench.wait(5_000);
    if (bench.take('find') !== undefined)
      bench.feed({ fact: 'found', clientOrderId: entry.clientOrderId, order: undefined });
  }
  assert.equal(entry.status, 'quarantined');
  bench.feed({ fact: 'found', clientOrderId: entry.clientOrderId, order: bench.brokerOrder(entry, 'working') });
  assert.equal(bench.take('cancel')?.clientOrderId, entry.clientOrderId);
  assert.equal(bench.take('submit'), undefined);
});

test('a refusal of a second copy says nothing of the first: it is looked for', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  bench.feed({ fact: 'submitted', clientOrderId: entry.clientOrderId, outcome: { kind: 'unknown', cause: '504' } });
  for (const wait of [250, 500, 1_000, 2_000, 5_000]) {
    bench.wait(wait);
    bench.take('find');
    bench.feed({ fact: 'found', clientOrderId: entry.clientOrderId, order: undefined });
  }
  bench.send();
  const refused = { kind: 'refused', code: '40310000', text: 'insufficient quantity', scope: 'order' } as const;
  bench.feed({ fact: 'submitted', clientOrderId: entry.clientOrderId, outcome: refused });
  assert.equal(entry.status, 'unknown');
  bench.feed({ fact: 'found', clientOrderId: entry.clientOrderId, order: bench.brokerOrder(entry, 'filled', 50) });
  assert.equal(entry.status, 'filled');
  assert.equal(bench.position.quantity, shares(50));
});

test('a fill told three times is booked once', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  bench.accept(entry);
  for (let told = 0; told < 3; told++) bench.tell(entry, 'partially_filled', 20);
  assert.equal(bench.position.quantity, shares(20));
});

test('the rest of a partial entry is canceled after its patience, and what filled gets an OCO of its own', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  bench.accept(entry);
  bench.tell(entry, 'partially_filled', 20);
  bench.wait(2_900);
  assert.equal(bench.take('cancel'), undefined);
  bench.wait(200);
  assert.equal(bench.take('cancel')?.clientOrderId, entry.clientOrderId);
  assert.equal(bench.take('submit'), undefined, 'I5: nothing is placed before the entry has ended');
  bench.tell(entry, 'canceled', 20);
  const exit = bench.posted();
  assert.deepEqual(
    [exit.quantity, exit.request?.oco, exit.request?.stopLoss?.stopPrice],
    [shares(20), true, parsePrice('98')],
  );
  bench.accept(exit);
  assert.equal(bench.position.status, 'open');
  assert.ok(bench.position.nakedShareMs >= 20n * 3_000n * 1_000_000_000n, 'I8: naked share-seconds are counted');
});

test('halfway to target 1 the bracket becomes two OCOs, and target 1 moves the stop by replace', () => {
  const bench = AccountBench.holding(50);
  bench.feed({ fact: 'market', symbol: 'AAPL', marketTime: bench.at, bar: bar(101.6), quote: null, halted: null });
  const target = bench.leg('target_2');
  assert.equal(bench.take('cancel')?.clientOrderId, target.clientOrderId);
  assert.equal(bench.take('submit'), undefined);
  bench.tell(target, 'canceled');
  assert.equal(bench.take('submit'), undefined, 'the stop still rests');
  bench.tell(bench.leg('stop'), 'canceled');
  const a = bench.posted();
  const b = bench.posted();
  assert.deepEqual(
    [a.quantity, a.limitPrice, b.quantity, b.limitPrice],
    [shares(25), parsePrice('103'), shares(25), parsePrice('106')],
  );
  bench.accept(a);
  bench.accept(b);
  assert.equal(bench.position.status, 'open');
  bench.tell(a, 'filled', 25, '103');
  const stopA = bench.position.orders.find(({ groupId, leg }) => groupId === a.clientOrderId && leg === 'stop');
  if (stopA !== undefined) bench.tell(stopA, 'canceled');
  bench.feed({
    fact: 'market',
    symbol: 'AAPL',
    marketTime: bench.at + 60_000,
    bar: bar(103.1),
    quote: null,
    halted: null,
  });
  const replace = bench.take('replace');
  const successor = bench.order(replace?.clientOrderId ?? '');
  assert.equal(successor.stopPrice, parsePrice('100'));
  assert.equal(bench.position.naked, 0n, 'the old stop counts until the new one does');
});

test('a refused exit is tried three times, then as a stop alone; 10 s naked is an alarm, 30 s is the close', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  bench.accept(entry);
  bench.tell(entry, 'partially_filled', 20);
  bench.wait(3_100);
  bench.take('cancel');
  bench.tell(entry, 'canceled', 20);
  const refused = { kind: 'refused', code: '42210000', text: 'no', scope: 'order' } as const;
  const tried: boolean[] = [];
  for (let refusals = 0; refusals < 20; refusals++) {
    const submit = bench.take('submit');
    if (submit !== undefined) {
      const order = bench.order(submit.clientOrderId);
      if (order.leg === 'close') break;
      tried.push(order.request?.oco ?? false);
      bench.feed({ fact: 'submitted', clientOrderId: order.clientOrderId, outcome: refused });
    }
    bench.wait(2_000);
  }
  assert.deepEqual(tried.slice(0, 4), [true, true, true, false]);
  assert.deepEqual(
    codes(bench).filter((code) => code.startsWith('naked')),
    ['naked', 'naked_close'],
  );
  assert.equal(bench.position.closing, 'emergency');
});

test('a close takes everything down first, waits until it is down, reads what the broker holds, and sells just that', () => {
  const bench = AccountBench.holding(50);
  bench.feed({ fact: 'close_asked', key: 'k', positionId: bench.position.positionId, reason: 'manual' });
  assert.equal(bench.position.status, 'closing');
  const asked = [bench.take('cancel'), bench.take('cancel')].map(
    (cancel) => bench.order(cancel?.clientOrderId ?? '').leg,
  );
  assert.deepEqual(asked.sort(), ['stop', 'target_2']);
  bench.tell(bench.leg('target_2'), 'canceled');
  bench.tell(bench.leg('stop'), 'partially_filled', 10, '98');
  assert.equal(bench.take('submit'), undefined, 'pending_cancel is not terminal');
  bench.tell(bench.leg('stop'), 'canceled', 10, '98');
  assert.notEqual(bench.take('read_positions'), undefined);
  assert.equal(bench.take('submit'), undefined);
  bench.holds(40);
  const close = bench.posted();
  assert.deepEqual([close.leg, close.quantity, close.side], ['close', shares(40), 'sell']);
  bench.accept(close);
  bench.tell(close, 'canceled', 15, '99');
  bench.wait(1_000);
  bench.reconcile();
  const again = bench.posted();
  assert.deepEqual([again.seq, again.quantity], [2, shares(25)]);
  bench.accept(again);
  bench.tell(again, 'filled', 25, '99');
  assert.equal(bench.position.status, 'closed');
  assert.equal(bench.position.closeReason, 'manual');
});

test('a close outside the session waits with its stop up', () => {
  const bench = AccountBench.holding(50);
  bench.isOpen = false;
  bench.feed({ fact: 'close_asked', key: 'k', positionId: bench.position.positionId, reason: 'manual' });
  assert.equal(bench.take('cancel'), undefined);
  assert.equal(bench.position.naked, 0n);
});

test('when both legs fill, the exact excess is traded back, and the account is halted', () => {
  const bench = AccountBench.holding(50);
  bench.tell(bench.leg('target_2'), 'filled', 50, '106');
  bench.tell(bench.leg('stop'), 'filled', 50, '98');
  assert.equal(bench.ownShares(), -50);
  assert.equal(bench.take('submit'), undefined, 'nothing is bought that the broker does not show as owed');
  bench.reconcile(-50);
  const back = bench.posted();
  assert.deepEqual([back.side, back.quantity, back.type], ['buy', shares(50), 'market']);
  assert.deepEqual(
    bench.demanded.map(({ cause }) => cause),
    ['sign_flip'],
  );
  bench.accept(back);
  bench.tell(back, 'filled', 50, '99');
  assert.equal(bench.ownShares(), 0);
  assert.equal(bench.position.status, 'closed');
});

test('a kill switch cancels working entries, drops planned ones and leaves stops where they are', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  bench.accept(entry);
  bench.feed({ fact: 'standing', standing: { ...CLEAR_STANDING, platform: 'halted' } });
  assert.equal(bench.take('cancel')?.clientOrderId, entry.clientOrderId);
  const held = AccountBench.holding(50);
  held.feed({ fact: 'standing', standing: { ...CLEAR_STANDING, platform: 'halted' } });
  assert.equal(held.take('cancel'), undefined);
  held.feed({ fact: 'standing', standing: { ...CLEAR_STANDING, platform: 'halted', flatten: 'account' } });
  assert.notEqual(held.take('cancel'), undefined);
  assert.equal(held.position.closing, 'kill_switch');
});

test('after a restart an order that was about to be sent is looked for before it is sent again', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const { clientOrderId } = bench.send();
  bench.restart();
  bench.feed({ fact: 'time', marketTime: bench.at });
  assert.equal(bench.take('find')?.clientOrderId, clientOrderId);
  assert.equal(bench.take('submit'), undefined);
});

test('exits that have rested for 80 days are put up anew in a quiet market, one group, and covered again', () => {
  const bench = AccountBench.holding(50);
  const quote = (price: number) =>
    bench.feed({
      fact: 'market',
      marketTime: bench.at,
      symbol: 'AAPL',
      bar: bar(price),
      quote: null,
      halted: null,
    });
  bench.at += 80 * DAY_MS - 1;
  bench.closesAt = bench.at + 3_600_000;
  quote(100);
  assert.equal(bench.take('cancel'), undefined, 'a day too early');
  bench.at += 1;
  quote(98.2);
  assert.equal(bench.take('cancel'), undefined, 'too near its stop');
  bench.closesAt = bench.at + 60_000;
  quote(100);
  assert.equal(bench.take('cancel'), undefined, 'the session is nearly over');
  bench.closesAt = bench.at + 3_600_000;
  bench.isOpen = false;
  quote(100);
  assert.equal(bench.take('cancel'), undefined, 'closed');
  bench.isOpen = true;
  quote(100);
  const [stop, target] = [bench.leg('stop'), bench.leg('target_2')];
  const canceled = bench.take('cancel')?.clientOrderId;
  assert.ok(canceled === stop.clientOrderId || canceled === target.clientOrderId);
  assert.equal(bench.take('cancel'), undefined, 'a group is asked for once');
  bench.tell(target, 'canceled');
  assert.equal(
    bench.take('cancel')?.clientOrderId,
    stop.clientOrderId,
    'its stop, should the broker not take it down too',
  );
  bench.tell(stop, 'canceled');
  const renewed = bench.posted();
  assert.deepEqual(
    [renewed.leg, renewed.limitPrice, bench.leg('stop').stopPrice, renewed.quantity],
    ['target_2', target.limitPrice, stop.stopPrice, shares(50)],
  );
  bench.accept(renewed);
  assert.equal(bench.position.status, 'open');
  quote(100);
  assert.equal(bench.take('cancel'), undefined, 'they are new');
});

test('a reverse opens only once its predecessor has closed', () => {
  const bench = AccountBench.holding(50);
  const close = { purpose: 'close', side: 'sell', stopLoss: null, target1: null, target2: null } as const;
  const turned = proposal('p2', bench.at, 20, { side: 'sell', stopLoss: 102, target1: 97, target2: 94 });
  const [open] = turned.intents;
  if (open === undefined) throw new Error('no intent');
  bench.feed({ fact: 'proposed', proposal: { ...turned, intents: [{ ...open, ...close }, open] } });
  assert.equal([...bench.machine.positions()].length, 1);
  bench.tell(bench.leg('target_2'), 'canceled');
  bench.tell(bench.leg('stop'), 'canceled');
  bench.reconcile(50);
  const sold = bench.posted();
  bench.accept(sold);
  bench.tell(sold, 'filled', 50, '100');
  const positions = [...bench.machine.positions()];
  assert.deepEqual(
    positions.map(({ side, status }) => [side, status]),
    [
      ['long', 'closed'],
      ['short', 'opening'],
    ],
  );
});

test('an entry that fills after it was given up is protected, and paged', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  const refused = { kind: 'refused', code: '42210000', text: 'no', scope: 'order' } as const;
  bench.feed({ fact: 'submitted', clientOrderId: entry.clientOrderId, outcome: refused });
  assert.equal(bench.position.status, 'closed');
  bench.tell(entry, 'filled', 50);
  assert.equal(bench.position.quantity, shares(50));
  assert.ok(codes(bench).includes('late_fill'));
  assert.deepEqual(bench.posted().quantity, shares(50));
});

test('while the market is closed naked shares are protected on and on, and never sold into nothing', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  bench.accept(entry);
  bench.tell(entry, 'filled', 50);
  bench.isOpen = false;
  bench.tell(bench.leg('target_2'), 'canceled');
  bench.tell(bench.leg('stop'), 'canceled');
  const refused = { kind: 'refused', code: '42210000', text: 'no', scope: 'order' } as const;
  let tries = 0;
  for (let second = 0; second < 30; second++) {
    bench.wait(2_000);
    const submit = bench.take('submit');
    if (submit === undefined) continue;
    tries += 1;
    bench.feed({ fact: 'submitted', clientOrderId: submit.clientOrderId, outcome: refused });
  }
  assert.ok(tries > 10, `${tries} tries in a minute`);
  assert.equal(bench.position.closing, null);
  assert.ok(codes(bench).includes('naked'));
});

test('an entry that the gate shrinks says which cap did it', () => {
  const bench = AccountBench.ready();
  bench.propose(2_000);
  const { quantity, reason } = bench.leg('entry');
  assert.ok(quantity < shares(2_000));
  assert.match(reason ?? '', /^\w+ let through \d+ of 2000 shares$/);
});

test('a cancel that is asked while the entry is on its way holds when it turns up, and it is not sent again', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  bench.feed({ fact: 'entries_canceled', pipelineId: null, executionId: null, reason: 'stopped' });
  bench.accept(entry);
  assert.equal(bench.take('cancel')?.clientOrderId, entry.clientOrderId);
  const other = AccountBench.ready();
  other.propose(50);
  const lost = other.send();
  other.feed({ fact: 'submitted', clientOrderId: lost.clientOrderId, outcome: { kind: 'unknown', cause: 'reset' } });
  other.feed({ fact: 'entries_canceled', pipelineId: null, executionId: null, reason: 'stopped' });
  for (let look = 0; look < 8; look++) {
    other.wait(5_000);
    if (other.take('find') !== undefined)
      other.feed({ fact: 'found', clientOrderId: lost.clientOrderId, order: undefined });
  }
  assert.equal(other.take('submit'), undefined);
  assert.equal(lost.status, 'quarantined');
});

test('a stop that may not be moved leaves its group alone', () => {
  const bench = AccountBench.holding(50);
  bench.feed({ fact: 'market', symbol: 'AAPL', marketTime: bench.at, bar: bar(101.6), quote: null, halted: null });
  bench.take('cancel');
  bench.tell(bench.leg('target_2'), 'canceled');
  bench.tell(bench.leg('stop'), 'canceled');
  bench.take('cancel');
  const [a, b] = [bench.posted(), bench.posted()];
  bench.accept(a);
  bench.accept(b);
  bench.tell(a, 'filled', 25, '103');
  const stopA = bench.position.orders.find(({ groupId, leg }) => groupId === a.clientOrderId && leg === 'stop');
  if (stopA !== undefined) bench.tell(stopA, 'canceled');
  bench.feed({
    fact: 'market',
    symbol: 'AAPL',
    marketTime: bench.at + 60_000,
    bar: bar(103.1),
    quote: null,
    halted: null,
  });
  for (let turn = 0; turn < 4; turn++) {
    const replace = bench.take('replace');
    if (replace !== undefined) {
      const successor = bench.order(replace.clientOrderId);
      bench.feed({
        fact: 'replaced',
        clientOrderId: successor.clientOrderId,
        outcome: { kind: 'accepted', order: bench.brokerOrder(successor, 'rejected') },
      });
    }
    bench.wait(6_000);
  }
  assert.equal(bench.take('cancel'), undefined);
  assert.equal(bench.position.naked, 0n);
});

test('only what is naked goes behind a stop of its own when protection is refused three times', () => {
  const bench = AccountBench.holding(50);
  bench.feed({ fact: 'market', symbol: 'AAPL', marketTime: bench.at, bar: bar(101.6), quote: null, halted: null });
  bench.take('cancel');
  bench.tell(bench.leg('target_2'), 'canceled');
  bench.tell(bench.leg('stop'), 'canceled');
  bench.take('cancel');
  const [a, b] = [bench.posted(), bench.posted()];
  bench.accept(b);
  const refused = { kind: 'refused', code: '42210000', text: 'no', scope: 'order' } as const;
  bench.feed({ fact: 'submitted', clientOrderId: a.clientOrderId, outcome: refused });
  let last = a;
  for (let turn = 0; turn < 4; turn++) {
    bench.wait(2_100);
    const submit = bench.take('submit');
    if (submit === undefined) continue;
    last = bench.order(submit.clientOrderId);
    if (last.purpose === 'stop_only') break;
    bench.feed({ fact: 'submitted', clientOrderId: last.clientOrderId, outcome: refused });
  }
  assert.deepEqual([last.purpose, last.quantity], ['stop_only', shares(25)]);
  assert.equal(bench.take('cancel'), undefined, 'what rests is left alone');
});

test('a cancel that the broker did not take is asked for again after a second', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  bench.accept(entry);
  bench.feed({ fact: 'entries_canceled', pipelineId: null, executionId: null, reason: 'stopped' });
  bench.take('cancel');
  bench.feed({ fact: 'cancel_answered', clientOrderId: entry.clientOrderId, outcome: 'unknown' });
  bench.wait(900);
  assert.equal(bench.take('cancel'), undefined);
  bench.wait(200);
  assert.equal(bench.take('cancel')?.clientOrderId, entry.clientOrderId);
});

test('no exit is placed beside a close that waits out a halt', () => {
  const bench = AccountBench.holding(50);
  bench.feed({ fact: 'close_asked', key: 'k', positionId: bench.position.positionId, reason: 'manual' });
  bench.tell(bench.leg('target_2'), 'canceled');
  bench.tell(bench.leg('stop'), 'canceled');
  bench.reconcile(50);
  bench.accept(bench.posted());
  bench.feed({ fact: 'market', symbol: 'AAPL', marketTime: bench.at, bar: null, quote: null, halted: true });
  bench.wait(20_000);
  assert.equal(bench.take('submit'), undefined);
});
