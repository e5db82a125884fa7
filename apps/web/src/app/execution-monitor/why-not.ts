import { Component, input } from '@angular/core';
import { LucideCircleSlash } from '@lucide/angular';
import type { Refusal } from '../api/wire.ts';
import { codeWords } from '../design/code-words.ts';
import { formatNumber } from '../design/format.ts';

/** Why a lane did not trade: the rule with its value, what it needed, and how far away that was. */
@Component({
  selector: 'bw-why-not',
  imports: [LucideCircleSlash],
  template: `
    <p class="lead"><svg lucideCircleSlash [size]="16" aria-hidden="true"></svg><span><strong>{{ symbol() }}</strong> {{ blocked().text }}</span></p>
    <dl>
      <div><dt>Rule</dt><dd [title]="blocked().rule">{{ codeWords(blocked().rule) }}</dd></div>
      <div><dt>Value</dt><dd>{{ shown(blocked().value) }}</dd></div>
      <div><dt>Needs</dt><dd>{{ shown(blocked().threshold) }}</dd></div>
      <div><dt>Distance</dt><dd>{{ shown(blocked().distance) }}</dd></div>
    </dl>
  `,
  styles: `
    :host { display: grid; gap: 10px; padding: 12px 16px; border: 1px solid color-mix(in oklab, var(--warning) 40%, var(--line)); border-radius: var(--radius); background: color-mix(in oklab, var(--warning) 6%, var(--surface)); }
    .lead { display: flex; gap: 8px; font-size: 13px; font-weight: 550; }
    .lead svg { margin-top: 2px; color: var(--warning); }
    dl { display: flex; flex-wrap: wrap; gap: 4px 28px; font-size: 13px; }
    dt { color: var(--text-muted); font-size: 12px; line-height: 16px; }
    dd { overflow-wrap: anywhere; }
  `,
})
export class WhyNot {
  readonly symbol = input('');
  readonly blocked = input.required<Refusal>();
  protected readonly codeWords = codeWords;

  protected shown(value: string | number | null): string {
    if (value === null) return 'n/a';
    return typeof value === 'number' || /^-?\d+(\.\d+)?$/.test(value) ? formatNumber(value) : value;
  }
}
