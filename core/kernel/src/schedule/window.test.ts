import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatInstant, parseDate } from '@bellwether/domain';
import type { ScheduleConfig } from '@bellwether/pipeline';
import { mayStart, nextWindow, windowAt, windowOn } from './window.ts';

const at = (text: string) => Date.parse(text);

const SCHEDULE: ScheduleConfig = {
  scheduleType: 'time_window',
  cronExpression: null,
  market: 'US',
  offsetMinutes: 5,
  intervalMinutes: null,
  activeDuring: 'market_hours',
  startTime: '09:35',
  endTime: '15:30',
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
const OVERNIGHT = { ...SCHEDULE, startTime: '22:00', endTime: '02:00' };

function told(config: ScheduleConfig, date: string): string {
  const found = windowOn(config, parseDate(date));
  if (found.kind !== 'window') return found.kind === 'skipped' ? found.reason : found.kind;
  const { startsAt, endsAt, isAnalysisOnly } = found.window;
  return `${formatInstant(startsAt)} ${formatInstant(endsAt)}${isAnalysisOnly ? ' analysis only' : ''}`;
}

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const TABLE: readonly [string, ScheduleConfig, string, string][] = [
  ['summer', SCHEDULE, '2026-07-06', '2026-07-06T13:35:00Z 2026-07-06T19:30:00Z'],
  ['winter', SCHEDULE, '2026-12-07', '2026-12-07T14:35:00Z 2026-12-07T20:30:00Z'],
  ['seed-T2: fifteen-thirty in July', SCHEDULE, '2025-07-01', '2025-07-01T13:35:00Z 2025-07-01T19:30:00Z'],
  ['seed-T2: fifteen-thirty in January', SCHEDULE, '2025-01-15', '2025-01-15T14:35:00Z 2025-01-15T20:30:00Z'],
  ['a half day', SCHEDULE, '2026-11-27', '2026-11-27T14:35:00Z 2026-11-27T18:00:00Z'],
  ['a holiday', SCHEDULE, '2026-11-26', 'holiday'],
  ['a Saturday', SCHEDULE, '2026-11-28', 'inactive_day'],
  ['overnight', OVERNIGHT, '2026-10-30', '2026-10-31T02:00:00Z 2026-10-31T06:00:00Z analysis only'],
  [
    'overnight, the clock goes back',
    { ...OVERNIGHT, activeDays: EVERY_DAY },
    '2026-10-31',
    '2026-11-01T02:00:00Z 2026-11-01T07:00:00Z analysis only',
  ],
  [
    'overnight, the end does not exist',
    { ...OVERNIGHT, endTime: '02:30', activeDays: EVERY_DAY },
    '2026-03-07',
    '2026-03-08T03:00:00Z 2026-03-08T07:30:00Z analysis only',
  ],
  ['no end', { ...SCHEDULE, endTime: null }, '2026-11-27', '2026-11-27T14:35:00Z 2026-11-27T18:00:00Z'],
  ['no start', { ...SCHEDULE, startTime: null }, '2026-07-06', '2026-07-06T13:30:00Z 2026-07-06T19:30:00Z'],
  ['no start on a holiday', { ...SCHEDULE, startTime: null }, '2026-11-26', 'holiday'],
  ['past the close', { ...SCHEDULE, endTime: '18:00' }, '2026-07-06', '2026-07-06T13:35:00Z 2026-07-06T20:00:00Z'],
  [
    'before the open',
    { ...SCHEDULE, startTime: '07:00', endTime: '09:00' },
    '2026-07-06',
    '2026-07-06T11:00:00Z 2026-07-06T13:00:00Z analysis only',
  ],
  [
    'crypto without end',
    { ...SCHEDULE, market: '24/7', endTime: null, activeDays: EVERY_DAY },
    '2026-07-04',
    '2026-07-04T13:35:00Z 2026-07-05T04:00:00Z',
  ],
  [
    'New York seen from Tokyo',
    { ...SCHEDULE, timezone: 'Asia/Tokyo', startTime: '22:35', endTime: '04:30' },
    '2026-07-06',
    '2026-07-06T13:35:00Z 2026-07-06T19:30:00Z',
  ],
];

for (const [what, config, date, expected] of TABLE) {
  test(`P10: the window of ${date}: ${what}`, () => assert.equal(told(config, date), expected));
}

test('seed-T7: flattening starts ten minutes before an early close, or at an earlier end', () => {
  const flattenAt = (date: string, config = SCHEDULE) => {
    const found = windowOn(config, parseDate(date));
    return found.kind === 'window' ? formatInstant(found.window.flattenAt) : found.kind;
  };
  assert.equal(flattenAt('2026-11-27'), '2026-11-27T17:50:00Z');
  assert.equal(flattenAt('2026-07-06'), '2026-07-06T19:30:00Z');
  assert.equal(flattenAt('2026-07-06', { ...SCHEDULE, endTime: null }), '2026-07-06T19:50:00Z');
});

test('seed-T1: seed-T5: a window that crosses midnight belongs to the day on which it starts', () => {
  const allowed = (instant: string) => mayStart(OVERNIGHT, at(instant)).kind === 'allowed';
  assert.equal(allowed('2026-10-31T05:00:00Z'), true, 'Saturday 01:00 local');
  assert.equal(windowAt(OVERNIGHT, at('2026-10-31T05:00:00Z'))?.date, '2026-10-30');
  assert.equal(allowed('2026-10-31T03:00:00Z'), true, 'Friday 23:00 local');
  assert.equal(allowed('2026-10-31T01:00:00Z'), false, 'Friday 21:00 local');
  assert.equal(allowed('2026-11-01T02:00:00Z'), false, 'Saturday 22:00 local');
  const next = nextWindow(OVERNIGHT, at('2026-10-31T06:00:00Z'));
  assert.equal(next?.date, '2026-11-02');
});

for (const [left, expected] of [
  [-1, 'outside_window'],
  [0, 'outside_window'],
  [1, 'window_ending'],
  [299, 'window_ending'],
  [300, 'allowed'],
  [301, 'allowed'],
] as const) {
  test(`seed-T3: with ${left} s left a start is: ${expected}`, () => {
    const permission = mayStart(SCHEDULE, at('2026-07-06T19:30:00Z') - left * 1000);
    assert.equal(permission.kind === 'allowed' ? 'allowed' : permission.reason, expected);
  });
}

test('a refused start says when the next one may be', () => {
  assert.deepEqual(mayStart(SCHEDULE, at('2026-11-26T15:00:00Z')), {
    kind: 'refused',
    reason: 'holiday',
    nextStart: at('2026-11-27T14:35:00Z'),
  });
  assert.deepEqual(mayStart(SCHEDULE, at('2026-11-28T15:00:00Z')), {
    kind: 'refused',
    reason: 'inactive_day',
    nextStart: at('2026-11-30T14:35:00Z'),
  });
});

test('seed-T4: without start and end the active days still apply, and the five-minute rule does not', () => {
  const open: ScheduleConfig = { ...SCHEDULE, startTime: null, endTime: null };
  assert.equal(mayStart(open, at('2026-07-07T03:59:30Z')).kind, 'allowed');
  assert.deepEqual(mayStart(open, at('2026-07-04T15:00:00Z')), {
    kind: 'refused',
    reason: 'inactive_day',
    nextStart: at('2026-07-06T04:00:00Z'),
  });
  assert.equal(mayStart(null, at('2026-07-04T15:00:00Z')).kind, 'allowed');
});

test('a schedule that never has a window has no next one', () => {
  assert.equal(nextWindow({ ...SCHEDULE, activeDays: [5] }, at('2026-07-06T00:00:00Z')), undefined);
});
