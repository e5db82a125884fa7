import {
  type BarSeries,
  BellwetherError,
  barAt,
  type EpochMs,
  MINUTE_MS,
  type Money,
  NYSE_CALENDAR,
  priceFromNumber,
  type Refusal,
  type RunMode,
  type Timeframe,
  type TriggerFact,
  timeframeMinutes,
} from '@bellwether/domain';
import type { TicketHead } from '../account/account-fact.ts';
import type { TradePlan } from '../agent/agent-output.ts';
import type { ExecutionPlan } from '../execution/execution-plan.ts';
import { closeMarks } from '../execution/step-context.ts';
import { DailyLimits } from '../guards/daily-limits.ts';
import { needsOf, SymbolView } from '../market/market-view.ts';
import { PipelineTriggers, type TriggerArming } from '../market/trigger-watch.ts';
import type { Desk } from '../order/desk.ts';
import { refusal } from '../position/position-book.ts';
import { nextDue, type ScheduleTick } from '../schedule/next-due.ts';
import { advanceRunState, type RunState } from '../schedule/run-mode.ts';
import { mayStart, windowAt } from '../schedule/window.ts';
import { SessionClock } from './session-clock.ts';
import type { SessionEvents, SessionSettings, SessionState } from './session-settings.ts';

/**
 * bar opens ─▶ desk ─▶ bar closes ─▶ fills ─▶ views ─▶ triggers ─▶ start an execution
 *
 * One pipeline on its market: what happens when, whoever drives it. Both runtimes hand it the same opens and closes in the same order.
 *
 * Invariants: a decision at a close sees that bar and nothing later; its orders act from the next open; one execution at a time.
 */
export class PipelineSession {
  readonly plan: ExecutionPlan;
  readonly desk: Desk;
  readonly #settings: SessionSettings;
  readonly #views = new Map<string, SymbolView>();
  readonly #allViews: readonly SymbolView[];
  readonly #triggers: PipelineTriggers;
  readonly #events: SessionEvents;
  readonly #mode: RunMode;
  readonly #view: (symbol: string) => SymbolView;
  #runState: RunState = 'stopped';
  #executing = false;
  #now: EpochMs = 0;
  /** The next tick of `run_scheduled`. */
  #tick: ScheduleTick | null = null;
  /** Without a trigger node: from when on the next close begins a cycle. */
  #cycleDue: EpochMs | null = null;
  readonly #cycles: boolean;
  readonly #limits: DailyLimits;
  readonly #clock: SessionClock;
  /** Why nothing may be opened in a symbol whatever the pipeline decides: kill switches, latches. */
  #standing: (symbol: string) => Refusal | null = () => null;

  constructor(settings: SessionSettings, events: SessionEvents) {
    this.plan = settings.plan;
    this.#settings = settings;
    this.#events = events;
    this.#mode = settings.plan.pipeline.runMode;
    const needs = needsOf(settings.plan);
    for (const { symbol, timeframe, calendar, label, warmFrom } of settings.symbols) {
      this.#views.set(symbol, new SymbolView(symbol, timeframe, calendar, needs, label, warmFrom));
    }
    this.#allViews = [...this.#views.values()];
    this.#view = (symbol) => {
      const view = this.#views.get(symbol);
      if (view === undefined) {
        throw new BellwetherError(
          'invalid',
          'bars/unknown-symbol',
          `expected bars of ${symbol}, known are ${[...this.#views.keys()].join(', ') || 'none'}; add them to the tape`,
        );
      }
      return view;
    };
    for (const symbol of settings.plan.symbols) this.#view(symbol);
    this.desk = settings.openDesk((event) => {
      this.#events.desk(event);
      if (event.kind === 'order_updated' && event.order.purpose === 'entry' && event.order.status === 'planned')
        this.#limits.countTrade();
      if (event.kind !== 'position_closed') return;
      const { enteredQuantity, orders } = event.position;
      // Given back to the day that it was counted on, or to none.
      if (enteredQuantity === 0n && this.#clock.exchangeDayOf(orders[0]?.plannedAt ?? event.at) === this.#clock.day)
        this.#limits.returnTrade();
      if (!this.#hasOwnPosition()) this.#step({ kind: 'position_closed' });
    });
    this.#triggers = new PipelineTriggers(settings.plan, settings.plan.symbols);
    this.#limits = new DailyLimits(settings.plan.pipeline.schedule);
    this.#clock = new SessionClock(settings.plan.pipeline.schedule, settings.symbols[0]?.calendar ?? NYSE_CALENDAR);
    this.#cycles = this.#triggers.isEmpty && this.#mode !== 'run_scheduled';
  }

  get now(): EpochMs {
    return this.#now;
  }
  get runState(): RunState {
    return this.#runState;
  }
  get isExecuting(): boolean {
    return this.#executing;
  }
  /** The symbol's view. Throws `bars/unknown-symbol`, naming the known ones. */
  get view(): (symbol: string) => SymbolView {
    return this.#view;
  }

  /** When time alone brings something next; null when it never does. Only for a session that is idle. */
  get wakesAt(): EpochMs | null {
    const dues: EpochMs[] = [];
    if (this.#runState === 'armed') {
      const { nextDue: time } = this.#triggers;
      if (time !== null) dues.push(time);
      if (this.#cycleDue !== null) dues.push(this.#cycleDue);
    }
    if (this.#tick !== null && this.#runState !== 'stopped') dues.push(this.#tick.at);
    const turnsAt = this.#clock.nextTurn(this.#runState === 'cooling');
    if (turnsAt < Number.POSITIVE_INFINITY) dues.push(turnsAt);
    return dues.length === 0 ? null : Math.min(...dues);
  }

  /** Whether nothing runs, rests or is held: whoever drives may let go until something fires, or `wakesAt`. */
  get isIdle(): boolean {
    return !this.#executing && !this.#hasOwnPosition();
  }

  /** What somebody else may watch for meanwhile: nothing where no trigger is armed. */
  armings(): readonly TriggerArming[] {
    return this.#runState === 'armed' ? this.#triggers.armings() : [];
  }

  /** Something that was watched for elsewhere has happened: it fires as if it had been judged here. */
  takeFired(trigger: TriggerFact, symbol: string | null): void {
    if (this.#runState !== 'armed') return this.#events.skipped(trigger.at, this.#whyNotArmed(), trigger.kind);
    const { calendar } = this.#allViews[0] as SymbolView;
    this.#triggers.used(trigger, symbol, calendar.exchangeDay(trigger.at).ordinal);
    this.#fire(trigger);
  }

  /** The pipeline is started at `at`; refused outside its window when it would run only once. Returns why, or null. */
  startAt(at: EpochMs): string | null {
    const step = advanceRunState(this.#mode, this.#runState, { kind: 'started', ...this.#moment(at) });
    if (step.refusal !== undefined) return step.refusal;
    this.#clock.place(at);
    this.#triggers.arm(at, this.#view);
    this.#runState = step.state;
    const { schedule } = this.plan.pipeline;
    if (this.#mode === 'run_scheduled' && schedule !== null) this.#tick = nextDue(schedule, at);
    else if (this.#cycles) this.#cycleDue = Math.max(at, this.#settings.decideFrom);
    return null;
  }

  /** Starts an execution now, by hand, whatever the triggers say. Returns why it may not start, or null. */
  runNow(at: EpochMs, text: string): string | null {
    if (this.#executing) return 'skipped_overlap';
    if (this.#runState === 'halted') return 'halted';
    const permission = mayStart(this.plan.pipeline.schedule, at);
    if (permission.kind === 'refused') return permission.reason;
    if (this.#clock.turnsAt <= at) this.#turn(at);
    const limit = this.#limits.refuseExecution(() => this.#equity());
    if (limit !== null) return limit.rule;
    this.#begin({ nodeId: null, kind: 'manual', at, text });
    return null;
  }

  /** Time reaches `at` before anything else of that instant that opens: coarser bars close, days and windows turn, due instants come. */
  advanceTo(at: EpochMs): void {
    this.#passTime(at);
    this.#closeCoarser(at);
  }

  /** Row `row` of the symbol's finest bars begins; time has been advanced to it. */
  onOpen(symbol: string, series: BarSeries, row: number): void {
    const at = series.start[row] as number;
    this.#now = Math.max(this.#now, at);
    if (!this.desk.hasWork(symbol)) return;
    this.desk.dropUnsent(symbol, at, () => this.#standing(symbol)?.rule ?? this.#refuseSending(at));
    const open = series.open[row] as number;
    const closes = closeMarks(this.#view);
    // Equity at an open counts this symbol at its open and the others at what was last seen of them.
    const marks = { get: (of: string) => (of === symbol ? priceFromNumber(open) : closes.get(of)) };
    this.desk.onOpen(symbol, at, open, marks, series.volume[row] as number);
  }

  /**
   * Row `row` has closed: what happened inside it, then it becomes visible. With the last close of an instant triggers are judged, so that a
   * decision sees every symbol as it is then.
   */
  onClose(symbol: string, series: BarSeries, row: number, isLastOfInstant: boolean): void {
    const end = series.end[row] as number;
    this.#passTime(end - 1);
    this.#now = end;
    if (this.desk.hasWork(symbol)) this.desk.onBar(symbol, barAt(series, row));
    const view = this.#view(symbol);
    view.push(series, row);
    if (this.#limits.followsEquity) this.#limits.follow(this.#equity());
    if (!isLastOfInstant) return;
    if (this.#clock.turnsAt <= end) this.#turn(end);
    const { flattensAt } = this.#clock;
    if (
      flattensAt < Number.POSITIVE_INFINITY &&
      flattensAt < end + nextBarMs(series.timeframe) &&
      this.#clock.flatten()
    )
      this.#flatten(end);
    this.#judgeAll(end);
    this.#takeDue(end, end);
    this.#cycleAt(end);
  }

  /** A bar that only warms up: nothing rests, nobody decides. */
  warmUp(symbol: string, series: BarSeries, row: number): void {
    const view = this.#view(symbol);
    view.push(series, row);
    this.#now = series.end[row] as number;
    this.#triggers.afterClose(view, this.#now, 'idle');
  }

  /** Hands intents to the desk, for the trade node of an execution. */
  submit(plan: TradePlan, ticket: TicketHead): void {
    const refused = plan.intents.some((intent) => intent.purpose === 'open') ? this.#refuseEntry(plan.symbol) : null;
    this.desk.submit(plan, ticket, this.#now, this.#view(plan.symbol).calendar.isOpen(this.#now), refused);
  }

  /** Tells what stands against entries from now on; what has not been sent is asked again when it would be. */
  setStanding(refuse: (symbol: string) => Refusal | null): void {
    this.#standing = refuse;
  }

  /** The open execution has ended. */
  executionEnded(): void {
    this.#executing = false;
    this.#step({ kind: 'execution_ended', ...this.#moment(this.#now) });
    if (this.#cycles) this.#cycleDue = this.#runState === 'completed' ? null : this.#now + CYCLE_MS;
  }

  /** When the schedule next forces the pipeline flat; null when it never does. */
  forcedFlatAt(at: EpochMs): EpochMs | null {
    const schedule = this.plan.pipeline.schedule;
    if (schedule === null || !schedule.flattenPositionsAtEnd) return null;
    return windowAt(schedule, at)?.flattenAt ?? null;
  }

  stop(): void {
    this.#step({ kind: 'stopped' });
    this.#tick = null;
    this.#cycleDue = null;
  }

  saveState(): SessionState {
    return {
      runState: this.#runState,
      executing: this.#executing,
      triggers: this.#triggers.saveState(),
      timeDue: this.#triggers.nextDue,
      tickDue: this.#tick?.at ?? this.#cycleDue,
      flattenedOn: this.#clock.flattenedOn,
      daily: this.#limits.saveState(),
    };
  }

  /** Continues where `saveState` was taken, after the views have been warmed up with every bar up to `now` and the desk has its memory back. */
  restoreState(state: SessionState, now: EpochMs): void {
    this.#now = now;
    this.#runState = state.runState;
    this.#executing = state.executing;
    const { schedule } = this.plan.pipeline;
    if (this.#cycles) this.#cycleDue = state.tickDue;
    else if (state.tickDue !== null && schedule !== null) this.#tick = nextDue(schedule, state.tickDue - 1);
    this.#limits.restoreState(state.daily);
    this.#clock.restore(now, state.flattenedOn, state.daily.day !== null);
    if (state.timeDue !== null) this.#triggers.arm(state.timeDue - 1, this.#view);
    this.#triggers.restoreState(state.triggers);
  }

  /** Continues after a wait that began at `since`, with nothing held and the views warmed up with every bar until now. */
  resumeState(state: SessionState, since: EpochMs): void {
    this.restoreState({ ...state, triggers: [] }, since);
    this.#triggers.resumeState(state.triggers);
  }

  /** What follows from time alone up to `until`, included: each at its own instant, in order. */
  #passTime(until: EpochMs): void {
    for (let wakes = this.#wakesAt(); wakes <= until; wakes = this.#wakesAt()) {
      const at = Number.isFinite(wakes) ? wakes : until;
      this.#closeCoarser(at - 1);
      this.#now = Math.max(this.#now, at);
      if (this.#clock.turnsAt <= at) this.#turn(at);
      this.#closeCoarser(at);
      this.#takeDue(at, until);
    }
  }

  #wakesAt(): EpochMs {
    let wakes = this.#clock.turnsAt;
    const due = this.#triggers.nextDue;
    if (due !== null && due < wakes) wakes = due;
    const tick = this.#tick;
    return tick !== null && tick.at < wakes ? tick.at : wakes;
  }

  /** Coarser bars whose end has passed without a finer one close. */
  #closeCoarser(at: EpochMs): void {
    let closedAt = 0;
    for (const view of this.#allViews) closedAt = Math.max(closedAt, view.advanceTo(at));
    if (closedAt > 0) this.#judgeAll(closedAt);
  }

  /** One instant starts one execution, over every lane; what else fires at it has its say in that. */
  #judgeAll(at: EpochMs): void {
    const isEarly = at < this.#settings.decideFrom;
    const standing = isEarly ? 'idle' : this.#runState === 'armed' ? 'armed' : this.#isBusy() ? 'busy' : 'idle';
    let fired: TriggerFact | null = null;
    for (const view of this.#allViews)
      fired = this.#triggers.afterClose(view, at, fired === null ? standing : 'idle') ?? fired;
    if (fired === null) return;
    if (standing === 'busy') this.#events.skipped(at, 'skipped_overlap', fired.kind);
    else this.#fire(fired);
  }

  /** Whether a trigger would have started something, were an execution not under way. */
  #isBusy(): boolean {
    return this.#executing && this.#runState === 'running';
  }

  /** `now` is where time stands: what was due too long before it is missed. */
  #takeDue(at: EpochMs, now: EpochMs): void {
    const earliest = now - (this.#settings.latestMs ?? Number.POSITIVE_INFINITY);
    for (let due = this.#triggers.nextDue; due !== null && due <= at; due = this.#triggers.nextDue) {
      const fired = this.#triggers.takeDue(due);
      if (fired === null) break;
      if (due < earliest) this.#events.skipped(due, 'missed', fired.kind);
      else if (this.#runState === 'armed') this.#fire(fired);
      else if (this.#isBusy()) this.#events.skipped(due, 'skipped_overlap', fired.kind);
    }
    const { schedule } = this.plan.pipeline;
    for (let tick = this.#tick; tick !== null && schedule !== null && tick.at <= at; tick = this.#tick) {
      const next = nextDue(schedule, tick.at);
      this.#tick = next;
      // Of an interval that was slept through only the newest tick is worth a word.
      const isPassedOver = schedule.scheduleType === 'interval' && next !== null && next.at <= now;
      if (tick.at < earliest && isPassedOver) continue;
      this.#takeTick(tick, tick.at < earliest);
    }
  }

  #takeTick({ at, skipped }: ScheduleTick, isMissed: boolean): void {
    const reason = skipped ?? (isMissed ? 'missed' : this.#runState === 'armed' ? null : this.#whyNotArmed());
    if (reason === null) this.#fire({ nodeId: null, kind: 'schedule', at, text: 'the schedule is due' });
    else this.#events.skipped(at, reason, 'schedule');
  }

  #whyNotArmed(): string {
    return this.#isBusy() ? 'skipped_overlap' : this.#runState;
  }

  /** Without a trigger node a pipeline looks again at a close, the first there is after its pause: between closes there is nothing new to see. */
  #cycleAt(close: EpochMs): void {
    if (this.#cycleDue === null || this.#cycleDue > close || this.#runState !== 'armed') return;
    this.#cycleDue = null;
    this.#fire({ nodeId: null, kind: 'cycle', at: close, text: 'a new cycle begins' });
    if (this.#executing || this.#cycleDue !== null) return;
    // Refused: it is tried again, not forgotten.
    const permission = mayStart(this.plan.pipeline.schedule, close);
    this.#cycleDue =
      permission.kind === 'refused' && permission.nextStart !== null ? permission.nextStart : close + CYCLE_MS;
  }

  #fire(trigger: TriggerFact): void {
    if (trigger.at < this.#settings.decideFrom) return;
    if (this.#executing) return this.#events.skipped(trigger.at, 'skipped_overlap', trigger.kind);
    const permission = mayStart(this.plan.pipeline.schedule, trigger.at);
    if (permission.kind === 'refused') return this.#events.skipped(trigger.at, permission.reason, trigger.kind);
    const limit = this.#limits.refuseExecution(() => this.#equity());
    if (limit === null) return this.#begin(trigger);
    this.#step(limit.rule === 'stop_on_drawdown' ? { kind: 'halted' } : { kind: 'daily_limit_reached' });
    this.#events.skipped(trigger.at, limit.rule, trigger.kind);
  }

  #begin(trigger: TriggerFact): void {
    this.#executing = true;
    this.#now = Math.max(this.#now, trigger.at);
    this.#limits.countExecution();
    this.#step({ kind: 'execution_started' });
    this.#events.start(trigger);
  }

  #equity(): Money {
    return this.desk.equity(closeMarks(this.#view));
  }

  /** Days and windows turn: limits start anew, a sleeping pipeline wakes, one that must stop drops what it has not sent. */
  #turn(at: EpochMs): void {
    for (const turn of this.#clock.turn(at)) {
      if (turn === 'exchange_day') this.#beginDay(at);
      else if (turn === 'flatten') this.#flatten(at);
      else if (turn === 'window_started') this.#step({ kind: turn, hasOwnPosition: this.#hasOwnPosition() });
      else this.#endWindow(at);
    }
  }

  #beginDay(at: EpochMs): void {
    this.#assessMargin(at);
    this.#limits.beginDay(this.#clock.day, () => this.#equity());
    this.#step({ kind: 'exchange_day_started', ...this.#moment(at) });
  }

  #endWindow(at: EpochMs): void {
    if (this.#runState === 'stopped') return;
    const stopsPipeline = this.plan.pipeline.schedule?.stopPipelineAtEnd ?? false;
    this.#step({ kind: 'window_ended', stopsPipeline });
    if (stopsPipeline) this.desk.cancelEntries(null, 'window_ended', at);
  }

  /** Nothing more is bought in this window, and what is held is closed at the next open. */
  #flatten(at: EpochMs): void {
    this.desk.cancelEntries(null, 'eod_flatten', at);
    for (const position of [...this.desk.openPositions()]) this.desk.requestClose(position.symbol, 'eod_flatten', at);
  }

  /** Why nothing may be opened by a decision now, or null. */
  #refuseEntry(symbol: string): Refusal | null {
    const standing = this.#standing(symbol);
    if (standing !== null) return standing;
    const outside = this.#refuseSending(this.#now);
    if (outside !== null) return refusal(outside, `no entry is sent now: ${outside}`);
    const limit = this.#limits.refuseEntry(() => this.#equity());
    if (limit !== null) return limit;
    this.#assessMargin(this.#now);
    return this.desk.marginCalled
      ? refusal('margin_call', 'equity is below what the open positions require: nothing is opened until it is not')
      : null;
  }

  /** Why the schedule lets no entry go now, or null. */
  #refuseSending(at: EpochMs): string | null {
    if (this.#clock.isFlattening) return 'flatten_period';
    const permission = mayStart(this.plan.pipeline.schedule, at);
    return permission.kind === 'refused' ? permission.reason : null;
  }

  #assessMargin(at: EpochMs): void {
    if (!this.#hasOwnPosition() && !this.desk.marginCalled) return;
    this.desk.assessMargin(closeMarks(this.#view), at);
    if (!this.desk.marginCalled || !this.plan.pipeline.mode.forceLiquidation) return;
    for (const position of [...this.desk.openPositions()]) this.desk.requestClose(position.symbol, 'emergency', at);
  }

  #step(event: Parameters<typeof advanceRunState>[2]): void {
    const before = this.#runState;
    this.#runState = advanceRunState(this.#mode, before, event).state;
    if (this.#runState === 'armed' && before !== 'armed') this.#triggers.armPrices(this.#view);
  }

  #hasOwnPosition(): boolean {
    return !this.desk.openPositions()[Symbol.iterator]().next().done;
  }

  #moment(at: EpochMs): { isInsideWindow: boolean; hasOwnPosition: boolean } {
    const isInsideWindow = mayStart(this.plan.pipeline.schedule, at).kind === 'allowed';
    return { isInsideWindow, hasOwnPosition: this.#hasOwnPosition() };
  }
}

/** How long the next bar may last, within which nothing can be sent; a bar of a whole day says nothing of hours. */
function nextBarMs(timeframe: Timeframe): number {
  return timeframe === '1d' ? 0 : timeframeMinutes(timeframe) * MINUTE_MS;
}

/** Without a trigger node a continuous pipeline starts again this long after it ended. */
const CYCLE_MS = 60_000;
