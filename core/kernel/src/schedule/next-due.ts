import {
  assertNever,
  BellwetherError,
  type EpochDay,
  type EpochMs,
  isBellwetherError,
  localDayOf,
  type Market,
  MINUTE_MS,
} from '@bellwether/domain';
import type { ScheduleConfig } from '@bellwether/pipeline';
import { nextCronInstant, parseCron } from './cron.ts';
import {
  hasWindow,
  isActiveDay,
  mayStart,
  minuteOfDay,
  type StartRefusal,
  scheduleCalendar,
  windowOn,
} from './window.ts';
import { LOOK_AHEAD_DAYS, searchEnd, zoneClock } from './zone-clock.ts';

export type SkipReason = StartRefusal | 'after_close';

/** One due instant of a schedule. */
export interface ScheduleTick {
  readonly at: EpochMs;
  /** Why nothing starts at it; `null` when something does. */
  readonly skipped: SkipReason | null;
}

/**
 * Yields the ticks after an instant in order, also those to be recorded as skipped; ends when none is due in 400 days.
 * A pure function of its arguments: instants come from calendar and clock rules, never from when it is asked.
 */
export function* scheduleTicks(config: ScheduleConfig, after: EpochMs): Generator<ScheduleTick, void, undefined> {
  if (config.scheduleType === 'cron') {
    yield* cronTicks(config, after);
    return;
  }
  const today = localDayOf(zoneClock(config.timezone), after);
  // A window of yesterday may still have ticks after midnight.
  let last = after;
  for (let day = today - 1; day <= today + LOOK_AHEAD_DAYS; day++) {
    try {
      for (const tick of ticksOfDay(config, day)) {
        if (tick.at <= last) continue;
        last = tick.at;
        yield tick;
      }
    } catch (error) {
      // The calendar ends; what is due beyond it will be asked for when it has grown.
      if (isBellwetherError(error) && error.code === 'calendar/out-of-range' && day > today) return;
      throw error;
    }
  }
}

/** Returns the first tick after an instant, skipped or not; `null` when there is none in 400 days. */
export function nextDue(config: ScheduleConfig, after: EpochMs): ScheduleTick | null {
  for (const tick of scheduleTicks(config, after)) return tick;
  return null;
}

/** Returns the first instant after `after` at which an execution starts; `null` when there is none in 400 days. */
export function nextRunAt(config: ScheduleConfig, after: EpochMs): EpochMs | null {
  const until = searchEnd(after);
  for (const tick of scheduleTicks(config, after)) {
    if (tick.skipped === null) return tick.at;
    if (tick.at > until) return null;
  }
  return null;
}

/** Returns the ticks in (after, until], for the watchdog and for previews. */
export function ticksBetween(config: ScheduleConfig, after: EpochMs, until: EpochMs): ScheduleTick[] {
  const ticks: ScheduleTick[] = [];
  for (const tick of scheduleTicks(config, after)) {
    if (tick.at > until) break;
    ticks.push(tick);
  }
  return ticks;
}

function* cronTicks(config: ScheduleConfig, after: EpochMs): Generator<ScheduleTick, void, undefined> {
  const cron = parseCron(required(config.cronExpression, 'cron_expression'), config.timezone);
  const until = searchEnd(after);
  for (let at = nextCronInstant(cron, after); at !== null && at <= until; at = nextCronInstant(cron, at)) {
    yield weighed(config, at);
  }
}

function* ticksOfDay(config: ScheduleConfig, day: EpochDay): Generator<ScheduleTick, void, undefined> {
  switch (config.scheduleType) {
    case 'cron':
      return;
    case 'market_open': {
      const session = scheduleCalendar(config).sessionOnDay(day);
      if (session === undefined || !isActiveDay(config, day)) return;
      const at = session.opensAt + config.offsetMinutes * MINUTE_MS;
      yield at >= session.closesAt ? { at, skipped: 'after_close' } : weighed(config, at);
      return;
    }
    case 'time_window': {
      const found = windowOn(config, day);
      if (found.kind === 'window') yield weighed(config, found.window.startsAt);
      if (found.kind === 'skipped') yield { at: found.startsAt, skipped: found.reason };
      return;
    }
    case 'interval':
      yield* intervalTicks(config, day);
      return;
    default:
      assertNever(config.scheduleType);
  }
}

/** Counts from the window's start, else from the session's open, else, round the clock, from local midnight. */
function* intervalTicks(config: ScheduleConfig, day: EpochDay): Generator<ScheduleTick, void, undefined> {
  const stepMs = required(config.intervalMinutes, 'interval_minutes') * MINUTE_MS;
  const calendar = scheduleCalendar(config);
  const inSessionsOnly = config.activeDuring === 'market_hours';
  let from: EpochMs;
  let until: EpochMs;
  if (hasWindow(config)) {
    const found = windowOn(config, day);
    if (found.kind !== 'window') return;
    from = found.window.startsAt;
    until = found.window.endsAt;
  } else if (inSessionsOnly) {
    const session = calendar.sessionOnDay(day);
    if (session === undefined) return;
    from = session.opensAt;
    until = session.closesAt;
  } else {
    const clock = zoneClock(config.timezone);
    from = clock.instantOf(day, 0);
    until = clock.instantOf(day + 1, 0);
  }
  for (let at = from; at < until; at += stepMs) {
    if (inSessionsOnly && !calendar.isOpen(at)) continue;
    const tick = weighed(config, at);
    if (tick.skipped !== 'inactive_day') yield tick;
  }
}

function weighed(config: ScheduleConfig, at: EpochMs): ScheduleTick {
  const permission = mayStart(config, at);
  return { at, skipped: permission.kind === 'allowed' ? null : permission.reason };
}

function required<T>(value: T | null, field: string): T {
  if (value !== null) return value;
  throw new BellwetherError('invalid', 'schedule/bad-config', `expected ${field} in the schedule, was none; add it`, {
    field,
  });
}

/** What a `time_trigger` node waits for. */
export type TimeSchedule =
  | {
      readonly type: 'market_hours';
      readonly market: Market;
      readonly offsetMinutes: number;
      readonly timezone?: string;
    }
  | {
      readonly type: 'specific_time';
      /** HH:MM. */
      readonly time: string;
      readonly timezone: string;
      /** 0 = Monday. */
      readonly days: readonly number[];
    }
  | { readonly type: 'cron'; readonly expression: string; readonly timezone: string };

const NEW_YORK = 'America/New_York';

/** Returns the first instant after `after` at which the trigger fires; `null` when there is none in 400 days. */
export function nextFire(schedule: TimeSchedule, after: EpochMs): EpochMs | null {
  switch (schedule.type) {
    case 'cron':
      return nextCronInstant(parseCron(schedule.expression, schedule.timezone), after);
    case 'specific_time': {
      const clock = zoneClock(schedule.timezone);
      const today = localDayOf(clock, after);
      for (let day = today; day <= today + 8; day++) {
        const at = clock.instantOf(day, minuteOfDay(schedule.time));
        if (at > after && isActiveDay({ activeDays: schedule.days }, day)) return at;
      }
      return null;
    }
    case 'market_hours': {
      const calendar = scheduleCalendar({
        market: schedule.market,
        timezone: schedule.timezone ?? (schedule.market === 'US' ? NEW_YORK : 'UTC'),
      });
      const offsetMs = schedule.offsetMinutes * MINUTE_MS;
      // The session in which the instant lies may still have its tick to come.
      let session = calendar.sessionAt(after) ?? calendar.nextSession(after);
      for (let looked = 0; looked < LOOK_AHEAD_DAYS; looked++) {
        const at = session.opensAt + offsetMs;
        if (at > after && at < session.closesAt) return at;
        session = calendar.sessionWithOrdinal(session.ordinal + 1);
      }
      return null;
    }
    default:
      return assertNever(schedule);
  }
}
