import { Component, computed, type ElementRef, inject, type Signal, signal, viewChild } from '@angular/core';
import { LucideX } from '@lucide/angular';
import { newIdempotencyKey } from '../../api/send.ts';
import { ServerClock } from '../../design/server-clock.ts';
import { PLAIN_REQUEST } from './plain-request.ts';
import { type Releasable, releasables } from './stop-words.ts';
import { TradingLatch } from './trading-latch.ts';

/** Ends a stop by an explicit act: why, and the password once more. */
@Component({
  selector: 'bw-release-dialog',
  imports: [LucideX],
  templateUrl: './release-dialog.html',
  styleUrl: './stop-trading.css',
  styles: `:host { display: contents; } label { display: grid; gap: 4px; font-size: 13px; font-weight: 550; } .which label { display: flex; align-items: center; gap: 10px; font-weight: 400; }`,
})
export class ReleaseDialog {
  readonly #ask = inject(PLAIN_REQUEST);
  readonly #latch = inject(TradingLatch);
  readonly #clock = inject(ServerClock);
  protected readonly isOpen = signal(false);
  protected readonly isWorking = signal(false);
  protected readonly refusal = signal('');
  protected readonly releasable = computed(() =>
    releasables(this.#latch.state(), this.#clock.now()).map((each) => ({
      ...each,
      key: `${each.scope} ${each.scopeId ?? ''}`,
    })),
  );
  protected readonly chosen = signal<string | undefined>(undefined);
  #key = '';
  private readonly reason = viewChild<ElementRef<HTMLInputElement>>('reason');
  private readonly password = viewChild<ElementRef<HTMLInputElement>>('password');
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  open(): void {
    this.#key = newIdempotencyKey();
    this.refusal.set('');
    this.chosen.set(this.releasable()[0]?.key);
    this.isOpen.set(true);
    this.dialog().nativeElement.showModal();
  }

  protected close(): void {
    this.dialog().nativeElement.close();
  }

  protected async release(event: Event): Promise<void> {
    event.preventDefault();
    const typed = (field: Signal<ElementRef<HTMLInputElement> | undefined>) => field()?.nativeElement.value ?? '';
    const found = this.releasable().find((each) => each.key === this.chosen());
    if (found === undefined || this.isWorking()) return;
    const reason = typed(this.reason).trim();
    const password = typed(this.password);
    if (reason === '') return this.refusal.set('Say why trading may go on; it is kept in the record.');
    if (password === '') return this.refusal.set('Enter your password.');
    this.isWorking.set(true);
    this.refusal.set('');
    try {
      const failure = await this.#releaseOne(found, reason, password);
      if (failure !== undefined) return this.refusal.set(failure);
      await this.#latch.reload();
      this.close();
    } finally {
      this.isWorking.set(false);
    }
  }

  /** Returns what went wrong, in words. */
  async #releaseOne(found: Releasable, reason: string, password: string): Promise<string | undefined> {
    const step = await this.#ask('POST', '/auth/step-up', { password });
    if (step.kind === 'refused')
      return step.code === 'auth/required' || step.status === 429 ? step.text : 'This is not your password.';
    if (step.kind === 'unanswered') return `${step.text}. Trading is still stopped.`;
    const body = { scope: found.scope, ...(found.scopeId === null ? {} : { scope_id: found.scopeId }), reason };
    const answer = await this.#ask('DELETE', '/safety/kill-switch', body, this.#key);
    if (answer.kind === 'answered') return undefined;
    return `${answer.text}. Trading is still stopped.`;
  }
}
