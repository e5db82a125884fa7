import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScheduleConfig } from '@bellwether/pipeline';
import { scheduleProblems } from './schedule-problems.ts';

const SOUND: ScheduleConfig = {
  scheduleType: 'market_open',
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

const CASES: readonly [string, Partial<ScheduleConfig>, string[]][] = [
  ['a sound schedule has none', {}, []],
  ['cron without expression', { scheduleType: 'cron' }, ['missing_field cron_expression']],
  ['six fields', { scheduleType: 'cron', cronExpression: '0 30 9 * * 1' }, ['bad_cron cron_expression']],
  ['minute 61', { scheduleType: 'cron', cronExpression: '61 9 * * *' }, ['bad_cron cron_expression']],
  ['a ? in cron', { scheduleType: 'cron', cronExpression: '? 9 * * *' }, ['bad_cron cron_expression']],
  ['interval without minutes', { scheduleType: 'interval' }, ['missing_field interval_minutes']],
  ['an interval of 0', { scheduleType: 'interval', intervalMinutes: 0 }, ['out_of_range interval_minutes']],
  ['an offset of 390', { offsetMinutes: 390 }, ['out_of_range offset_minutes']],
  [
    'a window schedule without window',
    { scheduleType: 'time_window', startTime: null, endTime: null },
    ['missing_field start_time'],
  ],
  ['an unknown zone', { timezone: 'Mars/Olympus' }, ['unknown_timezone timezone']],
  ['start equal to end', { endTime: '09:35' }, ['start_equals_end end_time']],
  ['no active day', { activeDays: [] }, ['empty_active_days active_days']],
  ['day 7', { activeDays: [7] }, ['bad_active_day active_days']],
  ['a time of 24:00', { endTime: '24:00' }, ['bad_time end_time']],
  ['two at once', { timezone: '', activeDays: [] }, ['unknown_timezone timezone', 'empty_active_days active_days']],
];

for (const [what, change, expected] of CASES) {
  test(`problems of a schedule: ${what}`, () => {
    const problems = scheduleProblems({ ...SOUND, ...change });
    assert.deepEqual(
      problems.map((problem) => `${problem.code} ${problem.field}`),
      expected,
    );
    for (const problem of problems) assert.match(problem.message, /expected/);
  });
}
