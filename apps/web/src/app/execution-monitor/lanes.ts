import { Component, computed, input, output } from '@angular/core';
import type { ShownNode } from '../design/pipeline-graph/pipeline-graph.ts';
import { StatusMark } from '../design/status-mark.ts';
import { cellOf, type ExecutionFold, type LaneOutcome } from './journal-fold.ts';

/** Lanes that need a look come first. */
const ATTENTION: readonly LaneOutcome[] = ['failed', 'traded', 'running', 'waiting', 'blocked', 'done', 'canceled'];

export interface Place {
  readonly symbol: string;
  readonly nodeId: string;
}

/** Symbols by agents: how far every lane has come, and where it stopped. */
@Component({
  selector: 'bw-lanes',
  imports: [StatusMark],
  templateUrl: './lanes.html',
  styleUrl: './lanes.css',
})
export class Lanes {
  readonly fold = input.required<ExecutionFold>();
  readonly nodes = input.required<readonly ShownNode[]>();
  readonly selected = input<Place | undefined>(undefined);
  readonly selectedChange = output<Place>();
  protected readonly rows = computed(() => {
    const fold = this.fold();
    return Object.values(fold.lanes)
      .sort((a, b) => ATTENTION.indexOf(a.outcome) - ATTENTION.indexOf(b.outcome) || a.symbol.localeCompare(b.symbol))
      .map((lane) => ({
        lane,
        cells: this.nodes().map((node) => ({ node, cell: cellOf(fold, lane, node.id) })),
      }));
  });

  protected isSelected(symbol: string, nodeId: string): boolean {
    const selected = this.selected();
    return selected?.symbol === symbol && selected.nodeId === nodeId;
  }
}
