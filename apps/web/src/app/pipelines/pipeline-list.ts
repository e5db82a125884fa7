import { Component, computed, inject, input, signal, viewChild } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { LucidePlay, LucideSquare } from '@lucide/angular';
import { AgentCatalogue } from '../api/agent-catalogue.ts';
import { read } from '../api/read.ts';
import type { Pipeline, Template } from '../api/wire.ts';
import { codeWords } from '../design/code-words.ts';
import { DataState } from '../design/data-state.ts';
import { EmptyState } from '../design/empty-state.ts';
import { ModeBadge } from '../design/mode-badge.ts';
import { Reason } from '../design/number-pipes.ts';
import { GraphStrip } from '../design/pipeline-graph/graph-strip.ts';
import { StatusMark } from '../design/status-mark.ts';
import { ExchangeTime } from '../design/time-pipes.ts';
import { LiveStore } from '../session/live/live-store.ts';
import { reloadOnChange } from '../session/live/reload-on-change.ts';
import { PipelineActs } from './pipeline-acts.ts';
import { isStarted, runModeWords, shownNodes, versionWords } from './pipeline-words.ts';
import { RunDialog } from './run-dialog.ts';

@Component({
  selector: 'bw-pipeline-list',
  imports: [
    DataState,
    EmptyState,
    ExchangeTime,
    GraphStrip,
    LucidePlay,
    LucideSquare,
    ModeBadge,
    Reason,
    RouterLink,
    RunDialog,
    StatusMark,
  ],
  providers: [PipelineActs],
  templateUrl: './pipeline-list.html',
  styleUrl: './pipeline-list.css',
})
export class PipelineList {
  /** Text filter, from the address. */
  readonly q = input<string>();
  readonly #router = inject(Router);
  readonly #agents = inject(AgentCatalogue).byType;
  protected readonly acts = inject(PipelineActs);
  protected readonly pipelines = read('/pipelines', () => ({ query: { limit: 200 } }));
  protected readonly templates = read('/pipelines/templates');
  protected readonly chosen = signal<Pipeline | undefined>(undefined);
  private readonly dialog = viewChild(RunDialog);

  protected readonly rows = computed(() => {
    const wanted = (this.q() ?? '').trim().toLowerCase();
    return (this.pipelines.value()?.items ?? [])
      .filter((each) => each.archived_at === null)
      .filter(
        (each) =>
          wanted === '' ||
          `${each.name} ${each.description ?? ''} ${each.symbols.join(' ')}`.toLowerCase().includes(wanted),
      )
      .map((pipeline) => ({
        pipeline,
        versionWords: versionWords(pipeline),
        runModeWords: runModeWords(pipeline.run_mode),
        isStarted: isStarted(pipeline),
      }));
  });
  protected readonly cards = computed(() =>
    (this.templates.value()?.items ?? []).map((template) => ({
      template,
      nodes: shownNodes(template.document, this.#agents()),
      tags: template.tags.map((tag) => (tag.includes('_') ? codeWords(tag) : tag)),
    })),
  );
  /** Test and real money are counted apart. */
  protected readonly countWords = computed(() => {
    const all = this.pipelines.value()?.items ?? [];
    const live = all.filter((each) => each.trading_mode === 'live').length;
    const test = all.length - live;
    return live === 0 ? `${test} test, none with real money` : `${live} with real money, ${test} test`;
  });

  constructor() {
    reloadOnChange(inject(LiveStore).revision, this.pipelines);
  }

  protected filter(text: string): void {
    void this.#router.navigate([], {
      queryParams: { q: text || null },
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }

  protected askToRun(pipeline: Pipeline): void {
    this.chosen.set(pipeline);
    // The dialog is made for the chosen pipeline in the next rendering.
    setTimeout(() => this.dialog()?.open());
  }

  protected watch(executionId: string): void {
    void this.#router.navigate(['/executions', executionId]);
  }

  protected async startOrStop(pipeline: Pipeline): Promise<void> {
    await (isStarted(pipeline) ? this.acts.stop(pipeline.id) : this.acts.start(pipeline.id));
    this.pipelines.reload();
  }

  protected async useTemplate(template: Template): Promise<void> {
    const made = await this.acts.useTemplate(template);
    if (made) await this.#router.navigate(['/pipelines', made.id]);
  }
}
