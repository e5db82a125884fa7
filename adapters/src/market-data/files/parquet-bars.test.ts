import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type BarSeries, barAt, isBellwetherError } from '@bellwether/domain';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { readBarsFile } from './bars-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'bellwether-parquet-'));
after(() => rmSync(folder, { recursive: true }));

interface Columns {
  readonly timestamp: ColumnSource;
  readonly volume?: ColumnSource;
  readonly high?: ColumnSource;
}

const PRICES = { open: [10, 11], high: [12, 12.5], low: [9, 10.25], close: [11, 12] };

function written(columns: Columns, options: Partial<Parameters<typeof parquetWriteBuffer>[0]> = {}): string {
  const column = (name: 'open' | 'high' | 'low' | 'close'): ColumnSource => ({
    name,
    data: PRICES[name],
    type: 'DOUBLE',
  });
  const columnData = [
    columns.timestamp,
    column('open'),
    columns.high ?? column('high'),
    column('low'),
    column('close'),
    columns.volume ?? { name: 'volume', data: [100n, 200n], type: 'INT64' },
  ];
  const path = join(folder, 'bars.parquet');
  writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData, ...options })));
  return path;
}

const list = (bars: BarSeries) => Array.from({ length: bars.length }, (_, i) => barAt(bars, i));
const stamps = (...texts: string[]): ColumnSource => ({
  name: 'timestamp',
  data: texts.map((text) => new Date(text)),
  type: 'TIMESTAMP',
});

test('Parquet and CSV with the same rows give the same bars', async () => {
  const csv = join(folder, 'bars.csv');
  const rows = ['2026-07-06T13:30:00Z,10,12,9,11,100', '2026-07-06T13:35:00Z,11,12.5,10.25,12,200'];
  writeFileSync(csv, `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`);
  const path = written({ timestamp: stamps('2026-07-06T13:30:00Z', '2026-07-06T13:35:00Z') });
  const bars = await readBarsFile(path, 'SPY');
  assert.equal(bars.timeframe, '5m');
  assert.deepEqual(list(bars), list(await readBarsFile(csv, 'SPY')));
});

test('days are read from text and from midnights, plain or compressed', async () => {
  const text = written({ timestamp: { name: 'timestamp', data: ['2026-07-06', '2026-07-07'], type: 'STRING' } });
  const days = list(await readBarsFile(text, 'SPY'));
  assert.equal(days.length, 2);
  const midnights = written(
    { timestamp: stamps('2026-07-06T00:00:00Z', '2026-07-07T00:00:00Z') },
    { codec: 'GZIP', compressors: { GZIP: (input) => new Uint8Array(gzipSync(input)) } },
  );
  assert.deepEqual(list(await readBarsFile(midnights, 'SPY')), days);
});

test('seed-P13: a malformed Parquet row is refused with its number', async () => {
  const timestamp = stamps('2026-07-06T13:30:00Z', '2026-07-06T13:35:00Z');
  const high: ColumnSource = { name: 'high', data: [12, Number.NaN], type: 'DOUBLE' };
  await assert.rejects(readBarsFile(written({ timestamp, high }), 'SPY'), {
    code: 'bars/bad-row',
    message: /^bars\.parquet: row 2: expected high as a number, was NaN/,
  });
  const volume: ColumnSource = { name: 'size', data: [1, 2], type: 'DOUBLE' };
  await assert.rejects(readBarsFile(written({ timestamp, volume }), 'SPY'), {
    code: 'bars/bad-row',
    message: /expected the columns timestamp, .*; add the column volume/,
  });
  const backward = written({ timestamp: stamps('2026-07-06T13:35:00Z', '2026-07-06T13:30:00Z') });
  await assert.rejects(readBarsFile(backward, 'SPY'), {
    code: 'bars/bad-row',
    message: /row 2: expected a timestamp after/,
  });
});

test('a damaged file is refused, wherever the damage is', async () => {
  const path = written({ timestamp: stamps('2026-07-06T13:30:00Z', '2026-07-06T13:35:00Z') });
  const whole = readFileSync(path);
  for (let at = 4; at < whole.length; at += 7) {
    const damaged = new Uint8Array(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0xff;
    writeFileSync(path, damaged);
    const outcome = await readBarsFile(path, 'SPY').catch((error: unknown) => error);
    assert.ok(isBellwetherError(outcome) || (outcome as BarSeries).length === 2, `byte ${at}: ${String(outcome)}`);
  }
});

test('a file that is no Parquet is refused', async () => {
  const path = join(folder, 'text.parquet');
  writeFileSync(path, 'timestamp,open,high,low,close,volume\n');
  await assert.rejects(readBarsFile(path, 'SPY'), {
    code: 'bars/unreadable',
    message: /a Parquet file at text\.parquet/,
  });
});
