import { type BellwetherError, DAY_MS, readEpochDay } from '@bellwether/domain';
import { type BarColumns, badRow } from './bar-columns.ts';

export const CSV_HEADER = 'timestamp,open,high,low,close,volume';
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const COMMA = 44;
const DOT = 46;
const ZERO = 48;
const DATE_LENGTH = 10;
/** `2013-10-04T08:06:00Z`, the one spelling with a short cut. */
const INSTANT_LENGTH = 20;
const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Up to 15 digits a whole number and a power of ten up to 10²² are exact, so that one division rounds correctly. */
const EXACT_DIGITS = 15;
const POWERS = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => Number(`1e${i}`));

/** Reads the bytes of a CSV file. `name` stands before the line number in errors. Throws `bars/bad-row`. */
export function readCsvBars(bytes: Uint8Array, name: string): BarColumns {
  const text = new TextDecoder();
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  let end = bytes.length;
  while (end > 0 && ((bytes[end - 1] as number) === LINE_FEED || (bytes[end - 1] as number) === CARRIAGE_RETURN)) end--;
  let position = hasMark ? 3 : 0;
  if (position >= end) {
    throw badRow(`${name}:1`, `the header ${CSV_HEADER}`, 'an empty file', 'export the bars again');
  }
  const headerEnd = lineEnd(position);
  const header = text.decode(bytes.subarray(position, headerEnd)).trim();
  if (header.toLowerCase() !== CSV_HEADER) {
    throw badRow(`${name}:1`, `the header ${CSV_HEADER}`, JSON.stringify(header.slice(0, 80)), 'add or correct it');
  }
  position = headerEnd + 1;
  let capacity = 0;
  for (let at = headerEnd; at !== -1 && at < end; at = bytes.indexOf(LINE_FEED, at + 1)) capacity++;
  if (position >= end) throw badRow(`${name}:2`, 'at least one bar', 'the end of the file', 'export the bars again');

  const column = () => new Float64Array(capacity);
  const timestamp = column();
  const open = column();
  const high = column();
  const low = column();
  const close = column();
  const volume = column();
  let length = 0;
  let datesOnly = false;
  // The day of the row before: minutes of one day share it.
  let dayFrom = -1;
  let dayMs = 0;

  while (position < end) {
    const from = position;
    const instant = readTimestamp();
    if (length === 0) datesOnly = position - 1 - from === DATE_LENGTH;
    else if (datesOnly !== (position - 1 - from === DATE_LENGTH)) {
      throw bad(
        'timestamp',
        from,
        position - 1,
        datesOnly ? 'a date as in the rows above' : 'an instant as in the rows above',
      );
    }
    timestamp[length] = instant;
    open[length] = readNumber('open', COMMA);
    high[length] = readNumber('high', COMMA);
    low[length] = readNumber('low', COMMA);
    close[length] = readNumber('close', COMMA);
    volume[length] = readNumber('volume', LINE_FEED);
    length++;
  }
  return { placeOf: (row) => `${name}:${row + 2}`, length, datesOnly, timestamp, open, high, low, close, volume };

  function lineEnd(at: number): number {
    const found = bytes.indexOf(LINE_FEED, at);
    return found === -1 || found > end ? end : found;
  }

  function fieldEnd(at: number): number {
    let stop = at;
    while (stop < end && bytes[stop] !== COMMA && bytes[stop] !== LINE_FEED) stop++;
    return stop;
  }

  function bad(field: string, from: number, stop: number, expected: string): BellwetherError {
    const was = text.decode(bytes.subarray(from, Math.min(stop, from + 80))).trim();
    const shown = was === '' ? `an empty ${field}` : `${field} ${JSON.stringify(was)}`;
    return badRow(`${name}:${length + 2}`, expected, shown, 'correct or remove the row: nothing was read');
  }

  function wrongCount(): BellwetherError {
    let start = position;
    while (start > headerEnd + 1 && bytes[start - 1] !== LINE_FEED) start--;
    const line = text.decode(bytes.subarray(start, lineEnd(start)));
    return bad('row', start, lineEnd(start), `6 columns (${CSV_HEADER}), found ${line.split(',').length}`);
  }

  /** Reads a field and the comma after it. */
  function readTimestamp(): number {
    const from = position;
    const stop = fieldEnd(from);
    if (stop >= end || bytes[stop] !== COMMA) throw wrongCount();
    position = stop + 1;
    if (!sameDay(from)) {
      const day =
        stop - from >= DATE_LENGTH ? readEpochDay(text.decode(bytes.subarray(from, from + DATE_LENGTH))) : undefined;
      if (day === undefined) throw badTimestamp(from, stop);
      dayFrom = from;
      dayMs = day * DAY_MS;
    }
    if (stop - from === DATE_LENGTH) return dayMs;
    if (stop - from === INSTANT_LENGTH && bytes[from + 10] === 84 && bytes[from + 19] === 90) {
      const hour = twoDigits(from + 11);
      const minute = twoDigits(from + 14);
      const second = twoDigits(from + 17);
      if (bytes[from + 13] === 58 && bytes[from + 16] === 58 && hour < 24 && minute < 60 && second < 60) {
        return dayMs + hour * 3_600_000 + minute * 60_000 + second * 1_000;
      }
      throw badTimestamp(from, stop);
    }
    const spelled = text.decode(bytes.subarray(from, stop)).trim();
    const instant = INSTANT.test(spelled) ? Date.parse(spelled.replace(' ', 'T')) : Number.NaN;
    if (Number.isNaN(instant)) throw badTimestamp(from, stop);
    return instant;
  }

  function badTimestamp(from: number, stop: number): BellwetherError {
    return bad('timestamp', from, stop, 'a date such as 2013-10-04 or a UTC instant such as 2013-10-04T13:30:00Z');
  }

  function sameDay(from: number): boolean {
    if (dayFrom < 0) return false;
    for (let i = DATE_LENGTH - 1; i >= 0; i--) if (bytes[from + i] !== bytes[dayFrom + i]) return false;
    return true;
  }

  /** NaN, which fails every comparison, when one of the two bytes is no digit. */
  function twoDigits(at: number): number {
    const tens = (bytes[at] as number) - ZERO;
    const ones = (bytes[at + 1] as number) - ZERO;
    return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
  }

  /** Reads a field and its end, and returns the double nearest to the decimal text. */
  function readNumber(field: string, terminator: number): number {
    const from = position;
    let at = from;
    let mantissa = 0;
    let digits = 0;
    let places = -1;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte >= ZERO && byte <= ZERO + 9) {
        mantissa = mantissa * 10 + byte - ZERO;
        digits++;
        if (places >= 0) places++;
      } else if (byte === DOT && places < 0) places = 0;
      else break;
    }
    let stop = at;
    if (terminator === LINE_FEED && bytes[stop] === CARRIAGE_RETURN && stop < end) stop++;
    const ended = stop >= end ? terminator === LINE_FEED : bytes[stop] === terminator;
    if (ended && digits > 0 && digits <= EXACT_DIGITS) {
      position = stop + 1;
      return places > 0 ? mantissa / (POWERS[places] as number) : mantissa;
    }
    return readNumberSlowly(field, terminator, from);
  }

  function readNumberSlowly(field: string, terminator: number, from: number): number {
    const stop = fieldEnd(from);
    const found = stop >= end ? LINE_FEED : (bytes[stop] as number);
    if (found !== terminator) throw wrongCount();
    const spelled = text.decode(bytes.subarray(from, stop)).trim();
    const value = NUMBER.test(spelled) ? Number(spelled) : Number.NaN;
    if (!Number.isFinite(value)) throw bad(field, from, stop, `${field} as a number`);
    position = stop + 1;
    return value;
  }
}
