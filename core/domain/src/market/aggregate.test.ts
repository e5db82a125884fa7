import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatInstant, MINUTE_MS } from '../time/epoch-ms.ts';
import { NYSE_CALENDAR, UTC_CALENDAR } from '../time/exchange-calendar.ts';
import { TIMEFRAMES } from '../time/timeframe.ts';
import { aggregateBars, BarAggregator, regularSessionOnly } from './aggregate.ts';
import { type Bar, type BarSeries, barAt, barsFrom, closedCount } from './bar-series.ts';

const at = (text: string) => Date.parse(text);

function minute(start: number, price: number, volume = 1): Bar {
  return { start, end: start + MINUTE_MS, open: price, high: price + 2, low: price - 1, close: price + 1, volume };
}

/** Minutes at the given offsets from a first one, priced by their order. */
function minutes(first: string, offsets: readonly number[]): BarSeries {
  return barsFrom(
    'X',
    '1m',
    offsets.map((offset, i) => minute(at(first) + offset * MINUTE_MS, 100 + i)),
  );
}

const list = (series: BarSeries) => Array.from({ length: series.length }, (_, i) => barAt(series, i));
const spans = (series: BarSeries) =>
  list(series).map((bar) => `${formatInstant(bar.start).slice(11, 16)}-${formatInstant(bar.end).slice(11, 16)}`);
const everyMinute = (count: number) => Array.from({ length: count }, (_, i) => i);

test('a coarser bar opens with the first, closes with the last, and spans the extremes', () => {
  const bars = aggregateBars(minutes('2026-07-06T13:30:00Z', [0, 1, 4]), '5m', NYSE_CALENDAR);
  assert.deepEqual(list(bars), [
    {
      start: at('2026-07-06T13:30Z'),
      end: at('2026-07-06T13:35Z'),
      open: 100,
      high: 104,
      low: 99,
      close: 103,
      volume: 3,
    },
  ]);
});

test('bars are anchored at the open, and the last of a session is short', () => {
  const day = minutes('2026-07-06T13:30:00Z', everyMinute(390));
  assert.deepEqual(spans(aggregateBars(day, '4h', NYSE_CALENDAR)), ['13:30-17:30', '17:30-20:00']);
  const hours = spans(aggregateBars(day, '1h', NYSE_CALENDAR));
  assert.equal(hours.length, 7);
  assert.equal(hours.at(-1), '19:30-20:00');
  assert.deepEqual(spans(aggregateBars(day, '1d', NYSE_CALENDAR)), ['13:30-20:00']);
});

test('on a half day the day ends at one o’clock', () => {
  const day = minutes('2026-11-27T14:30:00Z', everyMinute(210));
  assert.deepEqual(spans(aggregateBars(day, '1d', NYSE_CALENDAR)), ['14:30-18:00']);
  assert.deepEqual(spans(aggregateBars(day, '4h', NYSE_CALENDAR)), ['14:30-18:00']);
});

test('a 24/7 market is anchored at UTC midnight', () => {
  const day = minutes('2026-07-05T00:07:00Z', everyMinute(1433));
  assert.deepEqual(spans(aggregateBars(day, '4h', UTC_CALENDAR)).slice(0, 2), ['00:00-04:00', '04:00-08:00']);
  assert.deepEqual(spans(aggregateBars(day, '1d', UTC_CALENDAR)), ['00:00-00:00']);
});

test('a sparse minute closes the bar that its absence left open', () => {
  const aggregator = new BarAggregator('X', '5m', NYSE_CALENDAR);
  const sparse = minutes('2026-07-06T13:30:00Z', [0, 2, 17, 19]);
  assert.equal(aggregator.pushRow(sparse, 0), 0);
  assert.equal(aggregator.pushRow(sparse, 1), 0);
  assert.equal(aggregator.pushRow(sparse, 2), 1);
  assert.equal(aggregator.pushRow(sparse, 3), 1);
  assert.deepEqual(spans(aggregator), ['13:30-13:35', '13:45-13:50']);
});

test('without a further minute the clock closes the bar, once and not before its end', () => {
  const aggregator = new BarAggregator('X', '5m', NYSE_CALENDAR);
  aggregator.pushRow(minutes('2026-07-06T13:30:00Z', [1]), 0);
  assert.equal(aggregator.advanceTo(at('2026-07-06T13:34:59.999Z')), 0);
  assert.equal(aggregator.forming()?.open, 100);
  assert.equal(aggregator.advanceTo(at('2026-07-06T13:35:00Z')), 1);
  assert.equal(aggregator.advanceTo(at('2026-07-06T13:40:00Z')), 0);
  assert.equal(aggregator.forming(), undefined);
});

test('a bar whose end the tape has not reached is left out', () => {
  const bars = minutes('2026-07-06T13:30:00Z', everyMinute(8));
  assert.deepEqual(spans(aggregateBars(bars, '5m', NYSE_CALENDAR)), ['13:30-13:35']);
  const later = aggregateBars(bars, '5m', NYSE_CALENDAR, at('2026-07-06T13:40:00Z'));
  assert.deepEqual(spans(later), ['13:30-13:35', '13:35-13:40']);
});

test('minutes outside the session never mix with it', () => {
  const around = minutes('2026-07-06T13:00:00Z', everyMinute(480));
  const hours = spans(aggregateBars(around, '1h', NYSE_CALENDAR));
  assert.equal(hours[0], '12:30-13:30');
  assert.equal(hours[1], '13:30-14:30');
  assert.deepEqual(hours.slice(7), ['19:30-20:00', '20:00-21:00']);
  assert.deepEqual(spans(aggregateBars(around, '1d', NYSE_CALENDAR)), ['13:30-20:00']);
  const regular = regularSessionOnly(around, NYSE_CALENDAR);
  assert.equal(regular.length, 390);
  assert.deepEqual(spans(regular).slice(0, 1), ['13:30-13:31']);
  assert.equal(regularSessionOnly(regular, NYSE_CALENDAR), regular);
});

test('a finer timeframe than the bars is refused', () => {
  const hours = aggregateBars(minutes('2026-07-06T13:30:00Z', everyMinute(60)), '1h', NYSE_CALENDAR);
  assert.throws(() => aggregateBars(hours, '5m', NYSE_CALENDAR), { code: 'bars/timeframe-missing' });
});

/** Random sparse minutes over half a year, some of them outside sessions. */
const sparse = fc.uniqueArray(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 300 }).map((offsets) =>
  minutes(
    '2026-03-02T14:30:00Z',
    offsets.sort((a, b) => a - b),
  ),
);

test('one by one, with the clock told or not, and all at once deliver the same bars', () => {
  fc.assert(
    fc.property(sparse, fc.constantFrom(...TIMEFRAMES.slice(1)), fc.boolean(), (series, timeframe, isTold) => {
      for (const calendar of [NYSE_CALENDAR, UTC_CALENDAR]) {
        const aggregator = new BarAggregator('X', timeframe, calendar);
        for (let i = 0; i < series.length; i++) {
          const start = series.start[i] as number;
          if (isTold) aggregator.advanceTo(start - 1);
          aggregator.pushRow(series, i);
          const truncated = aggregateBars({ ...series, length: i + 1 }, timeframe, calendar);
          assert.equal(aggregator.length, truncated.length);
        }
        assert.deepEqual(list(aggregator), list(aggregateBars(series, timeframe, calendar)));
      }
    }),
    { numRuns: 40 },
  );
});

test('aggregates conserve volume and extremes, keep order, and by steps equal at once', () => {
  fc.assert(
    fc.property(sparse, (series) => {
      const far = (series.end[series.length - 1] as number) + 5 * 86_400_000;
      for (const calendar of [NYSE_CALENDAR, UTC_CALENDAR]) {
        const regular = regularSessionOnly(series, calendar);
        const fives = aggregateBars(regular, '5m', calendar, far);
        const days = aggregateBars(regular, '1d', calendar, far);
        assert.deepEqual(list(aggregateBars(fives, '1d', calendar, far)), list(days));
        const sum = (bars: BarSeries) => list(bars).reduce((total, bar) => total + bar.volume, 0);
        assert.equal(sum(days), sum(regular));
        for (let i = 1; i < fives.length; i++) assert.ok((fives.end[i - 1] as number) <= (fives.start[i] as number));
        assert.equal(closedCount(days, far), days.length);
      }
    }),
    { numRuns: 60 },
  );
});
