import { afterNextRender, Component, computed, type ElementRef, inject, input, output, viewChild } from '@angular/core';
import { read } from '../api/read.ts';
import { newIdempotencyKey } from '../api/send.ts';
import { ModeBadge } from '../design/mode-badge.ts';
import { Figure } from '../design/number-pipes.ts';
import { ServerClock } from '../design/server-clock.ts';
import { sessionWords } from '../shell/session-words.ts';
import { CloseCommands } from './close-commands.ts';
import { closeSteps, proceedsOf } from './close-words.ts';
import type { PositionView } from './position-view.ts';

/** Says what closing one position means, and closes it when told. The button that changes nothing has the focus. */
@Component({
  selector: 'bw-close-dialog',
  imports: [Figure, ModeBadge],
  templateUrl: './close-dialog.html',
  styleUrl: './close-dialog.css',
})
export class CloseDialog {
  readonly position = input.required<PositionView>();
  readonly done = output<void>();
  readonly #commands = inject(CloseCommands);
  readonly #clock = inject(ServerClock);
  readonly #session = read('/market/session');
  /** Made when the dialog opens and kept by every retry. */
  readonly #key = newIdempotencyKey();
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  private readonly keep = viewChild.required<ElementRef<HTMLButtonElement>>('keep');

  protected readonly proceeds = computed(() => proceedsOf(this.position()));
  protected readonly steps = computed(() => closeSteps(this.position(), this.#session.value()?.phase));
  protected readonly sessionWords = computed(() => {
    const session = this.#session.value();
    return session === undefined ? 'not known: the server has not answered' : sessionWords(session, this.#clock.now());
  });

  constructor() {
    afterNextRender(() => {
      this.dialog().nativeElement.showModal();
      this.keep().nativeElement.focus();
    });
  }

  protected close(): void {
    this.dialog().nativeElement.close();
  }

  protected confirm(event: Event): void {
    event.preventDefault();
    void this.#commands.closeOne(this.position(), this.#key);
    this.close();
  }
}
