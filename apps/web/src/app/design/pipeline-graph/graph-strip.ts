import { Component, computed, input } from '@angular/core';
import { LucideDynamicIcon } from '@lucide/angular';
import { type Category, categoryIcon } from '../category-look.ts';
import { type GraphEdge, ranks } from './graph-layout.ts';

/** A pipeline as a row of category marks: the shape of the graph at a glance. */
@Component({
  selector: 'bw-graph-strip',
  imports: [LucideDynamicIcon],
  template: `
    @for (column of columns(); track $index) {
      <span class="column">
        @for (node of column; track node.id) {
          <span [class]="'mark ' + node.category" [title]="node.title"><svg [lucideIcon]="node.icon" [size]="13"></svg></span>
        }
      </span>
    }
  `,
  host: { role: 'img', '[attr.aria-label]': 'text()' },
  styles: `
    :host { display: flex; align-items: center; gap: 14px; }
    .column { position: relative; display: grid; gap: 4px; }
    .column + .column::before { position: absolute; top: calc(50% - 0.5px); left: -14px; width: 14px; height: 1px; background: var(--outline); content: ''; }
    .mark { display: grid; place-items: center; width: 26px; height: 26px; border: 1px solid color-mix(in oklab, var(--category) 45%, var(--line)); border-radius: var(--radius-small); background: color-mix(in oklab, var(--category) 9%, var(--surface)); color: var(--category); }
    .trigger { --category: var(--category-trigger); }
    .data { --category: var(--category-data); }
    .analysis { --category: var(--category-analysis); }
    .risk { --category: var(--category-risk); }
    .execution { --category: var(--category-execution); }
    .reporting, .system { --category: var(--category-reporting); }
  `,
})
export class GraphStrip {
  readonly nodes =
    input.required<readonly { readonly id: string; readonly title: string; readonly category: Category }[]>();
  readonly edges = input.required<readonly GraphEdge[]>();
  protected readonly columns = computed(() =>
    ranks(this.nodes(), this.edges()).map((column) =>
      column.map((node) => ({ ...node, icon: categoryIcon(node.category) })),
    ),
  );
  protected readonly text = computed(
    () =>
      `Graph: ${this.columns()
        .map((column) => column.map((node) => node.title).join(' and '))
        .join(', then ')}`,
  );
}
