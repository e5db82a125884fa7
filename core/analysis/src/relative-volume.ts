import type { BarSeries } from '@bellwether/domain';
import type { SessionColumns } from './session-columns.ts';

const SESSIONS = 20;
const SESSIONS_NEEDED = 10;

/**
 * Volume of a bar over the median volume of the bars at the same minutes since the open in the last 20 sessions of the same
 * feed; of a daily bar, over the median of the last 20 days. Any row may be asked, in any order, unlike of the streaming
 * indicator: the sheet needs one row of thousands.
 */
export class RelativeVolume {
  readonly #bars: BarSeries;
  readonly #sessions: SessionColumns;
  /** First row of each session, then one past the last row. */
  readonly #firstRows: number[] = [];
  readonly #sorted = new Float64Array(SESSIONS);

  constructor(bars: BarSeries, sessions: SessionColumns) {
    this.#bars = bars;
    this.#sessions = sessions;
    for (let row = 0; row < bars.length; row++) {
      if (row === 0 || sessions.ordinal[row] !== sessions.ordinal[row - 1]) this.#firstRows.push(row);
    }
    this.#firstRows.push(bars.length);
  }

  /** Returns the ratio, or NaN when fewer than ten sessions have such a bar or half of them traded nothing. */
  at(row: number): number {
    const minute = this.#sessions.minute[row] as number;
    const own = this.#sessionOf(row);
    let count = 0;
    for (let session = own - 1; session >= 0 && session >= own - SESSIONS; session--) {
      const match = this.#rowAt(session, minute);
      if (match >= 0) this.#insert(this.#bars.volume[match] as number, count++);
    }
    if (count < SESSIONS_NEEDED) return Number.NaN;
    const middle = count >> 1;
    const upper = this.#sorted[middle] as number;
    const median = count % 2 === 1 ? upper : ((this.#sorted[middle - 1] as number) + upper) / 2;
    return median > 0 ? (this.#bars.volume[row] as number) / median : Number.NaN;
  }

  #insert(volume: number, count: number): void {
    let place = count;
    while (place > 0 && (this.#sorted[place - 1] as number) > volume) {
      this.#sorted[place] = this.#sorted[place - 1] as number;
      place--;
    }
    this.#sorted[place] = volume;
  }

  /** The greatest session whose first row is not after `row`. */
  #sessionOf(row: number): number {
    let low = 0;
    let high = this.#firstRows.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#firstRows[middle] as number) <= row) low = middle;
      else high = middle;
    }
    return low;
  }

  #rowAt(session: number, minute: number): number {
    let low = this.#firstRows[session] as number;
    let high = (this.#firstRows[session + 1] as number) - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#sessions.minute[middle] as number;
      if (found === minute) return middle;
      if (found < minute) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
