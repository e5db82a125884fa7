import { Component, computed, inject } from '@angular/core';
import {
  LucideClipboardList,
  LucideDynamicIcon,
  LucideFileText,
  LucideFlaskConical,
  LucideTriangleAlert,
} from '@lucide/angular';
import { read } from '../api/read.ts';
import { LiveStore } from '../session/live/live-store.ts';
import { reloadAtMostEachSecond } from '../session/live/reload-on-change.ts';

const ICONS = {
  validation: LucideClipboardList,
  simulation: LucideFlaskConical,
  paper: LucideFileText,
  live: LucideTriangleAlert,
} as const;

/** Says on every screen whether real money is at work, in the server's words. Unknown is said too: it is never assumed to be harmless. */
@Component({
  selector: 'bw-mode-banner',
  imports: [LucideDynamicIcon],
  template: `
    @if (banner(); as shown) {
      <svg [lucideIcon]="icon()" [size]="14" aria-hidden="true"></svg><span>{{ shown.text }}</span>
    } @else if (status.problem()) {
      <span>Trading mode unknown: the server did not answer</span>
    }
  `,
  host: { role: 'status', 'aria-label': 'Trading mode', '[class]': 'banner()?.mode ?? "unknown"' },
  styles: `
    :host {
      --mode: var(--text-muted);
      position: sticky; z-index: 20; top: 0; display: flex; align-items: center; gap: 8px; height: var(--banner-height); padding: 0 16px;
      border-bottom: 1px solid color-mix(in oklab, var(--mode) 30%, var(--line));
      background: color-mix(in oklab, var(--mode) 10%, var(--surface)); color: var(--mode); font-size: 12px; font-weight: 550; letter-spacing: 0.01em;
    }
    span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    :host(.simulation) { --mode: var(--mode-simulation); }
    :host(.paper) { --mode: var(--mode-paper); }
    :host(.live) { border-color: var(--mode-live); background: var(--mode-live); color: #fff; font-weight: 700; }
  `,
})
export class ModeBanner {
  protected readonly status = read('/status');
  protected readonly banner = computed(() => this.status.value()?.mode_banner);
  protected readonly icon = computed(() => ICONS[this.banner()?.mode ?? 'simulation']);

  constructor() {
    reloadAtMostEachSecond(inject(LiveStore).revision, this.status);
  }
}
