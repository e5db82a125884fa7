import { civilDateOf, type EpochDay, epochDayOf, type IsoDate, parseDate, weekdayOf } from './civil-date.ts';

/**
 * The days on which NYSE does not follow its week: NYSE Rule 7.2 since 1990, and a table of what no rule foretells.
 * Future years are rules, not announcements.
 */
const AD_HOC_CLOSURES: Readonly<Record<IsoDate, string>> = {
  '1994-04-27': 'National Day of Mourning for Richard Nixon',
  '2001-09-11': 'September 11 attacks',
  '2001-09-12': 'September 11 attacks',
  '2001-09-13': 'September 11 attacks',
  '2001-09-14': 'September 11 attacks',
  '2004-06-11': 'National Day of Mourning for Ronald Reagan',
  '2007-01-02': 'National Day of Mourning for Gerald Ford',
  '2012-10-29': 'Hurricane Sandy',
  '2012-10-30': 'Hurricane Sandy',
  '2018-12-05': 'National Day of Mourning for George H. W. Bush',
  '2025-01-09': 'National Day of Mourning for Jimmy Carter',
};

const AD_HOC_EARLY_CLOSES: Readonly<Record<IsoDate, string>> = {
  '1997-12-26': 'Day after Christmas',
  '1999-12-31': "New Year's Eve",
  '2003-12-26': 'Day after Christmas',
};

export interface EarlyClose {
  readonly reason: string;
  /** New York wall clock, minutes after midnight. */
  readonly closeMinute: number;
}

export interface NyseYear {
  /** Weekdays without trading. */
  readonly closures: ReadonlyMap<EpochDay, string>;
  readonly earlyCloses: ReadonlyMap<EpochDay, EarlyClose>;
}

const MONDAY = 0;
const TUESDAY = 1;
const WEDNESDAY = 2;
const THURSDAY = 3;
const FRIDAY = 4;
const SATURDAY = 5;
const SUNDAY = 6;
const ONE_PM = 13 * 60;
const TWO_PM = 14 * 60;

/** Returns the closures and early closes of a year from 1990 on. */
export function nyseYear(year: number): NyseYear {
  const closures = new Map<EpochDay, string>();
  const add = (day: EpochDay, name: string) => closures.set(day, name);

  const newYear = epochDayOf(year, 1, 1);
  // On a Saturday it is not made up: the Friday before is the last trading day of the year.
  if (weekdayOf(newYear) === SUNDAY) add(newYear + 1, "New Year's Day (observed)");
  else if (weekdayOf(newYear) !== SATURDAY) add(newYear, "New Year's Day");
  if (year >= 1998) add(nthWeekday(year, 1, MONDAY, 3), 'Martin Luther King Jr. Day');
  add(nthWeekday(year, 2, MONDAY, 3), "Washington's Birthday");
  add(easterSunday(year) - 2, 'Good Friday');
  add(nthWeekday(year, 6, MONDAY, 1) - 7, 'Memorial Day');
  if (year >= 2022) observe(closures, epochDayOf(year, 6, 19), 'Juneteenth');
  const independence = epochDayOf(year, 7, 4);
  observe(closures, independence, 'Independence Day');
  add(nthWeekday(year, 9, MONDAY, 1), 'Labor Day');
  const thanksgiving = nthWeekday(year, 11, THURSDAY, 4);
  add(thanksgiving, 'Thanksgiving Day');
  const christmas = epochDayOf(year, 12, 25);
  observe(closures, christmas, 'Christmas Day');
  for (const [date, reason] of Object.entries(AD_HOC_CLOSURES)) {
    const day = parseDate(date);
    if (civilDateOf(day).year === year) add(day, reason);
  }

  const earlyCloses = new Map<EpochDay, EarlyClose>();
  const close = year >= 1993 ? ONE_PM : TWO_PM;
  const shorten = (day: EpochDay, reason: string, closeMinute = close) => {
    if (weekdayOf(day) < SATURDAY && !closures.has(day)) earlyCloses.set(day, { reason, closeMinute });
  };
  if (year >= 1992) shorten(thanksgiving + 1, 'Day after Thanksgiving');
  if (weekdayOf(christmas - 1) <= THURSDAY) shorten(christmas - 1, 'Christmas Eve');
  if (year >= 1995) {
    const eve = weekdayOf(independence - 1);
    if (eve === MONDAY || eve === TUESDAY || eve === THURSDAY || (eve === WEDNESDAY && year >= 2013)) {
      shorten(independence - 1, 'Day before Independence Day');
    }
    if (year < 2013 && weekdayOf(independence + 1) === FRIDAY) shorten(independence + 1, 'Day after Independence Day');
  }
  for (const [date, reason] of Object.entries(AD_HOC_EARLY_CLOSES)) {
    const day = parseDate(date);
    if (civilDateOf(day).year === year) shorten(day, reason);
  }
  return { closures, earlyCloses };
}

/** Closes the Friday before a Saturday and the Monday after a Sunday. */
function observe(closures: Map<EpochDay, string>, day: EpochDay, name: string): void {
  const weekday = weekdayOf(day);
  if (weekday === SATURDAY) closures.set(day - 1, `${name} (observed)`);
  else if (weekday === SUNDAY) closures.set(day + 1, `${name} (observed)`);
  else closures.set(day, name);
}

function nthWeekday(year: number, month: number, weekday: number, nth: number): EpochDay {
  const first = epochDayOf(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + (nth - 1) * 7;
}

/** The anonymous Gregorian computus (Meeus, Jones, Butcher). */
function easterSunday(year: number): EpochDay {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  return epochDayOf(year, month, ((h + l - 7 * m + 114) % 31) + 1);
}
