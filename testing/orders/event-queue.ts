import type { EpochMs } from '@bellwether/domain';

interface Entry {
  readonly at: EpochMs;
  readonly seq: number;
  readonly run: () => void;
}

/** What is to happen, by instant, and within one instant in the order in which it was asked for. */
export class EventQueue {
  readonly #heap: Entry[] = [];
  #seq = 0;

  get nextAt(): EpochMs | null {
    return this.#heap[0]?.at ?? null;
  }

  push(at: EpochMs, run: () => void): void {
    const heap = this.#heap;
    const entry = { at, seq: this.#seq++, run };
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Entry;
      if (!isEarlier(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  /** Takes the next one off; the queue is not empty. */
  pop(): Entry {
    const heap = this.#heap;
    const first = heap[0] as Entry;
    const last = heap.pop() as Entry;
    if (heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isEarlier(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
      if (!isEarlier(heap[child] as Entry, last)) break;
      heap[index] = heap[child] as Entry;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isEarlier(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.seq < b.seq);
}
