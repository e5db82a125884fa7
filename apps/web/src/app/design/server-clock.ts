import { computed, DestroyRef, Injectable, inject, signal } from '@angular/core';

/** The server's time, ticking once a second. Ages and countdowns read it, never the computer's own clock. */
@Injectable({ providedIn: 'root' })
export class ServerClock {
  readonly #local = signal(Date.now());
  readonly #skewMs = signal(0);
  /** How far the server is ahead of this computer. */
  readonly skewMs = this.#skewMs.asReadonly();
  readonly now = computed(() => this.#local() + this.#skewMs());

  constructor() {
    const ticking = setInterval(() => this.#local.set(Date.now()), 1000);
    inject(DestroyRef).onDestroy(() => clearInterval(ticking));
  }

  /** Takes a server time that has just arrived. */
  correct(serverTime: string): void {
    const at = Date.parse(serverTime);
    if (Number.isFinite(at)) this.#skewMs.set(at - Date.now());
  }
}
