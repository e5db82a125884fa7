import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMoneyExact, parseMoney } from '@bellwether/domain';
import { PAPER_LIMITS } from '../guards/account-limits.ts';
import { SafetyMonitor } from '../guards/safety-monitor.ts';
import { CLEAR_STANDING, type Standing } from '../guards/standing.ts';
import { ACCOUNT, AccountBench, proposal } from './account-bench.fixture.ts';

const demanded = (bench: AccountBench) => bench.demanded.map(({ state, cause }) => `${state} ${cause}`);
const isWorth = (bench: AccountBench, equity: string) =>
  bench.feed({
    fact: 'account_read',
    askedAt: bench.at,
    account: { ...ACCOUNT, equity: parseMoney(equity) },
    skewMs: null,
  });
const standing = (bench: AccountBench, account: Standing['account']) =>
  bench.feed({ fact: 'standing', standing: { ...CLEAR_STANDING, account } });

test('a day’s loss that is reached reduces the account; with flatten it closes what is held', () => {
  const reducing = AccountBench.holding(50, new SafetyMonitor(PAPER_LIMITS));
  isWorth(reducing, '97000');
  assert.deepEqual(demanded(reducing), ['reducing daily_loss']);
  assert.equal(reducing.position.closing, null);
  const flattening = AccountBench.holding(50, new SafetyMonitor({ ...PAPER_LIMITS, onDailyLoss: 'flatten' }));
  isWorth(flattening, '97000');
  assert.equal(flattening.position.closing, 'emergency');
  assert.equal(flattening.position.status, 'closing');
});

test('a drawdown that was released is measured from there', () => {
  const bench = AccountBench.ready(new SafetyMonitor({ ...PAPER_LIMITS, maxDailyLossFraction: null }));
  isWorth(bench, '90000');
  assert.deepEqual(demanded(bench), ['halted drawdown']);
  standing(bench, 'halted');
  standing(bench, 'active');
  isWorth(bench, '89000');
  isWorth(bench, '81000');
  assert.deepEqual(demanded(bench), ['halted drawdown', 'halted drawdown']);
});

test('a broker out of reach reduces the account until it is back and reconciled', () => {
  const bench = AccountBench.ready(new SafetyMonitor(PAPER_LIMITS));
  bench.feed({ fact: 'link', state: 'lost', cause: 'reset' });
  bench.wait(60_000);
  assert.deepEqual(demanded(bench), ['reducing broker_unreachable']);
  bench.feed({ fact: 'link', state: 'connected', cause: null });
  assert.equal(demanded(bench).length, 1);
  bench.wait(3_000);
  bench.reconcile();
  assert.deepEqual(demanded(bench), ['reducing broker_unreachable', 'active broker_unreachable']);
});

test('clocks apart reduce the account until they agree and it is reconciled, once', () => {
  const bench = AccountBench.ready(new SafetyMonitor(PAPER_LIMITS));
  const read = (skewMs: number | null) =>
    bench.feed({ fact: 'account_read', askedAt: bench.at, account: ACCOUNT, skewMs });
  read(null);
  read(2_500);
  assert.deepEqual(demanded(bench), ['reducing clock_skew']);
  bench.at += 1_000;
  read(20);
  assert.equal(bench.machine.gateOpen, false, 'a reconciliation is asked for');
  bench.wait(3_000);
  bench.reconcile();
  assert.deepEqual(demanded(bench), ['reducing clock_skew', 'active clock_skew']);
  assert.ok(bench.machine.gateOpen);
});

test('quotes that grow old reduce the pipeline that lives on them, in an open market alone', () => {
  const bench = AccountBench.holding(50, new SafetyMonitor(PAPER_LIMITS));
  bench.wait(70_000);
  assert.deepEqual(demanded(bench), [], 'what was never quoted cannot grow old');
  const quote = () => ({ bid: 99.9, ask: 100.1, at: bench.at });
  const market = (halted: boolean | null) =>
    bench.feed({ fact: 'market', marketTime: bench.at, symbol: 'AAPL', bar: null, quote: quote(), halted });
  market(true);
  bench.wait(70_000);
  assert.deepEqual(demanded(bench), [], 'halted');
  market(false);
  bench.wait(59_000);
  assert.deepEqual(demanded(bench), []);
  bench.wait(1_000);
  assert.deepEqual(demanded(bench), ['reducing quotes_stale']);
});

test('a fill is held against what its order was meant to fill at, worse is positive', () => {
  const bench = AccountBench.ready();
  bench.propose(50);
  const entry = bench.send();
  bench.accept(entry);
  bench.tell(entry, 'filled', 50, '100.02');
  assert.equal(formatMoneyExact(entry.slippage), '1.00', 'fifty shares at two cents above what they were sized from');
  const stop = bench.leg('stop');
  bench.tell(stop, 'filled', 50, '98.01');
  assert.equal(formatMoneyExact(stop.slippage), '-0.50', 'a cent better than the stop');
  assert.equal(bench.leg('target_2').referencePrice, null, 'a limit has none');
});

test('an entry that was sent counts in its hour, by market time, and makes the same signal a duplicate', () => {
  const monitor = new SafetyMonitor(PAPER_LIMITS);
  const bench = AccountBench.ready(monitor);
  const marketTime = bench.at + 10_000;
  bench.feed({ fact: 'time', marketTime });
  bench.propose(50);
  bench.send();
  const { pipelineId } = bench.position;
  const counters = monitor.counters({
    at: marketTime,
    pipelineId,
    symbol: 'AAPL',
    side: 'buy',
    exchangeDay: '2026-07-07',
  });
  assert.deepEqual([counters.entriesInHour, counters.sameSignalAt], [1, marketTime]);
});

test('what an entry has reserved stays reserved after its fill, until the broker has counted it', () => {
  const bench = AccountBench.holding(50);
  const entry = bench.leg('entry');
  const reserved = entry.reserved;
  assert.ok(reserved > 0n);
  isWorth(bench, '100000');
  assert.equal(entry.reserved, reserved, 'asked within 2 s of acceptance');
  bench.at += 2_000;
  isWorth(bench, '100000');
  assert.equal(entry.reserved, 0n);
});

test('entries that were let through and wait to be sent count for the next one', () => {
  const bench = AccountBench.ready();
  for (const [index, symbol] of ['AAPL', 'MSFT', 'NVDA', 'GOOG', 'AMZN'].entries())
    bench.propose(1, { symbol }, `p${index}`);
  assert.deepEqual(bench.settled, []);
  bench.propose(1, { symbol: 'META' }, 'p6');
  assert.deepEqual(bench.settled, ['refused'], 'five entries of one pipeline within an hour');
});

test('what is drawn out is no loss, and what is paid in hides none', () => {
  const bench = AccountBench.ready(new SafetyMonitor(PAPER_LIMITS));
  const isWorthAfter = (equity: string, netDepositsToday: string) => {
    bench.at += 60_000;
    bench.feed({
      fact: 'account_read',
      askedAt: bench.at,
      account: {
        ...ACCOUNT,
        equity: parseMoney(equity),
        lastEquity: parseMoney('100000'),
        netDepositsToday: parseMoney(netDepositsToday),
      },
      skewMs: null,
    });
  };
  isWorthAfter('90000', '-10000');
  assert.deepEqual(demanded(bench), []);
  isWorthAfter('104000', '10000');
  assert.deepEqual(demanded(bench), ['reducing daily_loss']);
});

test('what waits to be judged is refused by a stop at once, and its release finds nothing to trade', () => {
  const bench = new AccountBench();
  bench.feed({ fact: 'link', state: 'connected', cause: null });
  standing(bench, 'active');
  bench.feed({ fact: 'proposed', proposal: proposal('p1', bench.at, 50) });
  assert.equal(bench.settled.length, 0);
  standing(bench, 'halted');
  assert.deepEqual(bench.settled, ['refused']);
  standing(bench, 'active');
  bench.reconcile();
  bench.wait(60_000);
  assert.deepEqual([...bench.machine.positions()], []);
});

test('what waits to be judged is dropped with the entries of its pipeline or execution', () => {
  const bench = new AccountBench();
  bench.feed({ fact: 'link', state: 'connected', cause: null });
  const waiting = proposal('p1', bench.at, 50);
  bench.feed({ fact: 'proposed', proposal: waiting });
  const cancel = (executionId: string) =>
    bench.feed({ fact: 'entries_canceled', pipelineId: waiting.pipelineId, executionId, reason: 'window_end' });
  cancel('another');
  assert.deepEqual(bench.settled, []);
  cancel(waiting.ticket.executionId);
  assert.deepEqual(bench.settled, ['refused']);
  bench.reconcile();
  bench.wait(60_000);
  assert.deepEqual([...bench.machine.positions()], []);
});
