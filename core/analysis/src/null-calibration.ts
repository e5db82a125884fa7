import {
  allocateBars,
  type BarSeries,
  civilDateOf,
  closedCount,
  DAY_MS,
  type EpochMs,
  epochDayOf,
  sliceBars,
  type Timeframe,
  utcDayOf,
} from '@bellwether/domain';
import { frameColumns } from './frame-columns.ts';
import { readFrame } from './frame-reading.ts';
import { GENERIC_NULL } from './generic-null.generated.ts';
import { RelativeVolume } from './relative-volume.ts';
import { hashNumbers, type SeededRandom, seededRandom } from './seeded-random.ts';
import type { SessionColumns, SessionRange } from './session-columns.ts';

/** Draws of the null distribution. */
export const NULL_DRAWS = 400;
/** Fewer bars than this say too little about a symbol; the generic table stands in. */
export const NULL_BARS_NEEDED = 250;
const SOURCE_BARS = 500;
const BLOCK_BARS = 5;
const WARMUP_BARS = 300;
const READ_EVERY = 25;
const PATH_BARS = WARMUP_BARS + READ_EVERY * NULL_DRAWS;
/** A path that mostly has no ATR (a price that hardly ever moved) measures nothing. */
const USABLE_SHARE = 0.9;

/** |s′| of every draw, smallest first: what a frame scores when nothing but chance orders its bars. */
export interface NullTable {
  readonly scores: Float64Array;
  readonly isGeneric: boolean;
}

/** The table for a symbol of which too little is known; made by `tools/generate-null-table.ts` from synthetic series. */
export const GENERIC_NULL_TABLE: NullTable = { scores: Float64Array.from(GENERIC_NULL), isGeneric: true };

export interface NullRequest {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly feed: string;
  readonly bars: BarSeries;
  readonly sessions: SessionColumns;
  /** Only bars closed by the start of this instant's month (UTC) are used. */
  readonly asOf: EpochMs;
  /** True when older bars may exist that were not handed over. */
  readonly isCut: boolean;
}

/**
 * Tables by symbol, timeframe, feed and month. A memo of a pure function: what it holds changes no answer, only its cost.
 *
 * Invariants: 1. A table depends on the key and on its source bars alone. 2. Within a month the source of a key is the same
 * for every decision. 3. At most `capacity` tables are kept; the longest unused goes first.
 */
export class NullTables {
  readonly #tables = new Map<string, NullTable>();
  readonly #capacity: number;

  constructor(capacity = 1_000) {
    this.#capacity = capacity;
  }

  of(request: NullRequest): NullTable {
    const monthStart = startOfMonth(request.asOf);
    const until = closedCount(request.bars, monthStart);
    // With a cut window the first row moves from decision to decision: a short source would be another one each time.
    if (until < (request.isCut ? SOURCE_BARS : NULL_BARS_NEEDED)) return GENERIC_NULL_TABLE;
    const from = Math.max(0, until - SOURCE_BARS);
    const source = sliceBars(request.bars, from, until);
    const name = `${request.symbol}|${request.timeframe}|${request.feed}|${monthStart}`;
    const key = `${name}|${fingerprint(source)}`;
    const known = this.#tables.get(key);
    if (known !== undefined) {
      this.#tables.delete(key);
      this.#tables.set(key, known);
      return known;
    }
    const sessions = {
      ordinal: request.sessions.ordinal.subarray(from, until),
      minute: request.sessions.minute.subarray(from, until),
      isRegular: request.sessions.isRegular.subarray(from, until),
    };
    const table = nullTable(source, sessions, name);
    this.#tables.set(key, table);
    if (this.#tables.size > this.#capacity) this.#tables.delete(this.#tables.keys().next().value as string);
    return table;
  }
}

/**
 * Returns the null of a frame: blocks of five bars drawn with replacement (Künsch 1989), mean log return taken away, one long
 * path read every 25 bars. Permuting without replacement would pin the path's end to its start and make it too narrow.
 */
export function nullTable(source: BarSeries, sessions: SessionColumns, seed: string): NullTable {
  const path = drawPath(source, sessions, seededRandom(seed));
  const columns = frameColumns(path.bars);
  const surroundings = {
    relativeVolume: (row: number) => path.rvol[row] as number,
    previousSession: (row: number) => syntheticSession(path.bars, row, path.barsPerSession),
  };
  const scores = new Float64Array(NULL_DRAWS);
  let usable = 0;
  for (let draw = 0; draw < NULL_DRAWS; draw++) {
    const reading = readFrame(columns, WARMUP_BARS + READ_EVERY * (draw + 1) - 1, surroundings);
    if (reading !== null) usable++;
    scores[draw] = Math.abs(reading?.score ?? 0);
  }
  return usable < USABLE_SHARE * NULL_DRAWS ? GENERIC_NULL_TABLE : { scores: scores.sort(), isGeneric: false };
}

/**
 * Returns how strong a score is: 100·(1 − p) rounded, p = (1 + #{|S_b| ≥ |S|})/(B + 1). Frames are coupled by rank: draw b takes
 * the b-th smallest of every frame, all with one sign, so agreement by chance is over-stated and confidence errs low.
 */
export function confidenceOf(
  score: number,
  frames: readonly { readonly weight: number; readonly table: NullTable }[],
): number {
  const coupled = (draw: number) =>
    frames.reduce((sum, { weight, table }) => sum + weight * (table.scores[draw] as number), 0);
  const size = Math.abs(score);
  let low = 0;
  let high = NULL_DRAWS;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (coupled(middle) < size) low = middle + 1;
    else high = middle;
  }
  const atLeast = NULL_DRAWS - low;
  return Math.round(100 * (1 - (1 + atLeast) / (NULL_DRAWS + 1)));
}

interface Path {
  readonly bars: BarSeries;
  readonly rvol: Float64Array;
  readonly barsPerSession: number;
}

function drawPath(source: BarSeries, sessions: SessionColumns, random: SeededRandom): Path {
  const units = source.length - 1;
  const meanReturn = Math.log((source.close[units] as number) / (source.close[0] as number)) / units;
  // Relative volume counts only what lies inside the source: reaching further back would make the table depend on
  // how far back a decision's window happens to go. Bars shorter than 15 minutes therefore have none here.
  const volumes = new RelativeVolume(source, sessions);
  const relative = Float64Array.from({ length: source.length }, (_, row) => volumes.at(row));
  const bars = allocateBars(source.symbol, source.timeframe, PATH_BARS);
  const rvol = new Float64Array(PATH_BARS);
  let level = 0;
  let unit = 0;
  for (let row = 0; row < PATH_BARS; row++) {
    unit = row % BLOCK_BARS === 0 ? 1 + Math.floor(random() * (units - BLOCK_BARS + 1)) : unit + 1;
    const base = Math.exp(level - meanReturn) / (source.close[unit - 1] as number);
    bars.start[row] = row;
    bars.end[row] = row + 1;
    bars.open[row] = base * (source.open[unit] as number);
    bars.high[row] = base * (source.high[unit] as number);
    bars.low[row] = base * (source.low[unit] as number);
    const close = base * (source.close[unit] as number);
    bars.close[row] = close;
    bars.volume[row] = source.volume[unit] as number;
    rvol[row] = relative[unit] as number;
    level = Math.log(close);
  }
  return { bars, rvol, barsPerSession: barsPerSession(sessions) };
}

/** The commonest count of bars in a session; one for daily bars. */
function barsPerSession(sessions: SessionColumns): number {
  const counts = new Map<number, number>();
  let run = 0;
  for (let row = 0; row < sessions.ordinal.length; row++) {
    run++;
    if (row + 1 < sessions.ordinal.length && sessions.ordinal[row + 1] === sessions.ordinal[row]) continue;
    counts.set(run, (counts.get(run) ?? 0) + 1);
    run = 0;
  }
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [1, 0])[0] as number;
}

function syntheticSession(bars: BarSeries, row: number, size: number): SessionRange | null {
  const until = Math.floor(row / size) * size;
  if (until < size) return null;
  let high = Number.NEGATIVE_INFINITY;
  let low = Number.POSITIVE_INFINITY;
  for (let i = until - size; i < until; i++) {
    high = Math.max(high, bars.high[i] as number);
    low = Math.min(low, bars.low[i] as number);
  }
  return { high, low, close: bars.close[until - 1] as number };
}

function fingerprint(source: BarSeries): number {
  let hash = hashNumbers(source.end);
  for (const column of [source.open, source.high, source.low, source.close, source.volume])
    hash = hashNumbers(column, hash);
  return hash;
}

function startOfMonth(at: EpochMs): EpochMs {
  const { year, month } = civilDateOf(utcDayOf(at));
  return epochDayOf(year, month, 1) * DAY_MS;
}
