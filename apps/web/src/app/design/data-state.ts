import { Component, computed, input, output } from '@angular/core';
import { LucideRotateCw } from '@lucide/angular';
import { formatClock } from './exchange-time.ts';

export interface ShownProblem {
  readonly sentence: string;
  readonly code: string;
  readonly detail: string;
  readonly instance: string;
}

/**
 * Frames a read: a skeleton while it is first loading, its problem with a way out, and the content under an "as of" line when it is old.
 * Never a blank region, never a spinner over old data.
 */
@Component({
  selector: 'bw-data-state',
  imports: [LucideRotateCw],
  template: `
    @if (problem(); as found) {
      <div class="problem" role="alert">
        <div>
          <p class="sentence">{{ found.sentence }}</p>
          @if (found.detail) {
            <p class="muted">{{ found.detail }}</p>
          }
          <p class="caption">
            <code>{{ found.code }}</code>
            @if (found.instance) {
              · <code>{{ found.instance }}</code>
            }
            @if (hasValue() && asOfText(); as text) {
              · showing what was known at {{ text }}
            }
          </p>
        </div>
        <button type="button" class="button" (click)="retry.emit()"><svg lucideRotateCw [size]="14" aria-hidden="true"></svg>Retry</button>
      </div>
    }
    @if (hasValue()) {
      <ng-content />
    } @else if (!problem()) {
      <div class="skeleton" role="status" aria-label="Loading">
        @for (row of skeletonRows(); track row) {
          <span></span>
        }
      </div>
    }
  `,
  styles: `
    :host { display: block; }
    .problem {
      display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 12px;
      margin-bottom: 12px; padding: 12px 16px; border: 1px solid var(--line); border-left: 3px solid var(--danger);
      border-radius: var(--radius); background: var(--surface); font-size: 13px;
    }
    .sentence { font-weight: 550; }
    .problem code { overflow-wrap: anywhere; }
    .skeleton { display: grid; gap: 1px; overflow: hidden; border: 1px solid var(--line); border-radius: var(--radius); animation: appear 0s 150ms backwards; }
    .skeleton span { height: 36px; background: linear-gradient(90deg, var(--surface) 30%, var(--surface-raised) 50%, var(--surface) 70%) 0 0 / 200% 100%; animation: sweep 1.4s linear infinite; }
    @keyframes sweep { from { background-position: 150% 0; } to { background-position: -50% 0; } }
    @keyframes appear { from { visibility: hidden; } }
  `,
})
export class DataState {
  readonly hasValue = input.required<boolean>();
  readonly problem = input<ShownProblem | undefined>(undefined);
  readonly arrivedAt = input<number | undefined>(undefined);
  readonly rows = input(4);
  readonly retry = output<void>();
  protected readonly skeletonRows = computed(() => Array.from({ length: this.rows() }, (_, index) => index));
  protected readonly asOfText = computed(() => {
    const at = this.arrivedAt();
    return at === undefined ? undefined : formatClock(at);
  });
}
