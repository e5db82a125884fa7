import { setTimeout as wait } from 'node:timers/promises';
import type { CommandAcceptedWire } from '@bellwether/contracts';
import { type PaperAccount, PRICE, type Proposed } from './paper-account.ts';

/** How a trade is ended once half of it is sold and its stop is at its entry. */
const ENDINGS = ['closed by hand', 'stopped', 'second target'] as const;
type Ending = (typeof ENDINGS)[number];

type Phase = 'entering' | 'watched' | 'held' | 'split' | 'halved' | 'ending' | 'over';

interface Trip {
  readonly asked: Proposed;
  readonly ending: Ending;
  phase: Phase;
  /** By `performance.now()`. */
  since: number;
  quotedAt: number;
  price: number;
  isCloseTaken: boolean;
}

interface Standing {
  readonly executionId: string;
  readonly isHeard: boolean;
  readonly position: string | null;
  readonly state: string | null;
  readonly quantity: number;
  /** Its entry is sent no more and looked for over five minutes. */
  readonly isWatched: boolean;
  /** Shares under stops that work, and whether one of these has been moved. */
  readonly stopped: number;
  readonly stops: number;
  readonly isMoved: boolean;
}

export const SHARES = 10;
const LOOK_MS = 150;
/** The market goes on: what filled in part fills. */
const QUOTE_MS = 1_000;
/** Whoever does not get on is closed by hand. */
const PATIENCE_MS = 20_000;
/** Past half of the way to the first target, where the exit is split. */
const SPLIT_PRICE = PRICE * 1.01;
const FIRST_TARGET = PRICE * 1.016;
const ENDING_PRICES: Readonly<Record<Ending, number>> = {
  'closed by hand': FIRST_TARGET,
  stopped: PRICE * 0.98,
  'second target': PRICE * 1.03,
};

export interface TripPlan {
  readonly together: number;
  /** Whether there are to be more than have been made. */
  readonly isWanted: (made: number) => boolean;
  /** An instant of `performance.now()`; a while before it no more are begun. */
  readonly endsAt: number;
}

/** A trade with two deaths in it, at a broker that errs. */
const LONGEST_MS = 50_000;

/**
 * Trades of one account from proposal to flat: entry ─▶ two exits ─▶ first target ─▶ stop to the entry ─▶ close, stop or second target.
 *
 * The market moves when the ledger says that a trade is ready for it; whoever works on the account may die at any moment of it.
 */
export class RoundTrips {
  readonly #account: PaperAccount;
  readonly #chance: () => number;
  readonly #trips: Trip[] = [];
  /** Times that the API said 503, and other answers than that and 202 and 409. */
  unavailable = 0;
  readonly odd: string[] = [];

  constructor(account: PaperAccount, chance: () => number) {
    this.#account = account;
    this.#chance = chance;
  }

  /** Proposals that the account's inbox took. */
  get proposed(): readonly Proposed[] {
    return this.#trips.map(({ asked }) => asked);
  }

  get left(): readonly string[] {
    return this.#trips.flatMap(({ phase, asked }) =>
      phase === 'over' || phase === 'watched' ? [] : [`${asked.symbol} ${phase}`],
    );
  }

  /** Makes trades, so many at a time, while more are wanted; resolves when they are over, or when the last one has had its time. */
  async make({ together, isWanted, endsAt }: TripPlan): Promise<void> {
    while (performance.now() < endsAt) {
      const open = this.#trips.filter(({ phase }) => phase !== 'over' && phase !== 'watched').length;
      const isTime = performance.now() < endsAt - LONGEST_MS;
      if (isTime && open < together && isWanted(this.#trips.length)) await this.#begin();
      else if (open === 0) return;
      else {
        await this.#look();
        await wait(LOOK_MS);
      }
    }
  }

  async #begin(): Promise<void> {
    const account = this.#account;
    const pick = <T>(all: readonly T[]): T => all[Math.floor(this.#chance() * all.length)] as T;
    const symbol = account.newSymbol();
    await account.quote(symbol);
    const now = performance.now();
    try {
      const asked = await account.propose({ pipelineId: pick(account.pipelines), symbol, shares: SHARES });
      const ending = pick(ENDINGS);
      this.#trips.push({
        asked,
        ending,
        phase: 'entering',
        since: now,
        quotedAt: now,
        price: PRICE,
        isCloseTaken: false,
      });
    } catch {
      // The database is away: what was not taken is nobody's promise.
      await wait(LOOK_MS);
    }
  }

  async #look(): Promise<void> {
    const standings = new Map((await this.#read()).map((standing) => [standing.executionId, standing]));
    await Promise.all(
      this.#trips.map((trip) => {
        const standing = standings.get(trip.asked.executionId);
        return trip.phase === 'over' || standing === undefined ? undefined : this.#advance(trip, standing);
      }),
    );
  }

  async #advance(trip: Trip, standing: Standing): Promise<void> {
    const { asked } = trip;
    const { position, state, quantity, stopped } = standing;
    if (standing.isHeard && (position === null || state === 'closed')) return this.#enter(trip, 'over', null);
    if (position === null) return;
    if (standing.isWatched) return trip.phase === 'watched' ? undefined : this.#enter(trip, 'watched', null);
    if (trip.phase === 'watched') await this.#enter(trip, 'entering', PRICE);
    const isArmed = state === 'open' && quantity > 0 && stopped === quantity;
    if (trip.phase === 'entering' && isArmed) return this.#enter(trip, 'held', SPLIT_PRICE);
    if (trip.phase === 'held' && isArmed && standing.stops > 1) return this.#enter(trip, 'split', FIRST_TARGET);
    if (trip.phase === 'split' && quantity > 0 && quantity < SHARES) return this.#enter(trip, 'halved', FIRST_TARGET);
    if (trip.phase === 'halved' && standing.isMoved) return this.#enter(trip, 'ending', ENDING_PRICES[trip.ending]);
    const isLate = performance.now() - trip.since > PATIENCE_MS;
    if (trip.phase === 'ending' ? trip.ending === 'closed by hand' || isLate : isLate)
      await this.#close(trip, position);
    if (performance.now() - trip.quotedAt < QUOTE_MS) return;
    trip.quotedAt = performance.now();
    await this.#account.quote(asked.symbol, trip.price);
    await this.#tell(trip);
  }

  /** The account decides by what it hears of the market, where no order of its own rests. */
  async #tell({ phase, asked, price }: Trip): Promise<void> {
    if (phase !== 'held' && phase !== 'halved') return;
    try {
      await this.#account.tellQuote(asked.symbol, price);
    } catch {
      // The database is away: it is told again with the next price.
    }
  }

  async #enter(trip: Trip, phase: Phase, price: number | null): Promise<void> {
    trip.phase = phase;
    trip.since = performance.now();
    if (price === null) return;
    trip.price = price;
    trip.quotedAt = performance.now();
    await this.#account.quote(trip.asked.symbol, price);
    await this.#tell(trip);
  }

  async #close(trip: Trip, position: string): Promise<void> {
    if (trip.isCloseTaken) return;
    const reason = 'the end of the trade';
    const { status } = await this.#account.ask<CommandAcceptedWire>('POST', `/positions/${position}/close`, { reason });
    // 409: it has been closed meanwhile.
    trip.isCloseTaken = status === 202 || status === 409;
    if (status === 503) this.unavailable += 1;
    else if (!trip.isCloseTaken) this.odd.push(`a close was answered ${status}`);
  }

  async #read(): Promise<readonly Standing[]> {
    const { rows } = await this.#account.query<Standing>(
      `SELECT i.body -> 'ticket' ->> 'executionId' AS "executionId", i.done_at IS NOT NULL AS "isHeard", p.id AS position, p.state,
         coalesce(p.quantity, 0)::float8 AS quantity, coalesce(s.stopped, 0)::float8 AS stopped, coalesce(s.stops, 0)::int AS stops, coalesce(s.moved, false) AS "isMoved",
         EXISTS (SELECT 1 FROM engine.orders e WHERE e.position_id = p.id AND e.leg = 'entry' AND e.state = 'quarantined') AS "isWatched"
       FROM engine.account_inbox i LEFT JOIN engine.positions p ON p.execution_id::text = i.body -> 'ticket' ->> 'executionId'
       LEFT JOIN LATERAL (
         SELECT sum(o.quantity - o.filled_quantity) AS stopped, count(*) AS stops, bool_or(o.purpose = 'replace') AS moved FROM engine.orders o
         WHERE o.position_id = p.id AND o.stop_price IS NOT NULL AND o.state = 'working') s ON true
       WHERE i.account_id = $1 AND i.kind = 'proposal'`,
      [this.#account.id],
    );
    return rows;
  }
}
