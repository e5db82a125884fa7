import { Component, computed, inject } from '@angular/core';
import { LucideDynamicIcon, LucideRefreshCw, LucideUnplug, LucideWifi } from '@lucide/angular';
import { formatClock } from '../design/exchange-time.ts';
import { LiveConnection } from '../session/live/live-connection.ts';

/** Live, polling or offline: icon and word, never only a dot. */
@Component({
  selector: 'bw-connection-state',
  imports: [LucideDynamicIcon],
  template: `<svg [lucideIcon]="look().icon" [size]="14" aria-hidden="true"></svg><span>{{ look().word }}</span>`,
  host: { '[class]': 'look().tone', '[title]': 'look().title' },
  styles: `
    :host { display: inline-flex; align-items: center; gap: 6px; color: var(--text-muted); font-size: 12px; font-weight: 550; white-space: nowrap; }
    :host(.live) svg { color: var(--gain); }
    :host(.late) { color: var(--warning); }
    :host(.lost) { color: var(--danger); }
  `,
})
export class ConnectionState {
  readonly #connection = inject(LiveConnection);
  protected readonly look = computed(() => {
    const lostAt = this.#connection.lostAt();
    const since = lostAt === undefined ? '' : ` since ${formatClock(lostAt)}`;
    switch (this.#connection.phase()) {
      case 'live':
        return { word: 'Live', tone: 'live', icon: LucideWifi, title: 'Events arrive as they happen' };
      case 'connecting':
        return { word: 'Connecting', tone: 'wait', icon: LucideRefreshCw, title: 'Opening the event stream' };
      case 'reconnecting':
        return { word: 'Reconnecting', tone: 'late', icon: LucideRefreshCw, title: `Event stream lost${since}` };
      case 'polling':
        return {
          word: 'Polling, 2 s late',
          tone: 'late',
          icon: LucideRefreshCw,
          title: `Event stream lost${since}; asking every 2 s`,
        };
      case 'offline':
        return {
          word: `Offline${since}`,
          tone: 'lost',
          icon: LucideUnplug,
          title: 'The server does not answer; what is shown may be old',
        };
    }
  });
}
