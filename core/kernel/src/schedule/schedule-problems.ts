import { isBellwetherError } from '@bellwether/domain';
import type { ScheduleConfig } from '@bellwether/pipeline';
import { parseCron } from './cron.ts';
import { hasWindow } from './window.ts';
import { isTimezone } from './zone-clock.ts';

export interface ScheduleProblem {
  readonly code:
    | 'missing_field'
    | 'bad_cron'
    | 'unknown_timezone'
    | 'empty_active_days'
    | 'bad_active_day'
    | 'bad_time'
    | 'start_equals_end'
    | 'out_of_range';
  /** As on the wire. */
  readonly field: string;
  readonly message: string;
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const LONGEST_OFFSET_MINUTES = 389;

/** Returns everything that keeps a schedule from being followed; empty when it can be. */
export function scheduleProblems(config: ScheduleConfig): ScheduleProblem[] {
  const problems: ScheduleProblem[] = [];
  const add = (code: ScheduleProblem['code'], field: string, message: string) =>
    problems.push({ code, field, message });
  const isZoneKnown = isTimezone(config.timezone);
  if (!isZoneKnown) {
    add(
      'unknown_timezone',
      'timezone',
      `expected an IANA time zone such as America/New_York, was "${config.timezone}"`,
    );
  }
  if (config.scheduleType === 'cron') {
    if (config.cronExpression === null) {
      add('missing_field', 'cron_expression', 'expected a cron expression for a cron schedule, was none');
    } else {
      const reason = cronProblem(config.cronExpression, isZoneKnown ? config.timezone : 'UTC');
      if (reason !== undefined) add('bad_cron', 'cron_expression', reason);
    }
  }
  if (config.scheduleType === 'interval' && config.intervalMinutes === null) {
    add('missing_field', 'interval_minutes', 'expected the minutes between runs for an interval schedule, was none');
  }
  if (config.intervalMinutes !== null && !(Number.isInteger(config.intervalMinutes) && config.intervalMinutes >= 1)) {
    add('out_of_range', 'interval_minutes', `expected whole minutes from 1 up, was ${config.intervalMinutes}`);
  }
  const offset = config.offsetMinutes;
  if (!(Number.isInteger(offset) && offset >= 0 && offset <= LONGEST_OFFSET_MINUTES)) {
    add('out_of_range', 'offset_minutes', `expected whole minutes from 0 to ${LONGEST_OFFSET_MINUTES}, was ${offset}`);
  }
  if (config.scheduleType === 'time_window' && !hasWindow(config)) {
    add('missing_field', 'start_time', 'expected a start or end time for a time window schedule, was neither');
  }
  for (const [field, time] of [
    ['start_time', config.startTime],
    ['end_time', config.endTime],
  ] as const) {
    if (time !== null && !TIME.test(time)) add('bad_time', field, `expected a time from 00:00 to 23:59, was "${time}"`);
  }
  if (config.startTime !== null && config.startTime === config.endTime) {
    add('start_equals_end', 'end_time', `expected an end that differs from the start ${config.startTime}`);
  }
  if (config.activeDays.length === 0) {
    add('empty_active_days', 'active_days', 'expected at least one active day, was none');
  }
  const odd = config.activeDays.find((day) => !(Number.isInteger(day) && day >= 0 && day <= 6));
  if (odd !== undefined) {
    add('bad_active_day', 'active_days', `expected days from 0 (Monday) to 6 (Sunday), was ${odd}`);
  }
  return problems;
}

function cronProblem(expression: string, timezone: string): string | undefined {
  try {
    parseCron(expression, timezone);
    return undefined;
  } catch (error) {
    if (isBellwetherError(error)) return error.message;
    throw error;
  }
}
