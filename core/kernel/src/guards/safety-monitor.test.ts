import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Money, parseMoney } from '@bellwether/domain';
import type { StandingChange } from '../account/account-effects.ts';
import { type AccountLimits, PAPER_LIMITS, UNLIMITED } from './account-limits.ts';
import { SafetyMonitor } from './safety-monitor.ts';

const MONDAY = '2026-03-09';
const TUESDAY = '2026-03-10';
const SECOND = 1_000;
const HOUR = 3_600_000;

const usd = (text: string): Money => parseMoney(text);
const monitor = (limits: Partial<AccountLimits> = {}) => new SafetyMonitor({ ...PAPER_LIMITS, ...limits });
/** What was demanded, in short. */
const demands = (changes: readonly StandingChange[]) =>
  changes.map(({ scope, pipelineId, state, cause }) => [pipelineId ?? scope, state, cause].join(' '));

const worth = (
  equity: string,
  more: { exchangeDay?: string; lastEquity?: string | null; deposits?: string; at?: number } = {},
) => ({
  at: more.at ?? 0,
  exchangeDay: more.exchangeDay ?? MONDAY,
  equity: usd(equity),
  lastEquity: more.lastEquity === null ? null : usd(more.lastEquity ?? '100000'),
  deposits: usd(more.deposits ?? '0'),
});
const order = (
  kind: 'sent' | 'refused' | 'failed' | 'accepted',
  more: { at?: number; pipelineId?: string; entry?: boolean; side?: 'buy' | 'sell' } = {},
) => ({
  at: more.at ?? 0,
  pipelineId: more.pipelineId ?? 'p1',
  kind,
  entry: more.entry ?? true,
  symbol: 'AAPL',
  side: more.side ?? ('buy' as const),
});
const asked = (at: number, more: { pipelineId?: string; side?: 'buy' | 'sell'; exchangeDay?: string } = {}) => ({
  at,
  pipelineId: more.pipelineId ?? 'p1',
  symbol: 'AAPL',
  side: more.side ?? ('buy' as const),
  exchangeDay: more.exchangeDay ?? MONDAY,
});

test('a day that has lost 3 % reduces the account until the next exchange day, once', () => {
  const safety = monitor();
  assert.deepEqual(safety.onSnapshot(worth('97000.000001')), []);
  const [change] = safety.onSnapshot(worth('97000'));
  assert.deepEqual(change, {
    scope: 'account',
    pipelineId: null,
    cause: 'daily_loss',
    state: 'reducing',
    text: 'the account has lost $3000.00 today, its limit is $3000.00 (3 %)',
  });
  assert.deepEqual(safety.onSnapshot(worth('96000')), []);
  assert.deepEqual(safety.onSnapshot(worth('101000')), [], 'what comes back the same day ends nothing');
  assert.deepEqual(demands(safety.onTime({ at: 0, exchangeDay: TUESDAY })), ['account active daily_loss']);
  assert.deepEqual(safety.onSnapshot(worth('101000', { exchangeDay: TUESDAY, lastEquity: '101000' })), []);
});

test('on_daily_loss: flatten asks for every position to be closed as well', () => {
  const [change] = monitor({ onDailyLoss: 'flatten' }).onSnapshot(worth('90001'));
  assert.deepEqual([change?.state, change?.flatten], ['reducing', true]);
});

test('deposits are no profit, and a withdrawal is no loss', () => {
  const safety = monitor();
  // 3 % of the 100,000 of the previous close and the 10,000 since.
  assert.deepEqual(demands(safety.onSnapshot(worth('106700', { deposits: '10000' }))), ['account reducing daily_loss']);
  assert.equal(safety.dayPnl(), usd('-3300'));
  const other = monitor();
  assert.deepEqual(other.onSnapshot(worth('100000')), []);
  assert.deepEqual(other.onSnapshot(worth('50000', { deposits: '-50000' })), []);
  assert.equal(other.dayPnl(), usd('0'));
});

test('10 % below the highest equity halts the account until it is released, and is counted from there again', () => {
  const safety = monitor({ maxDailyLossFraction: null });
  safety.onSnapshot(worth('110000'));
  safety.onSnapshot(worth('120000', { exchangeDay: TUESDAY, lastEquity: '110000' }));
  assert.deepEqual(safety.onSnapshot(worth('108000.000001', { exchangeDay: TUESDAY, lastEquity: '110000' })), []);
  const changes = safety.onSnapshot(worth('108000', { exchangeDay: TUESDAY, lastEquity: '110000' }));
  assert.deepEqual(demands(changes), ['account halted drawdown']);
  assert.equal(changes[0]?.text, 'the account is $12000.00 below its peak of $120000.00, at most 10 % is allowed');
  assert.deepEqual(safety.onTime({ at: 0, exchangeDay: '2026-03-11' }), [], 'a new day ends no drawdown');
  safety.release({ scope: 'account', pipelineId: null });
  assert.deepEqual(safety.onSnapshot(worth('107000', { exchangeDay: '2026-03-11', lastEquity: '108000' })), []);
  assert.deepEqual(demands(safety.onSnapshot(worth('97200', { exchangeDay: '2026-03-11', lastEquity: '108000' }))), [
    'account halted drawdown',
  ]);
});

test('money that is paid in lifts the peak, money that is taken out lowers it', () => {
  const safety = monitor({ maxDailyLossFraction: null });
  safety.onSnapshot(worth('100000'));
  assert.deepEqual(safety.onSnapshot(worth('200000', { deposits: '100000' })), []);
  assert.deepEqual(demands(safety.onSnapshot(worth('180000', { deposits: '100000' }))), ['account halted drawdown']);
  const other = monitor({ maxDailyLossFraction: null });
  other.onSnapshot(worth('100000'));
  assert.deepEqual(other.onSnapshot(worth('20000', { deposits: '-80000' })), []);
});

test('P26 0 allows no loss at all, null any', () => {
  const nothing = monitor({ maxDailyLossFraction: 0, maxDrawdownFraction: 0 });
  assert.deepEqual(demands(nothing.onSnapshot(worth('100000'))), [
    'account reducing daily_loss',
    'account halted drawdown',
  ]);
  const free = new SafetyMonitor(UNLIMITED);
  assert.deepEqual([...free.onSnapshot(worth('100000')), ...free.onSnapshot(worth('1'))], []);
});

test('until the broker rolls its previous close over, a new day is measured from what was heard last', () => {
  const safety = monitor();
  safety.onSnapshot(worth('98000'));
  assert.deepEqual(safety.onSnapshot(worth('97500', { exchangeDay: TUESDAY, lastEquity: '100000' })), []);
  assert.equal(safety.dayPnl(), usd('-500'));
  safety.onSnapshot(worth('97500', { exchangeDay: TUESDAY, lastEquity: '98100' }));
  assert.equal(safety.dayPnl(), usd('-600'));
});

test('a broker that does not say its previous close is measured from the first equity of the first day', () => {
  const safety = monitor();
  const silent = (equity: string, exchangeDay: string) =>
    safety.onSnapshot(worth(equity, { exchangeDay, lastEquity: null }));
  assert.equal(safety.dayPnl(), null);
  silent('100000', MONDAY);
  silent('99000', MONDAY);
  assert.equal(safety.dayPnl(), usd('-1000'));
  silent('98500', TUESDAY);
  assert.equal(safety.dayPnl(), usd('-500'));
});

test('P10 a day that goes backwards takes no demand back', () => {
  const safety = monitor();
  safety.onSnapshot(worth('97000', { exchangeDay: TUESDAY }));
  assert.deepEqual(safety.onTime({ at: 0, exchangeDay: MONDAY }), []);
  assert.deepEqual(safety.onTime({ at: 0, exchangeDay: TUESDAY }), []);
});

test('three rate refusals within an hour halt the pipeline, other refusals never', () => {
  const safety = monitor();
  const refused = (at: number, rule = 'entries_per_hour', pipelineId = 'p1') =>
    demands(safety.onGateRefused({ at, pipelineId, rule }));
  for (let i = 0; i < 20; i++) assert.deepEqual(refused(i, 'symbol_owned'), []);
  assert.deepEqual(refused(0), []);
  assert.deepEqual(refused(1, 'orders_per_minute'), []);
  assert.deepEqual(refused(2, 'orders_per_day', 'p2'), []);
  assert.deepEqual(refused(HOUR), [], 'the first is an hour ago');
  assert.deepEqual(refused(HOUR), ['p1 halted order_rate']);
  assert.deepEqual(refused(HOUR + 1), []);
  safety.release({ scope: 'pipeline', pipelineId: 'p1' });
  assert.deepEqual(refused(HOUR + 2), []);
});

test('five refusals or failures in a row halt the pipeline; one acceptance begins the count again', () => {
  const safety = monitor();
  for (const kind of [
    'refused',
    'failed',
    'refused',
    'failed',
    'accepted',
    'refused',
    'refused',
    'refused',
    'refused',
  ] as const)
    assert.deepEqual(safety.onOrder(order(kind)), []);
  assert.deepEqual(safety.onOrder(order('failed', { pipelineId: 'p2' })), []);
  assert.deepEqual(demands(safety.onOrder(order('failed'))), ['p1 halted orders_failing']);
  safety.release({ scope: 'pipeline', pipelineId: 'p1' });
  assert.deepEqual(safety.onOrder(order('failed')), []);
});

test('counters see what was sent within their window, and entries that were let go together', () => {
  const safety = monitor();
  safety.onOrder(order('sent', { at: 0 }));
  safety.onOrder(order('sent', { at: 0, entry: false, side: 'sell' }));
  safety.onOrder(order('sent', { at: 59 * SECOND, pipelineId: 'p2' }));
  assert.deepEqual(safety.counters(asked(59 * SECOND)), {
    entriesInHour: 1,
    ordersInMinute: 3,
    ordersInDay: 3,
    dayTrades: 0,
    sameSignalAt: 0,
  });
  assert.equal(safety.counters(asked(60 * SECOND)).ordersInMinute, 1);
  assert.equal(safety.counters(asked(HOUR - 1)).entriesInHour, 1);
  assert.equal(safety.counters(asked(HOUR)).entriesInHour, 0);
  assert.equal(safety.counters(asked(0, { side: 'sell' })).sameSignalAt, null, 'an exit is no signal');
  assert.equal(safety.counters(asked(0, { pipelineId: 'p3' })).sameSignalAt, null);
});

test('orders of the day are counted by exchange day', () => {
  const safety = monitor();
  safety.onTime({ at: 0, exchangeDay: MONDAY });
  safety.onOrder(order('sent'));
  assert.equal(safety.counters(asked(0)).ordersInDay, 1);
  assert.equal(safety.counters(asked(0, { exchangeDay: TUESDAY })).ordersInDay, 0);
  safety.onTime({ at: 0, exchangeDay: TUESDAY });
  safety.onOrder(order('sent'));
  assert.equal(safety.counters(asked(0, { exchangeDay: TUESDAY })).ordersInDay, 1);
});

test('day trades are what was opened and closed on one day, over five exchange days', () => {
  const safety = monitor();
  const count = () => safety.counters(asked(0)).dayTrades;
  safety.onClosed({ exchangeDay: '2026-03-02', openedOn: '2026-03-02' });
  safety.onClosed({ exchangeDay: '2026-03-02', openedOn: '2026-02-27' });
  safety.onClosed({ exchangeDay: '2026-03-03', openedOn: '2026-03-03' });
  assert.equal(count(), 2);
  for (const exchangeDay of ['2026-03-04', '2026-03-05', '2026-03-06']) safety.onTime({ at: 0, exchangeDay });
  assert.equal(count(), 2);
  safety.onTime({ at: 0, exchangeDay: MONDAY });
  assert.equal(count(), 1);
});

test('shares naked for 30 s twice in a day reduce the account until it is released', () => {
  const safety = monitor();
  assert.deepEqual(safety.onNaked30s({ at: 0, exchangeDay: MONDAY }), []);
  assert.deepEqual(safety.onNaked30s({ at: 0, exchangeDay: TUESDAY }), []);
  assert.deepEqual(demands(safety.onNaked30s({ at: 0, exchangeDay: TUESDAY })), ['account reducing naked_twice']);
  assert.deepEqual(safety.onTime({ at: 0, exchangeDay: '2026-03-11' }), []);
  safety.release({ scope: 'account', pipelineId: null });
  assert.deepEqual(safety.onNaked30s({ at: 0, exchangeDay: '2026-03-11' }), []);
});

test('a broker out of reach for 60 s reduces the account until it is back and a pass was clean', () => {
  const safety = monitor();
  const time = (at: number) => demands(safety.onTime({ at, exchangeDay: MONDAY }));
  safety.onLink({ at: 0, state: 'lost' });
  safety.onLink({ at: 30 * SECOND, state: 'lost' });
  assert.deepEqual(time(60 * SECOND - 1), []);
  assert.deepEqual(time(60 * SECOND), ['account reducing broker_unreachable']);
  assert.deepEqual(time(90 * SECOND), []);
  assert.deepEqual(safety.onPass({ at: 0, clean: true }), [], 'not back yet');
  safety.onLink({ at: 0, state: 'connected' });
  assert.deepEqual(safety.onPass({ at: 0, clean: false }), []);
  assert.deepEqual(demands(safety.onPass({ at: 0, clean: true })), ['account active broker_unreachable']);
  assert.deepEqual(safety.onPass({ at: 0, clean: true }), []);
  assert.deepEqual(time(900 * SECOND), []);
});

test('a link that breaks again before its clean pass has not recovered', () => {
  const safety = monitor();
  safety.onLink({ at: 0, state: 'lost' });
  safety.onTime({ at: 60 * SECOND, exchangeDay: MONDAY });
  safety.onLink({ at: 61 * SECOND, state: 'connected' });
  safety.onLink({ at: 62 * SECOND, state: 'lost' });
  safety.onTime({ at: 122 * SECOND, exchangeDay: MONDAY });
  assert.deepEqual(safety.onPass({ at: 0, clean: true }), []);
});

test('clocks more than 2 s apart reduce the account, quotes older than 60 s their pipeline', () => {
  const safety = monitor();
  assert.deepEqual(safety.onSkew({ at: 0, skewMs: -2_000 }), []);
  assert.deepEqual(demands(safety.onSkew({ at: 0, skewMs: -2_001 })), ['account reducing clock_skew']);
  assert.deepEqual(safety.onQuotes({ at: 0, pipelineId: 'p1', ageMs: 59_999 }), []);
  assert.deepEqual(demands(safety.onQuotes({ at: 0, pipelineId: 'p1', ageMs: 60_000 })), ['p1 reducing quotes_stale']);
  safety.onSkew({ at: 0, skewMs: 10 });
  assert.equal(safety.isRecovering, true);
  safety.onQuotes({ at: 0, pipelineId: 'p1', ageMs: 100 });
  assert.deepEqual(demands(safety.onPass({ at: 0, clean: true })), [
    'account active clock_skew',
    'p1 active quotes_stale',
  ]);
  assert.equal(safety.isRecovering, false);
});

test('a release by hand does not end what recovery or a new day ends', () => {
  const safety = monitor();
  safety.onSnapshot(worth('97000'));
  safety.onSkew({ at: 0, skewMs: 5_000 });
  safety.release({ scope: 'account', pipelineId: null });
  assert.deepEqual(safety.onSnapshot(worth('96000')), []);
  safety.onSkew({ at: 0, skewMs: 0 });
  assert.deepEqual(demands(safety.onPass({ at: 0, clean: true })), ['account active clock_skew']);
  assert.deepEqual(demands(safety.onTime({ at: 0, exchangeDay: TUESDAY })), ['account active daily_loss']);
});

test('a monitor goes on in another process where it was', () => {
  const safety = monitor();
  safety.onSnapshot(worth('97000'));
  safety.onOrder(order('sent'));
  safety.onOrder(order('failed'));
  safety.onNaked30s({ at: 0, exchangeDay: MONDAY });
  safety.onLink({ at: 0, state: 'lost' });
  const text = JSON.stringify(safety.save(), (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
  const kept = JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  );
  const copy = new SafetyMonitor(PAPER_LIMITS, kept);
  assert.deepEqual(copy.save(), safety.save());
  assert.equal(copy.dayPnl(), usd('-3000'));
  assert.deepEqual(copy.counters(asked(0)), safety.counters(asked(0)));
  assert.deepEqual(demands(copy.onNaked30s({ at: 0, exchangeDay: MONDAY })), ['account reducing naked_twice']);
  assert.deepEqual(demands(copy.onTime({ at: 60 * SECOND, exchangeDay: TUESDAY })), [
    'account active daily_loss',
    'account reducing broker_unreachable',
  ]);
});

test('limits that change are judged from the next fact on', () => {
  const safety = monitor();
  assert.deepEqual(safety.onSnapshot(worth('98500')), []);
  safety.setLimits({ ...PAPER_LIMITS, maxDailyLossFraction: 0.01 });
  assert.deepEqual(demands(safety.onSnapshot(worth('98500'))), ['account reducing daily_loss']);
});
