import { BellwetherError } from '../failure/bellwether-error.ts';
import { DAY_MS, type EpochMs } from './epoch-ms.ts';

/** A date on the calendar as `YYYY-MM-DD`; compares as text. */
export type IsoDate = string;

/** A date as whole days since 1970-01-01: dates as integers, without a zone. */
export type EpochDay = number;

/** Returns the day of a proleptic Gregorian date; `month` is 1 to 12. Howard Hinnant's `days_from_civil`. */
export function epochDayOf(year: number, month: number, day: number): EpochDay {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export interface CivilDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** The inverse of `epochDayOf`. */
export function civilDateOf(epochDay: EpochDay): CivilDate {
  const shifted = epochDay + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9);
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

/** Returns the weekday, 0 = Monday … 6 = Sunday, as `active_days` counts. */
export function weekdayOf(epochDay: EpochDay): number {
  return (((epochDay + 3) % 7) + 7) % 7;
}

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Reads `YYYY-MM-DD`; `undefined` when the text has another form or names no day. */
export function readEpochDay(text: string): EpochDay | undefined {
  const match = ISO_DATE.exec(text);
  if (match === null) return undefined;
  const epochDay = epochDayOf(Number(match[1]), Number(match[2]), Number(match[3]));
  return formatDate(epochDay) === text ? epochDay : undefined;
}

/** Reads `YYYY-MM-DD`. Throws `usage/bad-argument` when that is no date. */
export function parseDate(text: IsoDate): EpochDay {
  const epochDay = readEpochDay(text);
  if (epochDay === undefined) {
    throw new BellwetherError('invalid', 'usage/bad-argument', `expected a date such as 2026-11-27, was "${text}"`);
  }
  return epochDay;
}

export function formatDate(epochDay: EpochDay): IsoDate {
  const { year, month, day } = civilDateOf(epochDay);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** Returns the UTC date that holds the instant. */
export function utcDayOf(at: EpochMs): EpochDay {
  return Math.floor(at / DAY_MS);
}
