import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccountBench, START, shares } from './account-bench.fixture.ts';

const CLOSES = START + 6 * 3_600_000;
const UNKNOWN = { kind: 'unknown', cause: 'timeout' } as const;
const REFUSED = { kind: 'refused', code: '40310000', text: 'insufficient qty', scope: 'order' } as const;

const codes = (bench: AccountBench) => bench.alerts.map(({ code }) => code);
const halt = (bench: AccountBench, halted: boolean) =>
  bench.feed({ fact: 'market', symbol: 'AAPL', marketTime: bench.at, bar: null, quote: null, halted });
const askClose = (bench: AccountBench) =>
  bench.feed({ fact: 'close_asked', key: 'k', positionId: bench.position.positionId, reason: 'eod_flatten' });
const isAbsent = (bench: AccountBench, clientOrderId: string) =>
  bench.feed({ fact: 'found', clientOrderId, order: undefined });
const isLookedFor = (bench: AccountBench, { clientOrderId }: { clientOrderId: string }) =>
  bench.asked.some((asked) => asked.command === 'find' && asked.clientOrderId === clientOrderId);

/** Answers every look in this time with "not there", and returns how many there were until something was sent. */
function looksUntilSent(bench: AccountBench, clientOrderId: string, withinMs: number): number | null {
  let looks = 0;
  for (const until = bench.at + withinMs; bench.at < until; bench.wait(250)) {
    if (bench.asked.some(({ command }) => command === 'submit')) return looks;
    for (let look = bench.take('find'); look !== undefined; look = bench.take('find')) {
      if (look.clientOrderId === clientOrderId) looks += 1;
      isAbsent(bench, look.clientOrderId);
    }
  }
  return null;
}

/** A position whose close is out and was never answered. */
function closeUnanswered() {
  const bench = AccountBench.holding(50);
  askClose(bench);
  bench.tell(bench.leg('target_2'), 'canceled');
  bench.tell(bench.leg('stop'), 'canceled');
  bench.reconcile(50);
  const close = bench.posted();
  bench.feed({ fact: 'submitted', clientOrderId: close.clientOrderId, outcome: UNKNOWN });
  return { bench, close };
}

test('a stop leg’s fill that is told before its entry’s is an exit, and nothing is bought back', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  bench.accept(entry);
  const told = bench.brokerOrder(entry, 'working');
  const legs = told.legs.map((leg) =>
    leg.type === 'limit' ? leg : { ...bench.brokerOrder(bench.leg('stop'), 'filled', 50, '98'), clientOrderId: 'leg' },
  );
  bench.feed({ fact: 'order_seen', order: { ...told, legs }, fill: null });
  bench.wait(1_000);
  assert.equal(bench.take('find')?.clientOrderId, entry.clientOrderId, 'the entry’s own fill is looked for');
  assert.equal(bench.take('submit'), undefined);
  bench.tell(entry, 'filled', 50);
  assert.deepEqual([bench.position.quantity, bench.position.excess], [0n, 0n]);
  assert.deepEqual(bench.demanded, [], 'no halt of the account');
  bench.wait(10_000);
  assert.equal(bench.take('submit'), undefined);
});

test('a copy that nobody answered may still arrive: its refused second copy lets no other order sell the same shares', () => {
  const { bench, close } = closeUnanswered();
  assert.equal(looksUntilSent(bench, close.clientOrderId, 10_000), 3);
  assert.equal(bench.posted(), close, 'the same id');
  bench.feed({ fact: 'submitted', clientOrderId: close.clientOrderId, outcome: REFUSED });
  const unansweredAt = START;
  while (bench.at < unansweredAt + 19_000) {
    const again = looksUntilSent(bench, close.clientOrderId, 1_000);
    if (again === null) continue;
    assert.equal(bench.posted(), close, 'nothing but the same id within 20 s');
    bench.feed({ fact: 'submitted', clientOrderId: close.clientOrderId, outcome: REFUSED });
  }
  assert.equal(close.status, 'unknown');
  // The first copy arrives after all.
  bench.tell(close, 'filled', 50, '99');
  assert.equal(bench.position.status, 'closed');
  assert.equal(bench.ownShares(), 0);
});

test('once no copy can arrive any more, a refusal is the answer and the next close takes its place', () => {
  const { bench, close } = closeUnanswered();
  for (const until = START + 40_000; bench.at < until; ) {
    if (looksUntilSent(bench, close.clientOrderId, 1_000) === null) continue;
    const sent = bench.posted();
    if (sent !== close) {
      assert.deepEqual([close.status, sent.seq, sent.quantity], ['rejected', 2, shares(50)]);
      assert.ok(bench.at >= START + 20_000);
      return;
    }
    bench.feed({ fact: 'submitted', clientOrderId: close.clientOrderId, outcome: REFUSED });
  }
  assert.fail('expected a second close within 40 s, was none');
});

test('a planned stop stays with its parent while nobody knows whether the broker has that one, and its fill is seen', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  bench.accept(entry);
  bench.tell(entry, 'partially_filled', 20);
  bench.wait(3_100);
  bench.tell(entry, 'canceled', 20);
  const parent = bench.posted();
  bench.feed({ fact: 'submitted', clientOrderId: parent.clientOrderId, outcome: UNKNOWN });
  const stop = bench.leg('stop');
  assert.equal(stop.status, 'planned');
  askClose(bench);
  assert.equal(stop.status, 'planned', 'it goes out with its parent, if that did');
  assert.equal(bench.take('submit'), undefined);
  const seen = bench.brokerOrder(parent, 'canceled');
  const leg = { ...bench.brokerOrder(stop, 'filled', 20, '98'), brokerOrderId: 'b-stop' as never };
  bench.feed({ fact: 'found', clientOrderId: parent.clientOrderId, order: { ...seen, legs: [leg] } });
  assert.equal(stop.status, 'filled');
  assert.equal(bench.ownShares(), 0);
  assert.equal(bench.take('submit'), undefined, 'what the stop has sold is not sold again');
});

test('an unknown order whose look died with its process is looked for by the next one', () => {
  const { bench, close } = closeUnanswered();
  assert.ok(!isLookedFor(bench, close));
  bench.wait(300);
  assert.ok(isLookedFor(bench, close));
  assert.equal(close.lookAt, null, 'its look is out');
  bench.restart();
  bench.feed({ fact: 'time', marketTime: bench.at });
  assert.ok(isLookedFor(bench, close));
});

test('a stop that ended before its target’s fill is told gets no successor for shares that are gone', () => {
  const bench = AccountBench.holding(50);
  const bar = { open: 101.6, high: 101.6, low: 101.6, close: 101.6 };
  bench.feed({ fact: 'market', symbol: 'AAPL', marketTime: bench.at, bar, quote: null, halted: null });
  bench.tell(bench.leg('target_2'), 'canceled');
  bench.tell(bench.leg('stop'), 'canceled');
  const [a, b] = [bench.posted(), bench.posted()];
  bench.accept(b);
  let last = a;
  for (let refusals = 0; refusals < 3; refusals++) {
    bench.feed({ fact: 'submitted', clientOrderId: last.clientOrderId, outcome: REFUSED });
    bench.wait(2_100);
    last = bench.posted();
  }
  assert.deepEqual([last.purpose, last.quantity], ['stop_only', shares(25)]);
  bench.accept(last);
  for (let look = bench.take('find'); look !== undefined; look = bench.take('find')) {
    const known = bench.order(look.clientOrderId);
    bench.feed({ fact: 'found', clientOrderId: known.clientOrderId, order: bench.brokerOrder(known, 'working') });
  }
  const stop = bench.position.orders.find(({ groupId, leg }) => groupId === b.clientOrderId && leg === 'stop');
  bench.tell(stop ?? b, 'canceled');
  bench.wait(5_000);
  assert.equal(bench.take('submit'), undefined, 'what rests and is placed is never more than is held');
  assert.ok(isLookedFor(bench, b), 'the target is read');
  bench.tell(b, 'filled', 25, '106');
  assert.equal(bench.take('submit'), undefined);
  assert.deepEqual([bench.position.quantity, bench.position.naked], [shares(25), 0n]);
});

test('what cannot be closed is paged once, two minutes before its session ends, also by the next process', () => {
  const bench = AccountBench.holding(50);
  bench.at = CLOSES - 180_000;
  halt(bench, true);
  askClose(bench);
  bench.wait(59_000);
  assert.ok(!codes(bench).includes('not_flat'));
  bench.wait(1_500);
  const paged = () => bench.alerts.filter(({ code }) => code === 'not_flat');
  assert.deepEqual(
    paged().map(({ level, symbol, pipelineId }) => [level, symbol, pipelineId]),
    [['page', 'AAPL', 'pipeline-1']],
  );
  assert.equal(bench.position.naked, 0n, 'the stop stays');
  bench.restart();
  bench.feed({ fact: 'time', marketTime: bench.at });
  bench.wait(60_000);
  assert.equal(paged().length, 1);
});

test('what is held and not asked to close is nobody’s page at the end of a session', () => {
  const bench = AccountBench.holding(50);
  bench.at = CLOSES - 180_000;
  bench.wait(170_000);
  assert.ok(!codes(bench).includes('not_flat'));
});

test('a position that was kept before it could say what it was told for goes on, and is paged', () => {
  const bench = AccountBench.holding(50);
  Reflect.deleteProperty(bench.position, 'toldFor');
  bench.restart();
  assert.equal(Object.hasOwn(bench.position, 'toldFor'), false);
  bench.at = CLOSES - 100_000;
  halt(bench, true);
  askClose(bench);
  bench.wait(30_000);
  assert.equal(codes(bench).filter((code) => code === 'not_flat').length, 1);
  assert.equal(bench.position.toldFor, CLOSES);
});
