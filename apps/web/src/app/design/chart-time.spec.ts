import { describe, expect, test } from 'vitest';
import { barIndexAt, toChartTime } from './chart-time.ts';
import { formatClock, formatDayClock } from './exchange-time.ts';

const asUtc = (text: string) => Date.parse(`${text}Z`) / 1000;

describe('chart time', () => {
  test.each([
    ['2019-03-08T14:30:00Z', '2019-03-08T09:30:00', 'Friday before the clocks go forward'],
    ['2019-03-11T13:30:00Z', '2019-03-11T09:30:00', 'Monday after'],
    ['2019-11-01T13:30:00Z', '2019-11-01T09:30:00', 'Friday before they go back'],
    ['2019-11-04T14:30:00Z', '2019-11-04T09:30:00', 'Monday after'],
  ])('%s is the open at %s on the wall (%s)', (instant, wall) => expect(toChartTime(instant, '5m')).toBe(asUtc(wall)));

  test('a daily bar is its session date, stamped at midnight UTC or at the open', () => {
    expect([toChartTime('2019-03-08T00:00:00Z', '1d'), toChartTime('2019-03-08T14:30:00Z', '1d')]).toEqual([
      '2019-03-08',
      '2019-03-08',
    ]);
  });

  test('an instant late in the evening UTC still belongs to its exchange day', () => {
    expect(toChartTime('2019-03-09T01:00:00Z', '1d')).toBe('2019-03-08');
  });

  test('the bar of an instant is the last one that began before it', () => {
    const bars = ['14:30', '14:35', '14:40'].map((clock) => ({ time: `2019-03-08T${clock}:00Z` }));
    expect(
      ['14:29:59', '14:30:00', '14:37:10', '20:00:00'].map((clock) => barIndexAt(bars, `2019-03-08T${clock}Z`, '5m')),
    ).toEqual([-1, 0, 1, 2]);
  });

  test('a fill inside a session falls on that day of a daily chart', () => {
    const bars = [{ time: '2019-03-07T00:00:00Z' }, { time: '2019-03-08T00:00:00Z' }, { time: '2019-03-11T00:00:00Z' }];
    expect(barIndexAt(bars, '2019-03-08T15:12:00Z', '1d')).toBe(1);
  });

  test('times name their zone', () => {
    expect(formatClock('2019-03-20T13:35:00Z')).toBe('09:35:00 ET');
    expect(formatDayClock('2019-01-02T05:00:00Z')).toBe('Jan 2, 2019, 00:00:00 ET');
  });
});
