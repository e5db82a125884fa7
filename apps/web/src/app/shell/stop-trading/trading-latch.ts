import { computed, Injectable, inject, signal } from '@angular/core';
import type { KillSwitchState } from '../../api/wire.ts';
import { PLAIN_REQUEST } from './plain-request.ts';
import { stateFrom } from './stop-words.ts';

/** What stands against trading now, as the server says; asked without the store and the stream. */
@Injectable({ providedIn: 'root' })
export class TradingLatch {
  readonly #ask = inject(PLAIN_REQUEST);
  readonly #state = signal<KillSwitchState | undefined>(undefined);
  /** The last known state while the server does not answer; undefined before the first answer. */
  readonly state = this.#state.asReadonly();
  /** Newest first. */
  readonly engaged = computed(() =>
    [...(this.#state()?.engaged ?? [])].sort((a, b) => b.engaged_at.localeCompare(a.engaged_at)),
  );
  #asked = 0;

  async reload(): Promise<void> {
    const mine = ++this.#asked;
    const answer = await this.#ask('GET', '/safety/kill-switch');
    const state = answer.kind === 'answered' ? stateFrom(answer.body) : undefined;
    // A later question may have been answered before this one.
    if (mine === this.#asked && state !== undefined) this.#state.set(state);
  }
}
