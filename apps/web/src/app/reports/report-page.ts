import { Component, computed, effect, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { read } from '../api/read.ts';
import { DataState } from '../design/data-state.ts';
import { ModeBadge } from '../design/mode-badge.ts';
import { StatusMark } from '../design/status-mark.ts';
import { ExchangeTime } from '../design/time-pipes.ts';
import { PageTitle } from '../shell/page-title.ts';
import { LaneReport } from './lane-report.ts';

@Component({
  selector: 'bw-report-page',
  imports: [DataState, ExchangeTime, LaneReport, ModeBadge, RouterLink, StatusMark],
  templateUrl: './report-page.html',
  styleUrl: './report-page.css',
})
export class ReportPage {
  readonly id = input.required<string>();
  /** Shown lane, from the address. */
  readonly lane = input<string>();
  readonly #router = inject(Router);
  protected readonly report = read('/reports/{id}', () => ({ path: { id: this.id() } }));
  readonly #version = read('/pipelines/{id}/versions/{version}', () => {
    const report = this.report.value();
    return report && { path: { id: report.pipeline_id, version: report.version } };
  });
  protected readonly timeframe = computed(() => {
    const document = this.#version.value()?.document;
    const strategy = document?.nodes.find((node) => node.agent_type.endsWith('strategy_agent'))?.config?.['timeframe'];
    return typeof strategy === 'string' ? strategy : document?.primary_timeframe;
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
    return (this.report.value()?.timeline ?? []).filter((line) => line.symbol === null || line.symbol === symbol);
  });

  constructor() {
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
