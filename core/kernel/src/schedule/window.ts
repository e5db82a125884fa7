import {
  alwaysOpenCalendar,
  type EpochDay,
  type EpochMs,
  type ExchangeCalendar,
  formatDate,
  type IsoDate,
  localDayOf,
  MINUTE_MS,
  NYSE_CALENDAR,
  type TradingSession,
  weekdayOf,
} from '@bellwether/domain';
import type { ScheduleConfig } from '@bellwether/pipeline';
import { LOOK_AHEAD_DAYS, zoneClock } from './zone-clock.ts';

/** One window of one date, half-open [startsAt, endsAt). */
export interface TradingWindow {
  /** The local date on which it starts: the key of its end action. */
  readonly date: IsoDate;
  readonly startsAt: EpochMs;
  /** In market US never later than the close. */
  readonly endsAt: EpochMs;
  /** No session meets it: executions run, entries follow `entry_when_closed`. */
  readonly isAnalysisOnly: boolean;
  /** Where `flatten_positions_at_end` begins: 10 minutes before the close, or at an earlier end. */
  readonly flattenAt: EpochMs;
}

export type WindowOfDay =
  | { readonly kind: 'window'; readonly window: TradingWindow }
  | { readonly kind: 'skipped'; readonly startsAt: EpochMs; readonly reason: 'holiday' }
  | { readonly kind: 'inactive_day' };

/** With less than this left before a window's end no execution starts by itself and no entry is sent. */
export const WINDOW_ENDING_MS = 5 * MINUTE_MS;
const FLATTEN_BEFORE_CLOSE_MS = 10 * MINUTE_MS;
const MINUTES_PER_DAY = 1440;

type WindowFields = Pick<ScheduleConfig, 'market' | 'startTime' | 'endTime' | 'timezone' | 'activeDays'>;

/** Returns the sessions that a schedule's market has: NYSE, or the local days of its zone. */
export function scheduleCalendar(config: Pick<ScheduleConfig, 'market' | 'timezone'>): ExchangeCalendar {
  return config.market === 'US' ? NYSE_CALENDAR : alwaysOpenCalendar(zoneClock(config.timezone));
}

/** Returns whether the schedule has a window; without one any instant of an active day is inside. */
export function hasWindow(config: Pick<ScheduleConfig, 'startTime' | 'endTime'>): boolean {
  return config.startTime !== null || config.endTime !== null;
}

export function isActiveDay(config: Pick<ScheduleConfig, 'activeDays'>, day: EpochDay): boolean {
  return config.activeDays.includes(weekdayOf(day));
}

/** Returns the window that starts on a local date. The schedule has a window. */
export function windowOn(config: WindowFields, day: EpochDay): WindowOfDay {
  if (!isActiveDay(config, day)) return { kind: 'inactive_day' };
  const clock = zoneClock(config.timezone);
  const calendar = scheduleCalendar(config);
  const ownSession = calendar.sessionOnDay(day);
  const midnight = clock.instantOf(day, 0);
  const startsAt =
    config.startTime === null ? ownSession?.opensAt : clock.instantOf(day, minuteOfDay(config.startTime));
  if (startsAt === undefined) return { kind: 'skipped', startsAt: midnight, reason: 'holiday' };
  const isOvernight =
    config.startTime !== null && config.endTime !== null && minuteOfDay(config.endTime) < minuteOfDay(config.startTime);
  const latest = latestEnd();
  if (latest === undefined) return { kind: 'skipped', startsAt, reason: 'holiday' };
  if (config.market === '24/7') {
    return found(latest, false, latest);
  }
  const session = sessionWithin(calendar, startsAt, latest);
  if (session !== undefined) {
    const endsAt = Math.min(latest, session.closesAt);
    return found(endsAt, false, Math.min(endsAt, session.closesAt - FLATTEN_BEFORE_CLOSE_MS));
  }
  if (!isOvernight && ownSession === undefined) return { kind: 'skipped', startsAt, reason: 'holiday' };
  return found(latest, true, latest);

  function latestEnd(): EpochMs | undefined {
    if (config.endTime === null) {
      return config.market === '24/7' ? clock.instantOf(day + 1, 0) : ownSession?.closesAt;
    }
    return clock.instantOf(isOvernight ? day + 1 : day, minuteOfDay(config.endTime));
  }

  function found(endsAt: EpochMs, isAnalysisOnly: boolean, flattenAt: EpochMs): WindowOfDay {
    const from = startsAt as EpochMs;
    const window = {
      date: formatDate(day),
      startsAt: from,
      endsAt,
      isAnalysisOnly,
      flattenAt: Math.max(from, flattenAt),
    };
    return { kind: 'window', window };
  }
}

function sessionWithin(calendar: ExchangeCalendar, from: EpochMs, until: EpochMs): TradingSession | undefined {
  const open = calendar.sessionAt(from);
  if (open !== undefined) return open;
  const next = calendar.nextSession(from);
  return next.opensAt < until ? next : undefined;
}

/** Returns the window that holds the instant. The schedule has a window. */
export function windowAt(config: WindowFields, at: EpochMs): TradingWindow | undefined {
  const today = localDayOf(zoneClock(config.timezone), at);
  // A window may have begun yesterday and crossed midnight.
  for (const day of [today - 1, today]) {
    const found = windowOn(config, day);
    if (found.kind === 'window' && found.window.startsAt <= at && at < found.window.endsAt) return found.window;
  }
  return undefined;
}

/** Returns the first window that starts after the instant; `undefined` when none does in the next 400 days. */
export function nextWindow(config: WindowFields, after: EpochMs): TradingWindow | undefined {
  const today = localDayOf(zoneClock(config.timezone), after);
  for (let day = today - 1; day <= today + LOOK_AHEAD_DAYS; day++) {
    const found = windowOn(config, day);
    if (found.kind === 'window' && found.window.startsAt > after && found.window.endsAt > found.window.startsAt) {
      return found.window;
    }
  }
  return undefined;
}

export type StartRefusal = 'inactive_day' | 'holiday' | 'outside_window' | 'window_ending';

/** Whether an execution may start at an instant, and if not, why and when it next may. */
export type StartPermission =
  | { readonly kind: 'allowed'; readonly window: TradingWindow | null }
  | { readonly kind: 'refused'; readonly reason: StartRefusal; readonly nextStart: EpochMs | null };

/** Weighs window, active days and the five-minute rule; no schedule restricts nothing. */
export function mayStart(config: ScheduleConfig | null, at: EpochMs): StartPermission {
  if (config === null) return { kind: 'allowed', window: null };
  const clock = zoneClock(config.timezone);
  const today = localDayOf(clock, at);
  if (!hasWindow(config)) {
    if (isActiveDay(config, today)) return { kind: 'allowed', window: null };
    for (let day = today + 1; day <= today + 7; day++) {
      if (isActiveDay(config, day)) {
        return { kind: 'refused', reason: 'inactive_day', nextStart: clock.instantOf(day, 0) };
      }
    }
    return { kind: 'refused', reason: 'inactive_day', nextStart: null };
  }
  const window = windowAt(config, at);
  if (window !== undefined && window.endsAt - at >= WINDOW_ENDING_MS) return { kind: 'allowed', window };
  const nextStart = nextWindow(config, at)?.startsAt ?? null;
  if (window !== undefined) return { kind: 'refused', reason: 'window_ending', nextStart };
  const ofToday = windowOn(config, today);
  const reason =
    ofToday.kind === 'inactive_day' ? 'inactive_day' : ofToday.kind === 'skipped' ? ofToday.reason : 'outside_window';
  return { kind: 'refused', reason, nextStart };
}

/** Reads `HH:MM`, already checked. */
export function minuteOfDay(time: string): number {
  return (Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))) % MINUTES_PER_DAY;
}
