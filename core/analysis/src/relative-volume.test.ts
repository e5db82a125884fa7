import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocateBars, type BarSeries, MINUTE_MS, NYSE_CALENDAR } from '@bellwether/domain';
import { RelativeVolume } from './relative-volume.ts';
import { previousSession, sessionColumns } from './session-columns.ts';
import { randomWalk } from './testing.ts';

/** Hourly bars of the sessions after the date, each with volume 100 × (place in the session + 1). */
function hourly(from: string, to: string): BarSeries {
  const rows: [start: number, end: number, place: number][] = [];
  for (const session of NYSE_CALENDAR.sessionsBetween(from, to)) {
    for (let start = session.opensAt, place = 0; start < session.closesAt; start += 60 * MINUTE_MS, place++) {
      rows.push([start, Math.min(start + 60 * MINUTE_MS, session.closesAt), place]);
    }
  }
  const bars = allocateBars('TEST', '1h', rows.length);
  rows.forEach(([start, end, place], row) => {
    bars.start[row] = start;
    bars.end[row] = end;
    for (const column of [bars.open, bars.high, bars.low, bars.close]) column[row] = 100 + row;
    bars.volume[row] = 100 * (place + 1);
  });
  return bars;
}

test('an intraday bar is measured against the same time of day', () => {
  const bars = hourly('2024-10-01', '2024-10-31');
  const volumes = new RelativeVolume(bars, sessionColumns(bars, 'US'));
  assert.equal(volumes.at(bars.length - 1), 1);
  assert.equal(volumes.at(bars.length - 7), 1);
  bars.volume[bars.length - 7] = 300;
  assert.equal(volumes.at(bars.length - 7), 3);
});

test('ten sessions are needed, and short days count only as far as they reach', () => {
  const bars = hourly('2024-11-25', '2024-12-09');
  const sessions = sessionColumns(bars, 'US');
  const volumes = new RelativeVolume(bars, sessions);
  // Ten sessions with the half day of 2024-11-29 among them: nine before the last day.
  assert.ok(Number.isNaN(volumes.at(bars.length - 7)));
  const longer = hourly('2024-11-22', '2024-12-09');
  const more = new RelativeVolume(longer, sessionColumns(longer, 'US'));
  assert.equal(more.at(longer.length - 7), 1, 'ten sessions had a first hour');
  assert.ok(Number.isNaN(more.at(longer.length - 1)), 'the half day had no last half hour');
});

test('a daily bar is measured against the last 20 days', () => {
  const bars = randomWalk({ seed: 'daily volume', bars: 40 });
  bars.volume.fill(100);
  bars.volume[39] = 250;
  const volumes = new RelativeVolume(bars, sessionColumns(bars, 'US'));
  assert.equal(volumes.at(39), 2.5);
  assert.ok(Number.isNaN(volumes.at(9)));
  bars.volume.fill(0, 0, 39);
  assert.ok(Number.isNaN(volumes.at(39)), 'nothing usual to compare with');
});

test('the previous session is the regular one before, whole', () => {
  const bars = hourly('2024-10-01', '2024-10-03');
  const previous = previousSession(bars, sessionColumns(bars, 'US'), bars.length - 3);
  assert.deepEqual(previous, { high: 113, low: 107, close: 113 });
  assert.equal(previousSession(bars, sessionColumns(bars, 'US'), 4), null);
});
