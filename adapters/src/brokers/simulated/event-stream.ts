/** How many events wait for a reader who does not read; then its stream ends, as a dropped connection would, and it reconciles. */
const LONGEST_WAIT = 10_000;

interface Reader<Event> {
  readonly waiting: Event[];
  wake: (() => void) | null;
  open: boolean;
}

/** Hands each event to every open reader, in order. A reader hears the greeting, then what happens after it has begun to iterate. */
export class EventStream<Event> implements AsyncIterable<Event> {
  readonly #greet: () => Event;
  readonly #readers = new Set<Reader<Event>>();

  constructor(greet: () => Event) {
    this.#greet = greet;
  }

  publish(event: Event): void {
    for (const reader of this.#readers) {
      if (reader.waiting.length >= LONGEST_WAIT) this.#close(reader);
      else reader.waiting.push(event);
      reader.wake?.();
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<Event> {
    const reader: Reader<Event> = { waiting: [this.#greet()], wake: null, open: true };
    this.#readers.add(reader);
    return {
      next: async (): Promise<IteratorResult<Event>> => {
        while (reader.open && reader.waiting.length === 0) {
          await new Promise<void>((resolve) => {
            reader.wake = resolve;
          });
        }
        const [value] = reader.open ? reader.waiting.splice(0, 1) : [];
        return value === undefined ? { done: true, value: undefined } : { done: false, value };
      },
      return: async () => {
        this.#close(reader);
        reader.wake?.();
        return { done: true, value: undefined };
      },
    };
  }

  #close(reader: Reader<Event>): void {
    reader.open = false;
    this.#readers.delete(reader);
  }
}
