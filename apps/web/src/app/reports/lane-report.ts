import { Component, computed, inject, input } from '@angular/core';
import { read } from '../api/read.ts';
import type { ReportLane, Timeframe } from '../api/wire.ts';
import { CandleChart } from '../design/candle-chart/candle-chart.ts';
import { codeWords } from '../design/code-words.ts';
import { DataState } from '../design/data-state.ts';
import { inExchangeTime } from '../design/exchange-time.ts';
import { formatNumber } from '../design/format.ts';
import { Figure, Word } from '../design/number-pipes.ts';
import { StatusMark } from '../design/status-mark.ts';
import { ExchangeTime } from '../design/time-pipes.ts';
import { LiveStore } from '../session/live/live-store.ts';
import { reloadOnChange } from '../session/live/reload-on-change.ts';
import { capRows, factorRows, headline, orderRows, plannedAndActual, strategyReasons } from './lane-view.ts';

const BARS = 400;

export interface TimelineLine {
  readonly timestamp: string;
  readonly who: string;
  readonly text: string;
}

/** One symbol's part of a report: what was decided on which grounds, what the risk manager allowed, what the market made of it. */
@Component({
  selector: 'bw-lane-report',
  imports: [CandleChart, DataState, ExchangeTime, Figure, StatusMark, Word],
  templateUrl: './lane-report.html',
  styleUrl: './lane-report.css',
})
export class LaneReport {
  readonly lane = input.required<ReportLane>();
  readonly executionId = input.required<string>();
  readonly pipelineId = input.required<string>();
  readonly tapeId = input<string | undefined>(undefined);
  /** Execution timeframe; undefined until it is known. */
  readonly timeframe = input<Timeframe | undefined>(undefined);
  readonly timeline = input.required<readonly TimelineLine[]>();
  readonly hasOwnTitle = input(true);

  protected readonly bars = read('/market/bars', () => {
    const timeframe = this.timeframe();
    return timeframe === undefined
      ? undefined
      : {
          query: {
            symbol: this.lane().symbol,
            timeframe,
            limit: BARS,
            execution_id: this.executionId(),
            tape_id: this.tapeId(),
          },
        };
  });
  /** Bars of this symbol only: while the next lane's are on their way, the last lane's would be a lie. */
  protected readonly shownBars = computed(() => {
    const answer = this.bars.value();
    return answer?.symbol === this.lane().symbol ? answer : undefined;
  });
  protected readonly headline = computed(() => headline(this.lane()));
  protected readonly compared = computed(() => plannedAndActual(this.lane()));
  protected readonly caps = computed(() => {
    const risk = this.lane().risk;
    return risk === null ? [] : capRows(risk);
  });
  protected readonly factors = computed(() => {
    const bias = this.lane().bias;
    return bias === null ? [] : factorRows(bias);
  });

  protected readonly paragraphs = computed(() => this.lane().paragraphs.map(inExchangeTime));
  protected readonly orders = computed(() => orderRows(this.lane()));
  protected readonly reasons = computed(() => {
    const strategy = this.lane().strategy;
    return strategy === null ? [] : strategyReasons(strategy);
  });
  protected readonly codeWords = codeWords;

  constructor() {
    reloadOnChange(inject(LiveStore).revisionOf(this.pipelineId), this.bars);
  }

  protected shownValue(value: string | number | null): string {
    if (value === null) return 'n/a';
    return typeof value === 'number' || /^-?\d+(\.\d+)?$/.test(value) ? formatNumber(value) : value;
  }
}
