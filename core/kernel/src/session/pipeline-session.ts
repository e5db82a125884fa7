import {
  type BarSeries,
  BellwetherError,
  barAt,
  type EpochMs,
  type ExchangeCalendar,
  type Money,
  priceFromNumber,
  type RunMode,
  type Timeframe,
  type TriggerFact,
} from '@bellwether/domain';
import type { TradePlan } from '../agent/agent-output.ts';
import type { ExecutionPlan } from '../execution/execution-plan.ts';
import { closeMarks } from '../execution/step-context.ts';
import { DailyLimits, type DailyUse } from '../guards/daily-limits.ts';
import { type DataLabel, needsOf, SymbolView } from '../market/market-view.ts';
import { PipelineTriggers, type TriggerMemory } from '../market/trigger-watch.ts';
import type { Sha256 } from '../order/client-order-id.ts';
import type { DeskEvent, Ticket } from '../order/desk-events.ts';
import { type DeskSettings, type DeskState, OrderDesk } from '../order/order-desk.ts';
import type { Venue, VenueEvent } from '../order/venue.ts';
import { nextDue } from '../schedule/next-due.ts';
import { advanceRunState, type RunState } from '../schedule/run-mode.ts';
import { hasWindow, mayStart, nextWindow, windowAt } from '../schedule/window.ts';

/** A venue that is driven by bars. */
export interface BarVenue extends Venue {
  onBar(symbol: string, bar: ReturnType<typeof barAt>): readonly VenueEvent[];
}

export interface SessionSymbol {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly calendar: ExchangeCalendar;
  readonly label: DataLabel;
  /** See `SymbolView`: how much history may warm the indicators up. */
  readonly warmFrom: ReadonlyMap<Timeframe, EpochMs>;
}

/** What a session asks of its runtime. */
export interface SessionEvents {
  /** An execution is to start now. In a virtual runtime it has run as far as it can when this returns. */
  start(trigger: TriggerFact): void;
  desk(event: DeskEvent): void;
  /** A trigger or tick came to nothing, and why. */
  skipped(at: EpochMs, reason: string): void;
}

export interface SessionSettings {
  readonly plan: ExecutionPlan;
  readonly symbols: readonly SessionSymbol[];
  readonly venue: BarVenue;
  readonly desk: DeskSettings;
  readonly sha256: Sha256;
  /** No execution starts before this instant: bars before it only warm up. */
  readonly decideFrom: EpochMs;
}

/** Plain data but for the bigints of the desk; the views are rebuilt from the bars. */
export interface SessionState {
  readonly runState: RunState;
  readonly executing: boolean;
  readonly triggers: readonly TriggerMemory[];
  readonly timeDue: EpochMs | null;
  readonly tickDue: EpochMs | null;
  readonly flattenedOn: string | null;
  readonly daily: DailyUse;
  readonly desk: DeskState;
}

/**
 * bar opens ─▶ desk ─▶ bar closes ─▶ fills ─▶ views ─▶ triggers ─▶ start an execution
 *
 * One pipeline on its market: what happens when, whoever drives it. Both runtimes hand it the same opens and closes in the same order.
 *
 * Invariants: a decision at a close sees that bar and nothing later; its orders act from the next open; one execution at a time.
 */
export class PipelineSession {
  readonly plan: ExecutionPlan;
  readonly desk: OrderDesk;
  readonly #settings: SessionSettings;
  readonly #views = new Map<string, SymbolView>();
  readonly #triggers: PipelineTriggers;
  readonly #events: SessionEvents;
  readonly #mode: RunMode;
  readonly #view: (symbol: string) => SymbolView;
  #runState: RunState = 'stopped';
  #executing = false;
  #now: EpochMs = 0;
  /** Due instant of `run_scheduled`; of a cycle without a trigger node. */
  #tickDue: EpochMs | null = null;
  #flattenedOn: string | null = null;
  readonly #cycles: boolean;
  readonly #limits: DailyLimits;
  /** When the schedule's window next opens or closes; never without one. */
  #windowTurnsAt: EpochMs = Number.POSITIVE_INFINITY;
  #dayEndsAt: EpochMs = Number.NEGATIVE_INFINITY;

  constructor(settings: SessionSettings, events: SessionEvents) {
    this.plan = settings.plan;
    this.#settings = settings;
    this.#events = events;
    this.#mode = settings.plan.pipeline.runMode;
    const needs = needsOf(settings.plan);
    for (const { symbol, timeframe, calendar, label, warmFrom } of settings.symbols) {
      this.#views.set(symbol, new SymbolView(symbol, timeframe, calendar, needs, label, warmFrom));
    }
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
    this.desk = new OrderDesk(settings.venue, settings.desk, settings.sha256, (event) => {
      this.#events.desk(event);
      if (event.kind === 'order_updated' && event.order.purpose === 'entry' && event.order.status === 'planned')
        this.#limits.countTrade();
      if (event.kind !== 'position_closed') return;
      if (event.position.enteredQuantity === 0n) this.#limits.returnTrade();
      this.#step({ kind: 'position_closed' });
    });
    this.#triggers = new PipelineTriggers(settings.plan, settings.plan.symbols);
    this.#limits = new DailyLimits(settings.plan.pipeline.schedule);
    if (settings.plan.pipeline.schedule !== null && hasWindow(settings.plan.pipeline.schedule))
      this.#windowTurnsAt = Number.NEGATIVE_INFINITY;
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

  /** The pipeline is started at `at`; refused outside its window when it would run only once. Returns why, or null. */
  startAt(at: EpochMs): string | null {
    const step = advanceRunState(this.#mode, this.#runState, { kind: 'started', ...this.#moment(at) });
    this.#runState = step.state;
    if (step.refusal !== undefined) return step.refusal;
    this.#arm(at);
    return null;
  }

  /** Starts an execution now, by hand, whatever the triggers say. Returns why it may not start, or null. */
  runNow(at: EpochMs, text: string): string | null {
    if (this.#executing) return 'skipped_overlap';
    const permission = mayStart(this.plan.pipeline.schedule, at);
    if (permission.kind === 'refused') return permission.reason;
    this.#begin({ nodeId: null, kind: 'manual', at, text });
    return null;
  }

  /** Time reaches `at` before anything else of that instant that opens: coarser bars close, due instants come. */
  advanceTo(at: EpochMs): void {
    for (const view of this.#views.values()) {
      const closedAt = view.advanceTo(at);
      if (closedAt > 0) this.#judge(view, closedAt);
    }
    this.#takeDue(at);
  }

  /** Row `row` of the symbol's finest bars begins. */
  onOpen(symbol: string, series: BarSeries, row: number): void {
    const at = series.start[row] as number;
    this.#now = at;
    if (at >= this.#dayEndsAt) this.#beginDay(symbol, at);
    if (at >= this.#windowTurnsAt) this.#turnWindow(at);
    if (!this.desk.hasWork(symbol)) return;
    const open = series.open[row] as number;
    const closes = closeMarks(this.#view);
    // Equity at an open counts this symbol at its open and the others at what was last seen of them.
    const marks = { get: (of: string) => (of === symbol ? priceFromNumber(open) : closes.get(of)) };
    this.desk.onOpen(symbol, at, open, marks, series.volume[row] as number);
  }

  /** Row `row` has closed: what happened inside it, then it becomes visible, then triggers are judged. */
  onClose(symbol: string, series: BarSeries, row: number): void {
    const end = series.end[row] as number;
    this.#takeDueBefore(end);
    this.#now = end;
    if (this.desk.hasWork(symbol)) {
      const bar = barAt(series, row);
      this.desk.onBar(symbol, bar, this.#settings.venue.onBar(symbol, bar));
    }
    const view = this.#view(symbol);
    view.push(series, row);
    if (this.#limits.followsEquity) this.#limits.follow(this.#equity());
    this.#flattenWhenDue(end);
    if (end >= this.#windowTurnsAt) this.#turnWindow(end);
    this.#judge(view, end);
    this.#takeDue(end);
    this.#cycleAt(end);
  }

  /** A bar that only warms up: nothing rests, nobody decides. */
  warmUp(symbol: string, series: BarSeries, row: number): void {
    const view = this.#view(symbol);
    view.push(series, row);
    this.#now = series.end[row] as number;
    this.#triggers.afterClose(view, this.#now, false);
  }

  /** Hands intents to the desk, for the trade node of an execution. */
  submit(plan: TradePlan, ticket: Omit<Ticket, 'pending' | 'orders' | 'traded' | 'refusal'>): void {
    const limit = plan.intents.some((intent) => intent.purpose === 'open')
      ? this.#limits.refuseEntry(() => this.#equity())
      : null;
    this.desk.submit(plan, ticket, this.#now, this.#view(plan.symbol).calendar.isOpen(this.#now), limit);
  }

  /** The open execution has ended. */
  executionEnded(): void {
    this.#executing = false;
    this.#step({ kind: 'execution_ended', ...this.#moment(this.#now) });
    if (this.#cycles && this.#runState === 'armed') this.#tickDue = this.#now + CYCLE_MS;
  }

  /** When the schedule next forces the pipeline flat; null when it never does. */
  forcedFlatAt(at: EpochMs): EpochMs | null {
    const schedule = this.plan.pipeline.schedule;
    if (schedule === null || !schedule.flattenPositionsAtEnd) return null;
    return windowAt(schedule, at)?.flattenAt ?? null;
  }

  stop(): void {
    this.#step({ kind: 'stopped' });
    this.#tickDue = null;
  }

  saveState(): SessionState {
    return {
      runState: this.#runState,
      executing: this.#executing,
      triggers: this.#triggers.saveState(),
      timeDue: this.#triggers.nextDue,
      tickDue: this.#tickDue,
      flattenedOn: this.#flattenedOn,
      daily: this.#limits.saveState(),
      desk: this.desk.saveState(),
    };
  }

  /** Continues where `saveState` was taken, after the views have been warmed up with every bar up to `now`. */
  restoreState(state: SessionState, now: EpochMs): void {
    this.#now = now;
    this.#runState = state.runState;
    this.#executing = state.executing;
    this.#tickDue = state.tickDue;
    this.#flattenedOn = state.flattenedOn;
    this.#limits.restoreState(state.daily);
    if (state.timeDue !== null) this.#triggers.arm(state.timeDue - 1, this.#view);
    this.#triggers.restoreState(state.triggers);
    this.desk.restoreState(state.desk);
  }

  #judge(view: SymbolView, at: EpochMs): void {
    const armed = this.#runState === 'armed' && at >= this.#settings.decideFrom;
    const fired = this.#triggers.afterClose(view, at, armed);
    if (fired !== null) this.#fire(fired);
  }

  #takeDueBefore(at: EpochMs): void {
    this.#takeDue(at - 1);
  }

  #takeDue(at: EpochMs): void {
    if (this.#runState !== 'armed') {
      const passed = this.#triggers.passDue(at) || this.#passTick(at);
      if (passed && this.#executing) this.#events.skipped(at, 'skipped_overlap');
      return;
    }
    while (this.#runState === 'armed') {
      const due = this.#triggers.nextDue;
      if (due === null || due > at) break;
      this.#now = Math.max(this.#now, due);
      const fired = this.#triggers.takeDue(at);
      if (fired !== null) this.#fire(fired);
    }
    const tick = this.#tickDue;
    if (!this.#cycles && tick !== null && tick <= at && this.#runState === 'armed') this.#tick(tick);
  }

  /** The schedule is due. */
  #tick(due: EpochMs): void {
    const { schedule } = this.plan.pipeline;
    if (schedule === null) return;
    this.#now = Math.max(this.#now, due);
    const tick = nextDue(schedule, due - 1);
    this.#tickDue = nextDue(schedule, due)?.at ?? null;
    if (tick?.skipped) this.#events.skipped(due, tick.skipped);
    else this.#fire({ nodeId: null, kind: 'schedule', at: due, text: 'the schedule is due' });
  }

  /** Lets a tick pass that came while nothing could start. Returns whether there was one. */
  #passTick(at: EpochMs): boolean {
    const { schedule } = this.plan.pipeline;
    if (this.#cycles || schedule === null || this.#tickDue === null || this.#tickDue > at) return false;
    this.#tickDue = nextDue(schedule, at)?.at ?? null;
    return true;
  }

  /** Without a trigger node a pipeline looks again at a close, the first there is after its pause: between closes there is nothing new to see. */
  #cycleAt(close: EpochMs): void {
    if (!this.#cycles || this.#tickDue === null || this.#tickDue > close || this.#runState !== 'armed') return;
    this.#tickDue = null;
    this.#fire({ nodeId: null, kind: 'cycle', at: close, text: 'a new cycle begins' });
  }

  #fire(trigger: TriggerFact): void {
    if (trigger.at < this.#settings.decideFrom) return;
    if (this.#executing) return this.#events.skipped(trigger.at, 'skipped_overlap');
    const permission = mayStart(this.plan.pipeline.schedule, trigger.at);
    if (permission.kind === 'refused') return this.#events.skipped(trigger.at, permission.reason);
    const limit = this.#limits.refuseExecution(() => this.#equity());
    if (limit === null) return this.#begin(trigger);
    this.#step(limit.rule === 'stop_on_drawdown' ? { kind: 'halted' } : { kind: 'daily_limit_reached' });
    this.#events.skipped(trigger.at, limit.rule);
  }

  #begin(trigger: TriggerFact): void {
    this.#executing = true;
    this.#now = Math.max(this.#now, trigger.at);
    this.#limits.countExecution();
    this.#step({ kind: 'execution_started' });
    this.#events.start(trigger);
  }

  #arm(at: EpochMs): void {
    this.#triggers.arm(at, this.#view);
    const { schedule } = this.plan.pipeline;
    if (this.#mode === 'run_scheduled' && schedule !== null) this.#tickDue = nextDue(schedule, at)?.at ?? null;
    else if (this.#cycles) this.#tickDue = Math.max(at, this.#settings.decideFrom);
  }

  #equity(): Money {
    return this.#settings.venue.equity(closeMarks(this.#view));
  }

  /** The exchange day turns at the close before: limits start anew, and a pipeline that was cooling may go on. */
  #beginDay(symbol: string, at: EpochMs): void {
    const session = this.#view(symbol).calendar.exchangeDay(at + 1);
    this.#dayEndsAt = session.closesAt;
    if (this.#limits.day === session.day) return;
    this.#limits.beginDay(session.day, this.#equity());
    this.#step({ kind: 'exchange_day_started', ...this.#moment(at) });
  }

  /** The window opens or closes: a sleeping pipeline wakes, one that must stop drops what it has not sent. */
  #turnWindow(at: EpochMs): void {
    const { schedule } = this.plan.pipeline;
    if (schedule === null) return;
    const window = windowAt(schedule, at);
    if (window !== undefined) {
      this.#windowTurnsAt = window.endsAt;
      this.#step({ kind: 'window_started', hasOwnPosition: this.#moment(at).hasOwnPosition });
      return;
    }
    this.#windowTurnsAt = nextWindow(schedule, at)?.startsAt ?? Number.POSITIVE_INFINITY;
    if (this.#runState === 'stopped') return;
    this.#step({ kind: 'window_ended', stopsPipeline: schedule.stopPipelineAtEnd });
    if (schedule.stopPipelineAtEnd) this.desk.cancelEntries(null, 'window_ended', at);
  }

  #flattenWhenDue(at: EpochMs): void {
    const { schedule } = this.plan.pipeline;
    if (schedule === null || !schedule.flattenPositionsAtEnd) return;
    const window = windowAt(schedule, at - 1);
    if (window === undefined || at < window.flattenAt || this.#flattenedOn === window.date) return;
    this.#flattenedOn = window.date;
    for (const position of [...this.desk.openPositions()]) this.desk.requestClose(position.symbol, 'eod_flatten', at);
  }

  #step(event: Parameters<typeof advanceRunState>[2]): void {
    this.#runState = advanceRunState(this.#mode, this.#runState, event).state;
  }

  #moment(at: EpochMs): { isInsideWindow: boolean; hasOwnPosition: boolean } {
    const hasOwnPosition = !this.desk.openPositions()[Symbol.iterator]().next().done;
    return { isInsideWindow: mayStart(this.plan.pipeline.schedule, at).kind === 'allowed', hasOwnPosition };
  }
}

/** Without a trigger node a continuous pipeline starts again this long after it ended. */
const CYCLE_MS = 60_000;
