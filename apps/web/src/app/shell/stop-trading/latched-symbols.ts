import { Component, type ElementRef, inject, input, output, signal, viewChild } from '@angular/core';
import { toProblem } from '../../api/problem.ts';
import { newIdempotencyKey, Send } from '../../api/send.ts';
import { ExchangeTime } from '../../design/time-pipes.ts';

export interface LatchedSymbol {
  readonly symbol: string;
  readonly since: string;
}

/** Symbols that were closed by hand and that a pipeline may not enter again until somebody says so, here. */
@Component({
  selector: 'bw-latched-symbols',
  imports: [ExchangeTime],
  templateUrl: './latched-symbols.html',
  styleUrl: './latched-symbols.css',
  host: { '[class.none]': "latches().length === 0 && note() === ''" },
})
export class LatchedSymbols {
  readonly pipelineId = input.required<string>();
  readonly pipelineName = input.required<string>();
  readonly latches = input.required<readonly LatchedSymbol[]>();
  /** The server has confirmed it: what is shown is old. */
  readonly rearmed = output<void>();
  readonly #send = inject(Send);
  /** The symbol that is asked about. */
  protected readonly asked = signal<string | undefined>(undefined);
  protected readonly isWorking = signal(false);
  protected readonly refusal = signal('');
  protected readonly note = signal('');
  #key = '';
  private readonly noteElement = viewChild.required<ElementRef<HTMLElement>>('noteElement');

  protected ask(symbol: string): void {
    this.#key = newIdempotencyKey();
    this.refusal.set('');
    this.note.set('');
    this.asked.set(this.asked() === symbol ? undefined : symbol);
  }

  protected async rearm(symbol: string): Promise<void> {
    if (this.isWorking()) return;
    this.isWorking.set(true);
    this.refusal.set('');
    try {
      const options = { path: { id: this.pipelineId() }, idempotencyKey: this.#key };
      await this.#send.send('POST /pipelines/{id}/rearm', { symbol }, options);
      this.asked.set(undefined);
      this.note.set(`${symbol} is re-armed: ${this.pipelineName()} may enter it again at its next signal.`);
      // Its button goes away with the latch: the focus goes where the answer stands.
      this.noteElement().nativeElement.focus();
      this.rearmed.emit();
    } catch (error) {
      const { sentence, detail } = toProblem(error);
      this.refusal.set(`${sentence} ${detail} ${symbol} is not re-armed.`);
    } finally {
      this.isWorking.set(false);
    }
  }
}
