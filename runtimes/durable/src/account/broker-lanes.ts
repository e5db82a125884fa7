import { type EpochMs, MINUTE_MS } from '@bellwether/domain';
import type { Lane } from '@bellwether/kernel';
import type { WallClock } from '../feed/pace.ts';

/** A place in a lane, and one request of its budget. */
export interface Turn {
  /** Nothing was asked of the broker after all. */
  unused(): void;
}

export interface LanesOptions {
  readonly clock: WallClock;
  /** What the broker takes from one account; null where it counts nothing. */
  readonly requestsPerMinute: number | null;
  /** Told when a request is over. */
  readonly onFree?: () => void;
}

/** Of 200 requests a minute 60 are for reads and 40 for entries; what is left, at least as many again, is for protection. */
const READ_SHARE = 0.3;
const ENTRY_SHARE = 0.2;
/** Below this remainder entries pause. */
const RESERVE_SHARE = 0.3;

const AT_ONCE: Readonly<Record<Lane, number>> = { protect: 4, entry: 2, read: 2 };
const LANES: readonly Lane[] = ['protect', 'entry', 'read'];

interface LaneState {
  readonly waiting: ((turn: Turn) => Promise<void>)[];
  active: number;
  /** When its requests of the last minute went out. */
  readonly sent: EpochMs[];
}

/**
 * Requests to one broker account, in three lanes: each has workers and a budget of its own, and keeps its order.
 *
 * Invariants: 1. a lane waits for no other lane's workers. 2. reads and entries together leave half of the minute's requests to protection.
 * 3. entries pause while less than three tenths of the minute's requests are left.
 */
export class BrokerLanes {
  readonly #clock: WallClock;
  readonly #perMinute: number | null;
  readonly #onFree: () => void;
  readonly #lanes: Readonly<Record<Lane, LaneState>> = { protect: idle(), entry: idle(), read: idle() };
  readonly #closed = new AbortController();
  #waitsForBudget = false;

  constructor({ clock, requestsPerMinute, onFree = () => undefined }: LanesOptions) {
    this.#onFree = onFree;
    this.#clock = clock;
    this.#perMinute = requestsPerMinute;
  }

  /** Requests that wait or are under way. */
  get outstanding(): number {
    return LANES.reduce((sum, lane) => sum + this.#lanes[lane].active + this.#lanes[lane].waiting.length, 0);
  }

  /** Has a request made when it is its turn; the task answers for its own failures. */
  enter(lane: Lane, task: (turn: Turn) => Promise<void>): void {
    this.#lanes[lane].waiting.push(task);
    this.#move();
  }

  /** Forgets what waits; what is under way ends by itself. */
  close(): void {
    this.#closed.abort();
    for (const lane of LANES) this.#lanes[lane].waiting.length = 0;
  }

  #move(): void {
    if (this.#closed.signal.aborted) return;
    const now = this.#clock.now();
    let isShort = false;
    for (const lane of LANES) {
      const state = this.#lanes[lane];
      while (state.waiting.length > 0 && state.active < AT_ONCE[lane]) {
        if (!this.#hasBudget(lane, now)) {
          isShort = true;
          break;
        }
        const task = state.waiting.shift();
        if (task !== undefined) this.#start(state, task, now);
      }
    }
    if (isShort) this.#moveLater(now);
  }

  #start(state: LaneState, task: (turn: Turn) => Promise<void>, now: EpochMs): void {
    state.active += 1;
    state.sent.push(now);
    const unused = () => {
      const at = state.sent.lastIndexOf(now);
      if (at >= 0) state.sent.splice(at, 1);
    };
    void task({ unused }).finally(() => {
      state.active -= 1;
      this.#move();
      this.#onFree();
    });
  }

  #hasBudget(lane: Lane, now: EpochMs): boolean {
    if (this.#perMinute === null) return true;
    for (const each of LANES) {
      const { sent } = this.#lanes[each];
      while (sent[0] !== undefined && sent[0] <= now - MINUTE_MS) sent.shift();
    }
    const used = LANES.reduce((sum, each) => sum + this.#lanes[each].sent.length, 0);
    const left = this.#perMinute - used;
    const ofLane = this.#lanes[lane].sent.length;
    switch (lane) {
      case 'protect':
        return left > 0;
      case 'read':
        return left > 0 && ofLane < this.#perMinute * READ_SHARE;
      case 'entry':
        return left >= this.#perMinute * RESERVE_SHARE && ofLane < this.#perMinute * ENTRY_SHARE;
    }
  }

  #moveLater(now: EpochMs): void {
    if (this.#waitsForBudget) return;
    this.#waitsForBudget = true;
    const oldest = Math.min(...LANES.map((lane) => this.#lanes[lane].sent[0] ?? now));
    void this.#clock.waitUntil(oldest + MINUTE_MS, this.#closed.signal).then(() => {
      this.#waitsForBudget = false;
      this.#move();
    });
  }
}

function idle(): LaneState {
  return { waiting: [], active: 0, sent: [] };
}
