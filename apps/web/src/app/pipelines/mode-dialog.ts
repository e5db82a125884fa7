import { Component, computed, type ElementRef, inject, input, output, signal, viewChild } from '@angular/core';
import { LucideX } from '@lucide/angular';
import { toProblem } from '../api/problem.ts';
import { read } from '../api/read.ts';
import { newIdempotencyKey, Send } from '../api/send.ts';
import type { Pipeline, PipelineMode, TradingMode } from '../api/wire.ts';
import { DataState } from '../design/data-state.ts';
import { formatWord } from '../design/format.ts';
import { ModeBadge } from '../design/mode-badge.ts';
import { venueWords } from '../design/venue-words.ts';

/** Shows the ladder of trading modes with what is missing for each, and changes to one of them when told why. */
@Component({
  selector: 'bw-mode-dialog',
  imports: [DataState, LucideX, ModeBadge],
  templateUrl: './mode-dialog.html',
  styleUrl: './mode-dialog.css',
})
export class ModeDialog {
  readonly pipeline = input.required<Pipeline>();
  /** What the server has confirmed. */
  readonly changed = output<PipelineMode>();
  readonly #send = inject(Send);
  protected readonly isOpen = signal(false);
  protected readonly isWorking = signal(false);
  protected readonly refusal = signal('');
  protected readonly chosen = signal<TradingMode | undefined>(undefined);
  protected readonly mode = read('/pipelines/{id}/mode', () =>
    this.isOpen() ? { path: { id: this.pipeline().id } } : undefined,
  );
  protected readonly steps = computed(() => {
    const mode = this.mode.value();
    return (mode?.ladder ?? []).map((step) => ({
      ...step,
      isPresent: step.mode === mode?.trading_mode,
      venueWords: venueWords(step.venue),
    }));
  });
  readonly #step = computed(() => this.steps().find((step) => step.mode === this.chosen()));
  /** Why the chosen step cannot be taken, or what taking it means. */
  protected readonly consequence = computed(() => {
    const step = this.#step();
    if (step === undefined || step.isPresent) return 'Choose another mode to change to.';
    const missing = step.missing.length;
    if (missing > 0) return `${missing === 1 ? 'One thing is' : `${missing} things are`} missing for ${step.mode}.`;
    const published = this.mode.value()?.published_version;
    return published === null || published === undefined
      ? 'The draft changes its mode; nothing is published yet.'
      : `Version ${published} is published again in this mode.`;
  });
  protected readonly canChange = computed(() => {
    const step = this.#step();
    return step !== undefined && !step.isPresent && step.missing.length === 0 && !this.isWorking();
  });
  protected readonly buttonWord = computed(() => {
    const step = this.#step();
    return step === undefined || step.isPresent ? 'Change mode' : `Change to ${formatWord(step.mode).toLowerCase()}`;
  });
  #key = '';
  private readonly reason = viewChild<ElementRef<HTMLInputElement>>('reason');
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  open(): void {
    this.#key = newIdempotencyKey();
    this.refusal.set('');
    this.chosen.set(this.pipeline().trading_mode);
    this.isOpen.set(true);
    this.dialog().nativeElement.showModal();
  }

  protected close(): void {
    this.dialog().nativeElement.close();
  }

  protected choose(mode: TradingMode): void {
    this.chosen.set(mode);
    this.refusal.set('');
    // Another mode is another act.
    this.#key = newIdempotencyKey();
  }

  protected async change(event: Event): Promise<void> {
    event.preventDefault();
    const draft = this.mode.value()?.draft_version;
    const mode = this.chosen();
    if (!this.canChange() || draft === undefined || mode === undefined) return;
    const reason = this.reason()?.nativeElement.value.trim() ?? '';
    if (reason === '') return this.refusal.set('Say why the mode changes; it is kept in the record.');
    this.isWorking.set(true);
    this.refusal.set('');
    try {
      const options = { path: { id: this.pipeline().id }, idempotencyKey: this.#key };
      const answer = await this.#send.send(
        'PATCH /pipelines/{id}/mode',
        { mode, reason, expected_version: draft },
        options,
      );
      this.close();
      this.changed.emit(answer);
    } catch (error) {
      const { status, sentence, detail } = toProblem(error);
      this.refusal.set(`${sentence} ${detail}`);
      // A request that got no answer is sent again as the same act; a refused one has changed nothing.
      if (status !== 0) this.#key = newIdempotencyKey();
      this.mode.reload();
    } finally {
      this.isWorking.set(false);
    }
  }
}
