import { type EpochMs, MINUTE_MS } from '@bellwether/domain';
import type { Lane } from '@bellwether/kernel';
import type { WallClock } from '../feed/pace.ts';

/** A place in a lane, and one request of its budget. */
export interface Turn {
  /** Nothing was asked of the broker after all. */
  unused(): void;
}

/** What the broker last said of its own count. */
export interface RateLeft {
  readonly remaining: number;
  /** When its count begins anew; null when it does not say. */
  readonly resetsAt: EpochMs | null;
}

export interface LanesOptions {
  readonly clock: WallClock;
  /** What the broker takes from one account; null where it counts nothing. */
  readonly requestsPerMinute: number | null;
  /** The same object until the broker says something newer; null where it says nothing. */
  readonly rateLeft?: () => RateLeft | null;
  /** Told when a request is over. */
  readonly onFree?: () => void;
}

/** Of 200 requests a minute 60 are for reads and 40 for entries; what is left, at least as many again, is for protection. */
const READ_SHARE = 0.3;
const ENTRY_SHARE = 0.2;
/** Below this remainder entries pause. */
const RESERVE_SHARE = 0.3;
/** The same, where the broker itself says what is left. */
const RESERVE = 60;
/** Looks leave protection the last tenth. */
const LOOK_RESERVE_SHARE = 0.1;

/** `look`: finding out what became of an order, which protection waits for but never behind. */
export type RequestLane = Lane | 'look';

const AT_ONCE: Readonly<Record<RequestLane, number>> = { protect: 4, look: 2, entry: 2, read: 2 };
const LANES: readonly RequestLane[] = ['protect', 'look', 'entry', 'read'];

export interface Entrance {
  /** Of those with the same name, one at a time is under way. */
  readonly alone?: string;
  /** How many requests it makes, as far as is known beforehand; 1 when absent. */
  readonly requests?: number;
}

interface Waiting extends Entrance {
  readonly task: (turn: Turn) => Promise<void>;
}

interface LaneState {
  readonly waiting: Waiting[];
  active: number;
  readonly alone: Set<string>;
  /** When its requests of the last minute went out. */
  readonly sent: EpochMs[];
}

/**
 * Requests to one broker account, in four lanes: each has workers and a budget of its own, and keeps its order.
 *
 * Invariants: 1. a lane waits for no other lane's workers. 2. reads and entries together leave half of the minute's requests to protection.
 * 3. entries pause while less than three tenths of the minute's requests are left, by our count or below 60 by the broker's.
 */
export class BrokerLanes {
  readonly #clock: WallClock;
  readonly #perMinute: number | null;
  readonly #onFree: () => void;
  readonly #rateLeft: () => RateLeft | null;
  readonly #lanes: Readonly<Record<RequestLane, LaneState>> = {
    protect: idle(),
    look: idle(),
    entry: idle(),
    read: idle(),
  };
  readonly #closed = new AbortController();
  #waitsForBudget = false;
  #told: { readonly left: RateLeft; readonly at: EpochMs } | null = null;

  constructor({ clock, requestsPerMinute, rateLeft = () => null, onFree = () => undefined }: LanesOptions) {
    this.#rateLeft = rateLeft;
    this.#onFree = onFree;
    this.#clock = clock;
    this.#perMinute = requestsPerMinute;
  }

  /** Requests that wait or are under way. */
  get outstanding(): number {
    return LANES.reduce((sum, lane) => sum + this.#lanes[lane].active + this.#lanes[lane].waiting.length, 0);
  }

  /** Has a request made when it is its turn; the task answers for its own failures. */
  enter(lane: RequestLane, task: (turn: Turn) => Promise<void>, entrance: Entrance = {}): void {
    this.#lanes[lane].waiting.push({ ...entrance, task });
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
      while (state.active < AT_ONCE[lane]) {
        const next = state.waiting.findIndex(({ alone }) => alone === undefined || !state.alone.has(alone));
        if (next < 0) break;
        if (!this.#hasBudget(lane, now)) {
          isShort = true;
          break;
        }
        const [entered] = state.waiting.splice(next, 1);
        if (entered !== undefined) this.#start(state, entered, now);
      }
    }
    if (isShort) this.#moveLater(now);
  }

  #start(state: LaneState, { task, alone, requests = 1 }: Waiting, now: EpochMs): void {
    state.active += 1;
    if (alone !== undefined) state.alone.add(alone);
    for (let i = 0; i < requests; i++) state.sent.push(now);
    const unused = () => {
      const at = state.sent.lastIndexOf(now);
      if (at >= 0) state.sent.splice(at, 1);
    };
    void task({ unused }).finally(() => {
      state.active -= 1;
      if (alone !== undefined) state.alone.delete(alone);
      this.#move();
      this.#onFree();
    });
  }

  #hasBudget(lane: RequestLane, now: EpochMs): boolean {
    if (lane === 'entry' && this.#pausedUntil(now) > now) return false;
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
      case 'look':
        return left > this.#perMinute * LOOK_RESERVE_SHARE;
      case 'read':
        return left > 0 && ofLane < this.#perMinute * READ_SHARE;
      case 'entry':
        return left >= this.#perMinute * RESERVE_SHARE && ofLane < this.#perMinute * ENTRY_SHARE;
    }
  }

  /** Until when the broker's own count holds entries back; its clock may differ from ours, its count lasts a minute at most. */
  #pausedUntil(now: EpochMs): EpochMs {
    const left = this.#rateLeft();
    if (left === null) return now;
    if (this.#told?.left !== left) this.#told = { left, at: now };
    const longest = this.#told.at + MINUTE_MS;
    return left.remaining >= RESERVE ? now : Math.min(left.resetsAt ?? longest, longest);
  }

  #moveLater(now: EpochMs): void {
    if (this.#waitsForBudget) return;
    this.#waitsForBudget = true;
    const due = LANES.flatMap((lane) => this.#lanes[lane].sent[0] ?? []).map((sent) => sent + MINUTE_MS);
    const paused = this.#pausedUntil(now);
    if (paused > now) due.push(paused);
    const next = due.length === 0 ? now + MINUTE_MS : Math.min(...due);
    void this.#clock.waitUntil(next, this.#closed.signal).then(() => {
      this.#waitsForBudget = false;
      this.#move();
    });
  }
}

function idle(): LaneState {
  return { waiting: [], active: 0, alone: new Set(), sent: [] };
}
