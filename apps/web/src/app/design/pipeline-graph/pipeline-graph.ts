import {
  afterNextRender,
  Component,
  computed,
  DestroyRef,
  ElementRef,
  inject,
  input,
  output,
  resource,
  signal,
} from '@angular/core';
import { LucideDynamicIcon } from '@lucide/angular';
import { type Category, categoryIcon } from '../category-look.ts';
import { StatusMark } from '../status-mark.ts';
import { type Direction, type GraphEdge, layoutGraph } from './graph-layout.ts';

export interface ShownNode {
  readonly id: string;
  readonly title: string;
  readonly category: Category;
  readonly summary: string;
  /** Status while or after running; absent in a drawing that does not run. */
  readonly status?: string | undefined;
  /** "3 of 10" lanes, when more than one runs. */
  readonly progress?: string | undefined;
}

const SIZE = { width: 156, height: 64 } as const;
const TALL_SIZE = { width: 220, height: 60 } as const;
const NARROW = 640;
const SMALLEST_SCALE = 0.72;

/** A pipeline as drawn, read only: every node is a button, in reading order. */
@Component({
  selector: 'bw-pipeline-graph',
  imports: [LucideDynamicIcon, StatusMark],
  templateUrl: './pipeline-graph.html',
  styleUrl: './pipeline-graph.css',
})
export class PipelineGraph {
  readonly nodes = input.required<readonly ShownNode[]>();
  readonly edges = input.required<readonly GraphEdge[]>();
  readonly selected = input<string | undefined>(undefined);
  readonly selectedChange = output<string>();

  readonly #host = inject<ElementRef<HTMLElement>>(ElementRef);
  protected readonly width = signal(0);
  protected readonly direction = computed<Direction>(() =>
    this.width() > 0 && this.width() < NARROW ? 'down' : 'right',
  );
  protected readonly size = computed(() => (this.direction() === 'down' ? TALL_SIZE : SIZE));
  /** Status changes do not move nodes, so only ids and edges ask for a new layout. */
  readonly #shape = computed(
    () => ({
      ids: this.nodes().map((node) => node.id),
      edges: this.edges(),
      direction: this.direction(),
      size: this.size(),
      isMeasured: this.width() > 0,
    }),
    { equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  );
  readonly #layout = resource({
    params: () => (this.#shape().isMeasured ? this.#shape() : undefined),
    loader: ({ params }) =>
      layoutGraph(
        params.ids.map((id) => ({ id })),
        params.edges,
        params.direction,
        params.size,
      ),
  });
  protected readonly layout = computed(() => (this.#layout.hasValue() ? this.#layout.value() : undefined));
  readonly #byId = computed(() => new Map(this.nodes().map((node) => [node.id, node])));
  protected readonly placed = computed(() =>
    (this.layout()?.nodes ?? []).flatMap((each) => {
      const node = this.#byId().get(each.node.id);
      return node
        ? [{ x: each.x, y: each.y, node, icon: categoryIcon(node.category), feeds: this.#feeds(node.id) }]
        : [];
    }),
  );
  protected readonly edgesShown = computed(() =>
    (this.layout()?.edges ?? []).map((edge) => {
      const [from, to] = [this.#byId().get(edge.from)?.status, this.#byId().get(edge.to)?.status];
      const isLit = from === 'done' && to !== undefined && to !== 'idle' && to !== 'skipped';
      return { ...edge, state: to === 'running' && isLit ? 'moving' : isLit ? 'lit' : 'plain' };
    }),
  );
  protected readonly scale = computed(() => {
    const drawn = this.layout()?.width ?? 0;
    return drawn === 0 || this.width() === 0 ? 1 : Math.min(1, Math.max(SMALLEST_SCALE, this.width() / drawn));
  });

  constructor() {
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      const host = this.#host.nativeElement;
      const measure = () => this.width.set(Math.max(1, Math.floor(host.clientWidth)));
      measure();
      if (typeof ResizeObserver === 'undefined') return;
      const observer = new ResizeObserver(measure);
      observer.observe(host);
      destroyed.onDestroy(() => observer.disconnect());
    });
  }

  #feeds(id: string): string {
    const names = this.edges()
      .filter((edge) => edge.from === id)
      .map((edge) => this.#byId().get(edge.to)?.title ?? edge.to);
    return names.length === 0 ? 'the last step' : `feeds ${names.join(' and ')}`;
  }
}
