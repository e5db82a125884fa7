import { Component, computed, type ElementRef, inject, input, signal, viewChild } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { read } from '../api/read.ts';
import { newIdempotencyKey } from '../api/send.ts';
import { ModeBadge } from '../design/mode-badge.ts';
import { Figure } from '../design/number-pipes.ts';
import { ServerClock } from '../design/server-clock.ts';
import { sessionWords } from '../shell/session-words.ts';
import { CloseCommands } from './close-commands.ts';
import type { PositionGroup } from './position-view.ts';

const TYPED = 'close all';

/** Lists everything that would be closed, account by account, and asks for the words. */
@Component({
  selector: 'bw-close-all-dialog',
  imports: [Figure, FormsModule, ModeBadge],
  templateUrl: './close-all-dialog.html',
  styleUrl: './close-dialog.css',
})
export class CloseAllDialog {
  readonly groups = input.required<readonly PositionGroup[]>();
  readonly #commands = inject(CloseCommands);
  readonly #clock = inject(ServerClock);
  protected readonly isOpen = signal(false);
  readonly #session = read('/market/session', () => (this.isOpen() ? {} : undefined));
  #key = '';
  protected readonly typed = signal('');
  protected readonly refusal = signal('');
  protected readonly isTyped = computed(() => this.typed().trim().toLowerCase() === TYPED);
  protected readonly count = computed(() => this.groups().reduce((sum, group) => sum + group.positions.length, 0));
  protected readonly sessionWords = computed(() => {
    const session = this.#session.value();
    return session === undefined ? '' : `The exchange: ${sessionWords(session, this.#clock.now())}.`;
  });
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  private readonly keep = viewChild<ElementRef<HTMLButtonElement>>('keep');

  open(): void {
    this.#key = newIdempotencyKey();
    this.typed.set('');
    this.refusal.set('');
    this.isOpen.set(true);
    this.dialog().nativeElement.showModal();
    setTimeout(() => this.keep()?.nativeElement.focus());
  }

  protected close(): void {
    this.dialog().nativeElement.close();
  }

  protected confirm(): void {
    if (!this.isTyped()) return this.refusal.set(`Type "${TYPED}" into the field; nothing has been closed.`);
    void this.#commands.closeAll(
      this.groups().flatMap((group) => group.positions),
      this.#key,
    );
    this.close();
  }
}
