import { type ConditionHandle, MET } from '@bellwether/conditions';
import { BellwetherError, type EpochMs, type TriggerFact } from '@bellwether/domain';
import type { TriggerWatch } from '../agent/define-agent.ts';
import type { ExecutionPlan } from '../execution/execution-plan.ts';
import type { SymbolView } from './market-view.ts';

type Technical = Extract<TriggerWatch, { kind: 'technical' }>;
type PriceLevel = Extract<TriggerWatch, { kind: 'price' }>;

/** Whether a trigger that fires starts something; `busy`: it would, were an execution not under way, and is not used up by that. */
export type TriggerStanding = 'armed' | 'busy' | 'idle';

interface Watched<W extends TriggerWatch> {
  /** The compiled condition of a technical trigger, looked up once. */
  handle?: ConditionHandle;
  readonly nodeId: string;
  readonly watch: W;
  readonly symbol: string;
  /** Closed bars of its timeframe, of the finest for a price, when it was last looked at. */
  seen: number;
  wasMet: boolean;
  previous: number;
  quietUntil: EpochMs;
  lastSession: number;
  armedAt: number;
}

/** Plain data: what the watch must remember over a restart. */
export interface TriggerMemory {
  readonly seen: number;
  readonly wasMet: boolean;
  readonly previous: number | null;
  readonly quietUntil: EpochMs;
  readonly lastSession: number;
  readonly armedAt: number | null;
}

/** One trigger in one symbol, with all that is needed to judge it elsewhere. Plain data. */
export interface TriggerArming {
  readonly nodeId: string;
  readonly symbol: string;
  readonly watch: Technical | PriceLevel;
  readonly wasMet: boolean;
  readonly previous: number | null;
  readonly quietUntil: EpochMs;
  readonly lastSession: number;
  /** The price that a move since arming is counted from; null before there was one. */
  readonly armedAt: number | null;
}

/**
 * The triggers of one pipeline over its symbols: told of every close, it says which fired.
 *
 * Invariants: a condition is judged at closes of its own timeframe only; `on_change` needs a close at which it was not met since it last was,
 * counted also while nobody is armed; nothing fires on bars that only warm up.
 */
export class PipelineTriggers {
  readonly #technical: Watched<Technical>[] = [];
  readonly #price: Watched<PriceLevel>[] = [];
  readonly #time: {
    readonly nodeId: string;
    readonly next: (after: EpochMs) => EpochMs | null;
    due: EpochMs | null;
  }[] = [];

  constructor(plan: ExecutionPlan, symbols: readonly string[]) {
    for (const node of plan.nodes) {
      if (node.agent.category !== 'trigger') continue;
      const watch = node.agent.watch?.(node.config);
      if (watch === undefined)
        throw new BellwetherError(
          'bug',
          'agent/unknown',
          `expected trigger ${node.agentType} to say what it waits for`,
        );
      const memory = {
        nodeId: node.id,
        seen: 0,
        wasMet: false,
        previous: Number.NaN,
        quietUntil: 0,
        lastSession: -1,
        armedAt: Number.NaN,
      };
      if (watch.kind === 'time') this.#time.push({ nodeId: node.id, next: watch.next, due: null });
      else if (watch.kind === 'technical')
        for (const symbol of symbols) this.#technical.push({ ...memory, watch, symbol });
      else
        for (const symbol of watch.symbol === null ? symbols : [watch.symbol])
          this.#price.push({ ...memory, watch, symbol });
    }
  }

  get isEmpty(): boolean {
    return this.#technical.length === 0 && this.#price.length === 0 && this.#time.length === 0;
  }

  /** The next instant at which a time trigger fires; null for none. */
  get nextDue(): EpochMs | null {
    let due: EpochMs | null = null;
    for (const time of this.#time) if (time.due !== null && (due === null || time.due < due)) due = time.due;
    return due;
  }

  /** Starts counting: time triggers from this instant on. */
  arm(at: EpochMs, view: (symbol: string) => SymbolView): void {
    for (const time of this.#time) time.due = time.next(at);
    this.armPrices(view);
  }

  /** Moves are counted from the newest price, or from the first that comes. */
  armPrices(view: (symbol: string) => SymbolView): void {
    for (const watched of this.#price) watched.armedAt = view(watched.symbol).lastClose;
  }

  /** Takes the time trigger that is due at `at` or before, and moves it on. */
  takeDue(at: EpochMs): TriggerFact | null {
    for (const time of this.#time) {
      if (time.due === null || time.due > at) continue;
      const due = time.due;
      time.due = time.next(due);
      return { nodeId: time.nodeId, kind: 'time', at: due, text: 'the scheduled time has come' };
    }
    return null;
  }

  /** A bar of the symbol closed (or a coarser one by the passing of time). Returns the trigger that fired, the first in the document's order. */
  afterClose(view: SymbolView, at: EpochMs, standing: TriggerStanding): TriggerFact | null {
    let fired: TriggerFact | null = null;
    for (const watched of this.#technical) {
      if (watched.symbol !== view.symbol) continue;
      const { watch } = watched;
      const closed = view.closedBars(watch.timeframe);
      if (closed === watched.seen) continue;
      watched.seen = closed;
      const met = view.evaluate((watched.handle ??= view.handle(watch.condition, watch.timeframe))) === MET;
      const counts = met && (watch.fire === 'every_bar' || !watched.wasMet);
      watched.wasMet = met;
      if (!counts || standing === 'idle' || at < watched.quietUntil || fired !== null) continue;
      if (standing === 'armed') watched.quietUntil = at + watch.cooldownMs;
      fired = {
        nodeId: watched.nodeId,
        kind: 'technical',
        at,
        text: view.condition(watch.condition, watch.timeframe).text,
      };
    }
    for (const watched of this.#price) {
      // Without a new bar there is no new price.
      if (watched.symbol !== view.symbol || view.count === watched.seen) continue;
      watched.seen = view.count;
      fired = this.#judgePrice(watched, view, at, fired === null ? standing : 'idle') ?? fired;
    }
    return fired;
  }

  saveState(): readonly TriggerMemory[] {
    return [...this.#technical, ...this.#price].map(({ seen, wasMet, previous, quietUntil, lastSession, armedAt }) => ({
      seen,
      wasMet,
      quietUntil,
      lastSession,
      previous: Number.isNaN(previous) ? null : previous,
      armedAt: Number.isNaN(armedAt) ? null : armedAt,
    }));
  }

  restoreState(state: readonly TriggerMemory[]): void {
    [...this.#technical, ...this.#price].forEach((watched, i) => {
      const memory = state[i];
      if (memory !== undefined)
        Object.assign(watched, {
          ...memory,
          previous: memory.previous ?? Number.NaN,
          armedAt: memory.armedAt ?? Number.NaN,
        });
    });
  }

  /** Continues after a wait, with every bar up to now shown: what a condition said last is known from these, what has been used up is remembered. */
  resumeState(state: readonly TriggerMemory[]): void {
    [...this.#technical, ...this.#price].forEach((watched, i) => {
      const memory = state[i];
      if (memory === undefined) return;
      watched.quietUntil = memory.quietUntil;
      watched.lastSession = memory.lastSession;
      watched.armedAt = memory.armedAt ?? Number.NaN;
    });
  }

  /** What somebody else may watch for while nobody drives this pipeline: every trigger that a price or a close can fire. */
  armings(): readonly TriggerArming[] {
    return [...this.#technical, ...this.#price].map(
      ({ nodeId, symbol, watch, wasMet, previous, quietUntil, lastSession, armedAt }) => ({
        nodeId,
        symbol,
        watch,
        wasMet,
        quietUntil,
        lastSession,
        previous: Number.isNaN(previous) ? null : previous,
        armedAt: Number.isNaN(armedAt) ? null : armedAt,
      }),
    );
  }

  /** A trigger that somebody else watched for has fired: it is used up as if it had been judged here. */
  used({ nodeId, at }: TriggerFact, symbol: string | null, sessionOrdinal: number): void {
    for (const watched of this.#technical)
      if (watched.nodeId === nodeId && (symbol === null || watched.symbol === symbol)) {
        watched.quietUntil = at + watched.watch.cooldownMs;
        watched.wasMet = true;
      }
    for (const watched of this.#price)
      if (watched.nodeId === nodeId && (symbol === null || watched.symbol === symbol))
        watched.lastSession = sessionOrdinal;
  }

  #judgePrice(
    watched: Watched<PriceLevel>,
    view: SymbolView,
    at: EpochMs,
    standing: TriggerStanding,
  ): TriggerFact | null {
    const price = view.lastClose;
    const before = watched.previous;
    watched.previous = price;
    if (Number.isNaN(watched.armedAt)) watched.armedAt = price;
    const { watch } = watched;
    const session = view.calendar.exchangeDay(at).ordinal;
    if (standing === 'idle' || (watch.oncePerSession && watched.lastSession === session)) return null;
    let met = false;
    let text = `${view.symbol} at ${price} is ${watch.operator} ${watch.value}`;
    switch (watch.operator) {
      case '>=':
        met = price >= watch.value;
        break;
      case '<=':
        met = price <= watch.value;
        break;
      case 'crosses_above':
        met = before < watch.value && price >= watch.value;
        break;
      case 'crosses_below':
        met = before > watch.value && price <= watch.value;
        break;
      case 'moves_percent': {
        const reference = watch.reference === 'arming' ? watched.armedAt : view.sessionReference(watch.reference);
        const moved = ((price - reference) / reference) * 100;
        met = watch.value >= 0 ? moved >= watch.value : moved <= watch.value;
        text = `${view.symbol} moved ${moved.toFixed(2)} % from ${reference} (${watch.reference}), the trigger asks for ${watch.value} %`;
        break;
      }
    }
    if (!met) return null;
    if (standing === 'armed') watched.lastSession = session;
    return { nodeId: watched.nodeId, kind: 'price', at, text };
  }
}
