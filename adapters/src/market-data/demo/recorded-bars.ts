import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { allocateBars, BellwetherError, NYSE_CALENDAR } from '@bellwether/domain';
import type { SourcedBars } from './synthetic-bars.ts';

const PACKAGE_FILE = '@observablehq/sample-datasets/aapl.csv';
const HEADER = 'Date,Open,High,Low,Close,Adj Close,Volume';
const LABEL =
  'Recorded daily bars of AAPL, 2013 to 2018, split-adjusted (Observable sample datasets, from Yahoo Finance)';

/** Reads the real daily bars that an installed package ships. Throws `bars/unreadable` when it is not as expected. */
export async function recordedAaplDays(): Promise<SourcedBars> {
  const text = await readFile(fileURLToPath(import.meta.resolve(PACKAGE_FILE)), 'utf8');
  const [header, ...rows] = text.trim().split(/\r?\n/);
  if (header !== HEADER) throw unreadable(`the header ${HEADER}`, header ?? '');
  const bars = allocateBars('AAPL', '1d', rows.length);
  rows.forEach((row, i) => {
    const [date = '', open, high, low, close, , volume] = row.split(',');
    const session = NYSE_CALENDAR.sessionOn(date);
    if (session === undefined) throw unreadable('the date of a session', date);
    bars.start[i] = session.opensAt;
    bars.end[i] = session.closesAt;
    bars.open[i] = Number(open);
    bars.high[i] = Number(high);
    bars.low[i] = Number(low);
    bars.close[i] = Number(close);
    bars.volume[i] = Number(volume);
  });
  return { ...bars, source: { kind: 'recorded', label: LABEL } };
}

function unreadable(expected: string, was: string): BellwetherError {
  return new BellwetherError(
    'invalid',
    'bars/unreadable',
    `expected ${expected} in ${PACKAGE_FILE}, was "${was}"; run npm install again`,
    { file: PACKAGE_FILE },
  );
}
