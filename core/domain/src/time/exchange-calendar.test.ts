import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { leftOut, sharedPath } from '@bellwether/testing';
import fc from 'fast-check';
import { formatDate, parseDate } from './civil-date.ts';
import { formatInstant } from './epoch-ms.ts';
import { alwaysOpenCalendar, NYSE_CALENDAR as nyse, UTC_CALENDAR } from './exchange-calendar.ts';
import { NEW_YORK_CLOCK } from './local-clock.ts';

const at = (text: string) => Date.parse(text);
const rows = (name: string) => readFileSync(sharedPath(name), 'utf8').trim().split('\n').slice(1);

test('P25: the sessions from 1998 to March 2021 are exactly the days on which SPY has a bar', {
  skip: leftOut('data/SPY_1d_lean_raw.csv'),
}, () => {
  const dates = rows('data/SPY_1d_lean_raw.csv').map((row) => row.slice(0, 10));
  const sessions = nyse.sessionsBetween('1998-01-01', '2021-03-31').map((session) => session.date);
  assert.equal(dates.length, 5849);
  assert.deepEqual(sessions, dates);
});

test('P25: every session of exchange_calendars has the same open and close in UTC', {
  skip: leftOut('data/xnys-sessions-2015_2023-01-13.csv'),
}, () => {
  const expected = rows('data/xnys-sessions-2015_2023-01-13.csv');
  const actual = nyse
    .sessionsBetween('2015-01-01', '2023-01-13')
    .map((session) => [session.date, formatInstant(session.opensAt), formatInstant(session.closesAt)].join(','));
  assert.equal(expected.length, 2023);
  assert.deepEqual(actual, expected);
});

interface CalendarFile {
  readonly holidays: { readonly date: string; readonly name: string }[];
  readonly earlyCloses: { readonly date: string; readonly name: string }[];
  readonly sessionCountByYear: Record<string, number>;
  readonly utcSamples: { readonly date: string; readonly open: string; readonly close: string }[];
  readonly notHolidays: { readonly date: string }[];
}

test('P25: holidays, early closes, counts, samples and traps from 2015 to 2027 agree', {
  skip: leftOut('data/nyse-calendar-2015-2027.json'),
}, () => {
  const file = JSON.parse(readFileSync(sharedPath('data/nyse-calendar-2015-2027.json'), 'utf8')) as CalendarFile;
  const sessions = nyse.sessionsBetween('2015-01-01', '2027-12-31');
  assert.deepEqual(
    nyse.closuresBetween('2015-01-01', '2027-12-31').map((closure) => closure.date),
    file.holidays.map((holiday) => holiday.date),
  );
  assert.deepEqual(
    sessions.filter((session) => session.earlyClose).map(({ date, earlyCloseReason }) => ({ date, earlyCloseReason })),
    file.earlyCloses.map(({ date, name }) => ({ date, earlyCloseReason: name })),
  );
  for (const [year, count] of Object.entries(file.sessionCountByYear)) {
    assert.equal(sessions.filter((session) => session.date.startsWith(year)).length, count, year);
  }
  for (const sample of file.utcSamples) {
    const session = nyse.sessionOn(sample.date);
    assert.equal(session?.opensAt, at(sample.open), sample.date);
    assert.equal(session?.closesAt, at(sample.close), sample.date);
  }
  for (const { date } of file.notHolidays) assert.equal(nyse.sessionOn(date)?.earlyClose, false, date);
});

test('the traps of the trading rules hold', () => {
  for (const date of ['2018-12-05', '2025-01-09', '2026-07-03', '2001-09-11', '2001-09-14', '2012-10-30']) {
    assert.equal(nyse.sessionOn(date), undefined, date);
  }
  for (const date of ['2026-07-02', '2021-12-31', '2027-12-31', '2001-09-17']) {
    assert.equal(nyse.sessionOn(date)?.earlyClose, false, date);
  }
  const half = nyse.sessionOn('2026-11-27');
  assert.equal(half?.sessionId, 'XNYS:2026-11-27');
  assert.equal(formatInstant(half?.closesAt ?? 0), '2026-11-27T18:00:00Z');
});

test('a closure says why', () => {
  assert.deepEqual(nyse.closuresBetween('2025-01-01', '2025-01-31'), [
    { date: '2025-01-01', reason: "New Year's Day" },
    { date: '2025-01-09', reason: 'National Day of Mourning for Jimmy Carter' },
    { date: '2025-01-20', reason: 'Martin Luther King Jr. Day' },
  ]);
});

test('a session is open from its open, included, to its close, excluded', () => {
  assert.equal(nyse.sessionAt(at('2026-07-06T13:29:59.999Z')), undefined);
  assert.equal(nyse.sessionAt(at('2026-07-06T13:30:00Z'))?.date, '2026-07-06');
  assert.equal(nyse.sessionAt(at('2026-07-06T19:59:59.999Z'))?.date, '2026-07-06');
  assert.equal(nyse.isOpen(at('2026-07-06T20:00:00Z')), false);
});

test('next is strictly after, previous has closed', () => {
  assert.equal(nyse.nextSession(at('2026-07-02T13:29:00Z')).date, '2026-07-02');
  assert.equal(nyse.nextSession(at('2026-07-02T13:30:00Z')).date, '2026-07-06');
  assert.equal(nyse.previousSession(at('2026-07-02T19:59:00Z')).date, '2026-07-01');
  assert.equal(nyse.previousSession(at('2026-07-02T20:00:00Z')).date, '2026-07-02');
});

test('seed-T8: an exchange day runs from the close before, excluded, to its own close, included', () => {
  assert.equal(nyse.exchangeDay(at('2026-07-01T20:00:00Z')).date, '2026-07-01');
  assert.equal(nyse.exchangeDay(at('2026-07-01T20:00:00.001Z')).date, '2026-07-02');
  assert.equal(nyse.exchangeDay(at('2026-07-04T12:00:00Z')).date, '2026-07-06');
  assert.equal(UTC_CALENDAR.exchangeDay(at('2026-07-04T00:00:00Z')).date, '2026-07-03');
});

test('outside its years the calendar refuses instead of guessing', () => {
  const code = { code: 'calendar/out-of-range' };
  assert.throws(() => nyse.sessionOn('1989-12-29'), code);
  assert.throws(() => nyse.sessionsBetween('2026-01-01', '2041-01-01'), code);
  assert.throws(() => nyse.sessionAt(Number.NaN), code);
  assert.throws(() => nyse.previousSession(at('1990-01-01T12:00:00Z')), code);
  assert.throws(() => UTC_CALENDAR.sessionAt(at('1980-01-01T00:00:00Z')), code);
});

test('a 24/7 market has one session per local day, of 23 and 25 hours where the clock changes', () => {
  const session = UTC_CALENDAR.sessionAt(at('2026-03-08T13:00:00Z'));
  assert.equal(session?.sessionId, '24/7:2026-03-08');
  assert.equal(formatInstant(session?.closesAt ?? 0), '2026-03-09T00:00:00Z');
  const newYork = alwaysOpenCalendar(NEW_YORK_CLOCK);
  const hours = (date: string) => {
    const day = newYork.sessionOn(date);
    return day === undefined ? 0 : (day.closesAt - day.opensAt) / 3_600_000;
  };
  assert.deepEqual(['2026-03-08', '2026-11-01', '2026-07-04'].map(hours), [23, 25, 24]);
  assert.equal(newYork.sessionAt(at('2026-07-04T03:59:00Z'))?.date, '2026-07-03');
});

test('New York by rule is New York by the time zone database from 1987 to 2040', () => {
  const first = at('1987-01-02T00:00:00Z');
  const last = at('2040-12-30T00:00:00Z');
  for (let i = first; i < last; i += 6 * 3_600_000 + 60_000) {
    const zoned = Temporal.Instant.fromEpochMilliseconds(i).toZonedDateTimeISO('America/New_York');
    assert.equal(NEW_YORK_CLOCK.offsetAt(i) * 1e6, zoned.offsetNanoseconds, formatInstant(i));
  }
  for (let day = parseDate('2000-01-01'); day < parseDate('2030-01-01'); day++) {
    for (const minute of [0, 90, 150, 960]) {
      const local = Temporal.PlainDateTime.from(formatDate(day)).add({ minutes: minute });
      const expected = local.toZonedDateTime('America/New_York', { disambiguation: 'compatible' }).epochMilliseconds;
      assert.equal(NEW_YORK_CLOCK.instantOf(day, minute), expected, `${formatDate(day)} +${minute}`);
    }
  }
});

test('asking in any order gives the same answers as asking in order', () => {
  const from = at('2019-01-01T00:00:00Z');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 * 24 * 60 }), { minLength: 1, maxLength: 60 }), (minutes) => {
      const instants = minutes.map((minute) => from + minute * 60_000);
      const sessions = nyse.sessionsBetween('2018-12-01', '2020-12-31');
      for (const instant of instants) {
        const open = sessions.find((session) => session.opensAt <= instant && instant < session.closesAt);
        assert.equal(nyse.sessionAt(instant), open);
        assert.equal(
          nyse.nextSession(instant),
          sessions.find((session) => session.opensAt > instant),
        );
        assert.equal(
          nyse.previousSession(instant),
          sessions.findLast((session) => session.closesAt <= instant),
        );
      }
    }),
  );
});
