import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dailyReturns } from './equity-curve.ts';
import { sampleWarnings, sharpeMargin, wilsonInterval } from './sample-size.ts';
import { reportedRatios, sharpeRatio, sortinoRatio } from './sharpe-ratio.ts';

const near = (found: number | null, expected: number, tolerance: number) =>
  assert.ok(Math.abs((found ?? Number.NaN) - expected) < tolerance, `expected ${expected}, was ${found}`);

const RETURNS = [0.01, -0.02, 0.015, -0.005, 0.025];

/** Daily returns of 252 days on 100,000 with a P&L on some of them. */
function yearOf(pnlByDay: ReadonlyMap<number, number>): readonly number[] {
  let equity = 100_000;
  const days = Array.from({ length: 252 }, (_, i) => ({
    at: i,
    equity: (equity += pnlByDay.get(i + 1) ?? 0),
    flow: 0,
  }));
  return dailyReturns(100_000, days) ?? [];
}

const SIX_TRADES = new Map([300, -100, 250, 400, -50, 200].map((pnl, i) => [42 * (i + 1), pnl]));

test('the worked five returns', () => {
  near(sharpeRatio(RETURNS), 4.48998886412873, 1e-12);
  near(sortinoRatio(RETURNS), 7.70026737, 1e-8);
});

test('seed-A1 six trades a year show 1.66, not 14.55', () => {
  near(sharpeRatio(yearOf(SIX_TRADES)), 1.6612, 5e-5);
  near(sortinoRatio(yearOf(SIX_TRADES)), 8.9347, 5e-5);
});

test('seed-A1 splitting a day into more trades changes nothing', () => {
  // A day's P&L is what its trades sum to, so the curve cannot know how many there were.
  const split = new Map([...SIX_TRADES].map(([day, pnl]) => [day, pnl / 4 + pnl / 4 + pnl / 2]));
  assert.equal(sharpeRatio(yearOf(split)), sharpeRatio(yearOf(SIX_TRADES)));
});

test('seed-A3 what has no value is null, never infinite', () => {
  assert.equal(sharpeRatio([0.01]), null);
  assert.equal(sharpeRatio([0.1, 0.1, 0.1]), null);
  assert.equal(sortinoRatio([0.1, 0.2]), null);
});

test('a report shows no ratio under 20 days', () => {
  assert.deepEqual(reportedRatios(RETURNS), { sharpe: null, sortino: null });
  assert.notEqual(reportedRatios([...RETURNS, ...RETURNS, ...RETURNS, ...RETURNS]).sharpe, null);
});

test('a risk-free rate is spread over 252 days', () => {
  near(sharpeRatio(RETURNS, 0.0252), sharpeRatio(RETURNS.map((x) => x - 0.0001)) ?? Number.NaN, 1e-9);
});

test('few trades and few days are named with their counts', () => {
  assert.deepEqual(sampleWarnings(6, 252), [{ code: 'sample/few-trades', count: 6 }]);
  assert.deepEqual(sampleWarnings(30, 59), [{ code: 'sample/few-days', count: 59 }]);
});

test('the interval of a Sharpe ratio narrows with the sample', () => {
  const year = yearOf(SIX_TRADES);
  near(sharpeMargin(year), 1.96 * Math.sqrt((1 + (1.6612 / Math.sqrt(252)) ** 2 / 2) / 252) * Math.sqrt(252), 1e-4);
  assert.equal(sharpeMargin(RETURNS), null);
});

test('13 wins of 25 lie between 33.5 and 70.0 percent', () => {
  const interval = wilsonInterval(13, 25);
  near(interval?.low ?? null, 33.5, 0.05);
  near(interval?.high ?? null, 70.0, 0.05);
  assert.equal(wilsonInterval(0, 0), null);
});
