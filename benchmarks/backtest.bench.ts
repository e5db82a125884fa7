// The backtester against grademark: the same SMA cross on the same bars, the same trades first (performance.md, row 1).
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { type BarSeries, formatInstant, NYSE_CALENDAR, sliceBars } from '@bellwether/domain';
import type { ExecutionEvent, ExecutionPlan } from '@bellwether/kernel';
import { type BacktestResult, runBacktest } from '@bellwether/virtual';
import type { ITrade } from 'grademark';
import { figure, handOver, installedVersion, load, type Measure, median, processorSeconds } from './bench-report.ts';
import { type Cross, type PeerAverages, peerFrame, peerTrades, smaCrossPlan } from './sma-cross.ts';
import { dailyBars, minuteBars, type NamedBars } from './tapes.ts';

const BARS = 2_000_000;
const PEER_BARS = 400_000;
const ROUNDS = 3;
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
function proveEqual(ours: Run, theirs: readonly ITrade[], bars: BarSeries): string {
  const all = ourTrades(ours.result);
  const comparable = withoutWhipsaws(all, bars);
  assert.ok(comparable.length > 50, `expected the strategy to trade, made ${comparable.length} trades`);
  const peers = tradesOfPeer(theirs);
  for (const [i, trade] of comparable.entries()) assert.deepEqual(trade, peers[i]);
  assert.equal(peers.length, comparable.length);
  return `${comparable.length} trades equal in bar and price of entry and exit; ${all.length - comparable.length} more of ours turn at the very next bar, which grademark cannot`;
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

/** Live bytes per bar, with every journal and result still held, beyond the columns of the bars. */
function memoryPerBar(plan: ExecutionPlan, bars: BarSeries, times: number): number {
  const { gc } = globalThis;
  if (gc === undefined) return Number.NaN;
  const live = () => {
    // Twice: what the first one only marks as finished goes with the second.
    gc();
    gc();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = live();
  const held = Array.from({ length: times }, () => runOurs(plan, bars));
  const after = live();
  assert.equal(held.length, times);
  return (after - before) / (bars.length * times);
}

interface Case {
  readonly label: string;
  readonly tape: NamedBars;
  readonly cross: Cross;
  /** How often the tape is run within one round: short tapes more often. */
  readonly times: number;
  readonly peerTimes: number;
  /** Windows as long as a week of minutes would keep the peer busy for an hour. */
  readonly peers: readonly PeerAverages[];
}

const BOTH: readonly PeerAverages[] = ['as in its README', 'handed averages'];

function measure({ label, tape, cross, times, peerTimes, peers: chosen }: Case) {
  const { bars, origin } = tape;
  const plan = smaCrossPlan(bars.timeframe, cross);
  const peerBars = sliceBars(bars, 0, PEER_BARS);
  const frame = peerFrame(peerBars);
  const proofs = chosen.map((averages) =>
    proveEqual(runOurs(plan, peerBars), peerTrades(frame, peerBars, cross, averages), peerBars),
  );
  const ours: number[] = [];
  const theirs = new Map(chosen.map((averages) => [averages, [] as number[]]));
  let run: Run | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const us = processorSeconds(() => {
      for (let i = 0; i < times; i++) run = runOurs(plan, bars);
    });
    ours.push((bars.length * times) / us);
    for (const [averages, rates] of theirs) {
      const them = processorSeconds(() => {
        for (let i = 0; i < peerTimes; i++) peerTrades(frame, peerBars, cross, averages);
      });
      rates.push((peerBars.length * peerTimes) / them);
    }
    process.stderr.write(`${label}: round ${round + 1} of ${ROUNDS}\n`);
  }
  const peers = [...theirs].flatMap(([averages, rates]): Measure[] => [
    { what: `${label}: grademark, ${averages}`, value: median(rates), unit: 'bars/s' },
    {
      what: `${label}: bellwether ÷ grademark, ${averages}`,
      value: median(ours.map((rate, round) => rate / (rates[round] as number))),
      unit: '×',
      target: { atLeast: 10 },
    },
  ]);
  return {
    proof: `${label}: ${proofs[0]}`,
    method: `${label}: ${origin}; ${bars.length} bars × ${times}, in each ${run?.result.decisions} executions and ${run?.journal.length} journal events; grademark ${peerBars.length} bars × ${peerTimes}; ${ROUNDS} rounds in turn; load ${figure(load())}`,
    measures: [
      { what: `${label}: bellwether`, value: median(ours), unit: 'bars/s', target: { atLeast: 2_000_000 } },
      ...peers,
      {
        what: `${label}: memory, columns included`,
        value: COLUMN_BYTES + memoryPerBar(plan, bars, times),
        unit: 'bytes/bar',
        target: { atMost: 200 },
      },
    ] satisfies Measure[],
  };
}

const daily = await dailyBars();
const minutes = await minuteBars(BARS);
const CASES: readonly Case[] = [
  {
    label: 'daily 20/50',
    tape: daily,
    cross: { fast: 20, slow: 50 },
    times: Math.ceil(BARS / daily.bars.length),
    peerTimes: 30,
    peers: BOTH,
  },
  { label: 'minute 20/50', tape: minutes, cross: { fast: 20, slow: 50 }, times: 1, peerTimes: 1, peers: BOTH },
  { label: 'minute 50/200', tape: minutes, cross: { fast: 50, slow: 200 }, times: 1, peerTimes: 1, peers: BOTH },
  {
    label: 'minute 390/1950, a day and a week',
    tape: minutes,
    cross: { fast: 390, slow: 1_950 },
    times: 1,
    peerTimes: 1,
    peers: ['handed averages'],
  },
];
const parts = CASES.map(measure);
handOver({
  name: 'backtest',
  peers: { grademark: installedVersion('grademark'), 'data-forge': installedVersion('data-forge') },
  proofs: parts.map(({ proof }) => proof),
  method: [
    ...parts.map(({ method }) => method),
    'bars/s: bars per second of processor time of the whole process, collector included, so that a shared machine tells the same',
    `memory: heap and external bytes alive after a collection, the journal and the result still held, less those before the run, per bar; plus ${COLUMN_BYTES} bytes of columns`,
  ],
  measures: parts.flatMap(({ measures }) => measures),
});
