import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NEW_YORK_CLOCK } from '@bellwether/domain';
import { compareWithBenchmark } from './benchmark.ts';
import { excursions } from './excursion.ts';
import { bySessionPart, byWeekday, sessionPartBucket, weekdayBucket } from './trade-buckets.ts';
import { type ClosedTrade, rMultiple, tradeStatistics } from './trade-statistics.ts';

const near = (found: number | null, expected: number, tolerance = 5e-5) =>
  assert.ok(Math.abs((found ?? Number.NaN) - expected) < tolerance, `expected ${expected}, was ${found}`);

function trade(pnl: number, more: Partial<ClosedTrade> = {}): ClosedTrade {
  const entryAt = Date.parse('2025-07-01T13:35:00Z');
  return {
    side: 'long',
    quantity: 100,
    entryAt,
    exitAt: entryAt + 60_000,
    pnl,
    averageEntry: 150.5,
    initialStop: 148,
    ...more,
  };
}

test('the six trades of the worked example', () => {
  const found = tradeStatistics([300, -100, 250, 400, -50, 200].map((pnl) => trade(pnl)));
  near(found.winRate, 66.67, 5e-3);
  near(found.profitFactor, 7.6667);
  near(found.winLossRatio, 3.8333);
  near(found.expectancy, 166.67, 5e-3);
  assert.equal(found.totalPnl, 1000);
  assert.equal(found.largestWin, 400);
  assert.equal(found.largestLoss, -100);
});

test('seed-A3 nothing traded is null everywhere a number would lie', () => {
  const found = tradeStatistics([]);
  for (const key of [
    'winRate',
    'averageWin',
    'averageLoss',
    'largestWin',
    'largestLoss',
    'winLossRatio',
    'profitFactor',
    'expectancy',
    'expectancyR',
  ] as const) {
    assert.equal(found[key], null, key);
  }
  assert.equal(JSON.stringify(found).includes('Infinity'), false);
});

test('seed-A3 losses only: no largest win, profit factor 0', () => {
  const found = tradeStatistics([trade(-5), trade(-10)]);
  assert.equal(found.largestWin, null);
  assert.equal(found.profitFactor, 0);
  assert.equal(found.winLossRatio, null);
});

test('wins only: no profit factor', () => {
  assert.equal(tradeStatistics([trade(5)]).profitFactor, null);
});

test('a trade closed at nothing counts in the win rate', () => {
  const found = tradeStatistics([trade(5), trade(0)]);
  assert.equal(found.winRate, 50);
  assert.equal(found.breakEvens, 1);
});

test('an R-multiple needs a stop that is not the entry', () => {
  assert.equal(rMultiple(trade(250)), 1);
  assert.equal(rMultiple(trade(-250, { side: 'short', initialStop: 153 })), -1);
  assert.equal(rMultiple(trade(250, { initialStop: null })), null);
  assert.equal(rMultiple(trade(250, { initialStop: 150.5 })), null);
});

test('excursions of 100 long at 150.50 with the stop at 148.00, and their mirror', () => {
  const long = excursions(trade(0), 149, 155);
  assert.deepEqual({ ...long.adverse, pct: 0 }, { perShare: 1.5, amount: 150, pct: 0, r: 0.6 });
  assert.deepEqual({ ...long.favorable, pct: 0 }, { perShare: 4.5, amount: 450, pct: 0, r: 1.8 });
  const short = excursions(trade(0, { side: 'short', initialStop: 153 }), 146, 152);
  assert.deepEqual(short.adverse, long.adverse);
  assert.deepEqual(short.favorable, long.favorable);
  assert.equal(excursions(trade(0), 151, 155).adverse.perShare, 0);
});

test('seed-A4 entries fall into the buckets of the exchange clock, summer and winter', () => {
  const summer = Date.parse('2025-07-01T13:35:00Z');
  const winter = Date.parse('2025-01-15T14:35:00Z');
  assert.equal(weekdayBucket(NEW_YORK_CLOCK, summer), 'Tuesday');
  assert.equal(weekdayBucket(NEW_YORK_CLOCK, winter), 'Wednesday');
  for (const at of [summer, winter]) assert.equal(sessionPartBucket(NEW_YORK_CLOCK, at), '9:30-11:00');
});

test('buckets are half-open, and what lies outside the session is other', () => {
  const at = (time: string) => sessionPartBucket(NEW_YORK_CLOCK, Date.parse(`2025-07-01T${time}Z`));
  assert.equal(at('13:29:59'), 'other');
  assert.equal(at('13:30:00'), '9:30-11:00');
  assert.equal(at('15:00:00'), '11:00-13:00');
  assert.equal(at('17:00:00'), '13:00-15:00');
  assert.equal(at('19:00:00'), '15:00-16:00');
  assert.equal(at('20:00:00'), 'other');
});

test('seed-A4 buckets add up to the total', () => {
  const hour = 3_600_000;
  const trades = Array.from({ length: 24 * 7 }, (_, i) =>
    trade(i - 50, { entryAt: Date.parse('2025-03-03T00:10:00Z') + i * hour }),
  );
  const total = tradeStatistics(trades).totalPnl;
  for (const buckets of [byWeekday(trades, NEW_YORK_CLOCK), bySessionPart(trades, NEW_YORK_CLOCK)]) {
    assert.equal(
      buckets.reduce((sum, bucket) => sum + bucket.statistics.totalPnl, 0),
      total,
    );
    assert.equal(
      buckets.reduce((sum, bucket) => sum + bucket.statistics.trades, 0),
      trades.length,
    );
  }
  assert.deepEqual(
    byWeekday([trade(1)], NEW_YORK_CLOCK).map((bucket) => bucket.name),
    ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'],
  );
});

test('twice the benchmark has a beta of two and no alpha', () => {
  const benchmark = Array.from({ length: 40 }, (_, i) => Math.sin(i) / 100);
  const found = compareWithBenchmark(
    benchmark.map((x) => 2 * x),
    benchmark,
  );
  near(found.beta, 2, 1e-9);
  near(found.alpha, 0, 1e-9);
  assert.equal(compareWithBenchmark(benchmark, benchmark).informationRatio, null);
  assert.equal(compareWithBenchmark([0.1], [0.1]).beta, null);
  assert.throws(() => compareWithBenchmark([0.1], []), /expected returns of the same days, was 1 and 0/);
});
