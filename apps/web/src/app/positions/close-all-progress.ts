import { Component, computed, inject } from '@angular/core';
import { StatusMark } from '../design/status-mark.ts';
import { CloseCommands, isOver } from './close-commands.ts';
import { walkWords } from './close-words.ts';

/** What became of closing everything, symbol by symbol; failures stay with a way to try again. */
@Component({
  selector: 'bw-close-all-progress',
  imports: [StatusMark],
  template: `
    @if (shown(); as all) {
      <section class="panel" aria-labelledby="all-title">
        <div class="section-head">
          <h2 id="all-title">{{ all.title }}</h2>
          <div class="actions">
            @if (all.failed > 0) {
              <button type="button" class="button danger" (click)="commands.retryAll()">Retry what is left</button>
            }
            @if (all.isDone) {
              <button type="button" class="button" (click)="commands.dismissAll()">Done</button>
            }
          </div>
        </div>
        <ul role="status">
          @for (row of all.rows; track row.id) {
            <li>
              <b>{{ row.symbol }}</b>
              <span class="muted">{{ row.account }}</span>
              <bw-status [status]="row.words.status" [text]="row.words.text" />
              @if (row.words.wayOut) {
                <span class="caption">{{ row.words.wayOut }}</span>
              }
            </li>
          }
        </ul>
      </section>
    }
  `,
  styles: `
    .panel { padding: 12px 16px; }
    li { display: grid; grid-template-columns: 80px minmax(120px, 1fr) minmax(0, 2fr); gap: 2px 12px; padding: 6px 0; border-top: 1px solid var(--line); font-size: 13px; }
    .caption { grid-column: 3; }
    @media (max-width: 599px) { li { grid-template-columns: 80px minmax(0, 1fr); } bw-status, .caption { grid-column: 1 / -1; } }
  `,
})
export class CloseAllProgress {
  protected readonly commands = inject(CloseCommands);
  protected readonly shown = computed(() => {
    const all = this.commands.all();
    if (all === undefined) return undefined;
    const walks = all.ids.map((id) => this.commands.walks().get(id)).filter((each) => each !== undefined);
    const rows = walks.map((walk) => ({
      id: walk.position.id,
      symbol: walk.position.symbol,
      account: walk.position.accountName,
      words: walkWords(walk),
    }));
    const isDone = walks.every(isOver);
    const failed = rows.filter((row) => row.words.status === 'failed').length;
    const closed = rows.filter((row) => row.words.status === 'done').length;
    const title = isDone
      ? failed === 0
        ? `All closed: ${closed} of ${rows.length}`
        : `${closed} of ${rows.length} closed, ${failed} not`
      : `Closing everything: ${closed} of ${rows.length} closed`;
    return { rows, isDone, failed: isDone ? failed : 0, title };
  });
}
