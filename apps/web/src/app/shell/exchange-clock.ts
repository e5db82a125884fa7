import { Component, computed, effect, inject, untracked } from '@angular/core';
import { read } from '../api/read.ts';
import { formatClock, formatDay } from '../design/exchange-time.ts';
import { formatDuration } from '../design/format.ts';
import { ServerClock } from '../design/server-clock.ts';
import { sessionWords } from './session-words.ts';

const READ_AGAIN_MS = 5 * 60_000;
const SKEW_SHOWN_MS = 2000;

/** Time at the exchange by the server's clock, with the state of its session in words. */
@Component({
  selector: 'bw-exchange-clock',
  template: `
    @if (session.value(); as known) {
      <span class="time" [title]="date()"><span class="name">NYSE </span><time>{{ time() }}</time></span>
      <span class="words">{{ words() }}</span>
      @if (skewText(); as text) {
        <span class="skew warning">{{ text }}</span>
      }
    }
  `,
  styles: `
    :host { display: flex; align-items: baseline; gap: 8px; min-width: 0; color: var(--text-muted); font-size: 12px; white-space: nowrap; }
    .time { color: var(--text); }
    .words { overflow: hidden; text-overflow: ellipsis; }
    @media (max-width: 599px) { :host { overflow: hidden; } .words, .skew { display: none; } }
    @media (max-width: 479px) { .name { display: none; } }
  `,
})
export class ExchangeClock {
  readonly #clock = inject(ServerClock);
  protected readonly session = read('/market/session');
  protected readonly time = computed(() => formatClock(this.#clock.now()));
  protected readonly date = computed(() => formatDay(this.#clock.now()));
  protected readonly words = computed(() => {
    const session = this.session.value();
    return session === undefined ? '' : sessionWords(session, this.#clock.now());
  });
  protected readonly skewText = computed(() => {
    const skew = Math.abs(this.#clock.skewMs());
    return skew > SKEW_SHOWN_MS ? `this computer is ${formatDuration(skew)} off` : undefined;
  });
  /** The answer grows old when the phase it tells ends, and every few minutes anyway. */
  readonly #isOld = computed(() => {
    const session = this.session.value();
    const arrivedAt = this.session.arrivedAt();
    if (session === undefined || arrivedAt === undefined) return false;
    const now = this.#clock.now();
    const until = session.until === null ? Number.POSITIVE_INFINITY : Date.parse(session.until);
    return now > until + 1000 || now - this.#clock.skewMs() - arrivedAt > READ_AGAIN_MS;
  });

  constructor() {
    effect(() => {
      const session = this.session.value();
      if (session !== undefined) untracked(() => this.#clock.correct(session.server_time));
    });
    effect(() => {
      if (this.#isOld() && !untracked(this.session.isLoading)) this.session.reload();
    });
  }
}
