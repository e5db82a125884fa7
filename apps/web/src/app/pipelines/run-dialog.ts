import {
  Component,
  computed,
  type ElementRef,
  inject,
  input,
  linkedSignal,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { FormsModule } from '@angular/forms';
import { LucidePlay, LucideX } from '@lucide/angular';
import { read } from '../api/read.ts';
import { newIdempotencyKey } from '../api/send.ts';
import type { Pipeline } from '../api/wire.ts';
import { DataState } from '../design/data-state.ts';
import { ModeBadge } from '../design/mode-badge.ts';
import { ExchangeTime } from '../design/time-pipes.ts';
import { PipelineActs } from './pipeline-acts.ts';

const SPEEDS = [
  { value: 1, word: '×1', says: 'as it happened' },
  { value: 60, word: '×60', says: 'a minute a second' },
  { value: 600, word: '×600', says: 'ten minutes a second' },
  { value: 3600, word: '×3600', says: 'an hour a second' },
] as const;
const PRESELECTED_SPEED = 60;
/** A day of a daily tape is a whole session: at minute speeds it would not move while somebody watches. */
const PRESELECTED_SPEED_DAILY = 3600;

/** Asks on which recorded market to run once, and starts it. */
@Component({
  selector: 'bw-run-dialog',
  imports: [DataState, ExchangeTime, FormsModule, LucidePlay, LucideX, ModeBadge],
  templateUrl: './run-dialog.html',
  styleUrl: './run-dialog.css',
})
export class RunDialog {
  readonly pipeline = input.required<Pipeline>();
  readonly started = output<string>();
  protected readonly acts = inject(PipelineActs);
  readonly #isOpen = signal(false);
  protected readonly tapes = read('/tapes', () => (this.#isOpen() ? {} : undefined));
  /** Tapes that carry one of the pipeline's symbols; all of them when it names none. */
  protected readonly fitting = computed(() => {
    const symbols = this.pipeline().symbols;
    const all = this.tapes.value()?.items ?? [];
    return symbols.length === 0 ? all : all.filter((tape) => tape.symbols.some((symbol) => symbols.includes(symbol)));
  });
  protected readonly tapeId = linkedSignal(() => this.fitting()[0]?.tape_id);
  readonly #tape = computed(() => this.fitting().find((tape) => tape.tape_id === this.tapeId()));
  protected readonly speed = linkedSignal(() =>
    this.#tape()?.timeframe === '1d' ? PRESELECTED_SPEED_DAILY : PRESELECTED_SPEED,
  );
  protected readonly speeds = SPEEDS;
  protected readonly buttonWord = computed(() => {
    const pipeline = this.pipeline();
    return pipeline.published_version === null || pipeline.has_unpublished_changes
      ? 'Publish and run'
      : 'Run in simulation';
  });
  #key = '';
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  open(): void {
    this.#key = newIdempotencyKey();
    this.#isOpen.set(true);
    this.dialog().nativeElement.showModal();
  }

  protected close(): void {
    this.dialog().nativeElement.close();
  }

  protected async run(): Promise<void> {
    const tapeId = this.tapeId();
    if (tapeId === undefined) return;
    const answer = await this.acts.run(
      this.pipeline().id,
      { kind: 'demo_tape', tape_id: tapeId, speed: this.speed() },
      this.#key,
    );
    if (answer === undefined) return;
    this.close();
    this.started.emit(answer.execution_id);
  }
}
