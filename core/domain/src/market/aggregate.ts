import { BellwetherError } from '../failure/bellwether-error.ts';
import { type EpochMs, MINUTE_MS } from '../time/epoch-ms.ts';
import type { ExchangeCalendar } from '../time/exchange-calendar.ts';
import { compareTimeframes, type Timeframe, timeframeMinutes } from '../time/timeframe.ts';
import { allocateBars, type Bar, type BarSeries } from './bar-series.ts';

const FIRST_CAPACITY = 256;

/**
 * Makes coarser bars out of finer ones as they close, and is itself the growing series of those already closed.
 *
 * Bars are anchored at the session's open, the last one of a session ends with it, and a `1d` bar is the session; minutes
 * outside a session are anchored at the open before which or the close after which they lie, and are no part of a `1d`
 * bar. A bar is closed by the first finer bar that reaches or passes its end, or by `advanceTo`. Nothing is allocated per
 * bar; columns are replaced when they grow, so read them anew after each call.
 */
export class BarAggregator implements BarSeries {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  length = 0;
  start = new Float64Array(FIRST_CAPACITY);
  end = new Float64Array(FIRST_CAPACITY);
  open = new Float64Array(FIRST_CAPACITY);
  high = new Float64Array(FIRST_CAPACITY);
  low = new Float64Array(FIRST_CAPACITY);
  close = new Float64Array(FIRST_CAPACITY);
  volume = new Float64Array(FIRST_CAPACITY);
  readonly #calendar: ExchangeCalendar;
  readonly #lengthMs: number;
  #from = 0;
  #until = 0;
  #isForming = false;
  #open = 0;
  #high = 0;
  #low = 0;
  #close = 0;
  #volume = 0;

  constructor(symbol: string, timeframe: Timeframe, calendar: ExchangeCalendar) {
    this.symbol = symbol;
    this.timeframe = timeframe;
    this.#calendar = calendar;
    this.#lengthMs = timeframeMinutes(timeframe) * MINUTE_MS;
  }

  /** Adds a closed finer bar, later than all before. Returns how many coarser bars closed by it: 0, 1 or 2. */
  push(start: EpochMs, end: EpochMs, open: number, high: number, low: number, close: number, volume: number): number {
    let closed = this.advanceTo(start);
    if (!(start >= this.#from && start < this.#until) && !this.#begin(start)) return closed;
    if (this.#isForming) {
      if (high > this.#high) this.#high = high;
      if (low < this.#low) this.#low = low;
      this.#volume += volume;
    } else {
      this.#isForming = true;
      this.#open = open;
      this.#high = high;
      this.#low = low;
      this.#volume = volume;
    }
    this.#close = close;
    closed += this.advanceTo(end);
    return closed;
  }

  /** Adds row `index` of a finer series; see `push`. */
  pushRow(finer: BarSeries, index: number): number {
    return this.push(
      finer.start[index] as number,
      finer.end[index] as number,
      finer.open[index] as number,
      finer.high[index] as number,
      finer.low[index] as number,
      finer.close[index] as number,
      finer.volume[index] as number,
    );
  }

  /** Says that time has reached `at`: closes the forming bar when its end is not later. Returns 0 or 1. */
  advanceTo(at: EpochMs): number {
    if (!this.#isForming || at < this.#until) return 0;
    if (this.length === this.start.length) this.#grow();
    const row = this.length++;
    this.start[row] = this.#from;
    this.end[row] = this.#until;
    this.open[row] = this.#open;
    this.high[row] = this.#high;
    this.low[row] = this.#low;
    this.close[row] = this.#close;
    this.volume[row] = this.#volume;
    this.#isForming = false;
    return 1;
  }

  /** Returns the bar that has not closed yet, for charts; no agent may see it. */
  forming(): Bar | undefined {
    if (!this.#isForming) return undefined;
    return {
      start: this.#from,
      end: this.#until,
      open: this.#open,
      high: this.#high,
      low: this.#low,
      close: this.#close,
      volume: this.#volume,
    };
  }

  /** Finds the bar that holds the instant; false when it belongs to none. */
  #begin(at: EpochMs): boolean {
    const calendar = this.#calendar;
    const session = calendar.sessionAt(at);
    if (this.timeframe === '1d') {
      if (session === undefined) return false;
      this.#from = session.opensAt;
      this.#until = session.closesAt;
      return true;
    }
    if (session !== undefined) {
      this.#from = session.opensAt + Math.floor((at - session.opensAt) / this.#lengthMs) * this.#lengthMs;
      this.#until = Math.min(this.#from + this.#lengthMs, session.closesAt);
      return true;
    }
    const before = calendar.previousSession(at);
    const after = calendar.nextSession(at);
    const anchor = calendar.dayOf(at) === before.day ? before.closesAt : after.opensAt;
    this.#from = Math.max(anchor + Math.floor((at - anchor) / this.#lengthMs) * this.#lengthMs, before.closesAt);
    this.#until = Math.min(anchor + (Math.floor((at - anchor) / this.#lengthMs) + 1) * this.#lengthMs, after.opensAt);
    return true;
  }

  #grow(): void {
    const wider = (column: Float64Array) => {
      const copy = new Float64Array(column.length * 2);
      copy.set(column);
      return copy;
    };
    this.start = wider(this.start);
    this.end = wider(this.end);
    this.open = wider(this.open);
    this.high = wider(this.high);
    this.low = wider(this.low);
    this.close = wider(this.close);
    this.volume = wider(this.volume);
  }
}

/**
 * Returns the coarser bars of a whole series: exactly what a `BarAggregator` closes on the way and by `until`,
 * by default the end of the last finer bar. Throws `bars/timeframe-missing` when the series is coarser than asked.
 */
export function aggregateBars(
  series: BarSeries,
  timeframe: Timeframe,
  calendar: ExchangeCalendar,
  until: EpochMs = series.end[series.length - 1] ?? Number.NEGATIVE_INFINITY,
): BarSeries {
  if (timeframe === series.timeframe) return series;
  if (compareTimeframes(timeframe, series.timeframe) < 0) {
    throw new BellwetherError(
      'invalid',
      'bars/timeframe-missing',
      `expected bars of ${timeframe} or finer for ${series.symbol}, was ${series.timeframe}; load finer bars or use ${series.timeframe}`,
      { symbol: series.symbol, timeframe },
    );
  }
  const aggregator = new BarAggregator(series.symbol, timeframe, calendar);
  for (let i = 0; i < series.length; i++) aggregator.pushRow(series, i);
  aggregator.advanceTo(until);
  return aggregator;
}

/** Returns the bars that start within a session; the series itself when that is all of them. */
export function regularSessionOnly(series: BarSeries, calendar: ExchangeCalendar): BarSeries {
  if (calendar.market === '24/7' || series.timeframe === '1d') return series;
  const rows = new Int32Array(series.length);
  let count = 0;
  for (let i = 0; i < series.length; i++) if (calendar.isOpen(series.start[i] as number)) rows[count++] = i;
  if (count === series.length) return series;
  const regular = allocateBars(series.symbol, series.timeframe, count);
  for (const name of ['start', 'end', 'open', 'high', 'low', 'close', 'volume'] as const) {
    const from = series[name];
    const to = regular[name];
    for (let i = 0; i < count; i++) to[i] = from[rows[i] as number] as number;
  }
  return regular;
}
