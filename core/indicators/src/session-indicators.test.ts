import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocateBars, barsFrom, DAY_MS, MINUTE_MS, type Timeframe } from '@bellwether/domain';
import { createIndicator } from './catalogue.ts';
import { computeIndicator, faceValue } from './compute-indicator.ts';
import type { Indicator } from './indicator.ts';
import { parseIndicatorSpec } from './indicator-spec.ts';

type Row = readonly [session: number, minute: number, price: number, volume: number];

function column(name: string, rows: readonly Row[], timeframe: Timeframe = '1m'): (number | null)[] {
  const series = barsFrom(
    'TEST',
    timeframe,
    rows.map(([session, minute, price, volume]) => {
      const start = session * DAY_MS + minute * MINUTE_MS;
      return { start, end: start + MINUTE_MS, open: price, high: price + 1, low: price - 1, close: price, volume };
    }),
  );
  const sessions = { ordinal: rows.map(([session]) => session), minutesSinceOpen: rows.map(([, minute]) => minute) };
  return Array.from(computeIndicator(parseIndicatorSpec(name), series, sessions)['value'] ?? [], faceValue);
}

test('VWAP weighs by volume from the open of the session and starts anew with the next', () => {
  const rows: Row[] = [
    [1, 0, 10, 100],
    [1, 1, 13, 200],
    [1, 2, 20, 0],
    [2, 0, 30, 5],
    [2, 1, 36, 1],
  ];
  assert.deepEqual(column('VWAP', rows), [10, 12, 12, 30, 31]);
});

test('VWAP is the typical price until the session has volume', () => {
  assert.deepEqual(
    column('VWAP', [
      [1, 0, 10, 0],
      [1, 1, 12, 0],
      [1, 2, 20, 1],
    ]),
    [10, 12, 20],
  );
});

test('RVOL compares with the median of the same minute in earlier sessions and needs half of them', () => {
  const rows: Row[] = [];
  for (let session = 1; session <= 4; session++) rows.push([session, 0, 10, session * 10], [session, 5, 10, 1000]);
  // Period 4: two earlier sessions needed; medians of 10,20 and 10,20,30 at the open.
  assert.deepEqual(column('RVOL_4', rows), [null, null, null, null, 30 / 15, 1, 40 / 20, 1]);
});

test('RVOL forgets sessions older than its period, also when the minute traded in few of them', () => {
  const rows: Row[] = [
    [1, 0, 10, 10],
    [2, 0, 10, 20],
    [6, 0, 10, 30],
    [7, 0, 10, 40],
    [8, 0, 10, 50],
  ];
  assert.deepEqual(column('RVOL_4', rows), [null, null, null, null, 50 / 35]);
});

test('RVOL keeps minutes before the open apart from those after it, and has no value over a median of 0', () => {
  const rows: Row[] = [1, 2, 3].flatMap((session): Row[] => [
    [session, -60, 10, 0],
    [session, 60, 10, 8],
  ]);
  assert.deepEqual(column('RVOL_2', rows), [null, null, null, 1, null, 1]);
});

test('RVOL of daily bars compares with the last days', () => {
  const rows: Row[] = [10, 30, 20, 60].map((volume, i) => [i, 0, 10, volume]);
  assert.deepEqual(column('RVOL_2', rows, '1d'), [null, 3, 1, 60 / 25]);
});

test('RVOL of a whole session of minutes survives a saved state', () => {
  const rows: Row[] = [];
  for (let session = 1; session <= 3; session++)
    for (let minute = 0; minute < 390; minute++) rows.push([session, minute, 10, session + minute]);
  const bars = allocateBars('TEST', '1m', 1);
  const take = (indicator: Indicator, [session, minute, , volume]: Row) => {
    bars.volume[0] = volume;
    indicator.update(bars, 0, session, minute);
  };
  const indicator = createIndicator(parseIndicatorSpec('RVOL_2'));
  for (const row of rows) take(indicator, row);
  const copy = createIndicator(parseIndicatorSpec('RVOL_2'));
  copy.restoreState(JSON.parse(JSON.stringify(indicator.saveState())));
  take(indicator, [4, 389, 10, 500]);
  take(copy, [4, 389, 10, 500]);
  assert.equal(indicator.values[0], 500 / 391.5);
  assert.equal(copy.values[0], indicator.values[0]);
});

test('without sessions, intraday sessions are the days of UTC and a daily bar is a session of its own', () => {
  const rows: Row[] = [
    [0, 10, 10, 1],
    [0, 20, 14, 1],
    [1, 0, 20, 1],
  ];
  const bars = rows.map(([day, minute, price, volume]) => {
    const start = day * DAY_MS + minute * MINUTE_MS;
    return { start, end: start + MINUTE_MS, open: price, high: price, low: price, close: price, volume };
  });
  const vwap = (timeframe: Timeframe) => [
    ...(computeIndicator(parseIndicatorSpec('VWAP'), barsFrom('TEST', timeframe, bars))['value'] ?? []),
  ];
  assert.deepEqual(vwap('1m'), [10, 12, 20]);
  assert.deepEqual(vwap('1d'), [10, 14, 20]);
});
