// The backtester against grademark: the same SMA cross on the same bars, the same trades first (performance.md, row 1).
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { type BarSeries, formatInstant, NYSE_CALENDAR } from '@bellwether/domain';
import type { ExecutionEvent, ExecutionPlan } from '@bellwether/kernel';
import { type BacktestResult, runBacktest } from '@bellwether/virtual';
import type { ITrade } from 'grademark';
import { figure, handOver, installedVersion, load, type Measure, median, seconds } from './bench-report.ts';
import { peerFrame, peerTrades, smaCrossPlan } from './sma-cross.ts';
import { dailyBars, minuteBars, type NamedBars } from './tapes.ts';

const BARS = 2_000_000;
const ROUNDS = 5;
const COLUMN_BYTES = 7 * Float64Array.BYTES_PER_ELEMENT;

const sha256 = {
  base64url: (text: string) => hash('sha256', text, 'base64url'),
  hex: (text: string) => hash('sha256', text, 'hex'),
};

interface Run {
  readonly result: BacktestResult;
  /** Every event of every execution, as a journal holds them. */
  readonly journal: { readonly executionId: string; readonly seq: number; readonly event: ExecutionEvent }[];
}

/** The full engine: journal of decisions kept, exact ledger, orders, report node. */
function runOurs(plan: ExecutionPlan, bars: BarSeries): Run {
  const journal: Run['journal'] = [];
  const result = runBacktest(
    plan,
    [{ symbol: 'SPY', bars, calendar: NYSE_CALENDAR, label: { source: 'benchmark', synthetic: true } }],
    {
      sha256,
      stopwatch: () => performance.now() / 1000,
      journal: (executionId, seq, event) => void journal.push({ executionId, seq, event }),
    },
  );
  return { result, journal };
}

interface Trade {
  readonly entryTime: string;
  readonly entryPrice: number;
  readonly exitTime: string;
  readonly exitPrice: number;
}

function ourTrades({ trades }: BacktestResult): Trade[] {
  return trades.map((trade) => ({
    entryTime: trade.entry_time,
    entryPrice: Number(trade.entry_price),
    exitTime: trade.exit_time,
    exitPrice: Number(trade.exit_price),
  }));
}

function tradesOfPeer(trades: readonly ITrade[]): Trade[] {
  return trades
    .filter(({ exitReason }) => exitReason !== 'finalize')
    .map(({ entryTime, entryPrice, exitTime, exitPrice }) => ({
      entryTime: formatInstant(entryTime.getTime()),
      entryPrice,
      exitTime: formatInstant(exitTime.getTime()),
      exitPrice,
    }));
}

/** Throws unless both made the same trades at the same bars and prices, but for those that grademark cannot make. */
function proveEqual(ours: Run, theirs: readonly ITrade[], { bars, origin }: NamedBars): string {
  const all = ourTrades(ours.result);
  const comparable = withoutWhipsaws(all, bars);
  assert.ok(comparable.length > 50, `expected the strategy to trade, made ${comparable.length} trades`);
  const peers = tradesOfPeer(theirs);
  for (const [i, trade] of comparable.entries()) assert.deepEqual(trade, peers[i]);
  assert.equal(peers.length, comparable.length);
  return `${origin}: ${comparable.length} trades equal in bar and price of entry and exit; ${all.length - comparable.length} more of ours turn at the very next bar, which grademark cannot`;
}

/** Leaves out what grademark never does: to leave at the bar after the entry, to enter at the bar after an exit. */
function withoutWhipsaws(trades: readonly Trade[], bars: BarSeries): Trade[] {
  const rows = new Map(
    Array.from({ length: bars.length }, (_, row) => [formatInstant(bars.start[row] as number), row]),
  );
  const kept: Trade[] = [];
  let left = Number.NEGATIVE_INFINITY;
  for (const trade of trades) {
    const [entry, exit] = [rows.get(trade.entryTime), rows.get(trade.exitTime)];
    assert.ok(entry !== undefined && exit !== undefined);
    if (exit === entry + 1 || entry === left + 1) continue;
    kept.push(trade);
    left = exit;
  }
  return kept;
}

/** Live bytes per bar, with the journal and the result still held, beyond the columns of the bars. */
function memoryPerBar(plan: ExecutionPlan, bars: BarSeries): number {
  const { gc } = globalThis;
  if (gc === undefined) return Number.NaN;
  const live = () => {
    gc();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = live();
  const run = runOurs(plan, bars);
  const after = live();
  assert.ok(run.journal.length > 0);
  return (after - before) / bars.length;
}

function measure(
  label: string,
  tape: NamedBars,
  [times, peerTimes]: readonly [number, number],
): { measures: Measure[]; proofs: string[]; method: string } {
  const { bars } = tape;
  const plan = smaCrossPlan(bars.timeframe);
  const frame = peerFrame(bars);
  const proof = proveEqual(runOurs(plan, bars), peerTrades(frame, bars), tape);
  const ours: number[] = [];
  const theirs: number[] = [];
  const ratios: number[] = [];
  let run: Run | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const us = seconds(() => {
      for (let i = 0; i < times; i++) run = runOurs(plan, bars);
    });
    const them = seconds(() => {
      for (let i = 0; i < peerTimes; i++) peerTrades(frame, bars);
    });
    ours.push((bars.length * times) / us);
    theirs.push((bars.length * peerTimes) / them);
    ratios.push(them / peerTimes / (us / times));
  }
  const memory = memoryPerBar(plan, bars);
  return {
    proofs: [proof],
    method: `${label}: ${bars.length} bars × ${times} (grademark × ${peerTimes}), ${run?.result.decisions} executions and ${run?.journal.length} journal events in each, ${ROUNDS} rounds in turn, load ${figure(load())}`,
    measures: [
      { what: `${label}: bellwether`, value: median(ours), unit: 'bars/s', target: { atLeast: 2_000_000 } },
      { what: `${label}: grademark`, value: median(theirs), unit: 'bars/s' },
      { what: `${label}: bellwether ÷ grademark`, value: median(ratios), unit: '×', target: { atLeast: 10 } },
      {
        what: `${label}: memory, columns included`,
        value: COLUMN_BYTES + memory,
        unit: 'bytes/bar',
        target: { atMost: 200 },
      },
    ],
  };
}

const daily = await dailyBars();
const parts = [
  measure('daily', daily, [Math.ceil(BARS / daily.bars.length), 20]),
  measure('minute', await minuteBars(BARS), [1, 1]),
];
handOver({
  name: 'backtest',
  peers: { grademark: installedVersion('grademark'), 'data-forge': installedVersion('data-forge') },
  proofs: parts.flatMap(({ proofs }) => proofs),
  method: [
    ...parts.map(({ method }) => method),
    `memory: heap and external bytes alive after a collection, the journal and the result still held, less those before the run, per bar; plus ${COLUMN_BYTES} bytes of columns`,
  ],
  measures: parts.flatMap(({ measures }) => measures),
});
