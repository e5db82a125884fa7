import type { BarSeries, EpochMs, Timeframe } from '@bellwether/domain';

/** A day of minutes and some. */
const ROOM = 512;
const COLUMNS = ['start', 'end', 'open', 'high', 'low', 'close', 'volume'] as const;

/** A bar as it arrives. */
export interface ArrivedBar {
  readonly symbol: string;
  readonly start: EpochMs;
  readonly end: EpochMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A series that grows at its end. Columns are replaced when they grow, so read them anew after each call. */
export class GrowingBars implements BarSeries {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  length = 0;
  start = new Float64Array(0);
  end = new Float64Array(0);
  open = new Float64Array(0);
  high = new Float64Array(0);
  low = new Float64Array(0);
  close = new Float64Array(0);
  volume = new Float64Array(0);

  /** Begins with a copy of what is known. */
  constructor(known: BarSeries) {
    this.symbol = known.symbol;
    this.timeframe = known.timeframe;
    this.length = known.length;
    for (const name of COLUMNS) {
      const column = new Float64Array(known.length + ROOM);
      column.set(known[name].subarray(0, known.length));
      this[name] = column;
    }
  }

  /** When the newest bar closed; minus infinity before the first. */
  get closedAt(): EpochMs {
    return this.length === 0 ? Number.NEGATIVE_INFINITY : (this.end[this.length - 1] as number);
  }

  /** Adds a bar that begins when the newest has closed, or later. Returns false, and changes nothing, for any other. */
  append(bar: ArrivedBar): boolean {
    if (bar.start < this.closedAt) return false;
    if (this.length === this.start.length) this.#grow();
    const row = this.length++;
    for (const name of COLUMNS) this[name][row] = bar[name];
    return true;
  }

  #grow(): void {
    for (const name of COLUMNS) {
      const wider = new Float64Array(Math.ceil(this[name].length * 1.25) + ROOM);
      wider.set(this[name]);
      this[name] = wider;
    }
  }
}
