import type { EpochMs } from '@bellwether/domain';

/** From and to, in ms; drawn evenly. */
export type Span = readonly [number, number];

/** How the broker itself behaves. Rates are 0 to 1. */
export interface FakeHabits {
  /** Null: orders fill only when the market is played; otherwise this long after they were taken, too. */
  readonly fillDelayMs: Span | null;
  readonly cancelDelayMs: Span;
  readonly replaceDelayMs: Span;
  readonly stuckCancelRate: number;
  readonly stuckCancelMs: Span;
  /** Orders whose first fill is a partial one, and how long the rest takes. */
  readonly partialRate: number;
  readonly restDelayMs: Span;
  /** A target fills, and its stop too. */
  readonly bothLegsFillRate: number;
  /** The stop's cancel after its target's fill is not told. */
  readonly missingStopCancelRate: number;
  readonly refuseExitRate: number;
  readonly refuseReplaceRate: number;
  /** A partly filled stop may be replaced, by one of its original quantity. */
  readonly recreatesPartial: boolean;
  /** How far positions may lag behind orders. */
  readonly positionsLagMs: number;
  readonly hiddenRate: number;
  readonly hiddenMs: number;
  readonly checksBuyingPower: boolean;
}

export const CALM_HABITS: FakeHabits = {
  fillDelayMs: null,
  cancelDelayMs: [0, 0],
  replaceDelayMs: [0, 0],
  stuckCancelRate: 0,
  stuckCancelMs: [15_000, 90_000],
  partialRate: 0,
  restDelayMs: [100, 5_000],
  bothLegsFillRate: 0,
  missingStopCancelRate: 0,
  refuseExitRate: 0,
  refuseReplaceRate: 0,
  recreatesPartial: false,
  positionsLagMs: 0,
  hiddenRate: 0,
  hiddenMs: 800,
  checksBuyingPower: true,
};

/** What stands between us and the broker. Rates are 0 to 1. */
export interface WireFaults {
  readonly latencyMs: Span;
  readonly eventDelayMs: Span;
  /** A 5xx although the order was taken. */
  readonly http5xxAfterAccept: number;
  readonly dropReplyAfterAccept: number;
  /** The request arrives after the client has given up. */
  readonly lateAccept: number;
  /** The request never arrives. */
  readonly lostRequest: number;
  readonly throttled: number;
  readonly unauthorized: number;
  readonly failedRead: number;
  readonly duplicateEvents: number;
  readonly reorderEvents: number;
}

export const CALM_WIRE: WireFaults = {
  latencyMs: [20, 150],
  eventDelayMs: [10, 200],
  http5xxAfterAccept: 0,
  dropReplyAfterAccept: 0,
  lateAccept: 0,
  lostRequest: 0,
  throttled: 0,
  unauthorized: 0,
  failedRead: 0,
  duplicateEvents: 0,
  reorderEvents: 0,
};

export const CLIENT_TIMEOUT_MS = 10_000;
const LATE_MS: Span = [CLIENT_TIMEOUT_MS, CLIENT_TIMEOUT_MS + 8_000];
const REORDERED_MS: Span = [300, 3_000];

/** How one request fares: when it reaches the broker (null: never), and what the client hears when. */
export interface Passage {
  readonly arrivesMs: number | null;
  readonly repliesMs: number;
  readonly reply: 'answer' | 'unknown' | 'throttled' | 'unauthorized';
}

/** The wire: draws what happens to requests and events from one seeded generator. */
export class FakeWire {
  faults: WireFaults;
  readonly #chance: () => number;

  constructor(faults: WireFaults, chance: () => number) {
    this.faults = faults;
    this.#chance = chance;
  }

  writing(): Passage {
    const { faults } = this;
    const arrivesMs = this.span(faults.latencyMs);
    const repliesMs = arrivesMs + this.span(faults.latencyMs);
    if (this.#hits(faults.unauthorized)) return { arrivesMs: null, repliesMs, reply: 'unauthorized' };
    if (this.#hits(faults.throttled)) return { arrivesMs: null, repliesMs, reply: 'throttled' };
    if (this.#hits(faults.lostRequest)) return { arrivesMs: null, repliesMs: CLIENT_TIMEOUT_MS, reply: 'unknown' };
    if (this.#hits(faults.lateAccept))
      return { arrivesMs: this.span(LATE_MS), repliesMs: CLIENT_TIMEOUT_MS, reply: 'unknown' };
    if (this.#hits(faults.dropReplyAfterAccept)) return { arrivesMs, repliesMs: CLIENT_TIMEOUT_MS, reply: 'unknown' };
    if (this.#hits(faults.http5xxAfterAccept)) return { arrivesMs, repliesMs, reply: 'unknown' };
    return { arrivesMs, repliesMs, reply: 'answer' };
  }

  reading(): Passage {
    const arrivesMs = this.span(this.faults.latencyMs);
    const repliesMs = arrivesMs + this.span(this.faults.latencyMs);
    const { unauthorized, throttled, failedRead } = this.faults;
    if (this.#hits(unauthorized)) return { arrivesMs, repliesMs, reply: 'unauthorized' };
    if (this.#hits(throttled)) return { arrivesMs, repliesMs, reply: 'throttled' };
    return { arrivesMs, repliesMs, reply: this.#hits(failedRead) ? 'unknown' : 'answer' };
  }

  /** After how long an event is heard: once, twice, or after those that follow it. */
  telling(): readonly EpochMs[] {
    const { eventDelayMs, reorderEvents, duplicateEvents } = this.faults;
    const first = this.#hits(reorderEvents) ? this.span(REORDERED_MS) : this.span(eventDelayMs);
    return this.#hits(duplicateEvents) ? [first, first + this.span(eventDelayMs)] : [first];
  }

  span([from, to]: Span): number {
    return to === from ? from : Math.round(from + (to - from) * this.#chance());
  }

  #hits(rate: number): boolean {
    return rate > 0 && this.#chance() < rate;
  }
}
