import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { BellwetherError, DAY_MS, isBellwetherError, readEpochDay } from '@bellwether/domain';
import { type AsyncBuffer, type Compressors, parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet';
import { type BarColumns, badRow } from './bar-columns.ts';

const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const;
const COLUMNS = ['timestamp', ...PRICES];

const COMPRESSORS: Compressors = {
  GZIP: (input) => gunzipSync(input),
  ZSTD: (input) => zstdDecompressSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
};

/** Reads a Parquet file with the columns of the CSV form. Throws `bars/bad-row` and `bars/unreadable`. */
export async function readParquetBars(bytes: Uint8Array, name: string): Promise<BarColumns> {
  const file: AsyncBuffer = {
    byteLength: bytes.byteLength,
    // A copy: a Node buffer may be a view on memory that it shares with others.
    slice: (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
  try {
    return await readColumns(file, name);
  } catch (error) {
    if (isBellwetherError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new BellwetherError(
      'invalid',
      'bars/unreadable',
      `expected a Parquet file at ${name}, was not readable (${reason}); export it again`,
      { name },
      error,
    );
  }
}

async function readColumns(file: AsyncBuffer, name: string): Promise<BarColumns> {
  const metadata = await parquetMetadataAsync(file);
  const present = new Set(parquetSchema(metadata).children.map((child) => child.element.name));
  for (const column of COLUMNS) {
    if (!present.has(column)) {
      throw badRow(name, `the columns ${COLUMNS.join(', ')}`, [...present].join(', '), `add the column ${column}`);
    }
  }
  const length = Number(metadata.num_rows);
  if (length === 0) throw badRow(name, 'at least one bar', 'an empty file', 'export the bars again');
  const placeOf = (row: number) => `${name}: row ${row + 1}`;
  const timestamp = new Float64Array(length);
  const columns = Object.fromEntries(PRICES.map((column) => [column, new Float64Array(length)])) as Record<
    (typeof PRICES)[number],
    Float64Array
  >;
  let dates = 0;
  // Column after column, and no error thrown from within a chunk: a second one would be a rejection that nobody handles.
  for (const column of COLUMNS) {
    let problem: unknown;
    await parquetRead({
      file,
      metadata,
      columns: [column],
      compressors: COMPRESSORS,
      onChunk({ columnData, rowStart }) {
        try {
          if (problem === undefined) take(column, columnData, rowStart);
        } catch (error) {
          problem = error;
        }
      },
    });
    if (problem !== undefined) throw problem;
  }
  return { placeOf, length, datesOnly: dates === length, timestamp, ...columns };

  function take(column: string, values: ArrayLike<unknown>, rowStart: number): void {
    const price = PRICES.find((candidate) => candidate === column);
    for (let i = 0; i < values.length; i++) {
      const row = rowStart + i;
      if (price !== undefined) columns[price][row] = numberOf(values[i], price, placeOf(row));
      else {
        const stamp = instantOf(values[i], placeOf(row));
        timestamp[row] = stamp.at;
        if (stamp.isDate) dates++;
      }
    }
  }
}

function numberOf(value: unknown, column: string, place: string): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw badRow(place, `${column} as a number`, String(value), 'correct or remove the row: nothing was read');
}

const ZONED = /T\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$/;

/** Reads a timestamp or date column, or their ISO-8601 text. */
function instantOf(value: unknown, place: string): { at: number; isDate: boolean } {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return { at: value.getTime(), isDate: false };
  if (typeof value === 'string') {
    const day = readEpochDay(value);
    if (day !== undefined) return { at: day * DAY_MS, isDate: true };
    const at = ZONED.test(value) ? Date.parse(value) : Number.NaN;
    if (!Number.isNaN(at)) return { at, isDate: false };
  }
  throw badRow(
    place,
    'timestamp as a date or a UTC instant',
    String(value),
    'use a DATE or TIMESTAMP column, or ISO-8601 text',
  );
}
