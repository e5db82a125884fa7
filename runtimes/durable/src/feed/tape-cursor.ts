import {
  aggregateBars,
  type BarSeries,
  compareTimeframes,
  type EpochMs,
  type ExchangeCalendar,
  type Timeframe,
} from '@bellwether/domain';
import type { DataLabel } from '@bellwether/kernel';

/** Recorded bars of one symbol, and what is said of them wherever they appear. */
export interface TapeSymbol {
  readonly symbol: string;
  readonly bars: BarSeries;
  readonly calendar: ExchangeCalendar;
  readonly label: DataLabel;
}

/** A bar begins, or is over. */
export interface TapeStep {
  readonly kind: 'open' | 'close';
  readonly at: EpochMs;
  readonly tape: TapeSymbol;
  readonly row: number;
  /** Of a close: whether no other bar closes at this instant. */
  readonly isLastOfInstant: boolean;
}

/** Where a tape stands, as plain data. */
export interface TapePosition {
  /** Decisions begin with the first bar that starts here or later. */
  readonly from: EpochMs;
  readonly tracks: readonly TrackPosition[];
}

/** Rows of a live tape move with its history, so a place on it is an instant: the start of the next bar, or the earliest that it can have. */
export interface TrackPosition {
  readonly symbol: string;
  readonly row: number;
  readonly next: EpochMs;
  readonly opened: boolean;
}

interface Track {
  readonly tape: TapeSymbol;
  row: number;
  opened: boolean;
}

/** Goes through bars of several symbols in the one order of both runtimes: by instant, closes before opens, then as the tape lists them. */
export class TapeCursor {
  readonly from: EpochMs;
  readonly #tracks: readonly Track[];
  readonly #until: () => EpochMs;

  /** `startRow` says with which row each symbol begins; `until` how far the tape is known, everything when absent. */
  constructor(
    tape: readonly TapeSymbol[],
    from: EpochMs,
    startRow: (tape: TapeSymbol) => number,
    until: () => EpochMs = () => Number.POSITIVE_INFINITY,
  ) {
    this.from = from;
    this.#until = until;
    this.#tracks = tape.map((symbol) => ({ tape: symbol, row: startRow(symbol), opened: false }));
  }

  /** The next open or close; null when the tape is over, or a live one is known no further. */
  peek(): TapeStep | null {
    const track = this.#next();
    if (track === null) return null;
    const { tape, row, opened } = track;
    const at = (opened ? tape.bars.end[row] : tape.bars.start[row]) as number;
    if (at > this.#until()) return null;
    const isLastOfInstant = !this.#tracks.some(
      (other) => other !== track && other.opened && other.tape.bars.end[other.row] === at,
    );
    return { kind: opened ? 'close' : 'open', at, tape, row, isLastOfInstant };
  }

  /** Goes past the step that `peek` shows. */
  advance(): void {
    const track = this.#next();
    if (track === null) return;
    if (track.opened) track.row += 1;
    track.opened = !track.opened;
  }

  position(): TapePosition {
    return {
      from: this.from,
      tracks: this.#tracks.map(({ tape, row, opened }) => ({
        symbol: tape.symbol,
        row,
        next: nextStart(tape.bars, row, this.from),
        opened,
      })),
    };
  }

  /** Whether every symbol stands where the position says, or behind it. */
  hasReached(position: TapePosition): boolean {
    return position.tracks.every((want) => {
      const track = this.#tracks.find((candidate) => candidate.tape.symbol === want.symbol);
      if (track === undefined) return true;
      const row = rowFrom(track.tape, want.next);
      return track.row > row || (track.row === row && (track.opened === want.opened || row >= track.tape.bars.length));
    });
  }

  #next(): Track | null {
    let best: Track | null = null;
    let bestAt = Number.POSITIVE_INFINITY;
    for (const track of this.#tracks) {
      const { bars } = track.tape;
      if (track.row >= bars.length) continue;
      const at = (track.opened ? bars.end[track.row] : bars.start[track.row]) as number;
      if (at < bestAt || (at === bestAt && best !== null && track.opened && !best.opened)) {
        best = track;
        bestAt = at;
      }
    }
    return best;
  }
}

function nextStart({ start, end, length }: BarSeries, row: number, from: EpochMs): EpochMs {
  if (row < length) return start[row] as number;
  return length === 0 ? from : Math.max(from, end[length - 1] as number);
}

/** Returns the first row that starts at `from` or later; the length when there is none. */
export function rowFrom({ bars }: Pick<TapeSymbol, 'bars'>, from: EpochMs): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bars.start[middle] as number) >= from) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Rows that only warm up, and how far back each timeframe may look: `lookback` bars of its own, as a pipeline started then would fetch. */
export function warmUpOf(
  tape: TapeSymbol,
  from: EpochMs,
  lookback: number,
  timeframes: readonly Timeframe[],
): { readonly row: number; readonly warmFrom: ReadonlyMap<Timeframe, EpochMs> } {
  const { bars, calendar } = tape;
  const first = rowFrom(tape, from);
  const warmFrom = new Map<Timeframe, EpochMs>();
  let row = first;
  for (const timeframe of new Set([bars.timeframe, ...timeframes])) {
    if (compareTimeframes(timeframe, bars.timeframe) < 0) continue;
    const history = { ...bars, length: first };
    const before = timeframe === bars.timeframe || first === 0 ? history : aggregateBars(history, timeframe, calendar);
    const rows = Math.min(lookback, before.length);
    const since = rows === 0 ? (bars.start[first] ?? 0) : (before.start[before.length - rows] as number);
    warmFrom.set(timeframe, since);
    row = Math.min(row, rowFrom(tape, since));
  }
  return { row, warmFrom };
}
