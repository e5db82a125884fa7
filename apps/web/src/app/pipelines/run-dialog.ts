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
import { orderWords } from '../design/venue-words.ts';
import { PipelineActs } from './pipeline-acts.ts';

/** 0 leaves the pace to the tape. */
const PACES = {
  intraday: [
    { value: 0, word: 'Default', says: 'as the tape suggests' },
    { value: 1, word: '×1', says: 'as it happened' },
    { value: 60, word: '×60', says: 'a minute a second' },
    { value: 600, word: '×600', says: 'ten minutes a second' },
  ],
  daily: [
    { value: 0, word: 'Default', says: 'as the tape suggests' },
    { value: 3600, word: '×3600', says: 'an hour a second' },
    { value: 86_400, word: '×86,400', says: 'a day a second' },
    { value: 604_800, word: '×604,800', says: 'a week a second' },
  ],
} as const;

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
  protected readonly speeds = computed(() => PACES[this.#tape()?.timeframe === '1d' ? 'daily' : 'intraday']);
  protected readonly speed = linkedSignal<number>(() => this.speeds()[0].value);
  protected readonly orderWords = computed(() => orderWords(this.pipeline().venue));
  protected readonly buttonWord = computed(() => {
    const pipeline = this.pipeline();
    return pipeline.published_version === null || pipeline.has_unpublished_changes
      ? 'Publish and run'
      : pipeline.trading_mode === 'simulation'
        ? 'Run in simulation'
        : `Run in ${pipeline.trading_mode} mode`;
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
    const speed = this.speed();
    const source = { kind: 'demo_tape', tape_id: tapeId, ...(speed > 0 ? { speed } : {}) } as const;
    const answer = await this.acts.run(this.pipeline().id, source, this.#key);
    if (answer === undefined) return;
    this.close();
    this.started.emit(answer.execution_id);
  }
}
