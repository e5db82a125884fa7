import { BellwetherError, type EpochMs, isBellwetherError, type TriggerFact } from '@bellwether/domain';
import type { ExecutionPlan } from '@bellwether/kernel';
import type pg from 'pg';
import type { EventCodec, EventDocument } from '../engine/event-codec.ts';
import type { GroupCommit } from '../engine/group-commit.ts';
import { readJournal } from '../engine/journal.ts';
import type { LiveMarket } from '../market/live-market.ts';
import type { LiveTape } from '../market/live-tape.ts';
import { type AccountBindings, AccountRows } from './account-link.ts';
import { AccountPlace } from './account-place.ts';
import type { Digests } from './digests.ts';
import { firstMoment } from './first-moment.ts';
import type { WallClock } from './pace.ts';
import { type Place, SimulatedPlace } from './place.ts';
import { type SessionBegin, SessionPlay } from './session-play.ts';
import { type HeldSession, SessionStore } from './session-store.ts';
import { rowFrom, type TapePosition, type TapeSymbol } from './tape-cursor.ts';

export interface FeedSettings {
  readonly pool: pg.Pool;
  readonly commits: GroupCommit;
  /** Compiles a published document. Throws `pipeline/has-problems`. */
  readonly compile: (document: unknown) => ExecutionPlan;
  /** Throws `tape/unknown`. */
  readonly loadTape: (tapeId: string) => Promise<readonly TapeSymbol[]>;
  /** Live prices; absent where there is no source of them. */
  readonly liveMarket?: LiveMarket;
  readonly codec: EventCodec;
  readonly clock: WallClock;
  readonly sha256: Digests;
  /** Names this installation in client order ids. */
  readonly installation: string;
  /** Where pipelines trade that have no simulated account; absent where every pipeline has one. */
  readonly accounts?: AccountBindings;
  /** Has the keeper of an account in this process look at once. */
  readonly nudgeAccount?: (accountId: string) => void;
  /** Names this process in leases. */
  readonly holder: string;
  readonly log: (line: string, facts?: Readonly<Record<string, unknown>>) => void;
}

/** Looks for sessions that nobody holds this often. */
const LOOK_EVERY_MS = 1_000;
/** After a nudge the row is about to be committed: look soon, and again, for a moment. */
const NUDGED_LOOK_MS = 15;
const NUDGED_LOOKS = 40;
/** One process plays this many at once. */
const MOST_SESSIONS = 200;
const MOST_FAILURES = 5;
const MOST_MOMENTS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;
/** A started pipeline is shown this many bars before the first moment at which it has something to do. */
const LEAD_BARS = 45;
const BARS_PER_SECOND = 10;

interface Playing {
  readonly play: { poke(): void } | null;
  readonly done: Promise<void>;
}

/**
 * free sessions ─▶ take ─▶ play ─▶ end, release or postpone
 *
 * Invariants: a session has one holder (its row says who, for 5 s on the database clock); a session that fails is tried again later, and
 * after five failures in a row it ends with the reason; whoever stops lets go of what it holds.
 */
export class Feed {
  readonly #settings: FeedSettings;
  readonly #store: SessionStore;
  readonly #playing = new Map<string, Playing>();
  readonly #moments = new Map<string, Promise<TriggerFact | null>>();
  readonly #stop = new AbortController();
  #nudges = 0;
  #wakeLoop: () => void = () => undefined;
  readonly #loop: Promise<void>;

  constructor(settings: FeedSettings) {
    this.#settings = settings;
    this.#store = new SessionStore(settings.pool, settings.holder);
    this.#loop = this.#look();
  }

  /** A session was made, or is about to be: look for it now, and let those that are held look for requests. */
  nudge(): void {
    this.#nudges = NUDGED_LOOKS;
    this.#wakeLoop();
  }

  get size(): number {
    return this.#playing.size;
  }

  /** Resolves when no session is held any more. */
  async idle(): Promise<void> {
    while (this.#playing.size > 0) await Promise.all([...this.#playing.values()].map(({ done }) => done));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wakeLoop();
    await this.#loop;
    await this.idle();
  }

  async #look(): Promise<void> {
    const { clock, log } = this.#settings;
    while (!this.#stop.signal.aborted) {
      try {
        const room = MOST_SESSIONS - this.#playing.size;
        if (room > 0)
          for (const id of await this.#store.findFree(room, clock.now())) if (!this.#playing.has(id)) this.#take(id);
      } catch (error) {
        log(`looking for sessions failed: ${messageOf(error)}`);
      }
      if (this.#nudges > 0) {
        this.#nudges -= 1;
        for (const { play } of this.#playing.values()) play?.poke();
      }
      const pause = new AbortController();
      this.#wakeLoop = () => pause.abort();
      if (this.#stop.signal.aborted) return;
      await clock.waitUntil(clock.now() + (this.#nudges > 0 ? NUDGED_LOOK_MS : LOOK_EVERY_MS), pause.signal);
    }
  }

  #take(id: string): void {
    const done = this.#hold(id).finally(() => this.#playing.delete(id));
    this.#playing.set(id, { play: null, done });
  }

  async #hold(id: string): Promise<void> {
    const { log, clock } = this.#settings;
    let held: HeldSession | undefined;
    try {
      held = await this.#store.take(id);
      if (held === undefined) return;
      const play = await this.#prepare(held);
      const entry = this.#playing.get(id);
      if (entry !== undefined) this.#playing.set(id, { ...entry, play });
      const outcome = await play.play(this.#stop.signal);
      if (outcome === 'left') await this.#store.release(id, held.fence);
      log(`session ${outcome}`, { session_id: id, pipeline_id: held.pipelineId });
    } catch (error) {
      if (held === undefined) return log(`taking a session failed: ${messageOf(error)}`, { session_id: id });
      await this.#failed(held, error, clock.now()).catch((failure: unknown) =>
        log(`a session could not be let go and waits for its lease to run out: ${messageOf(failure)}`, {
          session_id: id,
        }),
      );
    }
  }

  async #prepare(held: HeldSession): Promise<SessionPlay> {
    const { compile, loadTape, codec, commits, clock, sha256, pool } = this.#settings;
    const plan = compile(held.document);
    const live = held.source.kind === 'live' ? await this.#openLive(held, plan) : null;
    const tape = live?.tape ?? (await loadTape(held.source.tape_id ?? ''));
    const [first] = tape;
    if (first === undefined)
      throw new BellwetherError('invalid', 'tape/ended', `expected bars on tape ${held.source.tape_id}, has none`);
    const journals = new Map<string, readonly EventDocument[]>();
    for (const { id } of held.open) journals.set(id, await readJournal(pool, id));
    const speed = live !== null ? null : (held.source.speed ?? defaultSpeed(first));
    return new SessionPlay({
      held: { ...held, source: { ...held.source, speed } },
      plan,
      tape,
      begin: live !== null ? beginNow(clock.now()) : await this.#beginOf(held, plan, tape),
      journals,
      codec,
      commits,
      store: this.#store,
      clock,
      place: await this.#placeOf(held, plan, tape),
      sha256,
      live,
    });
  }

  /** History as deep as the plan looks back, and every bar from now on. */
  async #openLive(held: HeldSession, plan: ExecutionPlan): Promise<LiveTape> {
    const { liveMarket, clock } = this.#settings;
    if (liveMarket === undefined)
      throw new BellwetherError(
        'invalid',
        'pipeline/not-runnable',
        'expected a source of live prices, none is configured; run it on a tape, or configure a source and start it again',
      );
    return liveMarket.open({
      symbols: plan.symbols,
      // A place that was left is found again in the history.
      from: Math.min(
        clock.now(),
        held.hasWaited ? Number.POSITIVE_INFINITY : (positionOf(held)?.from ?? Number.POSITIVE_INFINITY),
      ),
      lookbackBars: plan.lookbackBars,
      timeframes: plan.timeframes,
    });
  }

  async #placeOf(held: HeldSession, plan: ExecutionPlan, tape: readonly TapeSymbol[]): Promise<Place> {
    const { accounts, pool, installation, sha256, nudgeAccount = () => undefined } = this.#settings;
    const { pipelineId } = held;
    const account = accounts?.accountOf(plan, pipelineId, held.id) ?? null;
    if (accounts === undefined || account === null)
      return new SimulatedPlace(plan, { installation, account: pipelineId }, sha256);
    const link = new AccountRows(pool, account, held, nudgeAccount);
    await accounts.driver.open(account, plan);
    await link.ensure(plan);
    const traded = tape.filter(({ symbol }) => plan.symbols.length === 0 || plan.symbols.includes(symbol));
    return new AccountPlace({ plan, pipelineId, sessionId: held.id, tape: traded, link, driver: accounts.driver });
  }

  /** Says where a new session begins: as its source says, or where the pipeline has something to do. */
  async #beginOf(held: HeldSession, plan: ExecutionPlan, tape: readonly TapeSymbol[]): Promise<SessionBegin> {
    const { source, purpose, isNew } = held;
    const plain = { from: null, forwardTo: null, text: 'run by hand' };
    if (!isNew) return plain;
    if (source.from !== undefined && source.from !== null) return { ...plain, from: Date.parse(source.from) };
    const moment = await this.#momentOf(held, plan, tape);
    if (moment === null) return plain;
    if (purpose === 'run')
      return { ...plain, forwardTo: moment.at, text: `run by hand, at the moment when ${moment.text}` };
    const lead = tape.find(({ symbol }) => plan.symbols.includes(symbol)) ?? tape[0];
    if (lead === undefined) return plain;
    const row = rowFrom(lead, moment.at) - LEAD_BARS;
    return row < 1 ? plain : { ...plain, forwardTo: lead.bars.end[row - 1] ?? null };
  }

  /** The same version on the same tape has the same moment: it is looked for once. */
  #momentOf(held: HeldSession, plan: ExecutionPlan, tape: readonly TapeSymbol[]): Promise<TriggerFact | null> {
    const { clock, installation, sha256 } = this.#settings;
    const key = `${held.pipelineId} ${held.version} ${held.source.tape_id}`;
    let moment = this.#moments.get(key);
    if (moment === undefined) {
      if (this.#moments.size >= MOST_MOMENTS) this.#moments.clear();
      moment = firstMoment(
        { plan, tape, installation, account: held.pipelineId, sha256 },
        { now: () => clock.now(), rest: () => clock.waitUntil(clock.now()) },
      );
      this.#moments.set(key, moment);
      moment.catch(() => this.#moments.delete(key));
    }
    return moment;
  }

  async #failed(held: HeldSession, error: unknown, now: EpochMs): Promise<void> {
    const { log, commits } = this.#settings;
    const message = messageOf(error);
    const facts = { session_id: held.id, pipeline_id: held.pipelineId, failures: held.failures + 1 };
    if (isFinal(error) || held.failures + 1 >= MOST_FAILURES) {
      log(`session given up: ${message}`, facts);
      await this.#store.giveUp(held, message);
      const body = {
        event: 'pipeline_updated',
        seq: null,
        journal_seq: null,
        execution_id: null,
        pipeline_id: held.pipelineId,
      };
      const at = new Date(now).toISOString();
      await commits.write({
        userId: held.userId,
        journal: [],
        events: [
          {
            pipelineId: held.pipelineId,
            executionId: null,
            journalSeq: null,
            body: JSON.stringify({ ...body, timestamp: at, recorded_at: at }),
          },
        ],
      });
      return;
    }
    log(`session failed and is tried again: ${message}`, facts);
    await this.#store.postpone(held.id, held.fence, now + Math.min(LONGEST_BACKOFF_MS, 1_000 * 2 ** held.failures));
  }
}

function positionOf(held: HeldSession): TapePosition | null {
  return held.position as TapePosition | null;
}

function beginNow(now: EpochMs): SessionBegin {
  return { from: now, forwardTo: null, text: 'run by hand' };
}

/** So many bars a second, whatever their length. */
function defaultSpeed({ bars }: TapeSymbol): number {
  const barMs = Math.max(1, (bars.end[0] ?? 60_000) - (bars.start[0] ?? 0));
  return (barMs * BARS_PER_SECOND) / 1_000;
}

function isFinal(error: unknown): boolean {
  return isBellwetherError(error) && (error.kind === 'invalid' || error.kind === 'bug' || error.kind === 'rejected');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
