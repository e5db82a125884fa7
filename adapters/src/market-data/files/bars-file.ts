import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type BarSeries,
  BellwetherError,
  calendarOf,
  type ExchangeCalendar,
  marketOf,
  type Timeframe,
} from '@bellwether/domain';
import { completeBars } from './bar-columns.ts';
import { readCsvBars } from './csv-bars.ts';
import { readParquetBars } from './parquet-bars.ts';

export interface BarsFileOptions {
  /** The calendar that dates and ends the bars; by default that of the symbol's market. */
  readonly calendar?: ExchangeCalendar;
  /** What the file holds; by default read off its timestamps. */
  readonly timeframe?: Timeframe;
}

/**
 * Reads the bars of one symbol from a CSV file or, by its ending `.parquet`, a Parquet file; every row or none.
 * Minutes outside the regular session are kept. Throws `bars/unreadable`, `bars/bad-row`, `bars/outside-calendar` and
 * `calendar/out-of-range`, each naming file and line.
 */
export async function readBarsFile(path: string, symbol: string, options: BarsFileOptions = {}): Promise<BarSeries> {
  const bytes = await readWhole(path, `bars of ${symbol}`);
  const name = basename(path);
  const columns = /\.parquet$/i.test(path) ? await readParquetBars(bytes, name) : readCsvBars(bytes, name);
  return completeBars(columns, symbol, options.calendar ?? calendarOf(marketOf(symbol)), options.timeframe);
}

/** Returns the bytes of a file. Throws `bars/unreadable`, saying what was looked for and where. */
export async function readWhole(path: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new BellwetherError(
      'invalid',
      'bars/unreadable',
      `expected a file with the ${what} at ${path}, could not read it (${reason}); check the path and its permissions`,
      { path },
      error,
    );
  }
}
