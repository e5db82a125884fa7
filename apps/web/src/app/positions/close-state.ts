import { Component, computed, inject, input, output } from '@angular/core';
import { StatusMark } from '../design/status-mark.ts';
import { CloseCommands } from './close-commands.ts';
import { walkWords } from './close-words.ts';
import type { PositionView } from './position-view.ts';

/** The button that closes a position, and once it was pressed how far the close has come. */
@Component({
  selector: 'bw-close-state',
  imports: [StatusMark],
  template: `
    @if (words(); as walk) {
      <div class="walk" role="status">
        <bw-status [status]="walk.status" [text]="walk.text" />
        @if (walk.wayOut) {
          <span class="caption">{{ walk.wayOut }}</span>
        }
        @if (walk.status === 'failed') {
          <button type="button" class="button" (click)="commands.retry(position().id)">Retry<span class="visually-hidden"> closing {{ position().symbol }}</span></button>
        } @else if (walk.status === 'done') {
          <button type="button" class="button quiet" (click)="commands.dismiss(position().id)">Done<span class="visually-hidden">, hide {{ position().symbol }}</span></button>
        }
      </div>
    } @else if (position().state === 'closing') {
      <bw-status status="running" text="Closing" />
    } @else {
      <button type="button" class="button" [disabled]="whyNot() !== undefined" [title]="whyNot() ?? ''" (click)="ask.emit()">Close<span class="visually-hidden"> {{ position().symbol }}</span></button>
    }
  `,
  host: { '[class.wide]': 'position().isGone' },
  styles: `
    .walk { display: grid; justify-items: start; gap: 4px; min-width: 128px; max-width: 320px; text-align: left; white-space: normal; }
    :host(.wide) .walk { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; max-width: none; }
  `,
})
export class CloseState {
  readonly position = input.required<PositionView>();
  /** Why nothing can be closed now; undefined when it can. */
  readonly whyNot = input<string | undefined>(undefined);
  readonly ask = output<void>();
  protected readonly commands = inject(CloseCommands);
  protected readonly words = computed(() => {
    const walk = this.commands.walks().get(this.position().id);
    return walk === undefined ? undefined : walkWords(walk);
  });
}
