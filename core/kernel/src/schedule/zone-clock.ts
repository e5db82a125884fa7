import {
  BellwetherError,
  DAY_MS,
  type EpochDay,
  type EpochMs,
  formatDate,
  type LocalClock,
  NEW_YORK_CLOCK,
  UTC_CLOCK,
} from '@bellwether/domain';

export function isTimezone(timezone: string): boolean {
  try {
    return timezone !== '' && Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timezone) !== undefined;
  } catch {
    return false;
  }
}

/** Returns the wall clock of an IANA zone. Throws `schedule/bad-config` when there is no such zone. */
export function zoneClock(timezone: string): LocalClock {
  if (timezone === NEW_YORK_CLOCK.timezone) return NEW_YORK_CLOCK;
  if (timezone === UTC_CLOCK.timezone) return UTC_CLOCK;
  if (!isTimezone(timezone)) {
    throw new BellwetherError(
      'invalid',
      'schedule/bad-config',
      `expected an IANA time zone such as America/New_York, was "${timezone}"; choose one from the list`,
      { timezone },
    );
  }
  return {
    timezone,
    offsetAt(at: EpochMs): number {
      return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).offsetNanoseconds / 1e6;
    },
    instantOf(day: EpochDay, minuteOfDay: number): EpochMs {
      const hour = Math.floor(minuteOfDay / 60);
      return Temporal.PlainDate.from(formatDate(day))
        .toPlainDateTime({ hour, minute: minuteOfDay % 60 })
        .toZonedDateTime(timezone, { disambiguation: 'compatible' }).epochMilliseconds;
    },
  };
}

/** A cycle of whole days, for loops that look for the next day on which something is due. */
export const LOOK_AHEAD_DAYS = 400;

/** Half-open range of instants in which a search may end. */
export function searchEnd(after: EpochMs): EpochMs {
  return after + LOOK_AHEAD_DAYS * DAY_MS;
}
