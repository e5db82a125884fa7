import { Component, computed, DestroyRef, effect, inject, untracked, viewChild } from '@angular/core';
import { LucideOctagonX } from '@lucide/angular';
import { ServerClock } from '../../design/server-clock.ts';
import { LiveConnection } from '../../session/live/live-connection.ts';
import { LiveStore } from '../../session/live/live-store.ts';
import { ReleaseDialog } from './release-dialog.ts';
import { obstacleWords, releasables, switchWords } from './stop-words.ts';
import { TradingLatch } from './trading-latch.ts';

/** Asked for again by itself, so that a lost stream hides no stop for long. */
const ASK_EVERY_MS = 15_000;

/** Everywhere while trading is stopped: what, by whom, when and why, and the way out. */
@Component({
  selector: 'bw-latch-banner',
  imports: [LucideOctagonX, ReleaseDialog],
  template: `
    @if (shown(); as latch) {
      <div class="latch" role="status" aria-label="Trading is stopped">
        <svg lucideOctagonX [size]="16" aria-hidden="true"></svg>
        <p><b>{{ latch.head }}</b> {{ latch.text }}</p>
        @if (latch.canRelease) {
          <button type="button" class="button" (click)="release()">Release…</button>
        }
      </div>
    }
    <bw-release-dialog />
  `,
  styles: `
    .latch {
      display: flex; align-items: center; gap: 10px; height: var(--latch-height); padding: 0 12px 0 16px; border-bottom: 1px solid var(--line);
      background:
        repeating-linear-gradient(-45deg, var(--danger) 0 8px, transparent 8px 16px) bottom / 100% 3px no-repeat,
        repeating-linear-gradient(-45deg, var(--danger) 0 8px, transparent 8px 16px) top / 100% 3px no-repeat,
        color-mix(in oklab, var(--danger) 10%, var(--surface));
      font-size: 13px;
    }
    svg { color: var(--danger); }
    b { margin-right: 4px; color: var(--danger); font-weight: 700; letter-spacing: 0.02em; }
    p { display: -webkit-box; flex: 1; min-width: 0; overflow: hidden; overflow-wrap: anywhere; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-height: 18px; }
    @media (max-width: 899px) { p { -webkit-line-clamp: 3; font-size: 12px; line-height: 16px; } }
    .button { min-height: 28px; border-color: var(--danger); color: var(--text); }
  `,
})
export class LatchBanner {
  readonly #latch = inject(TradingLatch);
  readonly #clock = inject(ServerClock);
  private readonly dialog = viewChild.required(ReleaseDialog);
  protected readonly shown = computed(() => {
    const engaged = this.#latch.engaged();
    const first = engaged[0];
    if (first !== undefined) {
      const others = engaged.length === 1 ? '' : ` · and ${engaged.length - 1} more`;
      return {
        head: first.scope === 'user' || first.scope === 'platform' ? 'TRADING STOPPED' : 'STOPPED',
        text: `${switchWords(first, this.#clock.now())}${others}`,
        canRelease: engaged.some((each) => each.scope !== 'platform'),
      };
    }
    const text = obstacleWords(this.#latch.state());
    return text === undefined
      ? undefined
      : { head: 'NO NEW ENTRIES', text, canRelease: releasables(this.#latch.state(), this.#clock.now()).length > 0 };
  });

  constructor() {
    const { safety } = inject(LiveStore);
    const { phase } = inject(LiveConnection);
    effect(() => {
      safety();
      phase();
      untracked(() => void this.#latch.reload());
    });
    const asking = setInterval(() => void this.#latch.reload(), ASK_EVERY_MS);
    inject(DestroyRef).onDestroy(() => clearInterval(asking));
  }

  protected release(): void {
    this.dialog().open();
  }
}
