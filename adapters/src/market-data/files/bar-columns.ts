import {
  allocateBars,
  type BarSeries,
  BellwetherError,
  DAY_MS,
  type ExchangeCalendar,
  formatDate,
  formatInstant,
  MINUTE_MS,
  TIMEFRAMES,
  type Timeframe,
  timeframeMinutes,
} from '@bellwether/domain';

/** Rows as a file has them, syntax understood and nothing else checked. */
export interface BarColumns {
  /** Names row i for a person, such as `spy.csv:17`. */
  placeOf(row: number): string;
  readonly length: number;
  /** Whether timestamps are dates; `timestamp` then holds their UTC midnights. */
  readonly datesOnly: boolean;
  readonly timestamp: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

export function badRow(place: string, expected: string, was: string, remedy: string): BellwetherError {
  return new BellwetherError('invalid', 'bars/bad-row', `${place}: expected ${expected}, was ${was}; ${remedy}`, {
    place,
    value: was,
  });
}

const CORRECT = 'correct or remove the row: nothing was read';

/**
 * Checks every row and gives it its start and end.
 * Throws `bars/bad-row` for the first malformed row and `bars/outside-calendar` for a day without a session.
 */
export function completeBars(
  columns: BarColumns,
  symbol: string,
  calendar: ExchangeCalendar,
  stated: Timeframe | undefined,
): BarSeries {
  checkRows(columns);
  const timeframe = stated ?? inferTimeframe(columns);
  const series = allocateBars(symbol, timeframe, columns.length);
  series.open.set(columns.open.subarray(0, columns.length));
  series.high.set(columns.high.subarray(0, columns.length));
  series.low.set(columns.low.subarray(0, columns.length));
  series.close.set(columns.close.subarray(0, columns.length));
  series.volume.set(columns.volume.subarray(0, columns.length));
  if (timeframe === '1d') placeSessions(columns, series, calendar);
  else placeIntraday(columns, series, calendar);
  return series;
}

function checkRows(columns: BarColumns): void {
  const { length, timestamp, open, high, low, close, volume } = columns;
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length; i++) {
    const at = timestamp[i] as number;
    const o = open[i] as number;
    const h = high[i] as number;
    const l = low[i] as number;
    const c = close[i] as number;
    const v = volume[i] as number;
    // One test on the way through a good file; which of them failed is found out afterwards.
    if (at > before && l > 0 && h < Infinity && l <= o && l <= c && h >= o && h >= c && v >= 0 && v < Infinity) {
      before = at;
      continue;
    }
    throw explain(columns, i, before);
  }
}

function explain(columns: BarColumns, row: number, before: number): BellwetherError {
  const place = columns.placeOf(row);
  const value = (name: 'open' | 'high' | 'low' | 'close') => columns[name][row] as number;
  for (const name of ['open', 'high', 'low', 'close'] as const) {
    if (!Number.isFinite(value(name))) return badRow(place, `${name} as a number`, String(value(name)), CORRECT);
    if (value(name) <= 0) return badRow(place, `${name} above 0`, String(value(name)), CORRECT);
  }
  const volume = columns.volume[row] as number;
  if (!Number.isFinite(volume)) return badRow(place, 'volume as a number', String(volume), CORRECT);
  if (volume < 0) return badRow(place, 'volume of 0 or more', String(volume), CORRECT);
  const bounds = `high ${value('high')} and low ${value('low')}`;
  if (value('high') < value('low')) return badRow(place, 'high at or above low', bounds, CORRECT);
  for (const name of ['open', 'close'] as const) {
    if (value(name) > value('high') || value(name) < value('low')) {
      return badRow(place, `${name} between low and high`, `${name} ${value(name)} with ${bounds}`, CORRECT);
    }
  }
  const at = columns.timestamp[row] as number;
  const spell = (instant: number) => (columns.datesOnly ? formatDate(instant / DAY_MS) : formatInstant(instant));
  return at === before
    ? badRow(place, 'each timestamp once', `${spell(at)} for the second time`, 'remove one of the two rows')
    : badRow(place, `a timestamp after ${spell(before)}`, spell(at), 'sort the rows, oldest first');
}

/** Sessions are at most this long, so that a longer step leads from one day into another. */
const WITHIN_A_DAY_MS = 8 * 60 * MINUTE_MS;
/** From this many rows on an odd spacing is the file's timeframe and no accident of sparse minutes. */
const ENOUGH_ROWS = 100;

function inferTimeframe(columns: BarColumns): Timeframe {
  const { timestamp, length } = columns;
  if (columns.datesOnly) return '1d';
  let midnights = true;
  let step = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < length; i++) {
    const at = timestamp[i] as number;
    if (at % DAY_MS !== 0) midnights = false;
    if (at % MINUTE_MS !== 0) {
      throw badRow(columns.placeOf(i), 'a bar that starts on a whole minute', formatInstant(at), 'resample it to 1m');
    }
    if (i === 0) continue;
    const gap = at - (timestamp[i - 1] as number);
    if (gap < smallest) smallest = gap;
    if (gap < WITHIN_A_DAY_MS) step = greatestCommonDivisor(step, gap);
  }
  if (midnights) return '1d';
  const minutes = (step > 0 ? step : smallest) / MINUTE_MS;
  if (!Number.isFinite(minutes)) return '1m';
  const intraday = TIMEFRAMES.filter((timeframe) => timeframe !== '1d');
  const exact = intraday.find((timeframe) => timeframeMinutes(timeframe) === minutes);
  if (exact !== undefined) return exact;
  if (length >= ENOUGH_ROWS) {
    throw badRow(
      columns.placeOf(1),
      `bars of ${TIMEFRAMES.join(', ')}`,
      `a spacing of ${minutes} minutes`,
      'resample the file to one of these',
    );
  }
  return intraday.findLast((timeframe) => minutes % timeframeMinutes(timeframe) === 0) ?? '1m';
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

function placeSessions(columns: BarColumns, series: BarSeries, calendar: ExchangeCalendar): void {
  for (let i = 0; i < columns.length; i++) {
    const at = columns.timestamp[i] as number;
    const session = at % DAY_MS === 0 ? calendar.sessionOnDay(at / DAY_MS) : undefined;
    if (session === undefined) {
      const place = columns.placeOf(i);
      throw new BellwetherError(
        'invalid',
        'bars/outside-calendar',
        `${place}: expected the date of a session of market ${calendar.market}, was ${formatInstant(at)}, on which it is closed; remove the row, or check the symbol and its market`,
        { place, market: calendar.market },
      );
    }
    series.start[i] = session.opensAt;
    series.end[i] = session.closesAt;
  }
}

function placeIntraday(columns: BarColumns, series: BarSeries, calendar: ExchangeCalendar): void {
  const lengthMs = timeframeMinutes(series.timeframe) * MINUTE_MS;
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < columns.length; i++) {
    const start = columns.timestamp[i] as number;
    const session = calendar.sessionAt(start);
    const end = start + lengthMs;
    if (start < before) {
      throw badRow(
        columns.placeOf(i),
        `a bar of ${series.timeframe} to start at ${formatInstant(before)} or later`,
        formatInstant(start),
        'name the timeframe that the file has',
      );
    }
    series.start[i] = start;
    // The last bar of a session may be short.
    before = session !== undefined && session.closesAt < end ? session.closesAt : end;
    series.end[i] = before;
  }
}
