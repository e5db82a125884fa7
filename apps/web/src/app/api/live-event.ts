import type { components } from './schema.generated.ts';

/** Who in which lane: on the events of an agent, absent from those of the whole execution. */
interface Place {
  readonly agent_id?: string | null;
  readonly agent_type?: string | null;
  readonly symbol?: string | null;
}

type Placed<E> = E extends unknown ? Readonly<E> & Place : never;

/** One event of the stream or of a journal, by its name in `event`. */
export type LiveEvent = Placed<components['schemas']['JournalEvent']>;

export type EventName = LiveEvent['event'];

export interface EventPage {
  readonly items: readonly LiveEvent[];
  /** The newest number of this user, whether or not it is on this page. */
  readonly last_seq: number;
}
