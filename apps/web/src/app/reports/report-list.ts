import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { read } from '../api/read.ts';
import { DataState } from '../design/data-state.ts';
import { EmptyState } from '../design/empty-state.ts';
import { signClass } from '../design/format.ts';
import { ModeBadge } from '../design/mode-badge.ts';
import { Figure, Word } from '../design/number-pipes.ts';
import { StatusMark } from '../design/status-mark.ts';
import { ExchangeTime } from '../design/time-pipes.ts';
import { LiveStore } from '../session/live/live-store.ts';
import { reloadOnChange } from '../session/live/reload-on-change.ts';

/** What was decided, and what came of it. */
@Component({
  selector: 'bw-report-list',
  imports: [DataState, EmptyState, ExchangeTime, Figure, ModeBadge, RouterLink, StatusMark, Word],
  templateUrl: './report-list.html',
})
export class ReportList {
  readonly cursor = input<string>();
  protected readonly reports = read('/reports', () => ({ query: { cursor: this.cursor(), limit: 50 } }));
  protected readonly trades = read('/trades', () => ({ query: { limit: 20 } }));
  protected readonly tradeRows = computed(() =>
    (this.trades.value()?.items ?? []).map((trade) => ({ trade, pnlClass: signClass(trade.pnl) })),
  );

  constructor() {
    reloadOnChange(inject(LiveStore).revision, this.reports, this.trades);
  }
}
