import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatInstant } from '@bellwether/domain';
import type { ScheduleConfig } from '@bellwether/pipeline';
import fc from 'fast-check';
import { nextDue, nextFire, nextRunAt, ticksBetween } from './next-due.ts';

const at = (text: string) => Date.parse(text);

const SCHEDULE: ScheduleConfig = {
  scheduleType: 'market_open',
  cronExpression: null,
  market: 'US',
  offsetMinutes: 5,
  intervalMinutes: null,
  activeDuring: 'market_hours',
  startTime: null,
  endTime: null,
  timezone: 'America/New_York',
  activeDays: [0, 1, 2, 3, 4],
  flattenPositionsAtEnd: false,
  stopPipelineAtEnd: true,
  maxTradesPerDay: null,
  maxExecutionsPerDay: null,
  stopOnDailyLoss: null,
  stopOnDrawdown: null,
  overlap: 'skip',
};
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const cron = (cronExpression: string, rest: Partial<ScheduleConfig> = {}): ScheduleConfig => ({
  ...SCHEDULE,
  scheduleType: 'cron',
  cronExpression,
  activeDays: EVERY_DAY,
  ...rest,
});
const interval = (intervalMinutes: number, rest: Partial<ScheduleConfig> = {}): ScheduleConfig => ({
  ...SCHEDULE,
  scheduleType: 'interval',
  intervalMinutes,
  ...rest,
});
const told = (config: ScheduleConfig, after: string, until: string) =>
  ticksBetween(config, at(after), at(until)).map((tick) =>
    tick.skipped === null ? formatInstant(tick.at) : `${formatInstant(tick.at)} ${tick.skipped}`,
  );

test('a cron time that does not exist fires at the first instant after the gap', () => {
  assert.deepEqual(told(cron('30 2 * * *'), '2026-03-08T00:00:00Z', '2026-03-09T12:00:00Z'), [
    '2026-03-08T07:00:00Z',
    '2026-03-09T06:30:00Z',
  ]);
});

test('a cron time that occurs twice fires once, a stepped one at each', () => {
  assert.deepEqual(told(cron('30 1 * * *'), '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z'), ['2026-11-01T05:30:00Z']);
  assert.deepEqual(told(cron('*/30 1 * * *'), '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z'), [
    '2026-11-01T05:00:00Z',
    '2026-11-01T05:30:00Z',
    '2026-11-01T06:00:00Z',
    '2026-11-01T06:30:00Z',
  ]);
});

test('seed-T20: cron counts weekdays from Sunday, active days from Monday', () => {
  // 2026-07-06 is a Monday.
  for (let day = 0; day < 7; day++) {
    const noon = at('2026-07-06T16:00:00Z') + day * 86_400_000;
    const cronDay = (day + 1) % 7;
    assert.equal(nextDue(cron(`0 12 * * ${cronDay}`), at('2026-07-06T00:00:00Z'))?.at, noon);
    assert.equal(nextRunAt(cron('0 12 * * *', { activeDays: [day] }), at('2026-07-06T00:00:00Z')), noon);
  }
});

test('cron ticks outside window and days are skipped with the reason', () => {
  const config = cron('0 9,12,15 * * *', { startTime: '09:35', endTime: '15:03', activeDays: [0, 1, 2, 3, 4] });
  assert.deepEqual(told(config, '2026-11-26T12:00:00Z', '2026-11-28T21:00:00Z'), [
    '2026-11-26T14:00:00Z holiday',
    '2026-11-26T17:00:00Z holiday',
    '2026-11-26T20:00:00Z holiday',
    '2026-11-27T14:00:00Z outside_window',
    '2026-11-27T17:00:00Z',
    '2026-11-27T20:00:00Z outside_window',
    '2026-11-28T14:00:00Z inactive_day',
    '2026-11-28T17:00:00Z inactive_day',
    '2026-11-28T20:00:00Z inactive_day',
  ]);
  const ending = told(config, '2026-07-06T18:00:00Z', '2026-07-06T19:30:00Z');
  assert.deepEqual(ending, ['2026-07-06T19:00:00Z window_ending']);
});

test('seed-T14: the open plus an offset comes from the calendar', () => {
  const open = (offsetMinutes: number, after: string) => {
    const tick = nextDue({ ...SCHEDULE, offsetMinutes }, at(after));
    return tick === null ? null : `${formatInstant(tick.at)}${tick.skipped === null ? '' : ` ${tick.skipped}`}`;
  };
  assert.equal(open(45, '2026-07-06T00:00:00Z'), '2026-07-06T14:15:00Z');
  assert.equal(open(35, '2026-12-07T00:00:00Z'), '2026-12-07T15:05:00Z');
  assert.equal(open(5, '2026-11-25T15:00:00Z'), '2026-11-27T14:35:00Z');
  assert.equal(open(210, '2026-11-27T00:00:00Z'), '2026-11-27T18:00:00Z after_close');
  assert.equal(open(209, '2026-11-27T00:00:00Z'), '2026-11-27T17:59:00Z');
  assert.equal(open(389, '2026-07-06T00:00:00Z'), '2026-07-06T19:59:00Z');
});

test('an interval counts from the open, or from the start of its window', () => {
  assert.deepEqual(told(interval(120), '2026-07-06T00:00:00Z', '2026-07-07T00:00:00Z'), [
    '2026-07-06T13:30:00Z',
    '2026-07-06T15:30:00Z',
    '2026-07-06T17:30:00Z',
    '2026-07-06T19:30:00Z',
  ]);
  const windowed = interval(60, { startTime: '13:35', endTime: '15:38' });
  assert.deepEqual(told(windowed, '2026-07-06T00:00:00Z', '2026-07-07T00:00:00Z'), [
    '2026-07-06T17:35:00Z',
    '2026-07-06T18:35:00Z',
    '2026-07-06T19:35:00Z window_ending',
  ]);
  assert.deepEqual(told(interval(150), '2026-11-26T00:00:00Z', '2026-11-28T00:00:00Z'), [
    '2026-11-27T14:30:00Z',
    '2026-11-27T17:00:00Z',
  ]);
});

test('seed-T20: an interval that is active round the clock ticks outside sessions too', () => {
  const config = interval(360, { activeDuring: '24/7', activeDays: [6] });
  assert.deepEqual(told(config, '2026-07-05T00:00:00Z', '2026-07-06T12:00:00Z'), [
    '2026-07-05T04:00:00Z',
    '2026-07-05T10:00:00Z',
    '2026-07-05T16:00:00Z',
    '2026-07-05T22:00:00Z',
  ]);
});

test('a time window ticks once, at its start', () => {
  const config: ScheduleConfig = { ...SCHEDULE, scheduleType: 'time_window', startTime: '09:35', endTime: '15:30' };
  assert.deepEqual(told(config, '2026-11-25T15:00:00Z', '2026-11-30T23:00:00Z'), [
    '2026-11-26T14:35:00Z holiday',
    '2026-11-27T14:35:00Z',
    '2026-11-30T14:35:00Z',
  ]);
  const overnight = { ...config, startTime: '22:00', endTime: '02:00', activeDays: [4] };
  assert.deepEqual(told(overnight, '2026-10-30T00:00:00Z', '2026-11-01T00:00:00Z'), ['2026-10-31T02:00:00Z']);
});

test('P27: however the questions are cut, every tick comes once', () => {
  const schedules = [
    cron('*/20 9-16 * * 1-5', { startTime: '09:35', endTime: '15:30' }),
    SCHEDULE,
    interval(30),
    interval(45, { startTime: '22:00', endTime: '02:00', activeDuring: '24/7' }),
  ];
  const from = at('2026-10-28T00:00:00Z');
  const until = at('2026-11-05T00:00:00Z');
  fc.assert(
    fc.property(
      fc.constantFrom(...schedules),
      fc.array(fc.integer({ min: from, max: until }), { maxLength: 12 }),
      (config, cuts) => {
        const bounds = [from, ...cuts.sort((a, b) => a - b), until];
        const pieces = bounds.slice(1).flatMap((to, i) => ticksBetween(config, bounds[i] as number, to));
        assert.deepEqual(pieces, ticksBetween(config, from, until));
        assert.ok(pieces.length > 4);
      },
    ),
    { numRuns: 30 },
  );
});

test('a trigger on market hours fires after the next open, or today when that is still to come', () => {
  const schedule = { type: 'market_hours', market: 'US', offsetMinutes: 5 } as const;
  const next = (after: string) => formatInstant(nextFire(schedule, at(after)) ?? 0);
  assert.equal(next('2026-07-02T13:00:00Z'), '2026-07-02T13:35:00Z');
  assert.equal(next('2026-07-02T13:31:00Z'), '2026-07-02T13:35:00Z');
  assert.equal(next('2026-07-02T13:35:00Z'), '2026-07-06T13:35:00Z');
  const late = { ...schedule, offsetMinutes: 300 };
  assert.equal(formatInstant(nextFire(late, at('2026-11-27T12:00:00Z')) ?? 0), '2026-11-30T19:30:00Z');
  const crypto = { type: 'market_hours', market: '24/7', offsetMinutes: 60 } as const;
  assert.equal(formatInstant(nextFire(crypto, at('2026-07-04T05:00:00Z')) ?? 0), '2026-07-05T01:00:00Z');
});

test('a trigger at a specific time or by cron fires in its own zone', () => {
  const schedule = { type: 'specific_time', time: '02:30', timezone: 'America/New_York', days: EVERY_DAY } as const;
  assert.equal(formatInstant(nextFire(schedule, at('2026-03-08T00:00:00Z')) ?? 0), '2026-03-08T07:30:00Z');
  const friday = { ...schedule, time: '10:00', timezone: 'Europe/Berlin', days: [4] };
  assert.equal(formatInstant(nextFire(friday, at('2026-07-03T08:00:00Z')) ?? 0), '2026-07-10T08:00:00Z');
  assert.equal(nextFire({ ...schedule, days: [] }, 0), null);
  const byCron = { type: 'cron', expression: '15 10 * * 1-5', timezone: 'Asia/Tokyo' } as const;
  assert.equal(formatInstant(nextFire(byCron, at('2026-07-03T02:00:00Z')) ?? 0), '2026-07-06T01:15:00Z');
  assert.throws(() => nextFire({ ...byCron, expression: '15 10 * *' }, 0), { code: 'schedule/bad-cron' });
});
