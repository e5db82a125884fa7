import { type BarSeries, MINUTE_MS, weekdayOf } from '@bellwether/domain';
import { Restorable, type SavedState } from '@bellwether/indicators';
import { SESSION_TERMS } from './condition.ts';

/** What the caller's calendar knows of a bar's session; a `TradingSession` is one. Handing in the same object per session costs nothing. */
export interface SessionFacts {
  /** Rises by one with every session. */
  readonly ordinal: number;
  readonly opensAt: number;
  readonly closesAt: number;
  /** Local date at the exchange, as days since 1970-01-01. */
  readonly day: number;
}

const SINCE_OPEN = SESSION_TERMS.indexOf('minutes_since_open');
const TO_CLOSE = SESSION_TERMS.indexOf('minutes_to_close');
const WEEKDAY = SESSION_TERMS.indexOf('day_of_week');
const PREVIOUS_HIGH = SESSION_TERMS.indexOf('previous_high');

/** High and low of the session's first minutes; known once they are over. */
class OpeningRange extends Restorable {
  readonly minutes: number;
  readonly values = new Float64Array(2).fill(Number.NaN);
  private high = Number.NEGATIVE_INFINITY;
  private low = Number.POSITIVE_INFINITY;
  private cut = false;

  constructor(minutes: number) {
    super();
    this.minutes = minutes;
  }

  begin(): void {
    this.values.fill(Number.NaN);
    this.high = Number.NEGATIVE_INFINITY;
    this.low = Number.POSITIVE_INFINITY;
    this.cut = false;
  }

  /** `finest`: no finer bar has been seen in this session, so a bar across the boundary hides what the range was. */
  take(start: number, end: number, high: number, low: number, opensAt: number, finest: boolean): void {
    const over = opensAt + this.minutes * MINUTE_MS;
    if (end <= over) {
      if (high > this.high) this.high = high;
      if (low < this.low) this.low = low;
    } else if (start < over && finest) this.cut = true;
    if (end < over || this.cut || this.high < this.low) return;
    this.values[0] = this.high;
    this.values[1] = this.low;
  }
}

/**
 * What conditions may ask about the session, as of the close of the last bar. Bars outside the regular session count
 * for nothing but the clock. A session that was joined in the middle has no previous values for the next one and no
 * opening range: half of it would look like the whole.
 */
export class SessionTrack extends Restorable {
  /** Aligned to SESSION_TERMS; NaN while not known. */
  readonly values = new Float64Array(SESSION_TERMS.length).fill(Number.NaN);
  private readonly ranges: OpeningRange[] = [];
  private ordinal = Number.NaN;
  private high = Number.NEGATIVE_INFINITY;
  private low = Number.POSITIVE_INFINITY;
  private close = Number.NaN;
  private closeAt = Number.NEGATIVE_INFINITY;
  private finestMinutes = Number.POSITIVE_INFINITY;
  /** The session was watched from its open. */
  private fromOpen = false;
  /** Its extremes are complete, be it by one daily bar. */
  private whole = false;

  /** Returns where the range's values stand, aligned to RANGE_TERMS. */
  range(minutes: number): Float64Array {
    const known = this.ranges.find((range) => range.minutes === minutes);
    if (known !== undefined) return known.values;
    const range = new OpeningRange(minutes);
    this.ranges.push(range);
    return range.values;
  }

  /**
   * Takes a closed bar of `minutes` length; `daily` when it is the whole session. The prices are read from the columns
   * here: numbers that are passed to a function may be allocated.
   */
  take(bars: BarSeries, row: number, minutes: number, daily: boolean, session: SessionFacts): void {
    const start = bars.start[row] as number;
    const end = bars.end[row] as number;
    const opensAt = session.opensAt;
    if (session.ordinal !== this.ordinal) this.begin(session, start <= opensAt);
    this.values[SINCE_OPEN] = (end - opensAt) / MINUTE_MS;
    this.values[TO_CLOSE] = (session.closesAt - end) / MINUTE_MS;
    if (!daily && (start < opensAt || end > session.closesAt)) return;
    if (daily) this.whole = true;
    const high = bars.high[row] as number;
    const low = bars.low[row] as number;
    if (high > this.high) this.high = high;
    if (low < this.low) this.low = low;
    if (end >= this.closeAt) {
      this.close = bars.close[row] as number;
      this.closeAt = end;
    }
    if (minutes < this.finestMinutes) this.finestMinutes = minutes;
    if (!this.fromOpen) return;
    const finest = minutes <= this.finestMinutes;
    for (let i = 0; i < this.ranges.length; i++) {
      (this.ranges[i] as OpeningRange).take(start, end, high, low, opensAt, finest);
    }
  }

  override saveState(): SavedState {
    const ranges = this.ranges.map((range) => [String(range.minutes), range.saveState()]);
    return { ...super.saveState(), ranges: Object.fromEntries(ranges) };
  }

  override restoreState(state: SavedState): void {
    super.restoreState(state);
    const ranges = state['ranges'] as SavedState | undefined;
    for (const range of this.ranges) {
      const saved = ranges?.[String(range.minutes)];
      if (saved !== undefined) range.restoreState(saved as SavedState);
    }
  }

  private begin(session: SessionFacts, atOpen: boolean): void {
    const joined = !Number.isNaN(this.ordinal);
    const known = this.whole && this.high >= this.low;
    if (joined) {
      this.values[PREVIOUS_HIGH] = known ? this.high : Number.NaN;
      this.values[PREVIOUS_HIGH + 1] = known ? this.low : Number.NaN;
      this.values[PREVIOUS_HIGH + 2] = known ? this.close : Number.NaN;
    }
    this.ordinal = session.ordinal;
    this.fromOpen = joined || atOpen;
    this.whole = this.fromOpen;
    this.high = Number.NEGATIVE_INFINITY;
    this.low = Number.POSITIVE_INFINITY;
    this.close = Number.NaN;
    this.closeAt = Number.NEGATIVE_INFINITY;
    this.finestMinutes = Number.POSITIVE_INFINITY;
    this.values[WEEKDAY] = weekdayOf(session.day);
    for (let i = 0; i < this.ranges.length; i++) (this.ranges[i] as OpeningRange).begin();
  }
}
