// What every analyst sees, computed once from closed bars: bars → columns → reading of the newest row → facts.
import {
  type BarSeries,
  type EpochMs,
  marketOf,
  sliceBars,
  type Timeframe,
  timeframeMinutes,
} from '@bellwether/domain';
import { frameColumns } from './frame-columns.ts';
import { type Fact, frameFacts } from './frame-facts.ts';
import { type FrameReading, lastSwings, readFrame } from './frame-reading.ts';
import type { NullTable, NullTables } from './null-calibration.ts';
import { incrementAt } from './price-step.ts';
import { RelativeVolume } from './relative-volume.ts';
import { previousSession, type SessionColumns, sessionColumns } from './session-columns.ts';

/** Frames with fewer closed bars are left out. */
export const FRAME_BARS_NEEDED = 120;
/** Indicators run over the newest rows of a series only; older ones serve relative volume and the null. */
const FRAME_BARS = 600;
const MOST_FACTS = 60;
const MOST_CHARACTERS = 3_000;

/** One timeframe as it is handed to an analyst. */
export interface FrameBars {
  readonly timeframe: Timeframe;
  /** Closed bars, oldest first. */
  readonly bars: BarSeries;
  readonly sessions: SessionColumns;
  /** True when older bars may exist that were not handed over. */
  readonly isCut: boolean;
}

/** A decision's circumstances. Prices and facts never depend on `decidedAt`: equal bars give an equal sheet. */
export interface SheetRequest {
  readonly symbol: string;
  readonly decidedAt: EpochMs;
  readonly forcedFlatAt: EpochMs | null;
  readonly shortAllowed: boolean;
  /** Where the bars come from; bars of different feeds are never mixed. */
  readonly feed: string;
  readonly frames: readonly FrameBars[];
}

export interface SheetFrame {
  readonly timeframe: Timeframe;
  readonly bars: number;
  readonly reading: FrameReading;
  /** The last confirmed swing low and high, null when there is none. */
  readonly swingLow: number | null;
  readonly swingHigh: number | null;
  /** Null where no calibration was asked for. */
  readonly nullTable: NullTable | null;
}

export interface FactsSheet {
  readonly symbol: string;
  /** The sheet's first line. */
  readonly identity: string;
  /** Close of the newest bar used. */
  readonly asOf: EpochMs;
  readonly decidedAt: EpochMs;
  readonly forcedFlatAt: EpochMs | null;
  readonly shortAllowed: boolean;
  /** Warm frames, slowest first. */
  readonly frames: readonly SheetFrame[];
  /** Frames that were asked for and are not warm. */
  readonly leftOut: readonly Timeframe[];
  /** At most 60 and 3,000 characters: slowest frame first, the most telling facts of each. */
  readonly facts: readonly Fact[];
}

/** Returns a series as an analyst needs it. `asked` is how many bars were asked for: as many given means there may be more. */
export function frameBars(bars: BarSeries, asked: number): FrameBars {
  return {
    timeframe: bars.timeframe,
    bars,
    sessions: sessionColumns(bars, marketOf(bars.symbol)),
    isCut: bars.length >= asked,
  };
}

/** Returns the sheet; with `tables` every frame carries its null, which a bias needs and a strategy does not. */
export function factsSheet(request: SheetRequest, tables: NullTables | null): FactsSheet {
  const frames: SheetFrame[] = [];
  const leftOut: Timeframe[] = [];
  let asOf = 0;
  const slowestFirst = request.frames.toSorted((a, b) => timeframeMinutes(b.timeframe) - timeframeMinutes(a.timeframe));
  for (const { bars } of slowestFirst) {
    if (bars.length > 0) asOf = Math.max(asOf, bars.end[bars.length - 1] as number);
  }
  for (const frame of slowestFirst) {
    const read = frame.bars.length < FRAME_BARS_NEEDED ? null : sheetFrame(frame, request, asOf, tables);
    if (read === null) leftOut.push(frame.timeframe);
    else frames.push(read);
  }
  return {
    symbol: request.symbol,
    identity: identityOf(request.symbol, frames[0]),
    asOf,
    decidedAt: request.decidedAt,
    forcedFlatAt: request.forcedFlatAt,
    shortAllowed: request.shortAllowed,
    frames,
    leftOut,
    facts: chooseFacts(frames),
  };
}

function sheetFrame(
  frame: FrameBars,
  request: SheetRequest,
  asOf: EpochMs,
  tables: NullTables | null,
): SheetFrame | null {
  const { bars, sessions } = frame;
  const first = Math.max(0, bars.length - FRAME_BARS);
  const volumes = new RelativeVolume(bars, sessions);
  const columns = frameColumns(sliceBars(bars, first, bars.length));
  const reading = readFrame(columns, columns.bars.length - 1, {
    relativeVolume: (row) => volumes.at(first + row),
    previousSession: (row) => previousSession(bars, sessions, first + row),
  });
  if (reading === null) return null;
  const swing = (side: 1 | -1) => lastSwings(columns.swings, reading.row, side, 1)[0]?.price ?? null;
  return {
    timeframe: frame.timeframe,
    bars: bars.length,
    reading,
    swingLow: swing(-1),
    swingHigh: swing(1),
    nullTable: tables?.of({ ...frame, symbol: request.symbol, feed: request.feed, asOf }) ?? null,
  };
}

/** Who is looked at, resolved by code: symbol, market, currency and price increment. */
function identityOf(symbol: string, frame: SheetFrame | undefined): string {
  const tick = frame === undefined ? '' : ` · tick ${incrementAt(frame.reading.close)}`;
  return `${symbol} · ${marketOf(symbol)} · USD${tick}`;
}

/** Takes facts by rank, every frame's first before any frame's second, while there is room; then puts them in frame order. */
function chooseFacts(frames: readonly SheetFrame[]): Fact[] {
  const ranked = frames.map((frame) => frameFacts(frame.timeframe, frame.reading));
  const chosen = ranked.map((): Fact[] => []);
  let count = 0;
  let characters = 0;
  const longest = Math.max(0, ...ranked.map((facts) => facts.length));
  for (let rank = 0; rank < longest; rank++) {
    ranked.forEach((facts, i) => {
      const fact = facts[rank];
      if (fact === undefined || count >= MOST_FACTS) return;
      // As a line: id, separator, text, end.
      const size = fact.id.length + fact.text.length + 3;
      if (characters + size > MOST_CHARACTERS) return;
      characters += size;
      count++;
      chosen[i]?.push(fact);
    });
  }
  return chosen.flat();
}
