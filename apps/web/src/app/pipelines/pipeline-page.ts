import { Component, computed, effect, inject, input, signal, viewChild } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { LucideDownload, LucidePlay, LucideSquare } from '@lucide/angular';
import { AgentCatalogue } from '../api/agent-catalogue.ts';
import { read } from '../api/read.ts';
import { API_BASE } from '../api/routes.ts';
import type { PipelineMode } from '../api/wire.ts';
import { DataState } from '../design/data-state.ts';
import { EmptyState } from '../design/empty-state.ts';
import { formatDuration, formatWord } from '../design/format.ts';
import { ModeBadge } from '../design/mode-badge.ts';
import { Reason } from '../design/number-pipes.ts';
import { PipelineGraph } from '../design/pipeline-graph/pipeline-graph.ts';
import { StatusMark } from '../design/status-mark.ts';
import { ExchangeTime } from '../design/time-pipes.ts';
import { venueWords } from '../design/venue-words.ts';
import { LiveStore } from '../session/live/live-store.ts';
import { reloadOnChange } from '../session/live/reload-on-change.ts';
import { PageTitle } from '../shell/page-title.ts';
import { LatchedSymbols } from '../shell/stop-trading/latched-symbols.ts';
import { ModeDialog } from './mode-dialog.ts';
import { modeSettings } from './mode-settings.ts';
import { nodeFields } from './node-fields.ts';
import { PipelineActs } from './pipeline-acts.ts';
import { isStarted, runModeWords, shownNodes, stopConsequence, versionWords } from './pipeline-words.ts';
import { RunDialog } from './run-dialog.ts';

@Component({
  selector: 'bw-pipeline-page',
  imports: [
    DataState,
    EmptyState,
    ExchangeTime,
    LatchedSymbols,
    LucideDownload,
    LucidePlay,
    LucideSquare,
    ModeBadge,
    ModeDialog,
    PipelineGraph,
    Reason,
    RouterLink,
    RunDialog,
    StatusMark,
  ],
  providers: [PipelineActs],
  templateUrl: './pipeline-page.html',
  styleUrl: './pipeline-page.css',
})
export class PipelinePage {
  readonly id = input.required<string>();
  /** Selected agent, from the address. */
  readonly node = input<string>();
  readonly #router = inject(Router);
  readonly #agents = inject(AgentCatalogue).byType;
  protected readonly acts = inject(PipelineActs);
  protected readonly pipeline = read('/pipelines/{id}', () => ({ path: { id: this.id() } }));
  protected readonly executions = read('/executions', () => ({ query: { pipeline_id: this.id(), limit: 20 } }));
  protected readonly versions = read('/pipelines/{id}/versions', () => ({ path: { id: this.id() } }));
  protected readonly asksToStop = signal(false);
  protected readonly modeNote = signal('');
  private readonly dialog = viewChild(RunDialog);
  private readonly modeDialog = viewChild(ModeDialog);

  protected readonly view = computed(() => {
    const pipeline = this.pipeline.value();
    return (
      pipeline && {
        pipeline,
        versionWords: versionWords(pipeline),
        venueWords: venueWords(pipeline.venue),
        runModeWords: runModeWords(pipeline.run_mode),
        isStarted: isStarted(pipeline),
        stopConsequence: stopConsequence(pipeline),
        nodes: shownNodes(pipeline.config, this.#agents()),
        edges: pipeline.config.edges,
        exportUrl: `${API_BASE}/pipelines/${encodeURIComponent(pipeline.id)}/export`,
        simulation: modeSettings(pipeline.config.mode_config ?? {}),
        settings: pipeline.config.settings,
      }
    );
  });
  protected readonly inspected = computed(() => {
    const document = this.pipeline.value()?.config;
    const node = document?.nodes.find((each) => each.id === this.node()) ?? document?.nodes[0];
    if (document === undefined || node === undefined) return undefined;
    const agent = this.#agents().get(node.agent_type);
    return {
      id: node.id,
      agentType: node.agent_type,
      title: agent?.name ?? formatWord(node.agent_type),
      description: agent?.description ?? 'This server does not know this agent; it is kept as it is.',
      category: agent?.category,
      needs: [...(agent?.reads ?? []), ...(agent?.reads_any_of ?? [])].map(formatWord).join(', ') || 'nothing',
      writes: agent?.writes ? formatWord(agent.writes) : 'nothing',
      fields: nodeFields(node, agent),
      rate: agent === undefined ? undefined : agent.is_free ? 'free' : `$${agent.pricing_rate} an hour`,
    };
  });
  protected readonly executionRows = computed(() =>
    (this.executions.value()?.items ?? []).map((execution) => ({
      execution,
      took:
        execution.ended_at === null
          ? undefined
          : formatDuration(Date.parse(execution.ended_at) - Date.parse(execution.started_at)),
    })),
  );

  constructor() {
    reloadOnChange(inject(LiveStore).revisionOf(this.id), this.pipeline, this.executions, this.versions);
    const title = inject(PageTitle);
    effect(() => {
      const name = this.pipeline.value()?.name;
      if (name !== undefined) title.name(name);
    });
  }

  protected select(node: string): void {
    void this.#router.navigate([], { queryParams: { node }, queryParamsHandling: 'merge', replaceUrl: true });
  }

  protected askToRun(): void {
    this.dialog()?.open();
  }

  protected askForMode(): void {
    this.modeNote.set('');
    this.modeDialog()?.open();
  }

  protected tellMode({ trading_mode, venue }: PipelineMode): void {
    this.modeNote.set(`The trading mode is ${trading_mode} now. Trades at: ${venueWords(venue)}.`);
    this.pipeline.reload();
    this.versions.reload();
  }

  protected watch(executionId: string): void {
    void this.#router.navigate(['/executions', executionId]);
  }

  protected async start(): Promise<void> {
    await this.acts.start(this.id());
    this.pipeline.reload();
  }

  protected async stop(): Promise<void> {
    this.asksToStop.set(false);
    await this.acts.stop(this.id());
    this.pipeline.reload();
  }
}
