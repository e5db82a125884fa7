import { Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { LucideFileText, LucideSkipForward, LucideX } from '@lucide/angular';
import { DataState } from '../design/data-state.ts';
import { formatDuration, formatNumber } from '../design/format.ts';
import { ModeBadge } from '../design/mode-badge.ts';
import { Figure, Reason } from '../design/number-pipes.ts';
import { ranks } from '../design/pipeline-graph/graph-layout.ts';
import { PipelineGraph } from '../design/pipeline-graph/pipeline-graph.ts';
import { ServerClock } from '../design/server-clock.ts';
import { sourceWords } from '../design/source-words.ts';
import { StatusMark } from '../design/status-mark.ts';
import { ExchangeTime } from '../design/time-pipes.ts';
import { venueWords } from '../design/venue-words.ts';
import { LiveConnection } from '../session/live/live-connection.ts';
import { PageTitle } from '../shell/page-title.ts';
import { ExecutionStore } from './execution-store.ts';
import { cellOf, type LaneOutcome } from './journal-fold.ts';
import { JournalTimeline } from './journal-timeline.ts';
import { Lanes, type Place } from './lanes.ts';
import { StepDetail } from './step-detail.ts';
import { WhyNot } from './why-not.ts';

@Component({
  selector: 'bw-execution-page',
  imports: [
    DataState,
    ExchangeTime,
    Figure,
    JournalTimeline,
    Lanes,
    LucideFileText,
    LucideSkipForward,
    LucideX,
    ModeBadge,
    PipelineGraph,
    Reason,
    RouterLink,
    StatusMark,
    StepDetail,
    WhyNot,
  ],
  providers: [ExecutionStore],
  templateUrl: './execution-page.html',
  styleUrl: './execution-page.css',
})
export class ExecutionPage {
  readonly id = input.required<string>();
  /** Selected agent and lane, from the address. */
  readonly node = input<string>();
  readonly lane = input<string>();
  readonly #router = inject(Router);
  readonly #clock = inject(ServerClock);
  protected readonly store = inject(ExecutionStore);
  readonly #connection = inject(LiveConnection);
  protected readonly isOffline = computed(() => this.#connection.phase() === 'offline');
  protected readonly asksToCancel = signal(false);

  protected readonly header = computed(() => {
    const execution = this.store.execution.value();
    if (execution === undefined) return undefined;
    const fold = this.store.fold();
    const isScrubbed = this.store.shownUpTo() !== undefined;
    const hasJournal = fold.lastSeq > 0;
    const result = hasJournal ? fold.result : (execution.result ?? undefined);
    const isOver = (isScrubbed ? execution.result : (result ?? execution.result)) != null;
    const end = execution.ended_at === null ? this.#clock.now() : Date.parse(execution.ended_at);
    return {
      execution,
      venue: venueWords(execution.venue),
      status: result ?? (hasJournal ? fold.status : execution.status),
      statusText: fold.waitingFor === undefined ? undefined : `waiting: ${fold.waitingFor}`,
      reason: hasJournal ? fold.reason : (execution.reason ?? undefined),
      isOver,
      elapsed: formatDuration(end - Date.parse(execution.started_at)),
      cost: fold.totalCost ?? execution.total_cost,
      reportId: fold.reportId ?? execution.report_id ?? undefined,
      marketTime: fold.marketTime ?? execution.market_time,
      counts: countWords(Object.values(fold.lanes).map((lane) => lane.outcome)),
      source: `${sourceWords(execution.source)}${execution.source.speed === null ? '' : ` · ×${formatNumber(execution.source.speed)}`}`,
    };
  });
  protected readonly place = computed<Place | undefined>(() => {
    const fold = this.store.fold();
    const lanes = Object.values(fold.lanes);
    const lane =
      lanes.find((each) => each.symbol === this.lane()) ?? lanes.find((each) => each.outcome === 'traded') ?? lanes[0];
    if (lane === undefined) return undefined;
    const nodes = this.store.nodes();
    const wanted =
      this.node() ??
      lane.blockedBy ??
      nodes.findLast((node) => cellOf(fold, lane, node.id).output !== undefined)?.id ??
      nodes[0]?.id;
    return wanted === undefined ? undefined : { symbol: lane.symbol, nodeId: wanted };
  });
  protected readonly detail = computed(() => {
    const place = this.place();
    const lane = place && this.store.fold().lanes[place.symbol];
    const node = place && this.store.nodes().find((each) => each.id === place.nodeId);
    return lane && node
      ? { symbol: lane.symbol, title: node.title, cell: cellOf(this.store.fold(), lane, node.id) }
      : undefined;
  });
  protected readonly blockedLanes = computed(() =>
    Object.values(this.store.fold().lanes).flatMap((lane) =>
      lane.outcome === 'blocked' && lane.blocked ? [{ symbol: lane.symbol, blocked: lane.blocked }] : [],
    ),
  );
  /** Columns in the order in which agents run, whatever the order in the document. */
  protected readonly columns = computed(() => ranks(this.store.nodes(), this.store.edges()).flat());
  protected readonly shownEvents = computed(() => this.store.events().slice(0, this.store.shownUpTo() ?? undefined));
  protected readonly symbols = computed(() => Object.keys(this.store.fold().lanes));
  protected readonly isDaily = computed(() => this.store.version.value()?.document.primary_timeframe === '1d');

  constructor() {
    effect(() => {
      const id = this.id();
      untracked(() => this.store.id.set(id));
    });
    const title = inject(PageTitle);
    effect(() => {
      const execution = this.store.execution.value();
      if (execution !== undefined) title.name(`${execution.pipeline_name} v${execution.version}`);
    });
  }

  protected select(place: Place): void {
    void this.#router.navigate([], {
      queryParams: { node: place.nodeId, lane: place.symbol },
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }

  protected selectNode(nodeId: string): void {
    const symbol = this.place()?.symbol;
    if (symbol !== undefined) this.select({ symbol, nodeId });
  }

  protected scrub(position: string): void {
    const upTo = Number(position);
    this.store.shownUpTo.set(upTo >= this.store.events().length ? undefined : upTo);
  }

  protected async cancel(): Promise<void> {
    this.asksToCancel.set(false);
    await this.store.cancel();
  }
}

/** "1 traded · 6 blocked · 3 running"; empty for a single lane, whose outcome stands in its row. */
export function countWords(outcomes: readonly LaneOutcome[]): string {
  const counts = new Map<LaneOutcome, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return outcomes.length < 2 ? '' : [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(' · ');
}
