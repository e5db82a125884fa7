import { Component, computed, type ElementRef, effect, input, viewChild } from '@angular/core';
import type { LiveEvent } from '../api/live-event.ts';
import type { ShownNode } from '../design/pipeline-graph/pipeline-graph.ts';
import { ExchangeTime } from '../design/time-pipes.ts';
import { journalWords } from './journal-words.ts';

/** Newest lines kept in the page; earlier ones are a scrub away. */
const LINES = 400;
const STRIPES = 6;

/** The journal as one line per event, each lane with its stripe and its symbol. */
@Component({
  selector: 'bw-journal-timeline',
  imports: [ExchangeTime],
  template: `
    @if (hidden() > 0) {
      <p class="caption earlier">{{ hidden() }} earlier events are not listed; move the slider back to see them.</p>
    }
    <ol #list class="lines" tabindex="0" aria-label="Journal, oldest first">
      @for (line of lines(); track line.seq) {
        <li [class]="'tone-' + line.tone">
          <span class="seq">{{ line.seq }}</span>
          <time [attr.datetime]="line.at" [title]="line.at | exchangeTime">{{ line.at | exchangeTime: line.form }}</time>
          <span class="symbol" [style.--stripe]="line.stripe">{{ line.symbol }}</span>
          <span class="who">{{ line.who }}</span>
          <span class="text">{{ line.text }}</span>
        </li>
      } @empty {
        <li><span class="text muted">Nothing has been recorded yet.</span></li>
      }
    </ol>
  `,
  styleUrl: './journal-timeline.css',
})
export class JournalTimeline {
  readonly events = input.required<readonly LiveEvent[]>();
  readonly nodes = input.required<readonly ShownNode[]>();
  readonly symbols = input.required<readonly string[]>();
  readonly isDaily = input(false);
  readonly follows = input(true);
  private readonly list = viewChild.required<ElementRef<HTMLElement>>('list');
  protected readonly hidden = computed(() => Math.max(0, this.events().length - LINES));
  protected readonly lines = computed(() => {
    const names = new Map(this.nodes().map((node) => [node.id, node.title]));
    const form = this.isDaily() ? ('day-clock' as const) : ('clock' as const);
    return this.events()
      .slice(-LINES)
      .map((event) => {
        const lane = event.symbol ? this.symbols().indexOf(event.symbol) : -1;
        return {
          seq: event.journal_seq,
          at: event.timestamp,
          form,
          symbol: event.symbol ?? '',
          stripe: lane < 0 ? 'transparent' : `var(--stripe-${lane % STRIPES})`,
          who: event.agent_id ? (names.get(event.agent_id) ?? event.agent_id) : 'Pipeline',
          ...journalWords(event),
        };
      });
  });

  constructor() {
    effect(() => {
      this.lines();
      if (!this.follows()) return;
      const list = this.list().nativeElement;
      requestAnimationFrame(() => {
        list.scrollTop = list.scrollHeight;
      });
    });
  }
}
