import { Component, computed, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { read } from '../api/read.ts';
import { DataState } from '../design/data-state.ts';
import { EmptyState } from '../design/empty-state.ts';
import { formatDuration } from '../design/format.ts';
import { ModeBadge } from '../design/mode-badge.ts';
import { Figure, Reason } from '../design/number-pipes.ts';
import { StatusMark } from '../design/status-mark.ts';
import { ExchangeTime } from '../design/time-pipes.ts';
import { LiveStore } from '../session/live/live-store.ts';
import { reloadOnChange } from '../session/live/reload-on-change.ts';

const FILTERS = [
  { value: '', word: 'All' },
  { value: 'running', word: 'Running' },
  { value: 'waiting', word: 'Waiting' },
  { value: 'completed', word: 'Completed' },
  { value: 'failed', word: 'Failed' },
  { value: 'canceled', word: 'Canceled' },
] as const;

/** Everything that ran or runs, newest first. */
@Component({
  selector: 'bw-activity',
  imports: [DataState, EmptyState, ExchangeTime, Figure, ModeBadge, Reason, RouterLink, StatusMark],
  templateUrl: './activity.html',
  styleUrl: './activity.css',
})
export class Activity {
  /** Filter and place in the list, from the address. */
  readonly status = input<string>();
  readonly cursor = input<string>();
  readonly #router = inject(Router);
  protected readonly filters = FILTERS;
  protected readonly executions = read('/executions', () => ({
    query: {
      status: FILTERS.find((each) => each.value !== '' && each.value === this.status())?.value || undefined,
      cursor: this.cursor(),
      limit: 50,
    },
  }));
  protected readonly rows = computed(() =>
    (this.executions.value()?.items ?? []).map((execution) => ({
      execution,
      took:
        execution.ended_at === null
          ? undefined
          : formatDuration(Date.parse(execution.ended_at) - Date.parse(execution.started_at)),
    })),
  );

  constructor() {
    reloadOnChange(inject(LiveStore).revision, this.executions);
  }

  protected filter(status: string): void {
    void this.#router.navigate([], { queryParams: { status: status || null, cursor: null }, replaceUrl: true });
  }
}
