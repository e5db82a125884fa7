import { BellwetherError, type EpochMs, MINUTE_MS, priceFromNumber, type TriggerFact } from '@bellwether/domain';
import { type DeskEvent, type ExecutionPlan, executionEventFrom, executionIdOf } from '@bellwether/kernel';
import type { EventCodec, EventDocument } from '../engine/event-codec.ts';
import type { GroupCommit } from '../engine/group-commit.ts';
import { JournalPage, waitingText } from '../engine/journal.ts';
import type { PipelinePatch } from '../engine/write.ts';
import { type LiveTape, SETTLES_MS } from '../market/live-tape.ts';
import { AccountLockstep } from './account-lockstep.ts';
import type { AccountPlace } from './account-place.ts';
import { type Attended, attend } from './attended-execution.ts';
import type { Digests } from './digests.ts';
import { Pace, type WallClock } from './pace.ts';
import { pipelineShown, STOPPED } from './pipeline-shown.ts';
import { type Place, restorePlace } from './place.ts';
import { forwardTo, openMarket, type PlayMarket, playStep, rewindTo, showStep } from './play-market.ts';
import { readMemory } from './session-codec.ts';
import { SessionStanding } from './session-standing.ts';
import type { HeldSession, SessionStore } from './session-store.ts';
import { SessionWriter } from './session-writer.ts';
import { SignalBox } from './signal-box.ts';
import { StepBatch } from './step-batch.ts';
import type { TapePosition, TapeStep, TapeSymbol } from './tape-cursor.ts';

export interface PlaySettings {
  readonly held: HeldSession;
  readonly plan: ExecutionPlan;
  readonly tape: readonly TapeSymbol[];
  /** Where a session that has not begun begins. */
  readonly begin: SessionBegin;
  /** Journals of the open executions. */
  readonly journals: ReadonlyMap<string, readonly EventDocument[]>;
  readonly codec: EventCodec;
  readonly commits: Pick<GroupCommit, 'write'>;
  readonly store: SessionStore;
  readonly clock: WallClock;
  /** Where its pipeline trades. */
  readonly place: Place;
  readonly sha256: Digests;
  /** The tape, where it is still being written; null for a recorded one. */
  readonly live: LiveTape | null;
}

export interface SessionBegin {
  /** The first instant that may be decided on; null is the tape's first bar. */
  readonly from: EpochMs | null;
  /** What closed by then is shown as history; null begins with the first bar that may be decided on. */
  readonly forwardTo: EpochMs | null;
  /** Why a run begins there, for people. */
  readonly text: string;
}

/** Why a session was left: it has ended, it waits to be woken, somebody else holds it, or its worker stops. */
export type PlayOutcome = 'ended' | 'waiting' | 'lost' | 'left';

/** A holder that writes nothing else saves its place this often, well within the lease. */
const SAVE_EVERY_MS = 1_500;
/** Requests are looked for this often; a poke is at once. */
const LOOK_EVERY_MS = 1_000;
/** What was due longer ago than this is missed. */
const LATEST_MS = 60_000;
/** Steps without a wait after which other work of the process gets its turn. */
const STEPS_PER_TURN = 256;

/**
 * tape ─▶ wall clock ─▶ session ─▶ executions ─▶ one write ─▶ the next step
 *
 * Plays one held session. Its executions are driven here, by its only holder, with nothing between a decision and its orders.
 *
 * Invariants: 1. what a step causes (journal, orders, positions, the session's memory) is one write. 2. the tape does not pass an instant while
 * an execution works on it. 3. a lost lease drops everything in memory and touches nothing. 4. played again from a saved place, the same
 * bars give the same writes.
 */
export class SessionPlay {
  readonly #settings: PlaySettings;
  readonly #plan: ExecutionPlan;
  readonly #market: PlayMarket;
  readonly #batch: StepBatch;
  readonly #writer: SessionWriter;
  readonly #standing: SessionStanding;
  readonly #signals: SignalBox;
  /** Null for a simulated place, which answers within the step. */
  readonly #lockstep: AccountLockstep | null;
  #open: Attended | null = null;
  #runEnded: boolean;
  #waits = false;
  #stopping = false;
  #endReason: string | null = null;
  #savedAt: EpochMs;
  #renewedAt = 0;
  #lookedAt = 0;
  #poke: () => void = () => undefined;
  #signal: AbortSignal = new AbortController().signal;

  constructor(settings: PlaySettings) {
    const { held, plan, tape, place, sha256, clock, codec, live } = settings;
    this.#settings = settings;
    this.#plan = plan;
    this.#savedAt = clock.now();
    // What has closed while it waited is history.
    const position = held.hasWaited ? null : (held.position as TapePosition | null);
    const from = position?.from ?? settings.begin.from;
    this.#market = openMarket({
      plan,
      tape,
      from,
      place,
      events: {
        start: (trigger) => this.#begin(trigger),
        desk: (event) => this.#desk(event),
        skipped: (at, reason, kind) => this.#writer.skipped(at, reason, kind),
      },
      ...(live === null
        ? {}
        : {
            live: {
              until: () => live.completeThrough(clock.now()),
              decideFrom: (held.hasWaited ? held.marketTime : from) ?? clock.now(),
              latestMs: LATEST_MS,
            },
          }),
    });
    this.#batch = new StepBatch({
      codec,
      accountId: held.pipelineId,
      pipelineId: held.pipelineId,
      tradingMode: plan.pipeline.tradingMode,
      sha256Hex: sha256.hex,
      recordedAt: () => clock.now(),
      lastPrice: (symbol) => this.#market.session.view(symbol).lastClose,
      lastPriceAt: (symbol) => this.#market.session.view(symbol).lastCloseAt,
    });
    this.#writer = new SessionWriter(held, plan, this.#market, this.#batch, sha256);
    this.#standing = new SessionStanding(held, this.#market, this.#writer);
    const { store, commits } = settings;
    this.#lockstep =
      place.kind === 'simulated'
        ? null
        : new AccountLockstep({
            place,
            session: this.#market.session,
            held,
            clock,
            store,
            commits,
            signal: () => this.#signal,
            commit: () => this.#commit(),
            shown: () => this.#shown(),
          });
    this.#signals = new SignalBox(this.#market, this.#writer);
    this.#runEnded = false;
    if (position !== null) this.#restore(position);
    else if (held.hasWaited) this.#resume();
  }

  /** Plays until the end, until the lease is lost or `signal` aborts. */
  async play(signal: AbortSignal): Promise<PlayOutcome> {
    this.#signal = signal;
    const outcome = await this.#play(signal);
    this.#settings.live?.close();
    return outcome === 'lost' && signal.aborted ? 'left' : outcome;
  }

  async #play(signal: AbortSignal): Promise<PlayOutcome> {
    const { clock, held, store } = this.#settings;
    const { session, decideFrom } = this.#market;
    if (this.#lockstep !== null && !(await this.#lockstep.begin(Math.max(session.now, decideFrom)))) return 'lost';
    // Before the first decision: nothing may slip in between a start and the first look.
    const { standing, signals } = await store.requests(held);
    this.#standing.obey(standing);
    this.#signals.take(signals);
    if (held.hasWaited) this.#signals.deliver(clock.now());
    if (held.isNew) this.#start();
    this.#open?.drive.resume();
    if (this.#account?.awaitsAnswer === true) this.#account.desk.tell();
    this.#endWhenDone();
    if (!(await this.#commit())) return 'lost';
    const { now } = this.#market.session;
    const pace = new Pace(held.source.speed, this.#tapeTimeframe(), clock.now(), now === 0 ? null : now);
    let steps = 0;
    while (this.#endReason === null) {
      if (signal.aborted) return 'left';
      if (clock.now() - this.#lookedAt >= LOOK_EVERY_MS && !(await this.#takeRequests())) return 'lost';
      if (this.#endReason !== null) break;
      const working = this.#open;
      if (working?.drive.isWorking) {
        if (!(await this.#finishWork(working, signal))) return 'lost';
        continue;
      }
      const step = this.#market.cursor.peek();
      if (step === null && this.#settings.live !== null) {
        if (!(await this.#awaitMarket(this.#settings.live, signal))) return 'lost';
        if (this.#waits) return 'waiting';
        continue;
      }
      if (step === null) {
        if (!(await this.#endOfTape())) return 'lost';
        if (!(await this.#commit())) return 'lost';
        if (this.#endReason === null) continue;
        break;
      }
      const dueAt = pace.dueAt(step.at, clock.now());
      if (!(await this.#waitUntil(dueAt, signal))) return 'lost';
      if (signal.aborted) return 'left';
      this.#fireTimers(step.at, step.kind);
      if (!(await this.#playStep(step))) return 'lost';
      this.#market.cursor.advance();
      this.#endWhenDone();
      const isSaveDue = clock.now() - this.#savedAt >= SAVE_EVERY_MS;
      if (isSaveDue) this.#markPositions();
      if (isSaveDue || this.#hasNews()) {
        if (!(await this.#commit())) return 'lost';
      } else if (++steps % STEPS_PER_TURN === 0) await clock.waitUntil(clock.now());
    }
    return 'ended';
  }

  /**
   * Everything that is known has been played: time passes up to there, signals are heard, and then there is nothing to do but to wait: for the
   * next bar, or, when nothing runs or is held, to be woken. Returns false when the lease is lost.
   */
  async #awaitMarket(live: LiveTape, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#settings;
    const { session, cursor, place } = this.#market;
    const now = clock.now();
    const complete = live.completeThrough(now);
    if (cursor.peek() !== null) return true;
    this.#fireTimers(complete, 'open');
    if (complete > session.now) session.advanceTo(complete);
    // Orders of a simulated account fill from the next bar's open, so what a signal decides within a minute waits for its end.
    this.#signals.deliver(place.kind === 'account' ? now : complete);
    this.#endWhenDone();
    if (this.#hasNews() && !(await this.#commit())) return false;
    if (this.#endReason !== null || this.#open?.drive.isWorking === true) return true;
    if (this.#mayWait()) {
      this.#waits = true;
      return this.#commit();
    }
    const settled = (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS + SETTLES_MS;
    live.onNews(() => this.#poke());
    return this.#waitUntil(now < settled - MINUTE_MS ? settled - MINUTE_MS : settled, signal);
  }

  /** Whether nothing is left that only a holder can look after. */
  #mayWait(): boolean {
    if (this.#settings.held.purpose === 'run' || this.#open !== null || this.#stopping) return false;
    const place = this.#account;
    return this.#market.session.isIdle && !this.#signals.isWaiting && (place === null || !place.desk.isLive);
  }

  /** Continues after a wait: what has closed meanwhile has been shown, what was due meanwhile comes now. */
  #resume(): void {
    const { held } = this.#settings;
    const memory = readMemory(held.state);
    restorePlace(this.#market.place, memory.place);
    const { session, cursor } = this.#market;
    session.resumeState(memory.session, held.marketTime ?? cursor.from);
  }

  /** Plays one step; on a broker account the broker has seen it before. */
  async #playStep(step: TapeStep): Promise<boolean> {
    // A bar that had begun before anything could rest in it is history.
    if (this.#settings.live !== null && (step.tape.bars.start[step.row] as number) < this.#market.cursor.from) {
      showStep(this.#market.session, step);
      return true;
    }
    if (this.#lockstep !== null && !(await this.#lockstep.show(step))) return false;
    playStep(this.#market.session, step);
    this.#account?.advanced(null);
    return true;
  }

  /** Somebody asked something of the session: look now. */
  poke(): void {
    this.#lookedAt = 0;
    this.#poke();
  }

  #start(): void {
    const { held, begin } = this.#settings;
    const { session, decideFrom, cursor } = this.#market;
    if (begin.forwardTo !== null) forwardTo(this.#market, begin.forwardTo);
    if (held.purpose === 'start') {
      // Starting is an act before the next bar: a trigger of that very instant still counts.
      const refusal = session.startAt((cursor.peek()?.at ?? decideFrom) - 1);
      if (refusal !== null) {
        this.#stopping = true;
        this.#end(`not started: ${refusal}`);
      }
      return;
    }
    // The newest bar that has closed is the one that the run decides on.
    const at = Math.max(session.now, begin.forwardTo ?? cursor.from);
    const refusal = session.runNow(at, begin.text);
    // The row of the run was promised to whoever asked: it is there, and ends with the reason.
    if (refusal !== null) this.#begin({ nodeId: null, kind: 'manual', at, text: begin.text }, refusal);
  }

  #restore(position: TapePosition): void {
    const { held, journals, codec } = this.#settings;
    const now = rewindTo(this.#market, position);
    const memory = readMemory(held.state);
    restorePlace(this.#market.place, memory.place);
    if (memory.place.kind === 'account' && memory.place.advancedTo !== null)
      this.#market.session.advanceTo(memory.place.advancedTo);
    this.#market.session.restoreState(memory.session, held.marketTime ?? now);
    for (const { id, attempt } of held.open) {
      const documents = journals.get(id) ?? [];
      const events = documents.map((document) => codec.fromWire(document));
      const [started] = events;
      if (started?.event !== 'execution_started') continue;
      const attended = this.#attend(id, started.trigger, attempt, documents);
      attended.isNew = false;
      for (const event of events) attended.drive.replay(event);
      this.#open = attended;
    }
    this.#runEnded = held.purpose === 'run' && this.#open === null;
  }

  #attend(id: string, trigger: TriggerFact, attempt: number, documents: readonly EventDocument[]): Attended {
    const { held, codec, clock, sha256 } = this.#settings;
    const { session } = this.#market;
    const page = new JournalPage({ executionId: id, pipelineId: held.pipelineId }, codec, () => clock.now(), documents);
    const attended = attend({
      executionId: id,
      trigger,
      attempt,
      plan: this.#plan,
      session,
      page,
      sha256Hex: sha256.hex,
      keep: (hash, answers) => this.#writer.keep(hash, answers),
      journal: (execution, seq, event) => {
        this.#writer.attend(execution);
        this.#batch.event(page.append(seq, event));
      },
      ended: () => {
        this.#open = null;
        if (held.purpose === 'run') this.#runEnded = true;
        session.executionEnded();
      },
    });
    this.#writer.attend(attended);
    return attended;
  }

  #begin(trigger: TriggerFact, refusal: string | null = null): void {
    const { held, sha256 } = this.#settings;
    const promised = held.open.find(({ id }) => id === held.runExecutionId);
    const isPromised = promised !== undefined && trigger.kind === 'manual';
    const id = isPromised ? promised.id : executionIdOf(held.id, trigger, sha256.hex);
    const attended = this.#attend(id, trigger, isPromised ? promised.attempt : 1, []);
    if (trigger.kind === 'schedule') this.#writer.ticked(trigger.at, id);
    this.#signals.started(trigger);
    if (isPromised) attended.isNew = false;
    this.#open = attended;
    const { pipeline, symbols } = this.#plan;
    const started = {
      event: 'execution_started' as const,
      at: trigger.at,
      executionId: id,
      pipelineId: held.pipelineId,
      version: held.version,
      tradingMode: pipeline.tradingMode,
      runMode: pipeline.runMode,
      trigger,
      symbols: symbols.length > 0 ? symbols : this.#market.tape.map(({ symbol }) => symbol),
    };
    if (refusal === null) attended.drive.feed(started);
    else attended.drive.feed(started, { event: 'cancel_requested', at: trigger.at, reason: refusal });
  }

  #desk(event: DeskEvent): void {
    // The rows of a broker account, and what is told of them, are its keeper's.
    if (this.#account === null) this.#batch.desk(event);
    const answer = executionEventFrom(event);
    if (answer !== null && this.#open?.drive.state.executionId === answer.executionId)
      this.#open.drive.feed(answer.event);
  }

  #fireTimers(at: EpochMs, kind: 'open' | 'close'): void {
    if (kind !== 'open') return;
    for (;;) {
      const timer = this.#open?.drive.nextTimer ?? null;
      if (timer === null || timer.dueAt > at) return;
      this.#open?.drive.feed({ event: 'timer_fired', at: timer.dueAt, commandId: timer.id });
    }
  }

  /** Waits for an answer that is under way, its question committed, and takes it. */
  async #finishWork({ drive }: Attended, signal: AbortSignal): Promise<boolean> {
    if (this.#hasNews() && !(await this.#commit())) return false;
    drive.release();
    const pause = new AbortController();
    const stop = () => pause.abort();
    signal.addEventListener('abort', stop, { once: true });
    this.#poke = stop;
    const { clock } = this.#settings;
    await Promise.race([drive.nextAnswer(), clock.waitUntil(clock.now() + LOOK_EVERY_MS, pause.signal)]);
    pause.abort();
    signal.removeEventListener('abort', stop);
    drive.takeAnswers();
    this.#endWhenDone();
    return this.#commit();
  }

  async #takeRequests(): Promise<boolean> {
    const { store, held, clock } = this.#settings;
    this.#lookedAt = clock.now();
    const { stop, facts, standing, asked, signals } = await store.requests(held);
    this.#standing.obey(standing);
    this.#signals.take(signals);
    for (const request of asked) this.#standing.answer(request);
    for (const { inboxId, executionId, fact } of facts) {
      const open = this.#open;
      if (open?.drive.state.executionId !== executionId || this.#writer.hasConsumed(inboxId)) continue;
      const { event, reason } = fact as { event?: string; reason?: string };
      if (event !== 'cancel_requested') continue;
      this.#cancel(reason ?? 'canceled by the user');
      this.#writer.consume(inboxId, open.drive.state.seq);
    }
    if (stop && !this.#stopping) {
      this.#stopping = true;
      this.#market.session.stop();
      this.#cancel('the pipeline was stopped');
    }
    this.#endWhenDone();
    return this.#hasNews() || stop || this.#standing.isNews ? this.#commit() : true;
  }

  #cancel(reason: string): void {
    const open = this.#open;
    if (open === null || open.drive.state.cancelReason !== null) return;
    const { session } = this.#market;
    open.drive.feed({ event: 'cancel_requested', at: session.now, reason });
    session.desk.cancelEntries(open.drive.state.executionId, 'canceled', session.now);
  }

  /** The market is over: what waits is canceled, what is held is closed at the last price. */
  async #endOfTape(): Promise<boolean> {
    const { session } = this.#market;
    this.#cancel('the tape has ended');
    if (this.#lockstep !== null && !(await this.#lockstep.closeAll())) return false;
    for (const position of this.#lockstep === null ? [...session.desk.openPositions()] : []) {
      const price = session.view(position.symbol).lastClose;
      if (position.quantity === 0n || Number.isNaN(price)) continue;
      session.desk.requestClose(position.symbol, 'tape_end', session.now);
      session.desk.onOpen(position.symbol, session.now, price, this.#marks(), Number.MAX_SAFE_INTEGER);
    }
    const open = this.#open;
    if (open?.drive.isWorking) return true;
    if (open !== null)
      throw new BellwetherError(
        'bug',
        'execution/journal-conflict',
        `expected execution ${open.page.executionId} to end with its tape, it still ${waitingText(open.drive.state)}`,
      );
    this.#end(
      this.#holds() ? 'the tape has ended; what could not be closed stays open at the broker' : 'the tape has ended',
    );
    return true;
  }

  /** Shows open positions at their newest price, so that a screen can follow them between fills. */
  #markPositions(): void {
    if (this.#account !== null) return;
    const { session } = this.#market;
    for (const position of this.#writer.ruling())
      if (position.quantity > 0n) this.#batch.desk({ kind: 'position_updated', at: session.now, position });
  }

  #marks() {
    const { session } = this.#market;
    const last = new Map(this.#market.tape.map(({ symbol }) => [symbol, session.view(symbol).lastClose]));
    return {
      get: (symbol: string) => {
        const close = last.get(symbol);
        return close === undefined || Number.isNaN(close) ? undefined : priceFromNumber(close);
      },
    };
  }

  #endWhenDone(): void {
    if (this.#endReason !== null || this.#open !== null || this.#holds()) return;
    if (this.#runEnded) return this.#end('the run has ended');
    if (this.#settings.held.purpose === 'run') return;
    const { runState } = this.#market.session;
    if (this.#stopping) this.#end(STOPPED);
    else if (runState === 'completed') this.#end('it has run once');
  }

  #end(reason: string): void {
    this.#endReason ??= reason;
  }

  #holds(): boolean {
    return !this.#market.session.desk.openPositions()[Symbol.iterator]().next().done;
  }

  #hasNews(): boolean {
    return this.#writer.hasNews || this.#endReason !== null || (this.#account?.hasRequests ?? false);
  }

  /** Waits for the wall clock; saves the place meanwhile, and looks for requests. Returns false when the lease is lost. */
  async #waitUntil(dueAt: EpochMs, signal: AbortSignal): Promise<boolean> {
    const { clock, held, store } = this.#settings;
    while (clock.now() < dueAt && !signal.aborted) {
      const pause = new AbortController();
      const stop = () => pause.abort();
      signal.addEventListener('abort', stop, { once: true });
      this.#poke = stop;
      await clock.waitUntil(Math.min(dueAt, clock.now() + LOOK_EVERY_MS), pause.signal);
      signal.removeEventListener('abort', stop);
      if (clock.now() - Math.max(this.#savedAt, this.#renewedAt) >= SAVE_EVERY_MS) {
        if (!(await store.renew(held.id, held.fence))) return false;
        this.#renewedAt = clock.now();
      }
      if ((clock.now() < dueAt || this.#lookedAt === 0) && !(await this.#takeRequests())) return false;
      if (this.#endReason !== null) return true;
    }
    return true;
  }

  /** Writes down what has been caused; on a broker account, until its answers cause nothing more. */
  async #commit(): Promise<boolean> {
    const place = this.#account;
    for (;;) {
      const asks = place?.hasRequests ?? false;
      if (asks) await place?.catchUp();
      if (!(await this.#write())) return false;
      if (place === null || !asks) return true;
      place.link.nudge();
      if (!(await this.#lockstep?.settle())) return false;
      place.desk.tell();
      this.#endWhenDone();
      if (!this.#hasNews()) return true;
    }
  }

  async #write(): Promise<boolean> {
    const { commits, clock } = this.#settings;
    this.#writer.tellWaiting();
    this.#savedAt = clock.now();
    this.#standing.written();
    const outcome = await commits.write(this.#writer.take(this.#shown(), this.#endReason, this.#waits));
    if (outcome === 'lost') return false;
    this.#writer.committed();
    return true;
  }

  #shown(): PipelinePatch {
    return pipelineShown({
      held: this.#settings.held,
      plan: this.#plan,
      session: this.#market.session,
      endReason: this.#endReason,
      isStopping: this.#stopping,
      open: this.#open ?? undefined,
      holds: this.#holds(),
      waitsForBrokerSince: this.#lockstep?.waitsSince ?? null,
      stands: this.#standing.text,
    });
  }

  get #account(): AccountPlace | null {
    const { place } = this.#market;
    return place.kind === 'account' ? place : null;
  }

  #tapeTimeframe() {
    const [first] = this.#market.tape;
    if (first === undefined)
      throw new BellwetherError(
        'invalid',
        'bars/unknown-symbol',
        'expected the tape to hold a symbol of the pipeline, was none',
      );
    return first.bars.timeframe;
  }
}
