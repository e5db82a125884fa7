import { basename } from 'node:path';
import { BellwetherError, type PriceFactors, readEpochDay } from '@bellwether/domain';
import { readWhole } from './bars-file.ts';

const COMPACT_DATE = /^(\d{4})(\d{2})(\d{2})$/;
const PLAIN_NUMBER = /^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Reads rows `date,price_factor,split_factor,…` without header, oldest first; dates as `20140606` or `2014-06-06`.
 * Throws `factors/bad-row` with file and line, and `bars/unreadable`.
 */
export async function readFactorsFile(path: string): Promise<PriceFactors> {
  const name = basename(path);
  const text = new TextDecoder().decode(await readWhole(path, 'price factors'));
  const lastDay: number[] = [];
  const factor: number[] = [];
  const lines = text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/);
  lines.forEach((line, index) => {
    const bad = (expected: string, was: string) =>
      new BellwetherError(
        'invalid',
        'factors/bad-row',
        `${name}:${index + 1}: expected ${expected}, was ${JSON.stringify(was)}; correct the row: no price was adjusted`,
        { place: `${name}:${index + 1}` },
      );
    const [date = '', priceFactor = '', splitFactor = ''] = line.split(',').map((field) => field.trim());
    const day = readEpochDay(date.replace(COMPACT_DATE, '$1-$2-$3'));
    if (day === undefined) throw bad('a row date,price_factor,split_factor with a date such as 2014-06-06', line);
    const before = lastDay.at(-1);
    if (before !== undefined && day <= before) throw bad('a date after that of the row before', date);
    for (const value of [priceFactor, splitFactor]) {
      if (!PLAIN_NUMBER.test(value) || !(Number(value) > 0)) throw bad('two factors above 0 after the date', line);
    }
    lastDay.push(day);
    factor.push(Number(priceFactor) * Number(splitFactor));
  });
  return { lastDay, factor };
}
