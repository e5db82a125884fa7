/** New event rows ──▶ the sockets of their users. One cheap question per round for all of them, asked every 10 ms to 1 s. */
import type { StreamEventWire } from '@bellwether/contracts';
import { type Database, withUser } from '@bellwether/db';
import { sql } from 'kysely';
import { readStream } from '../records/stream-record.ts';

const SHORTEST_WAIT_MS = 10;
const LONGEST_WAIT_MS = 1000;
const BATCH = 500;

/** One listener. `lastSeq` is the newest event it has been given. */
export interface Subscription {
  readonly userId: string;
  lastSeq: number;
  deliver(event: StreamEventWire): void;
}

export interface TailTimer {
  /** Calls back once after the wait; returns a function that prevents it. */
  after(waitMs: number, run: () => void): () => void;
}

const PROCESS_TIMER: TailTimer = {
  after: (waitMs, run) => {
    const timer = setTimeout(run, waitMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Follows the event table for the users who listen in this process.
 *
 * Invariants: 1. Every subscription gets its user's events after its `lastSeq`, in order, each once: rows are numbered
 * under a lock that is held until they are committed, so none appears behind one already seen. 2. Nobody listening, no
 * question asked. 3. A database that is away delays events and loses none.
 */
export class EventTail {
  readonly #database: Database;
  readonly #failed: (error: unknown) => void;
  readonly #timer: TailTimer;
  readonly #subscriptions = new Set<Subscription>();
  #waitMs = SHORTEST_WAIT_MS;
  #cancelWait: (() => void) | null = null;
  #round: Promise<void> | null = null;
  #isClosed = false;

  constructor(database: Database, failed: (error: unknown) => void, timer: TailTimer = PROCESS_TIMER) {
    this.#database = database;
    this.#failed = failed;
    this.#timer = timer;
  }

  add(subscription: Subscription): void {
    this.#subscriptions.add(subscription);
    this.#waitMs = SHORTEST_WAIT_MS;
    this.#schedule(0);
  }

  remove(subscription: Subscription): void {
    this.#subscriptions.delete(subscription);
  }

  /** Stops asking, and returns when the last question has been answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelWait?.();
    this.#subscriptions.clear();
    await this.#round;
  }

  #schedule(waitMs: number): void {
    if (this.#isClosed || this.#round !== null || this.#subscriptions.size === 0) return;
    this.#cancelWait?.();
    this.#cancelWait = this.#timer.after(waitMs, () => {
      this.#cancelWait = null;
      this.#round = this.#ask().finally(() => {
        this.#round = null;
        this.#schedule(this.#waitMs);
      });
    });
  }

  async #ask(): Promise<void> {
    let isNews = false;
    try {
      isNews = await this.#deliverNews();
    } catch (error) {
      this.#failed(error);
    }
    this.#waitMs = isNews ? SHORTEST_WAIT_MS : Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
  }

  async #deliverNews(): Promise<boolean> {
    const users = Map.groupBy(this.#subscriptions, (subscription) => subscription.userId);
    const { rows } = await sql<{ user_id: string; last_seq: string }>`
      SELECT user_id, last_seq FROM engine.event_heads(${[...users.keys()]}::uuid[])`.execute(this.#database.kysely);
    const behind = rows.flatMap((row) => {
      const since = Math.min(...(users.get(row.user_id) ?? []).map((subscription) => subscription.lastSeq));
      return Number(row.last_seq) > since ? [{ userId: row.user_id, since }] : [];
    });
    for (const { userId, since } of behind) {
      const events = await withUser(this.#database, userId, (transaction) =>
        readStream(transaction, userId, since, BATCH),
      );
      for (const subscription of users.get(userId) ?? []) this.#give(subscription, events);
    }
    return behind.length > 0;
  }

  #give(subscription: Subscription, events: readonly StreamEventWire[]): void {
    for (const event of events) {
      if (event.seq === null || event.seq <= subscription.lastSeq) continue;
      // Its socket may have gone while the rows were read.
      if (!this.#subscriptions.has(subscription)) return;
      subscription.lastSeq = event.seq;
      subscription.deliver(event);
    }
  }
}
