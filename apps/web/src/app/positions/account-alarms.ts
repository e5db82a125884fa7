import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { LucideTriangleAlert } from '@lucide/angular';
import { read } from '../api/read.ts';
import { ServerClock } from '../design/server-clock.ts';
import { ExchangeTime } from '../design/time-pipes.ts';
import { LiveStore } from '../session/live/live-store.ts';
import { reloadAtMostEachSecond, reloadWhileWatched } from '../session/live/reload-on-change.ts';

const DAY_MS = 86_400_000;

/** What accounts called for help about in the last day, the newest first; nothing where nobody did. */
@Component({
  selector: 'bw-account-alarms',
  imports: [ExchangeTime, LucideTriangleAlert, RouterLink],
  template: `
    @if (alarms().length > 0) {
      <section aria-labelledby="alarms-title">
        <h2 id="alarms-title"><svg lucideTriangleAlert [size]="14" aria-hidden="true"></svg>Alarms of the last day</h2>
        <ul role="alert" aria-relevant="additions">
          @for (alarm of alarms(); track alarm.id) {
            <li>
              <strong>{{ alarm.level === 'page' ? 'Act now' : 'Alarm' }}</strong>
              <span class="muted nowrap">{{ alarm.at | exchangeTime }}</span>
              <span>{{ alarm.text }}
                @if (alarm.position_id; as id) {
                  <a [routerLink]="['/positions', id]">See the position</a>
                }
              </span>
            </li>
          }
        </ul>
      </section>
    }
  `,
  styles: `
    section { margin-bottom: 16px; padding: 12px 16px; border: 1px solid color-mix(in oklab, var(--danger) 45%, var(--line)); border-radius: var(--radius); background: var(--surface); }
    h2 { display: flex; align-items: center; gap: 8px; margin: 0 0 8px; color: var(--danger); font-size: 13px; }
    ul { display: grid; gap: 6px; margin: 0; padding: 0; list-style: none; }
    li { display: flex; flex-wrap: wrap; gap: 4px 10px; font-size: 13px; }
  `,
})
export class AccountAlarms {
  readonly #clock = inject(ServerClock);
  readonly #alerts = read('/safety/alerts', () => ({ query: { level: 'alarm', limit: 5 } }));
  protected readonly alarms = computed(() =>
    (this.#alerts.value()?.items ?? []).filter(({ at }) => this.#clock.now() - Date.parse(at) < DAY_MS),
  );

  constructor() {
    reloadAtMostEachSecond(inject(LiveStore).revision, this.#alerts);
    reloadWhileWatched(
      computed(() => !this.#alerts.isLoading()),
      this.#alerts,
    );
  }
}
