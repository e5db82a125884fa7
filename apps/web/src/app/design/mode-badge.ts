import { Component, computed, input } from '@angular/core';
import {
  LucideClipboardList,
  LucideDynamicIcon,
  LucideFileText,
  LucideFlaskConical,
  LucideTriangleAlert,
} from '@lucide/angular';
import { type Venue, venueWords } from './venue-words.ts';

export type Mode = 'validation' | 'simulation' | 'paper' | 'live';

const MODES = {
  validation: { word: 'Validation', says: 'Logic only, no orders', icon: LucideClipboardList },
  simulation: { word: 'Simulation', says: 'Simulated fills, no money', icon: LucideFlaskConical },
  paper: { word: 'Paper', says: 'No real money', icon: LucideFileText },
  live: { word: 'Live', says: 'REAL MONEY', icon: LucideTriangleAlert },
} as const;

/** Stands beside the mode where the mode alone would say too much: a sandbox is no account at a broker. */
const PLACES: Partial<Readonly<Record<Venue, string>>> = { sandbox: 'sandbox', none: 'no broker' };

/** Says with whose money: word, icon and shape differ by mode, so that it survives greyscale. */
@Component({
  selector: 'bw-mode-badge',
  imports: [LucideDynamicIcon],
  template: `<svg [lucideIcon]="look().icon" [size]="12" aria-hidden="true"></svg><span>{{ words() }}</span>`,
  host: { '[class]': 'mode()', '[title]': 'title()' },
  styles: `
    :host {
      --mode: var(--mode-simulation);
      display: inline-flex;
      align-items: center;
      gap: 4px;
      height: 20px;
      padding: 0 7px 0 6px;
      border: 1px solid color-mix(in oklab, var(--mode) 55%, transparent);
      border-radius: 4px;
      color: var(--mode);
      font-size: 11px;
      font-weight: 600;
      letter-spacing: 0.04em;
      text-transform: uppercase;
      white-space: nowrap;
    }
    :host(.validation) { --mode: var(--mode-validation); border-style: dashed; }
    :host(.paper) { --mode: var(--mode-paper); background: color-mix(in oklab, var(--mode) 12%, transparent); }
    :host(.live) { border-color: var(--mode-live); background: var(--mode-live); color: #fff; font-weight: 700; }
  `,
})
export class ModeBadge {
  readonly mode = input.required<Mode>();
  /** Where the mode trades, where that is known. */
  readonly venue = input<Venue>();
  protected readonly look = computed(() => MODES[this.mode()]);
  protected readonly words = computed(() => {
    const venue = this.venue();
    const place = venue && PLACES[venue];
    return place === undefined ? this.look().word : `${this.look().word} · ${place}`;
  });
  protected readonly title = computed(() => {
    const venue = this.venue();
    const { says } = this.look();
    return venue === undefined ? says : `${says}. Trades at: ${venueWords(venue)}`;
  });
}
