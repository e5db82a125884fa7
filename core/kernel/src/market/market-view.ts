import {
  type ConditionGroup,
  type ConditionHandle,
  type ConditionReading,
  type IndicatorHandle,
  type SessionFacts,
  SymbolStreams,
  timeframesOf,
} from '@bellwether/conditions';
import {
  allocateBars,
  BarAggregator,
  type BarSeries,
  BellwetherError,
  compareTimeframes,
  type EpochMs,
  type ExchangeCalendar,
  sliceBars,
  type Timeframe,
} from '@bellwether/domain';
import { faceValue, type IndicatorSpec, indicatorKey } from '@bellwether/indicators';
import type { ExecutionPlan } from '../execution/execution-plan.ts';

/** What a pipeline must be able to read of each of its symbols, gathered from its nodes. */
export interface MarketNeeds {
  readonly timeframes: readonly Timeframe[];
  readonly conditions: readonly { readonly timeframe: Timeframe; readonly group: ConditionGroup }[];
  readonly indicators: readonly { readonly timeframe: Timeframe; readonly spec: IndicatorSpec }[];
}

export function needsOf(plan: ExecutionPlan): MarketNeeds {
  const timeframes = new Set<Timeframe>(plan.timeframes);
  const conditions: MarketNeeds['conditions'][number][] = [];
  const indicators: MarketNeeds['indicators'][number][] = [];
  for (const node of plan.nodes) {
    const { agent } = node;
    for (const timeframe of agent.timeframes(node.config)) timeframes.add(timeframe);
    for (const condition of agent.conditions?.(node.config) ?? []) conditions.push(condition);
    for (const indicator of agent.indicators?.(node.config) ?? []) indicators.push(indicator);
  }
  for (const { timeframe } of [...conditions, ...indicators]) timeframes.add(timeframe);
  return { timeframes: [...timeframes].sort(compareTimeframes), conditions, indicators };
}

/** Where a series comes from, as it is shown beside its numbers. */
export interface DataLabel {
  readonly source: string;
  readonly synthetic: boolean;
}

/**
 * finest bars ─▶ coarser bars ─▶ shared indicator and condition streams
 *
 * One symbol as every pipeline sees it: closed bars only. Bars are pushed in order; nothing that has not closed can be read.
 *
 * Invariants: `count` rows of the finest series are visible and no more; a coarser bar is visible from its end on; a stream is fed each bar once.
 */
export class SymbolView {
  readonly symbol: string;
  readonly label: DataLabel;
  readonly calendar: ExchangeCalendar;
  readonly #base: Timeframe;
  readonly #coarser: BarAggregator[] = [];
  readonly #streams: SymbolStreams;
  readonly #watched = new Set<Timeframe>();
  readonly #conditions = new Map<ConditionGroup, Map<Timeframe, ConditionHandle>>();
  readonly #indicators = new Map<string, IndicatorHandle>();
  readonly #warmFrom: ReadonlyMap<Timeframe, EpochMs>;
  /** First visible row per timeframe, found once it exists. */
  readonly #oldest = new Map<Timeframe, number>();
  #series: BarSeries | null = null;
  #count = 0;
  #sessionOpen = Number.NaN;
  #previousClose = Number.NaN;
  /** The session that holds the newest bar. */
  #session: SessionFacts = { ordinal: 0, opensAt: 0, closesAt: 0, day: 0 };

  /** `warmFrom`: per timeframe the first instant whose bars may be seen; without it every bar may. */
  constructor(
    symbol: string,
    base: Timeframe,
    calendar: ExchangeCalendar,
    needs: MarketNeeds,
    label: DataLabel,
    warmFrom: ReadonlyMap<Timeframe, EpochMs> = new Map(),
  ) {
    this.#warmFrom = warmFrom;
    this.symbol = symbol;
    this.label = label;
    this.calendar = calendar;
    this.#base = base;
    this.#streams = new SymbolStreams(symbol);
    for (const timeframe of needs.timeframes) {
      if (compareTimeframes(timeframe, base) < 0) {
        throw new BellwetherError(
          'invalid',
          'bars/timeframe-missing',
          `expected bars of ${timeframe} or finer for ${symbol}, was ${base}; give finer bars, or let the pipeline read ${base} and coarser`,
        );
      }
      if (timeframe !== base) this.#coarser.push(new BarAggregator(symbol, timeframe, calendar));
    }
    for (const { timeframe, group } of needs.conditions) this.#handleOf(group, timeframe);
    for (const { timeframe, spec } of needs.indicators) this.#indicatorOf(spec, timeframe);
  }

  /** Closed bars of the finest series that are visible. */
  get count(): number {
    return this.#count;
  }

  get baseTimeframe(): Timeframe {
    return this.#base;
  }

  /** Close of the newest visible bar; NaN before the first. */
  get lastClose(): number {
    return this.#count === 0 || this.#series === null ? Number.NaN : (this.#series.close[this.#count - 1] as number);
  }

  /** When the newest visible bar closed; null before the first. */
  get lastCloseAt(): EpochMs | null {
    return this.#count === 0 || this.#series === null ? null : (this.#series.end[this.#count - 1] as EpochMs);
  }

  /** The price a percent move is counted from; NaN where it is not known. */
  sessionReference(reference: 'previous_close' | 'open'): number {
    return reference === 'open' ? this.#sessionOpen : this.#previousClose;
  }

  /** Row `row` of the finest series has closed. Returns whether a coarser bar closed with it. */
  push(series: BarSeries, row: number): boolean {
    this.#series = series;
    this.#count = row + 1;
    const start = series.start[row] as number;
    if (start >= this.#session.closesAt)
      this.#enterSession(start, series.open[row] as number, row === 0 ? Number.NaN : (series.close[row - 1] as number));
    this.#feed(this.#base, series, row);
    let closed = false;
    for (const aggregator of this.#coarser) {
      const before = aggregator.length;
      if (aggregator.pushRow(series, row) > 0) {
        closed = true;
        for (let i = before; i < aggregator.length; i++) this.#feed(aggregator.timeframe, aggregator, i);
      }
    }
    return closed;
  }

  /** Time has reached `at` without a bar: coarser bars whose end has passed close. Returns the end of the newest of them, or 0. */
  advanceTo(at: EpochMs): EpochMs {
    let newest = 0;
    for (const aggregator of this.#coarser) {
      const before = aggregator.length;
      if (aggregator.advanceTo(at) === 0) continue;
      for (let i = before; i < aggregator.length; i++) {
        this.#feed(aggregator.timeframe, aggregator, i);
        newest = Math.max(newest, aggregator.end[i] as number);
      }
    }
    return newest;
  }

  /** How many closed bars of a timeframe are visible. */
  closedBars(timeframe: Timeframe): number {
    return timeframe === this.#base ? this.#count : this.#aggregatorOf(timeframe).length;
  }

  bars(timeframe: Timeframe, count: number): BarSeries {
    const visible = this.closedBars(timeframe);
    const series = timeframe === this.#base ? this.#series : this.#aggregatorOf(timeframe);
    if (series === null) return allocateBars(this.symbol, timeframe, 0);
    const oldest = this.#oldestRow(timeframe, series);
    return sliceBars(series, Math.max(oldest, visible - count), visible);
  }

  indicator(spec: IndicatorSpec, timeframe: Timeframe): Readonly<Record<string, number | null>> {
    const { outputs, values } = this.#indicatorOf(spec, timeframe);
    return Object.fromEntries(outputs.map((output, i) => [output, faceValue(values[i] as number)]));
  }

  condition(group: ConditionGroup, timeframe: Timeframe): ConditionReading {
    return this.#streams.reading(this.#handleOf(group, timeframe));
  }

  /** The compiled condition, for a caller that evaluates it at every bar. */
  handle(group: ConditionGroup, timeframe: Timeframe): ConditionHandle {
    return this.#handleOf(group, timeframe);
  }

  /** 1 met, 0 not met, -1 not warm. */
  evaluate(handle: ConditionHandle): number {
    return this.#streams.evaluate(handle);
  }

  #feed(timeframe: Timeframe, series: BarSeries, row: number): void {
    if (!this.#watched.has(timeframe) || (series.start[row] as number) < (this.#warmFrom.get(timeframe) ?? 0)) return;
    this.#streams.onBar(series, row, this.#session);
  }

  #oldestRow(timeframe: Timeframe, series: BarSeries): number {
    const from = this.#warmFrom.get(timeframe);
    if (from === undefined) return 0;
    const known = this.#oldest.get(timeframe);
    if (known !== undefined) return known;
    let row = 0;
    while (row < series.length && (series.start[row] as number) < from) row++;
    this.#oldest.set(timeframe, row);
    return row;
  }

  #enterSession(start: EpochMs, open: number, previousClose: number): void {
    const session = this.calendar.sessionAt(start);
    // Extended-hours bars belong to no session: they keep the last one's facts until the next opens.
    if (session === undefined) return;
    this.#sessionOpen = open;
    this.#previousClose = previousClose;
    this.#session = session;
  }

  #handleOf(group: ConditionGroup, timeframe: Timeframe): ConditionHandle {
    let byTimeframe = this.#conditions.get(group);
    if (byTimeframe === undefined) {
      byTimeframe = new Map();
      this.#conditions.set(group, byTimeframe);
    }
    let handle = byTimeframe.get(timeframe);
    if (handle === undefined) {
      handle = this.#streams.condition(group, timeframe);
      byTimeframe.set(timeframe, handle);
      for (const read of timeframesOf(group, timeframe)) this.#watched.add(read);
    }
    return handle;
  }

  #indicatorOf(spec: IndicatorSpec, timeframe: Timeframe): IndicatorHandle {
    const key = `${timeframe} ${indicatorKey(spec)}`;
    let handle = this.#indicators.get(key);
    if (handle === undefined) {
      handle = this.#streams.indicator(spec, timeframe);
      this.#indicators.set(key, handle);
      this.#watched.add(timeframe);
    }
    return handle;
  }

  #aggregatorOf(timeframe: Timeframe): BarAggregator {
    const aggregator = this.#coarser.find((candidate) => candidate.timeframe === timeframe);
    if (aggregator === undefined) {
      throw new BellwetherError(
        'invalid',
        'bars/timeframe-missing',
        `expected one of the timeframes fetched for ${this.symbol}, was ${timeframe}; add ${timeframe} to the market data node`,
      );
    }
    return aggregator;
  }
}
