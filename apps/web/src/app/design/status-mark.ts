import { Component, computed, input } from '@angular/core';
import {
  LucideCheck,
  LucideCircle,
  LucideCircleDashed,
  LucideCircleDot,
  LucideCirclePause,
  LucideCircleSlash,
  LucideCircleX,
  LucideDynamicIcon,
  LucideHourglass,
  type LucideIcon,
  LucideMinus,
  LucideMoon,
  LucideOctagonAlert,
  LucideRadar,
  LucideSnowflake,
  LucideTrendingUp,
} from '@lucide/angular';

export type Tone = 'neutral' | 'active' | 'good' | 'warning' | 'bad' | 'quiet';

interface Look {
  readonly word: string;
  readonly icon: LucideIcon;
  readonly tone: Tone;
}

const LOOKS: Readonly<Record<string, Look>> = {
  idle: { word: 'idle', icon: LucideCircle, tone: 'quiet' },
  pending: { word: 'pending', icon: LucideCircleDashed, tone: 'neutral' },
  waiting: { word: 'waiting', icon: LucideHourglass, tone: 'neutral' },
  running: { word: 'running', icon: LucideCircleDot, tone: 'active' },
  done: { word: 'done', icon: LucideCheck, tone: 'good' },
  completed: { word: 'completed', icon: LucideCheck, tone: 'good' },
  traded: { word: 'traded', icon: LucideTrendingUp, tone: 'good' },
  blocked: { word: 'blocked', icon: LucideCircleSlash, tone: 'warning' },
  failed: { word: 'failed', icon: LucideCircleX, tone: 'bad' },
  canceled: { word: 'canceled', icon: LucideMinus, tone: 'quiet' },
  skipped: { word: 'not reached', icon: LucideMinus, tone: 'quiet' },
  stopped: { word: 'stopped', icon: LucideCircle, tone: 'quiet' },
  armed: { word: 'armed', icon: LucideRadar, tone: 'active' },
  holding: { word: 'holding', icon: LucideTrendingUp, tone: 'active' },
  sleeping: { word: 'sleeping', icon: LucideMoon, tone: 'neutral' },
  paused: { word: 'paused', icon: LucideCirclePause, tone: 'neutral' },
  cooling: { word: 'cooling', icon: LucideSnowflake, tone: 'warning' },
  halted: { word: 'halted', icon: LucideOctagonAlert, tone: 'bad' },
};

/** A status as icon, word and color; `text` replaces the word where the server says more. */
@Component({
  selector: 'bw-status',
  imports: [LucideDynamicIcon],
  template: `<svg [lucideIcon]="look().icon" [size]="14" aria-hidden="true"></svg
    ><span [class.visually-hidden]="iconOnly()">{{ text() ?? look().word }}</span>`,
  host: { '[class]': 'look().tone' },
  styles: `
    :host { display: inline-flex; align-items: flex-start; gap: 6px; color: var(--text); }
    svg { margin-top: 3px; color: var(--text-muted); }
    span { min-width: 0; }
    :host(.active) svg { color: var(--primary); }
    :host(.good) svg { color: var(--gain); }
    :host(.warning) svg { color: var(--warning); }
    :host(.bad) svg { color: var(--danger); }
    :host(.quiet) { color: var(--text-muted); }
  `,
})
export class StatusMark {
  readonly status = input.required<string>();
  readonly text = input<string | undefined>(undefined);
  readonly iconOnly = input(false);
  protected readonly look = computed<Look>(
    () => LOOKS[this.status()] ?? { word: this.status(), icon: LucideCircle, tone: 'neutral' },
  );
}
