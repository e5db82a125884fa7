import { computed, effect, Injectable, inject, linkedSignal, signal, untracked } from '@angular/core';
import { AgentCatalogue } from '../api/agent-catalogue.ts';
import type { LiveEvent } from '../api/live-event.ts';
import { type Problem, toProblem } from '../api/problem.ts';
import { ReadOnce, read } from '../api/read.ts';
import { newIdempotencyKey, Send } from '../api/send.ts';
import { guessCategory } from '../design/category-look.ts';
import { formatWord } from '../design/format.ts';
import { summarizeConfig } from '../design/node-summary.ts';
import type { ShownNode } from '../design/pipeline-graph/pipeline-graph.ts';
import { LiveStore } from '../session/live/live-store.ts';
import { foldJournal, joinJournal, nodeStatus } from './journal-fold.ts';

/** The most that one answer of the server carries. */
const PAGE = 200;
/** Beyond this the timeline is no longer readable in a browser; the newest stay. */
const MOST_EVENTS = 20_000;

/** One execution on screen: its snapshot for the facts that never change, its journal for everything that does. Provided on the page. */
@Injectable()
export class ExecutionStore {
  readonly #read = inject(ReadOnce);
  readonly #send = inject(Send);
  readonly #agents = inject(AgentCatalogue).byType;
  readonly id = signal('');
  readonly execution = read('/executions/{id}', () => (this.id() === '' ? undefined : { path: { id: this.id() } }));
  readonly version = read('/pipelines/{id}/versions/{version}', () => {
    const execution = this.execution.value();
    return execution && { path: { id: execution.pipeline_id, version: execution.version } };
  });

  readonly #events = signal<readonly LiveEvent[]>([]);
  readonly #journalProblem = signal<Problem | undefined>(undefined);
  readonly #isComplete = signal(false);
  readonly events = this.#events.asReadonly();
  readonly journalProblem = this.#journalProblem.asReadonly();
  /** False until the whole journal up to now has arrived once. */
  readonly isComplete = this.#isComplete.asReadonly();
  #fetching: Promise<void> | undefined;

  /** Number of events shown; undefined follows the newest. */
  readonly shownUpTo = linkedSignal<string, number | undefined>({ source: this.id, computation: () => undefined });
  readonly fold = computed(() => {
    const upTo = this.shownUpTo();
    return foldJournal(upTo === undefined ? this.#events() : this.#events().slice(0, upTo));
  });

  readonly edges = computed(() => this.version.value()?.document.edges ?? []);
  readonly nodes = computed<readonly ShownNode[]>(() => {
    const fold = this.fold();
    return (this.version.value()?.document.nodes ?? []).map((node) => {
      const agent = this.#agents().get(node.agent_type);
      const { status, reached, of } = nodeStatus(fold, node.id);
      return {
        id: node.id,
        title: agent?.name ?? formatWord(node.agent_type.replace(/_agent$/, '')),
        category: agent?.category ?? guessCategory(node.agent_type),
        summary: summarizeConfig(node.agent_type, node.config),
        status,
        progress: of > 1 ? `${reached} of ${of}` : undefined,
      };
    });
  });

  readonly cancelState = signal<'idle' | 'requested' | 'refused'>('idle');
  readonly cancelProblem = signal<Problem | undefined>(undefined);

  constructor() {
    const live = inject(LiveStore).execution(this.id);
    effect(() => {
      const id = this.id();
      untracked(() => {
        this.#events.set([]);
        this.#isComplete.set(false);
        this.cancelState.set('idle');
        if (id !== '') void this.#fetchAfter(0);
      });
    });
    effect(() => {
      const tail = live()?.tail ?? [];
      const isComplete = this.#isComplete();
      untracked(() => {
        if (!isComplete || tail.length === 0) return;
        const { events, missingAfter } = joinJournal(this.#events(), tail);
        if (events !== this.#events()) this.#events.set(events.slice(-MOST_EVENTS));
        if (missingAfter !== undefined) void this.#fetchAfter(missingAfter);
      });
    });
    effect(() => {
      const isOver = live()?.result !== undefined && live()?.result !== null;
      if (isOver) untracked(() => this.execution.reload());
    });
  }

  retryJournal(): void {
    void this.#fetchAfter(this.#events().at(-1)?.journal_seq ?? 0);
  }

  async cancel(): Promise<void> {
    this.cancelState.set('requested');
    this.cancelProblem.set(undefined);
    try {
      await this.#send.send(
        'POST /executions/{id}/cancel',
        {},
        { path: { id: this.id() }, idempotencyKey: newIdempotencyKey() },
      );
    } catch (error) {
      this.cancelState.set('refused');
      this.cancelProblem.set(toProblem(error));
    }
  }

  #fetchAfter(after: number): Promise<void> {
    this.#fetching ??= this.#fetchPages(this.id(), after).finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetchPages(id: string, after: number): Promise<void> {
    this.#journalProblem.set(undefined);
    try {
      for (let from = after; ; ) {
        const page = await this.#read.get('/executions/{id}/journal', {
          path: { id },
          query: { after: from, limit: PAGE },
        });
        if (this.id() !== id) return;
        this.#events.set(joinJournal(this.#events(), page.items).events.slice(-MOST_EVENTS));
        const last = page.items.at(-1)?.journal_seq ?? from;
        if (page.next_cursor === null || last <= from) break;
        from = last;
      }
      this.#isComplete.set(true);
    } catch (error) {
      if (this.id() === id) this.#journalProblem.set(toProblem(error));
    }
  }
}
