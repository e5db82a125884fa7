import { civilDateOf, type EpochDay, epochDayOf, utcDayOf, weekdayOf } from './civil-date.ts';
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from './epoch-ms.ts';

/** What a wall clock somewhere shows: the one question that calendars and windows ask of a time zone. */
export interface LocalClock {
  /** IANA name. */
  readonly timezone: string;
  /** Returns local time minus UTC in milliseconds at the instant. */
  offsetAt(at: EpochMs): number;
  /**
   * Returns the instant at which the clock shows `minuteOfDay` (0 to 1439) on the day.
   * A time that does not exist moves forward by the gap; one that occurs twice means the first.
   */
  instantOf(day: EpochDay, minuteOfDay: number): EpochMs;
}

/** Returns the local date that holds the instant. */
export function localDayOf(clock: LocalClock, at: EpochMs): EpochDay {
  return Math.floor((at + clock.offsetAt(at)) / DAY_MS);
}

export const UTC_CLOCK: LocalClock = {
  timezone: 'UTC',
  offsetAt: () => 0,
  instantOf: (day, minuteOfDay) => day * DAY_MS + minuteOfDay * MINUTE_MS,
};

const STANDARD_MS = -5 * HOUR_MS;
const SUMMER_MS = -4 * HOUR_MS;

/**
 * New York from the rules of law, for places without `Temporal`, valid from 1987 on: summer time from the second Sunday
 * of March to the first of November since 2007, before that from the first Sunday of April to the last of October.
 */
export const NEW_YORK_CLOCK: LocalClock = {
  timezone: 'America/New_York',
  offsetAt(at) {
    // The UTC year differs from the local one only around New Year, where both are standard time.
    const summer = summerOf(civilDateOf(utcDayOf(at)).year);
    return at >= summer.from && at < summer.until ? SUMMER_MS : STANDARD_MS;
  },
  instantOf(day, minuteOfDay) {
    const local = day * DAY_MS + minuteOfDay * MINUTE_MS;
    const summer = summerOf(civilDateOf(day).year);
    // Read as summer time, an ambiguous time is the first; a missing one falls before the change, so standard applies
    // and carries it forward by the gap.
    const asSummer = local - SUMMER_MS;
    return asSummer >= summer.from && asSummer < summer.until ? asSummer : local - STANDARD_MS;
  },
};

interface Summer {
  readonly from: EpochMs;
  readonly until: EpochMs;
}

const summers = new Map<number, Summer>();

function summerOf(year: number): Summer {
  const known = summers.get(year);
  if (known !== undefined) return known;
  const [first, last] =
    year >= 2007
      ? [sundayOnOrAfter(epochDayOf(year, 3, 8)), sundayOnOrAfter(epochDayOf(year, 11, 1))]
      : [sundayOnOrAfter(epochDayOf(year, 4, 1)), sundayOnOrAfter(epochDayOf(year, 10, 25))];
  const summer = { from: first * DAY_MS + 2 * HOUR_MS - STANDARD_MS, until: last * DAY_MS + 2 * HOUR_MS - SUMMER_MS };
  summers.set(year, summer);
  return summer;
}

function sundayOnOrAfter(day: EpochDay): EpochDay {
  return day + 6 - weekdayOf(day);
}
