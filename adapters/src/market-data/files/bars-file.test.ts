import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { adjustBars, barAt, formatInstant, NYSE_CALENDAR, UTC_CALENDAR } from '@bellwether/domain';
import { leftOut, sharedPath } from '@bellwether/testing';
import fc from 'fast-check';
import { type BarsFileOptions, readBarsFile } from './bars-file.ts';
import { readCsvBars } from './csv-bars.ts';
import { readFactorsFile } from './factors-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'bellwether-bars-'));
after(() => rmSync(folder, { recursive: true }));

const HEADER = 'timestamp,open,high,low,close,volume';
let files = 0;

function written(text: string | Uint8Array, name = `bars-${++files}.csv`): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const read = (rows: string, symbol = 'SPY', options: BarsFileOptions = {}) =>
  readBarsFile(written(`${HEADER}\n${rows}`, 'bad.csv'), symbol, options);

test('a daily bar is its session: from open to close in UTC, half days included', async () => {
  const bars = await read('2015-12-23,1,2,0.5,1.5,10\n2015-12-24,1,2,0.5,1.5,10\n');
  assert.equal(bars.timeframe, '1d');
  assert.equal(formatInstant(bars.start[0] ?? 0), '2015-12-23T14:30:00Z');
  assert.equal(formatInstant(bars.end[0] ?? 0), '2015-12-23T21:00:00Z');
  assert.equal(formatInstant(bars.end[1] ?? 0), '2015-12-24T18:00:00Z');
});

test('a daily bar of a 24/7 market is its UTC day, written as a date or as its midnight', async () => {
  for (const stamp of ['2018-04-04', '2018-04-04T00:00:00Z']) {
    const bars = await read(`${stamp},1,2,0.5,1.5,0.25`, 'BTCUSD');
    assert.equal(bars.timeframe, '1d');
    assert.deepEqual(barAt(bars, 0), {
      start: Date.parse('2018-04-04T00:00:00Z'),
      end: Date.parse('2018-04-05T00:00:00Z'),
      open: 1,
      high: 2,
      low: 0.5,
      close: 1.5,
      volume: 0.25,
    });
  }
});

test('the timeframe is read off the spacing, sparse minutes and overnight gaps included', async () => {
  const rows = (...stamps: string[]) => stamps.map((stamp) => `2026-07-${stamp}:00Z,1,2,0.5,1.5,1`).join('\n');
  const timeframe = async (...stamps: string[]) => (await read(rows(...stamps))).timeframe;
  assert.equal(await timeframe('06T13:30'), '1m');
  assert.equal(await timeframe('06T13:30', '06T13:32', '06T13:35'), '1m');
  assert.equal(await timeframe('06T13:30', '06T13:40', '06T13:45', '07T13:30'), '5m');
  assert.equal(await timeframe('06T13:30', '06T13:45', '06T14:15'), '15m');
  assert.equal(await timeframe('06T13:30', '06T14:30', '07T13:30'), '1h');
  assert.equal(await timeframe('06T13:30', '06T17:30', '07T13:30'), '4h');
});

test('the last bar of a session ends with it', async () => {
  const bars = await read('2026-07-06T13:30:00Z,1,1,1,1,1\n2026-07-06T17:30:00Z,1,1,1,1,1');
  assert.equal(formatInstant(bars.end[1] ?? 0), '2026-07-06T20:00:00Z');
});

test('carriage returns, a byte order mark, a missing last line end and offsets are read', async () => {
  const text = `\uFEFF${HEADER}\r\n2026-07-06T13:30:00Z,1.25,2,.5,1.5e0,1\r\n2026-07-06T09:31:00-04:00,+1,2,0.5,1.5,100`;
  const bars = await readBarsFile(written(text), 'SPY');
  assert.equal(bars.length, 2);
  assert.equal(formatInstant(bars.start[1] ?? 0), '2026-07-06T13:31:00Z');
  assert.deepEqual([...bars.open], [1.25, 1]);
  assert.deepEqual([...bars.close], [1.5, 1.5]);
});

test('every price is the double nearest to its decimal text', () => {
  const decimal = fc.oneof(
    fc.double({ min: 1e-9, max: 1e9, noNaN: true }).map((value) => value.toString()),
    fc.tuple(fc.bigInt(0n, 10n ** 18n), fc.integer({ min: 0, max: 18 })).map(([digits, places]) => {
      const text = digits.toString().padStart(places + 1, '0');
      return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
    }),
  );
  fc.assert(
    fc.property(fc.array(decimal, { minLength: 5, maxLength: 5 }), (values) => {
      const bytes = new TextEncoder().encode(`${HEADER}\n2026-07-06,${values.join(',')}\n`);
      const row = readCsvBars(bytes, 'x.csv');
      assert.deepEqual([row.open[0], row.high[0], row.low[0], row.close[0], row.volume[0]], values.map(Number));
    }),
    { numRuns: 2000 },
  );
});

const GOOD = '2026-07-06,10,12,9,11,100\n';
const MALFORMED: readonly [string, string, RegExp][] = [
  ['NaN', '2026-07-07,NaN,12,9,11,100', /open as a number, was open "NaN"/],
  ['text', '2026-07-07,10,twelve,9,11,100', /high as a number, was high "twelve"/],
  ['an empty field', '2026-07-07,10,12,,11,100', /low as a number, was an empty low/],
  ['infinity', '2026-07-07,10,1e999,9,11,100', /high as a number, was high "1e999"/],
  ['a price of zero', '2026-07-07,0,12,9,11,100', /open above 0, was 0/],
  ['a negative price', '2026-07-07,10,12,-9,11,100', /low above 0, was -9/],
  ['high < low', '2026-07-07,10,8,9,10,100', /high at or above low, was high 8 and low 9/],
  ['high < open', '2026-07-07,13,12,9,11,100', /open between low and high, was open 13/],
  ['close < low', '2026-07-07,10,12,9,8,100', /close between low and high, was close 8/],
  ['negative volume', '2026-07-07,10,12,9,11,-1', /volume of 0 or more, was -1/],
  ['a volume that is no number', '2026-07-07,10,12,9,11,many', /volume as a number, was volume "many"/],
  [
    'a date for the second time',
    '2026-07-06,10,12,9,11,100',
    /each timestamp once, was 2026-07-06 for the second time/,
  ],
  ['a date that goes back', '2026-07-02,10,12,9,11,100', /a timestamp after 2026-07-06, was 2026-07-02/],
  ['five columns', '2026-07-07,10,12,9,11', /6 columns .* found 5/],
  ['seven columns', '2026-07-07,10,12,9,11,100,1', /6 columns .* found 7/],
  ['an empty line', '\n2026-07-07,10,12,9,11,100', /6 columns/],
  ['a date that does not exist', '2026-02-30,10,12,9,11,100', /a date such as .* was timestamp "2026-02-30"/],
  ['an American date', '07/07/2026,10,12,9,11,100', /was timestamp "07\/07\/2026"/],
  ['an instant among dates', '2026-07-07T13:30:00Z,10,12,9,11,100', /a date as in the rows above/],
];

for (const [what, row, message] of MALFORMED) {
  test(`seed-P13: ${what} is refused with file and line`, async () => {
    await assert.rejects(read(`${GOOD}${row}\n2026-07-08,10,12,9,11,100\n`), (error: Error) => {
      assert.equal((error as Error & { code?: string }).code, 'bars/bad-row');
      assert.match(error.message, /^bad\.csv:3: expected /);
      assert.match(error.message, message);
      assert.match(error.message, /; (correct|remove|sort)/);
      return true;
    });
  });
}

const UNREADABLE: readonly [string, string, RegExp][] = [
  ['an empty file', '', /^odd\.csv:1: expected the header .* was an empty file/],
  ['a header alone', `${HEADER}\n`, /^odd\.csv:2: expected at least one bar/],
  ['no header', '2026-07-06,10,12,9,11,100\n', /^odd\.csv:1: expected the header/],
  ['another header', 'date,o,h,l,c,v\n2026-07-06,10,12,9,11,100\n', /was "date,o,h,l,c,v"/],
  ['an instant without zone', `${HEADER}\n2026-07-06T13:30:00,1,1,1,1,1\n`, /^odd\.csv:2: .* "2026-07-06T13:30:00"/],
  ['seconds', `${HEADER}\n2026-07-06T13:30:05Z,1,1,1,1,1\n`, /starts on a whole minute, was 2026-07-06T13:30:05Z/],
  ['an hour of 24', `${HEADER}\n2026-07-06T24:00:00Z,1,1,1,1,1\n`, /^odd\.csv:2: /],
];

for (const [what, text, message] of UNREADABLE) {
  test(`seed-P13: ${what} is refused`, async () => {
    await assert.rejects(readBarsFile(written(text, 'odd.csv'), 'SPY'), { code: 'bars/bad-row', message });
  });
}

test('a date without a session is refused, and the same date is a day in a 24/7 market', async () => {
  await assert.rejects(read('2026-07-03,1,1,1,1,1'), {
    code: 'bars/outside-calendar',
    message: /^bad\.csv:2: expected the date of a session of market US, was 2026-07-03/,
  });
  assert.equal((await read('2026-07-03,1,1,1,1,1', 'ETHUSD')).length, 1);
});

test('a year that no calendar covers and a file that is not there are refused', async () => {
  await assert.rejects(read('2099-07-06,1,1,1,1,1'), { code: 'calendar/out-of-range' });
  await assert.rejects(readBarsFile(join(folder, 'absent.csv'), 'SPY'), {
    code: 'bars/unreadable',
    message: /bars of SPY at .*absent\.csv, could not read it \(ENOENT\)/,
  });
});

test('a stated timeframe that the rows contradict, and a spacing that has no name, are refused', async () => {
  const rows = Array.from({ length: 120 }, (_, i) => {
    const stamp = formatInstant(Date.parse('2026-07-06T00:00:00Z') + i * 30 * 60_000);
    return `${stamp},1,1,1,1,1`;
  }).join('\n');
  await assert.rejects(read(rows, 'BTCUSD'), { code: 'bars/bad-row', message: /a spacing of 30 minutes/ });
  await assert.rejects(read(rows, 'BTCUSD', { timeframe: '1h' }), { code: 'bars/bad-row', message: /bad\.csv:3/ });
});

const SPLIT = 'data/AAPL_1m_2014-06-05_2014-06-09.csv';

test('the AAPL split leaves no jump once its factors are applied', { skip: leftOut(SPLIT) }, async () => {
  const raw = await readBarsFile(sharedPath(SPLIT), 'AAPL');
  const factors = await readFactorsFile(sharedPath('data/AAPL_factors_lean.csv'));
  const adjusted = adjustBars(raw, factors, NYSE_CALENDAR);
  const first = raw.start.findIndex((start) => start >= Date.parse('2014-06-09T04:00:00Z'));
  // The first print of the split day is still an old one, so its close is the first new price.
  const jump = (bars: typeof raw) => (bars.close[first] as number) / (bars.close[first - 1] as number);
  assert.ok(jump(raw) < 0.15);
  assert.ok(Math.abs(jump(adjusted) - 1) < 0.01);
  assert.equal(adjusted.open[0], (raw.open[0] as number) * (0.9011818 * 0.0357143));
  assert.equal(adjusted.open[first], (raw.open[first] as number) * (0.9011818 * 0.25));
  assert.equal(adjusted.volume, raw.volume);
});

const DAILY = 'data/AAPL_1d_lean_raw.csv';

test('a daily bar takes the factor of the first row on or after its date', { skip: leftOut(DAILY) }, async () => {
  const raw = await readBarsFile(sharedPath(DAILY), 'AAPL');
  const adjusted = adjustBars(raw, await readFactorsFile(sharedPath('data/AAPL_factors_lean.csv')), NYSE_CALENDAR);
  const factorOn = (date: string) => {
    const row = raw.start.indexOf(NYSE_CALENDAR.sessionOn(date)?.opensAt ?? 0);
    return (adjusted.close[row] as number) / (raw.close[row] as number);
  };
  const near = (actual: number, expected: number) => assert.ok(Math.abs(actual / expected - 1) < 1e-12, `${actual}`);
  near(factorOn('2000-06-20'), 0.8613657 * 0.00892857);
  near(factorOn('2000-06-21'), 0.8613657 * 0.0178571);
  near(factorOn('2020-08-28'), 0.9967882 * 0.25);
  near(factorOn('2020-08-31'), 0.9967882);
  near(factorOn('2021-03-31'), 1);
});

test('both half days and crypto minutes are read whole', { skip: leftOut('data/README.md') }, async () => {
  const goog = await readBarsFile(sharedPath('data/GOOG_1m_2015-12-23_2015-12-28.csv'), 'GOOG');
  assert.equal(goog.timeframe, '1m');
  assert.equal(goog.length, 1091);
  const btc = await readBarsFile(sharedPath('data/BTCUSD_1m_2018-04-04_2018-04-06_coinbase_lean.csv'), 'BTCUSD');
  assert.deepEqual([btc.timeframe, btc.length, btc.volume[0]], ['1m', 3887, 7.14319709]);
  const days = await readBarsFile(sharedPath('data/BTCUSD_1d_coinbase_lean.csv'), 'BTCUSD');
  assert.equal(days.timeframe, '1d');
  assert.equal(UTC_CALENDAR.sessionAt(days.start[0] ?? 0)?.date, '2014-12-01');
});

test('factors are refused with file and line when malformed', async () => {
  const factors = (text: string) => readFactorsFile(written(text, 'factors.csv'));
  assert.deepEqual(await factors('2014-06-06,0.5,0.25,645.57\n20501231,1,1,0'), {
    lastDay: [16227, 29584],
    factor: [0.125, 1],
  });
  for (const text of ['', '2014-06-06,1,0', '2014-06-06,1', 'date,1,1', '2014-06-06,NaN,1', '2014-06-06,-1,1']) {
    await assert.rejects(factors(text), { code: 'factors/bad-row', message: /^factors\.csv:1: / });
  }
  await assert.rejects(factors('20140606,1,1\n20140606,1,1'), { message: /^factors\.csv:2: expected a date after/ });
});
