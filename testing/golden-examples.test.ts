/** Every example over the recordings it fits, twice: the same orders each time, and those written down in golden/. `npm run golden:update` rewrites them. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { readBarsFile, readFactorsFile } from '@bellwether/adapters';
import { adjustBars, calendarOf, marketOf, regularSessionOnly } from '@bellwether/domain';
import { runBacktest, type TapeSymbol } from '@bellwether/virtual';
import { type Example, examples, planOf, recordingOf, sha256 } from './example-tapes.ts';
import { leftOut, sharedPath } from './shared-data.ts';

interface Recording {
  readonly symbol: string;
  readonly bars: string;
  readonly factors: string | null;
}

const AAPL_FACTORS = 'data/AAPL_factors_lean.csv';
const DAILY: readonly Recording[] = [
  { symbol: 'SPY', bars: 'data/SPY_1d_lean_raw.csv', factors: null },
  { symbol: 'AAPL', bars: 'data/AAPL_1d_lean_raw.csv', factors: AAPL_FACTORS },
];
const MINUTE: readonly Recording[] = [
  { symbol: 'SPY', bars: 'data/SPY_1m_2013-10-04_2013-10-11.csv', factors: null },
  { symbol: 'AAPL', bars: 'data/AAPL_1m_2014-06-05_2014-06-09.csv', factors: AAPL_FACTORS },
  { symbol: 'GOOG', bars: 'data/GOOG_1m_2015-12-23_2015-12-28.csv', factors: null },
];
const CRYPTO: readonly Recording[] = [
  { symbol: 'BTCUSD', bars: 'data/BTCUSD_1m_2018-04-04_2018-04-06_coinbase_lean.csv', factors: null },
];

const GOLDEN = new URL('golden/examples.json', import.meta.url);
const UPDATE = process.execArgv.includes('--test-update-snapshots');

type Outcome = {
  readonly order_hash: string;
  readonly fills: number;
  readonly trades: number;
  readonly equity_final: string;
};
const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Record<string, Outcome>;
const seen: Record<string, Outcome> = {};

function recordingsFor(example: Example): readonly Recording[] {
  if (marketOf(example.document.symbol) === '24/7') return CRYPTO;
  return recordingOf(example).includes('_1d_') ? DAILY : MINUTE;
}

async function tapeOf({ symbol, bars, factors }: Recording): Promise<TapeSymbol> {
  const calendar = calendarOf(marketOf(symbol));
  const raw = await readBarsFile(sharedPath(bars), symbol, { calendar });
  const adjusted = factors === null ? raw : adjustBars(raw, await readFactorsFile(sharedPath(factors)), calendar);
  return { symbol, bars: regularSessionOnly(adjusted, calendar), calendar, label: { source: bars, synthetic: false } };
}

for (const example of examples()) {
  for (const recording of recordingsFor(example)) {
    const name = `${example.name} on ${recording.bars.slice('data/'.length)}${recording.factors === null ? '' : ' with factors'}`;
    test(`trades the same each time, and as written down: ${name}`, { skip: leftOut(recording.bars) }, async () => {
      const tape = await tapeOf(recording);
      const run = (): Outcome => {
        const plan = planOf({ ...example.document, symbol: recording.symbol });
        const { order_hash, fills, trades, equity_final } = runBacktest(plan, [tape], { sha256, stopwatch: () => 0 });
        return { order_hash, fills: fills.length, trades: trades.length, equity_final };
      };
      const outcome = run();
      assert.deepEqual(run(), outcome);
      seen[name] = outcome;
      if (!UPDATE) assert.deepEqual(outcome, golden[name]);
    });
  }
}

test('the examples trade on what they are tried on, all but those that find nothing there', {
  skip: leftOut('data/SPY_1d_lean_raw.csv'),
}, () => {
  if (UPDATE) writeFileSync(GOLDEN, `${JSON.stringify(seen, null, 2)}\n`);
  const traded = Object.values(seen).filter(({ fills }) => fills > 0).length;
  assert.ok(
    traded >= 0.7 * Object.keys(seen).length,
    `expected most cases to trade, ${traded} of ${Object.keys(seen).length} did`,
  );
});
