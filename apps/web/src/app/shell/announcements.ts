import { Component, computed, effect, inject, signal, untracked } from '@angular/core';
import { LiveConnection } from '../session/live/live-connection.ts';
import { LiveStore } from '../session/live/live-store.ts';
import { TradingLatch } from './stop-trading/trading-latch.ts';

const COALESCE_MS = 2000;

/** Tells screen readers what changed without being looked at: finished executions politely, a lost connection and a stop of trading at once. */
@Component({
  selector: 'bw-announcements',
  template: `<p aria-live="polite">{{ polite() }}</p><p aria-live="assertive">{{ urgent() }}</p>`,
  host: { class: 'visually-hidden' },
})
export class Announcements {
  readonly #store = inject(LiveStore);
  readonly #latch = inject(TradingLatch);
  readonly #phase = inject(LiveConnection).phase;
  protected readonly polite = signal('');
  protected readonly urgent = computed(() =>
    [
      this.#phase() === 'offline' ? 'The connection to the server is lost.' : '',
      this.#latch.engaged().length > 0 ? 'Trading is stopped.' : '',
    ]
      .filter((each) => each !== '')
      .join(' '),
  );
  #told = new Set<string>();

  constructor() {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    effect((onCleanup) => {
      const finished = this.#store.finished().filter((each) => !this.#told.has(each.id));
      if (finished.length === 0) return;
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        for (const each of finished) this.#told.add(each.id);
        const results = finished.map((each) => each.result).join(', ');
        untracked(() =>
          this.polite.set(
            finished.length === 1
              ? `Execution finished: ${results}.`
              : `${finished.length} executions finished: ${results}.`,
          ),
        );
      }, COALESCE_MS);
      onCleanup(() => clearTimeout(waiting));
    });
  }
}
