import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  type BarSeries,
  barAt,
  barsFrom,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  NYSE_CALENDAR,
  type Timeframe,
} from '@bellwether/domain';
import { leftOut, sharedPath } from '@bellwether/testing';
import { factsGuards, mergeRefusals } from './facts-guards.ts';
import { barsClosingAt, randomWalk } from './testing.ts';

const daily = randomWalk({ seed: 'guards', bars: 300 });
const hourly = randomWalk({ seed: 'guards', bars: 300, timeframe: '1h' });

const closeOf = (bars: BarSeries) => bars.end[bars.length - 1] as number;
const codes = (bars: BarSeries, now = closeOf(bars), symbol = 'TEST') =>
  factsGuards({ symbol, now, frames: [{ timeframe: bars.timeframe, bars }] }).map(({ rule }) => rule);
const copy = (bars: BarSeries, timeframe: Timeframe = bars.timeframe) =>
  barsFrom(
    bars.symbol,
    timeframe,
    Array.from({ length: bars.length }, (_, row) => barAt(bars, row)),
  );
const without = (bars: BarSeries, isDropped: (row: number) => boolean) =>
  barsFrom(
    bars.symbol,
    bars.timeframe,
    Array.from({ length: bars.length }, (_, row) => barAt(bars, row)).filter((_, row) => !isDropped(row)),
  );

test('sound bars pass', () => {
  assert.deepEqual(codes(daily), []);
  assert.deepEqual(codes(hourly), []);
});

test('unknown_symbol: the lane has none', () => {
  assert.deepEqual(codes(daily, closeOf(daily), ''), ['unknown_symbol']);
});

const broken: readonly [name: string, (bars: BarSeries) => void][] = [
  ['NaN', (bars) => void (bars.close[50] = Number.NaN)],
  ['infinity', (bars) => void (bars.high[50] = Number.POSITIVE_INFINITY)],
  ['zero', (bars) => void (bars.low[50] = 0)],
  ['high below low', (bars) => void (bars.high[50] = (bars.low[50] as number) / 2)],
  ['close outside', (bars) => void (bars.close[50] = (bars.high[50] as number) * 2)],
  ['negative volume', (bars) => void (bars.volume[50] = -1)],
  ['duplicate', (bars) => void (bars.start[50] = bars.start[49] as number)],
  ['out of order', (bars) => void (bars.start[50] = bars.start[10] as number)],
  ['NaN time', (bars) => void (bars.start[50] = Number.NaN)],
];
for (const [name, breakIt] of broken) {
  test(`bad_bars: ${name}`, () => {
    const bars = copy(daily);
    breakIt(bars);
    assert.deepEqual(codes(bars), ['bad_bars']);
  });
}

test('bad_bars: in the future', () => {
  assert.deepEqual(codes(daily, (daily.start[299] as number) - 1), ['bad_bars']);
});

test('bar_forming: the newest bar has not closed', () => {
  assert.deepEqual(codes(hourly, closeOf(hourly) - MINUTE_MS), ['bar_forming']);
});

test('stale_bars: a daily bar that is not the last session', () => {
  assert.deepEqual(codes(daily, closeOf(daily) + 5 * DAY_MS), ['stale_bars']);
  assert.deepEqual(codes(daily, closeOf(daily) + HOUR_MS), [], 'the next session has not closed');
});

test('stale_bars: hours count within sessions only', () => {
  const bars = randomWalk({ seed: 'stale', bars: 210, timeframe: '1h' });
  const now = closeOf(bars);
  assert.deepEqual(codes(bars, now + 12 * HOUR_MS), [], 'the night does not age a bar');
  assert.deepEqual(
    codes(
      without(bars, (row) => row >= 207),
      now,
    ),
    [],
    'less than three hours',
  );
  assert.deepEqual(
    codes(
      without(bars, (row) => row >= 205),
      now,
    ),
    ['stale_bars'],
  );
});

test('bar_gaps: more than a fifth of the last hundred bars is missing', () => {
  assert.deepEqual(codes(without(hourly, (row) => row % 4 === 1)), ['bar_gaps']);
  assert.deepEqual(codes(without(hourly, (row) => row % 6 === 1)), []);
  assert.deepEqual(codes(without(daily, (row) => row > 220 && row < 245)), ['bar_gaps']);
  assert.deepEqual(codes(without(daily, (row) => row > 20 && row < 60)), [], 'an old hole is out of sight');
});

test('not_warm: fewer than 120 bars everywhere, or no range', () => {
  const short = randomWalk({ seed: 'short', bars: 119 });
  assert.deepEqual(codes(short), ['not_warm']);
  const frames = [short, hourly].map((bars) => ({ timeframe: bars.timeframe, bars }));
  assert.ok(
    !factsGuards({ symbol: 'TEST', now: closeOf(short), frames }).some(({ rule }) => rule === 'not_warm'),
    'one warm frame is enough',
  );
  assert.deepEqual(codes(barsClosingAt(new Array(150).fill(20), 0)), ['not_warm']);
});

for (const [name, factor] of [
  ['2:1', 1 / 2],
  ['7:1', 1 / 7],
  ['3:2', 2 / 3],
  ['1:10', 10],
] as const) {
  test(`split_unadjusted: a jump that fits ${name}`, () => {
    const bars = copy(daily);
    for (const column of [bars.open, bars.high, bars.low, bars.close]) {
      for (let row = 200; row < 300; row++) column[row] = (column[row] as number) * factor;
    }
    bars.open[200] = (bars.close[199] as number) * factor;
    bars.high[200] = Math.max(bars.high[200] as number, bars.open[200] as number);
    bars.low[200] = Math.min(bars.low[200] as number, bars.open[200] as number);
    assert.deepEqual(codes(bars), ['split_unadjusted']);
  });
}

test('split_unadjusted: the raw closes of a stock that was split', {
  skip: leftOut('data/AAPL_1d_lean_raw.csv'),
}, () => {
  const text = readFileSync(sharedPath('data/AAPL_1d_lean_raw.csv'), 'utf8');
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  const all = rows.map(([date = '', open, high, low, close, volume]) => {
    const session = NYSE_CALENDAR.sessionOn(date);
    assert.ok(session, date);
    const [o, h, l, c, v] = [open, high, low, close, volume].map(Number) as [number, number, number, number, number];
    return { start: session.opensAt, end: session.closesAt, open: o, high: h, low: l, close: c, volume: v };
  });
  const until = (date: string) => {
    const end = rows.findIndex(([row]) => row === date) + 1;
    return codes(barsFrom('AAPL', '1d', all.slice(end - 300, end)));
  };
  assert.deepEqual(until('2014-06-06'), []);
  assert.deepEqual(until('2014-06-09'), ['split_unadjusted'], '7:1');
  assert.deepEqual(until('2020-08-28'), []);
  assert.deepEqual(until('2020-08-31'), ['split_unadjusted'], '4:1, with a gap of 2 % on top');
});

test('several refusals become one that names them all', () => {
  const short = randomWalk({ seed: 'short', bars: 50 });
  const found = factsGuards({
    symbol: 'TEST',
    now: closeOf(short) + 9 * DAY_MS,
    frames: [{ timeframe: '1d', bars: short }],
  });
  assert.deepEqual(
    found.map(({ rule }) => rule),
    ['stale_bars', 'not_warm'],
  );
  assert.match(mergeRefusals(found)?.text ?? '', /also not_warm \(only 50 closed bars/);
  assert.equal(mergeRefusals([]), null);
});
