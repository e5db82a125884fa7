import { Component, computed, effect, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { AgentCatalogue } from '../api/agent-catalogue.ts';
import { read } from '../api/read.ts';
import type { Timeframe } from '../api/wire.ts';
import { codeWords, withoutCodes } from '../design/code-words.ts';
import { DataState } from '../design/data-state.ts';
import { ModeBadge } from '../design/mode-badge.ts';
import { sourceWords } from '../design/source-words.ts';
import { StatusMark } from '../design/status-mark.ts';
import { ExchangeTime } from '../design/time-pipes.ts';
import { venueWords } from '../design/venue-words.ts';
import { LiveStore } from '../session/live/live-store.ts';
import { reloadOnChange } from '../session/live/reload-on-change.ts';
import { PageTitle } from '../shell/page-title.ts';
import { FillsComparedTable } from './fills-compared.ts';
import { LaneReport } from './lane-report.ts';

const TIMEFRAMES: readonly Timeframe[] = ['1m', '5m', '15m', '1h', '4h', '1d'];

@Component({
  selector: 'bw-report-page',
  imports: [DataState, ExchangeTime, FillsComparedTable, LaneReport, ModeBadge, RouterLink, StatusMark],
  templateUrl: './report-page.html',
  styleUrl: './report-page.css',
})
export class ReportPage {
  readonly id = input.required<string>();
  /** Shown lane, from the address. */
  readonly lane = input<string>();
  readonly #router = inject(Router);
  protected readonly venueWords = venueWords;
  protected readonly report = read('/reports/{id}', () => ({ path: { id: this.id() } }));
  readonly #agents = inject(AgentCatalogue).byType;
  readonly #version = read('/pipelines/{id}/versions/{version}', () => {
    const report = this.report.value();
    return report && { path: { id: report.pipeline_id, version: report.version } };
  });
  protected readonly timeframe = computed(() => {
    const document = this.#version.value()?.document;
    const strategy = document?.nodes.find((node) => node.agent_type.endsWith('strategy_agent'))?.config?.['timeframe'];
    return TIMEFRAMES.find((each) => each === (strategy ?? document?.primary_timeframe));
  });
  protected readonly shown = computed(() => {
    const report = this.report.value();
    return (
      report?.lanes.find((lane) => lane.symbol === this.lane()) ??
      report?.lanes.find((lane) => lane.outcome === 'traded') ??
      report?.lanes[0]
    );
  });
  protected readonly timeline = computed(() => {
    const symbol = this.shown()?.symbol;
    const agents = this.#agents();
    return (this.report.value()?.timeline ?? [])
      .filter((line) => line.event !== 'agent_started' && (line.symbol === null || line.symbol === symbol))
      .map((line) => ({
        timestamp: line.timestamp,
        who: line.agent_type === null ? 'Pipeline' : (agents.get(line.agent_type)?.name ?? codeWords(line.agent_type)),
        text: capitalized(withoutCodes(line.text)),
      }));
  });
  protected readonly source = computed(() => {
    const source = this.report.value()?.source;
    return source === undefined ? '' : sourceWords(source);
  });

  constructor() {
    // A report is written when its decision ends; the position that it opened goes on, and its part here with it.
    reloadOnChange(inject(LiveStore).revisionOf(computed(() => this.report.value()?.pipeline_id ?? '')), this.report);
    const title = inject(PageTitle);
    effect(() => {
      const report = this.report.value();
      if (report !== undefined) title.name(report.title);
    });
  }

  protected showLane(symbol: string): void {
    void this.#router.navigate([], { queryParams: { lane: symbol }, replaceUrl: true });
  }
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
