// Streaming indicators: ours against trading-signals and Tulip C, same bars, equal values first (performance.md, row 2).
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allocateBars, type BarSeries } from '@bellwether/domain';
import { createIndicator, parseIndicatorSpec } from '@bellwether/indicators';
import * as signals from 'trading-signals';
import { figure, handOver, installedVersion, load, median } from './bench-report.ts';

const BARS = 1_000_000;
const REPETITIONS = 9;
/** trading-signals takes seconds for what takes the others milliseconds. */
const PEER_BARS = 200_000;
const TOLERANCE = 1e-9;
const TULIP = 'tulind@0.8.20';

interface Candle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}
interface Peer {
  add(input: never): unknown;
}
/** Our name, the same in trading-signals (or undefined where it has no equal), and how its answer becomes our first output. */
type Row = readonly [string, (() => Peer) | undefined, 'close' | 'candle', string];

const ROWS: readonly Row[] = [
  ['SMA_20', () => new signals.SMA(20), 'close', ''],
  ['EMA_20', () => new signals.EMA(20), 'close', ''],
  ['WMA_20', () => new signals.WMA(20), 'close', ''],
  ['RSI_14', () => new signals.RSI(14, signals.WSMA), 'close', ''],
  [
    'MACD_10_24_9',
    () => new signals.MACD(new signals.EMA(10), new signals.EMA(24), new signals.EMA(9)),
    'close',
    'macd',
  ],
  ['BBANDS_20_2', () => new signals.BollingerBands(20, 2), 'close', 'upper'],
  ['STDDEV_20', undefined, 'close', ''],
  ['ATR_14', () => new signals.ATR(14, signals.WSMA), 'candle', ''],
  ['ADX_14', () => new signals.ADX(14, signals.WSMA), 'candle', ''],
  [
    'STOCH_14_3_3',
    () => new signals.StochasticOscillator({ kPeriod: 14, kSlowingPeriod: 3, dPeriod: 3 }),
    'candle',
    'stochK',
  ],
  ['CCI_14', () => new signals.CCI(14), 'candle', ''],
  ['MFI_14', () => new signals.MFI(14), 'candle', ''],
  ['WILLR_14', () => new signals.WilliamsR(14), 'candle', ''],
];

const series = randomWalk(BARS);
const candles: Candle[] = Array.from({ length: PEER_BARS }, (_, row) => ({
  open: series.open[row] as number,
  high: series.high[row] as number,
  low: series.low[row] as number,
  close: series.close[row] as number,
  volume: series.volume[row] as number,
}));

function randomWalk(length: number): BarSeries {
  const bars = allocateBars('BENCH', '1m', length);
  let state = 7;
  const random = () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
  let price = 100;
  for (let row = 0; row < length; row++) {
    bars.open[row] = price;
    price = Math.max(50, Math.min(200, price + (random() - 0.5) * 0.5));
    bars.close[row] = price;
    bars.high[row] = Math.max(bars.open[row] as number, price) + random() * 0.2;
    bars.low[row] = Math.min(bars.open[row] as number, price) - random() * 0.2;
    bars.volume[row] = Math.floor(random() * 10_000);
    bars.start[row] = row * 60_000;
    bars.end[row] = (row + 1) * 60_000;
  }
  return bars;
}

function timed(run: () => void, bars: number): number {
  const from = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - from) / bars;
}

/** Streams the first `bars` bars; returns the last first output. */
function runOurs(name: string, bars: number): number {
  const indicator = createIndicator(parseIndicatorSpec(name));
  for (let row = 0; row < bars; row++) indicator.update(series, row, 0, row);
  return indicator.values[0] as number;
}

function runPeer(make: () => Peer, input: 'close' | 'candle', output: string): number {
  const peer = make();
  let last: unknown;
  for (const candle of candles) last = peer.add((input === 'close' ? candle.close : candle) as never);
  return (output === '' ? last : (last as Record<string, unknown>)[output]) as number;
}

/** Compiles Tulip's one C file from its npm package, uninstalled, and returns name → [ns per bar, last value]. */
function runTulip(): ReadonlyMap<string, readonly [number, number]> {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-tulip-'));
  try {
    const pack = execFileSync('npm', ['pack', TULIP, '--silent'], { cwd: folder, encoding: 'utf8' }).trim();
    execFileSync('tar', ['xzf', pack], { cwd: folder });
    copyFileSync(fileURLToPath(new URL('tulip-harness.c', import.meta.url)), join(folder, 'harness.c'));
    const external = join('package', 'external');
    const sources = ['harness.c', join(external, 'tiamalgamation.c')];
    execFileSync('gcc', ['-O2', '-w', '-I', external, ...sources, '-o', 'harness', '-lm'], { cwd: folder });
    const columns = [series.open, series.high, series.low, series.close, series.volume];
    writeFileSync(join(folder, 'bars.bin'), Buffer.concat(columns.map((column) => Buffer.from(column.buffer))));
    const text = execFileSync('./harness', ['bars.bin', String(BARS), String(REPETITIONS)], {
      cwd: folder,
      encoding: 'utf8',
    });
    const lines = text
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    return new Map(lines.map(([name = '', time, value]) => [name, [Number(time), Number(value)]]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function verdict(ours: number, theirs: number): 'equal' | string {
  const distance = Math.abs(ours - theirs) / (1 + Math.abs(theirs));
  return distance <= TOLERANCE ? 'equal' : `differs by ${distance.toExponential(1)}`;
}

const tulip = runTulip();
const lines: Record<string, unknown>[] = [];
const faster: number[] = [];
const slower: number[] = [];
// All classes are loaded first: the call of `update` is as polymorphic as in the engine.
for (const [name] of ROWS) runOurs(name, PEER_BARS);
for (const [name, make, input, output] of ROWS) {
  const ours = median(Array.from({ length: REPETITIONS }, () => timed(() => runOurs(name, BARS), BARS)));
  const line: Record<string, unknown> = { indicator: name, ours: ours.toFixed(1) };
  const [tulipTime, tulipValue] = tulip.get(name) ?? [Number.NaN, Number.NaN];
  const agrees = verdict(runOurs(name, BARS), tulipValue);
  line['tulip'] = tulipTime.toFixed(1);
  line['ours ÷ tulip'] = agrees === 'equal' ? (ours / tulipTime).toFixed(2) : agrees;
  if (agrees === 'equal') slower.push(ours / tulipTime);
  if (make !== undefined) {
    const same = verdict(runOurs(name, PEER_BARS), runPeer(make, input, output));
    const peer = median(Array.from({ length: 3 }, () => timed(() => runPeer(make, input, output), PEER_BARS)));
    line['trading-signals'] = peer.toFixed(0);
    line['trading-signals ÷ ours'] = same === 'equal' ? (peer / ours).toFixed(1) : same;
    if (same === 'equal') faster.push(peer / ours);
  }
  lines.push(line);
}
console.table(lines);
const compiler = execFileSync('gcc', ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? 'gcc';
handOver({
  name: 'indicators',
  peers: { 'trading-signals': installedVersion('trading-signals'), [TULIP]: `${compiler} -O2` },
  proofs: [
    `${faster.length} indicators equal to trading-signals, ${slower.length} equal to Tulip, to ${TOLERANCE} of the value`,
  ],
  method: [
    `${BARS} bars (trading-signals ${PEER_BARS}), streamed bar by bar from columns; each indicator the median of ${REPETITIONS} rounds; load ${figure(load())}`,
  ],
  measures: [
    { what: 'trading-signals ÷ bellwether, median', value: median(faster), unit: '×', target: { atLeast: 5 } },
    { what: 'trading-signals ÷ bellwether, least', value: Math.min(...faster), unit: '×' },
    { what: 'bellwether ÷ tulip, median', value: median(slower), unit: '×', target: { atMost: 3 } },
    { what: 'bellwether ÷ tulip, greatest', value: Math.max(...slower), unit: '×' },
  ],
});
