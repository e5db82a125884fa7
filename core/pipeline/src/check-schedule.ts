import { cronProblem } from './cron.ts';
import type { Pipeline, PipelineNode } from './pipeline.ts';
import type { Problem } from './problem.ts';
import type { ScheduleConfig } from './schedule-config.schema.ts';

const NEW_YORK = 'America/New_York';
const OPEN_MINUTE = 9 * 60 + 30;
const CLOSE_MINUTE = 16 * 60;
/** No execution starts by itself in the last five minutes of a window. */
const LAST_START_MINUTES = 5;

/** Returns what is wrong with a schedule by itself: a missing field, an unknown zone, an empty window. */
export function scheduleProblems(schedule: ScheduleConfig): Problem[] {
  const problems: Problem[] = [];
  const report = (field: string, message: string) =>
    problems.push({
      code: 'bad_schedule',
      severity: 'error',
      field: `schedule_config.${field}`,
      message: `schedule_config.${field}: ${message}`,
    });
  if (!isTimezone(schedule.timezone))
    report('timezone', `expected an IANA time zone such as "America/New_York", was "${schedule.timezone}"`);
  if (schedule.activeDays.length === 0)
    report('active_days', 'expected at least one day (0 is Monday), was an empty list');
  if (schedule.startTime !== null && schedule.startTime === schedule.endTime) {
    report('end_time', `expected an end that differs from start_time ${schedule.startTime}, was the same`);
  }
  switch (schedule.scheduleType) {
    case 'cron': {
      const wrong =
        schedule.cronExpression === null
          ? 'expected a cron expression for schedule_type "cron", was none'
          : cronProblem(schedule.cronExpression);
      if (wrong !== null) report('cron_expression', wrong);
      break;
    }
    case 'interval':
      if (schedule.intervalMinutes === null)
        report('interval_minutes', 'expected whole minutes of at least 1 for schedule_type "interval", was none');
      break;
    case 'time_window':
      if (schedule.startTime === null && schedule.endTime === null) {
        report('start_time', 'expected start_time or end_time for schedule_type "time_window", was neither');
      }
      break;
    case 'market_open':
      if (schedule.market === '24/7')
        report('market', 'expected a market with an open for schedule_type "market_open", was "24/7"');
      break;
    default:
      schedule.scheduleType satisfies never;
  }
  return problems;
}

/** Returns the problems of a schedule together with the triggers that it lets through or not. */
export function scheduleTriggerProblems(
  pipeline: Pipeline,
  triggers: readonly { readonly node: PipelineNode; readonly daily: boolean }[],
): Problem[] {
  const { schedule } = pipeline;
  if (schedule === null) return [];
  const problems: Problem[] = [];
  const never = triggers.filter(({ node }) => neverMeets(schedule, node));
  for (const { node } of never) {
    problems.push({
      code: 'schedule_never_meets_trigger',
      // Several triggers mean any of them: one that can fire is enough.
      severity: never.length === triggers.length ? 'error' : 'warning',
      nodeId: node.id,
      field: 'schedule',
      message: `${node.id} waits for an instant that never lies inside schedule_config (${windowText(schedule)}): change the trigger's time and days or the window`,
    });
  }
  for (const { node, daily } of triggers) {
    if (!daily || !hasWindow(schedule) || schedule.market !== 'US' || schedule.timezone !== NEW_YORK) continue;
    // In US equities a window that opens before the close ends with it at the latest, and the daily bar closes exactly then.
    if (schedule.startTime !== null && minuteOf(schedule.startTime) === CLOSE_MINUTE) continue;
    problems.push({
      code: 'daily_trigger_after_window',
      severity: 'warning',
      nodeId: node.id,
      message: `${node.id} fires when the 1d bar closes at 16:00 New York, outside the window ${windowText(schedule)}: it can start nothing; drop the window or use a shorter timeframe`,
    });
  }
  return problems;
}

function neverMeets(schedule: ScheduleConfig, node: PipelineNode): boolean {
  if (node.agentType !== 'time_trigger') return false;
  const wanted = node.config['schedule'] as
    | {
        readonly type?: unknown;
        readonly time?: unknown;
        readonly timezone?: unknown;
        readonly days?: unknown;
        readonly offset_minutes?: unknown;
        readonly market?: unknown;
      }
    | undefined;
  if (wanted?.type === 'specific_time' && typeof wanted.time === 'string') {
    if ((wanted.timezone ?? NEW_YORK) !== schedule.timezone) return false;
    const overnight =
      schedule.startTime !== null &&
      schedule.endTime !== null &&
      minuteOf(schedule.endTime) < minuteOf(schedule.startTime);
    const days = Array.isArray(wanted.days) ? (wanted.days as readonly number[]) : [0, 1, 2, 3, 4];
    if (!overnight && !days.some((day) => schedule.activeDays.includes(day))) return true;
    return !insideWindow(schedule, minuteOf(wanted.time));
  }
  if (wanted?.type === 'market_hours' && (wanted.market ?? 'US') === 'US' && schedule.timezone === NEW_YORK) {
    const offset = typeof wanted.offset_minutes === 'number' ? wanted.offset_minutes : 5;
    return !schedule.activeDays.some((day) => day < 5) || !insideWindow(schedule, OPEN_MINUTE + offset);
  }
  return false;
}

function hasWindow(schedule: ScheduleConfig): boolean {
  return schedule.startTime !== null || schedule.endTime !== null;
}

function insideWindow(schedule: ScheduleConfig, minute: number): boolean {
  if (!hasWindow(schedule)) return true;
  const always = schedule.market === '24/7';
  const start = schedule.startTime === null ? (always ? 0 : OPEN_MINUTE) : minuteOf(schedule.startTime);
  const end = schedule.endTime === null ? (always ? 24 * 60 : CLOSE_MINUTE) : minuteOf(schedule.endTime);
  const length = end > start ? end - start : end + 24 * 60 - start;
  const into = minute >= start ? minute - start : minute + 24 * 60 - start;
  return into <= length - LAST_START_MINUTES;
}

function windowText(schedule: ScheduleConfig): string {
  const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
  const days = schedule.activeDays.map((day) => names[day]).join(' ');
  return hasWindow(schedule)
    ? `${schedule.startTime ?? 'open'}–${schedule.endTime ?? 'close'} ${schedule.timezone}, ${days}`
    : `${schedule.timezone}, ${days}`;
}

function minuteOf(time: string): number {
  const [hours, minutes] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

export function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    // Offsets such as "+02:00" are accepted by Intl but are no zone: they know no summer time.
    return /^[A-Za-z]/.test(name);
  } catch {
    // The constructor's only way to say that it does not know the zone.
    return false;
  }
}
