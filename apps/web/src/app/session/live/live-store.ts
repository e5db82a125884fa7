import { computed, Injectable, type Signal, signal } from '@angular/core';
import type { LiveEvent } from '../../api/live-event.ts';
import { applyEvents, type LiveExecution, type LiveState, liveFrom } from './live-event-reducer.ts';

/** Live state of everything the user owns; features select from it. Only the connection writes. */
@Injectable({ providedIn: 'root' })
export class LiveStore {
  readonly #state = signal<LiveState>(liveFrom(0));
  readonly seq = computed(() => this.#state().seq);
  readonly hasGap = computed(() => this.#state().gap);

  /** Forgets everything and counts from here. */
  startFrom(seq: number): void {
    this.#state.set(liveFrom(seq));
  }

  apply(events: readonly LiveEvent[]): void {
    this.#state.update((state) => applyEvents(state, events));
  }

  execution(id: Signal<string>): Signal<LiveExecution | undefined> {
    return computed(() => this.#state().executions[id()]);
  }

  /** Executions that ended while this tab watched, newest last. */
  readonly finished = computed(() => Object.values(this.#state().executions).filter((each) => each.result !== null));

  readonly positions = computed(() => this.#state().positions);
  readonly closed = computed(() => this.#state().closed);
  readonly safety = computed(() => this.#state().safety);
  readonly orders = computed(() => this.#state().orders);

  /** Rises when rows of any pipeline are out of date. */
  readonly revision = computed(() => this.#state().revisions['*'] ?? 0);

  revisionOf(pipelineId: Signal<string>): Signal<number> {
    return computed(() => this.#state().revisions[pipelineId()] ?? 0);
  }
}
