import { Component, computed, input } from '@angular/core';
import {
  LucideCircleDashed,
  LucideClock,
  LucideDynamicIcon,
  LucideShield,
  LucideShieldAlert,
  LucideShieldCheck,
} from '@lucide/angular';
import type { ProtectionView } from './position-view.ts';

const ICONS = {
  good: LucideShieldCheck,
  warning: LucideShield,
  bad: LucideShieldAlert,
  waiting: LucideClock,
  quiet: LucideCircleDashed,
} as const;

/** What stands between the position and a fall: the stop and what it covers, in words; what is naked in red. */
@Component({
  selector: 'bw-protection',
  imports: [LucideDynamicIcon],
  template: `
    <span class="head" [class]="protection().tone"><svg [lucideIcon]="icons[protection().tone]" [size]="14" aria-hidden="true"></svg><span>{{ protection().words }}</span></span>
    @for (line of lines(); track line) {
      <span class="caption">{{ line }}</span>
    }
  `,
  styles: `
    :host { display: grid; gap: 1px; }
    .head { display: inline-flex; align-items: flex-start; gap: 6px; }
    svg { margin-top: 3px; }
    .good svg { color: var(--gain); }
    .warning { color: var(--warning); }
    .bad { color: var(--danger); font-weight: 600; }
    .waiting svg, .quiet { color: var(--text-muted); }
    .caption { padding-left: 20px; }
  `,
})
export class Protection {
  readonly protection = input.required<ProtectionView>();
  readonly whole = input(false);
  protected readonly lines = computed(() => (this.whole() ? this.protection().details : this.protection().lines));
  protected readonly icons = ICONS;
}
