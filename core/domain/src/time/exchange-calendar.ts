import { BellwetherError } from '../failure/bellwether-error.ts';
import { type EpochDay, epochDayOf, formatDate, type IsoDate, parseDate, weekdayOf } from './civil-date.ts';
import { DAY_MS, type EpochMs } from './epoch-ms.ts';
import { type LocalClock, localDayOf, NEW_YORK_CLOCK, UTC_CLOCK } from './local-clock.ts';
import { type NyseYear, nyseYear } from './nyse-days.ts';
import type { Closure, TradingSession } from './trading-session.ts';

export const MARKETS = ['US', '24/7'] as const;
/** The market of an instrument: it chooses the calendar. */
export type Market = (typeof MARKETS)[number];

/**
 * The sessions of one market, from 1990 to 2040. Every question outside those years throws `calendar/out-of-range`.
 * Asking about instants in order costs O(1), any other instant O(log n); no zone is converted per question.
 */
export interface ExchangeCalendar {
  readonly market: Market;
  /** IANA name of the zone in which a session has its date. */
  readonly timezone: string;
  /** Returns the session that is open at the instant, open included, close excluded. */
  sessionAt(at: EpochMs): TradingSession | undefined;
  isOpen(at: EpochMs): boolean;
  /** Returns the local date that holds the instant, whether or not the market trades on it. */
  dayOf(at: EpochMs): EpochDay;
  /** Returns the session of a local date, `undefined` on a closed day. */
  sessionOn(date: IsoDate): TradingSession | undefined;
  /** The same by day number, for loops. */
  sessionOnDay(day: EpochDay): TradingSession | undefined;
  /** Returns the first session that opens after the instant. */
  nextSession(at: EpochMs): TradingSession;
  /** Returns the last session that has closed at the instant or before. */
  previousSession(at: EpochMs): TradingSession;
  /** Returns the session to whose exchange day the instant belongs: (close of the session before, close]. */
  exchangeDay(at: EpochMs): TradingSession;
  /** Returns the session with an ordinal: `session.ordinal + 1` is the next one. */
  sessionWithOrdinal(ordinal: number): TradingSession;
  /** Returns the sessions of the dates, both included. */
  sessionsBetween(from: IsoDate, to: IsoDate): TradingSession[];
  /** Returns the weekdays without trading and why, both dates included. */
  closuresBetween(from: IsoDate, to: IsoDate): Closure[];
}

const FIRST_YEAR = 1990;
const LAST_YEAR = 2040;
const FIRST_DAY = epochDayOf(FIRST_YEAR, 1, 1);
const LAST_DAY = epochDayOf(LAST_YEAR, 12, 31);
const OPEN_MINUTE = 9 * 60 + 30;
const CLOSE_MINUTE = 16 * 60;

function outOfRange(what: string): BellwetherError {
  return new BellwetherError(
    'invalid',
    'calendar/out-of-range',
    `expected a date from ${FIRST_YEAR} to ${LAST_YEAR}, which the exchange calendar covers, was ${what}; check the dates or the year of the bars`,
    { what },
  );
}

function checkDay(day: EpochDay): void {
  if (!(day >= FIRST_DAY && day <= LAST_DAY)) {
    throw outOfRange(Number.isFinite(day) ? formatDate(day) : String(day));
  }
}

function checkInstant(at: EpochMs, first: EpochMs, last: EpochMs): void {
  if (!(at >= first && at < last)) throw outOfRange(Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at));
}

/** A table of sessions, built on the first question. */
class NyseCalendar implements ExchangeCalendar {
  readonly market: Market = 'US';
  readonly timezone = NEW_YORK_CLOCK.timezone;
  readonly #years = new Map<number, NyseYear>();
  readonly #sessions: TradingSession[] = [];
  /** Ordinal of the first session on or after each day; one entry past the end. */
  readonly #ordinalFrom = new Int32Array(LAST_DAY - FIRST_DAY + 2);
  #closes = new Float64Array(0);
  /** Where the last question was answered: the next one is usually near. */
  #near = 0;
  #day: EpochDay = 0;
  #dayFrom = Number.POSITIVE_INFINITY;
  #dayUntil = Number.NEGATIVE_INFINITY;

  #load(): readonly TradingSession[] {
    if (this.#sessions.length > 0) return this.#sessions;
    for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
      const days = nyseYear(year);
      this.#years.set(year, days);
      for (let day = epochDayOf(year, 1, 1); day < epochDayOf(year + 1, 1, 1); day++) {
        this.#ordinalFrom[day - FIRST_DAY] = this.#sessions.length;
        if (weekdayOf(day) >= 5 || days.closures.has(day)) continue;
        const early = days.earlyCloses.get(day);
        const date = formatDate(day);
        this.#sessions.push({
          sessionId: `XNYS:${date}`,
          date,
          day,
          opensAt: NEW_YORK_CLOCK.instantOf(day, OPEN_MINUTE),
          closesAt: NEW_YORK_CLOCK.instantOf(day, early?.closeMinute ?? CLOSE_MINUTE),
          earlyClose: early !== undefined,
          ...(early === undefined ? {} : { earlyCloseReason: early.reason }),
          ordinal: this.#sessions.length,
        });
      }
    }
    this.#ordinalFrom[LAST_DAY - FIRST_DAY + 1] = this.#sessions.length;
    this.#closes = Float64Array.from(this.#sessions, (session) => session.closesAt);
    return this.#sessions;
  }

  /** Returns the ordinal of the first session with `closesAt > at`; the number of sessions when there is none. */
  #firstClosingAfter(at: EpochMs): number {
    this.#load();
    checkInstant(at, FIRST_DAY * DAY_MS, (LAST_DAY + 1) * DAY_MS);
    const closes = this.#closes;
    for (let i = this.#near; i <= this.#near + 1; i++) {
      if (i < closes.length && (closes[i] as number) > at && (i === 0 || (closes[i - 1] as number) <= at)) {
        this.#near = i;
        return i;
      }
    }
    let lo = 0;
    let hi = closes.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if ((closes[mid] as number) > at) hi = mid;
      else lo = mid + 1;
    }
    this.#near = lo;
    return lo;
  }

  sessionAt(at: EpochMs): TradingSession | undefined {
    const session = this.#sessions[this.#firstClosingAfter(at)];
    return session !== undefined && session.opensAt <= at ? session : undefined;
  }

  isOpen(at: EpochMs): boolean {
    return this.sessionAt(at) !== undefined;
  }

  dayOf(at: EpochMs): EpochDay {
    if (!(at >= this.#dayFrom && at < this.#dayUntil)) {
      checkInstant(at, FIRST_DAY * DAY_MS, (LAST_DAY + 1) * DAY_MS);
      this.#day = localDayOf(NEW_YORK_CLOCK, at);
      this.#dayFrom = NEW_YORK_CLOCK.instantOf(this.#day, 0);
      this.#dayUntil = NEW_YORK_CLOCK.instantOf(this.#day + 1, 0);
    }
    return this.#day;
  }

  sessionOn(date: IsoDate): TradingSession | undefined {
    return this.sessionOnDay(parseDate(date));
  }

  sessionOnDay(day: EpochDay): TradingSession | undefined {
    this.#load();
    checkDay(day);
    const session = this.#sessions[this.#ordinalFrom[day - FIRST_DAY] as number];
    return session?.day === day ? session : undefined;
  }

  nextSession(at: EpochMs): TradingSession {
    const ordinal = this.#firstClosingAfter(at);
    const session = this.#sessions[ordinal];
    return this.sessionWithOrdinal(session !== undefined && session.opensAt <= at ? ordinal + 1 : ordinal);
  }

  previousSession(at: EpochMs): TradingSession {
    return this.sessionWithOrdinal(this.#firstClosingAfter(at) - 1);
  }

  exchangeDay(at: EpochMs): TradingSession {
    const ordinal = this.#firstClosingAfter(at);
    const before = this.#sessions[ordinal - 1];
    return before !== undefined && before.closesAt === at ? before : this.sessionWithOrdinal(ordinal);
  }

  sessionWithOrdinal(ordinal: number): TradingSession {
    const session = this.#load()[ordinal];
    if (session === undefined) throw outOfRange(`session number ${ordinal}`);
    return session;
  }

  sessionsBetween(from: IsoDate, to: IsoDate): TradingSession[] {
    const [first, last] = dayRange(from, to);
    const sessions = this.#load();
    if (last < first) return [];
    return sessions.slice(this.#ordinalFrom[first - FIRST_DAY], this.#ordinalFrom[last - FIRST_DAY + 1]);
  }

  closuresBetween(from: IsoDate, to: IsoDate): Closure[] {
    const [first, last] = dayRange(from, to);
    this.#load();
    const days = [...this.#years.values()].flatMap((year) => [...year.closures]);
    return days
      .filter(([day]) => day >= first && day <= last)
      .sort(([a], [b]) => a - b)
      .map(([day, reason]) => ({ date: formatDate(day), reason }));
  }
}

function dayRange(from: IsoDate, to: IsoDate): [EpochDay, EpochDay] {
  const range: [EpochDay, EpochDay] = [parseDate(from), parseDate(to)];
  range.forEach(checkDay);
  return range;
}

/** A market that never closes: one session per local day, from midnight to midnight. */
class AlwaysOpenCalendar implements ExchangeCalendar {
  readonly market: Market = '24/7';
  readonly timezone: string;
  readonly #clock: LocalClock;
  #last: TradingSession;

  constructor(clock: LocalClock) {
    this.timezone = clock.timezone;
    this.#clock = clock;
    this.#last = this.#build(FIRST_DAY);
  }

  #build(day: EpochDay): TradingSession {
    const date = formatDate(day);
    return {
      sessionId: `24/7:${date}`,
      date,
      day,
      opensAt: this.#clock.instantOf(day, 0),
      closesAt: this.#clock.instantOf(day + 1, 0),
      earlyClose: false,
      ordinal: day,
    };
  }

  sessionAt(at: EpochMs): TradingSession {
    if (at >= this.#last.opensAt && at < this.#last.closesAt) return this.#last;
    checkInstant(at, FIRST_DAY * DAY_MS, (LAST_DAY + 1) * DAY_MS);
    this.#last = this.#build(localDayOf(this.#clock, at));
    return this.#last;
  }

  isOpen(at: EpochMs): boolean {
    return this.sessionAt(at) !== undefined;
  }

  dayOf(at: EpochMs): EpochDay {
    return this.sessionAt(at).day;
  }

  sessionOn(date: IsoDate): TradingSession {
    return this.sessionOnDay(parseDate(date));
  }

  sessionOnDay(day: EpochDay): TradingSession {
    checkDay(day);
    return this.#build(day);
  }

  nextSession(at: EpochMs): TradingSession {
    return this.#build(this.sessionAt(at).day + 1);
  }

  previousSession(at: EpochMs): TradingSession {
    return this.#build(this.sessionAt(at).day - 1);
  }

  exchangeDay(at: EpochMs): TradingSession {
    const session = this.sessionAt(at);
    return session.opensAt === at ? this.#build(session.day - 1) : session;
  }

  sessionWithOrdinal(ordinal: number): TradingSession {
    return this.sessionOnDay(ordinal);
  }

  sessionsBetween(from: IsoDate, to: IsoDate): TradingSession[] {
    const [first, last] = dayRange(from, to);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => this.#build(first + i));
  }

  closuresBetween(from: IsoDate, to: IsoDate): Closure[] {
    dayRange(from, to);
    return [];
  }
}

/** NYSE regular sessions, 09:30 to 16:00 New York with its holidays, early closes and ad hoc closures. */
export const NYSE_CALENDAR: ExchangeCalendar = new NyseCalendar();

/** A 24/7 market with UTC days. */
export const UTC_CALENDAR: ExchangeCalendar = new AlwaysOpenCalendar(UTC_CLOCK);

/** Returns the calendar of a 24/7 market whose days begin at local midnight. */
export function alwaysOpenCalendar(clock: LocalClock): ExchangeCalendar {
  return clock.timezone === UTC_CLOCK.timezone ? UTC_CALENDAR : new AlwaysOpenCalendar(clock);
}

/** Returns the calendar in which a market's bars are cut: NYSE, or UTC days. */
export function calendarOf(market: Market): ExchangeCalendar {
  return market === 'US' ? NYSE_CALENDAR : UTC_CALENDAR;
}
