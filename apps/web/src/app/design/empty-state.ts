import { Component } from '@angular/core';

/** One sentence, and below it one action or link given as content. */
@Component({
  selector: 'bw-empty',
  template: `<p><ng-content /></p><ng-content select="[action]" />`,
  styles: `
    :host {
      display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 16px;
      min-height: 56px; padding: 12px 16px; border: 1px dashed var(--outline); border-radius: var(--radius); color: var(--text-muted); font-size: 13px;
    }
  `,
})
export class EmptyState {}
