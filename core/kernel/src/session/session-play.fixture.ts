// One pipeline of toy agents on bars made of words: what tests of sessions share.

import type { ConditionGroup } from '@bellwether/conditions';
import {
  type Bar,
  type BarSeries,
  barsFrom,
  type EpochMs,
  type ExchangeCalendar,
  formatInstant,
  NYSE_CALENDAR,
  priceToNumber,
  type Timeframe,
  type TriggerFact,
  timeframeMinutes,
} from '@bellwether/domain';
import { type ExchangeSettings, SimulatedExchange } from '@bellwether/matching';
import { compile } from '@bellwether/pipeline';
import { Type } from 'typebox';
import type { OrderIntent, TradePlan } from '../agent/agent-output.ts';
import { type AgentDefinition, defineAgent, type TriggerWatch } from '../agent/define-agent.ts';
import { intentOf, nameOf, PLAIN, planOf, roundTrip } from '../order/desk-play.fixture.ts';
import { type DeskSettings, OrderDesk } from '../order/order-desk.ts';
import { PipelineSession } from './pipeline-session.ts';

/** "13:30 100" is a minute whose four prices are 100; "13:30 100 101 99 100" names them. A date stays until the next one. */
export function minutes(day: string, rows: readonly string[], timeframe: Timeframe = '1m', symbol = 'AAPL'): BarSeries {
  let date = day;
  const length = timeframe === '1d' ? 390 : timeframeMinutes(timeframe);
  const bars = rows.map((row): Bar => {
    const words = row.split(' ');
    if (words[0]?.includes('-')) date = words.shift() as string;
    const start = Date.parse(`${date}T${words[0]}Z`);
    const close = NYSE_CALENDAR.sessionAt(start)?.closesAt ?? Number.POSITIVE_INFINITY;
    const [open = Number.NaN, high = open, low = open, last = open] = words.slice(1).map(Number);
    const end = Math.min(start + length * 60_000, close);
    return { start, end, open, high, low, close: last, volume: 1_000_000 };
  });
  return barsFrom(symbol, timeframe, bars);
}

/** Consecutive bars from `from` to before `until`, all at one price. */
export function flat(day: string, from: string, until: string, minutesLong = 1, price = 100): string[] {
  const rows: string[] = [];
  for (let at = Date.parse(`${day}T${from}Z`); at < Date.parse(`${day}T${until}Z`); at += minutesLong * 60_000)
    rows.push(`${day} ${new Date(at).toISOString().slice(11, 16)} ${price}`);
  return rows;
}

export interface SessionSketch {
  readonly runMode?: string;
  readonly triggers?: readonly TriggerWatch[];
  readonly schedule?: Readonly<Record<string, unknown>>;
  readonly mode?: Readonly<Record<string, unknown>>;
  readonly exchange?: Partial<ExchangeSettings>;
  readonly tape: readonly BarSeries[];
  readonly calendar?: ExchangeCalendar;
  /** The first rows only warm up. */
  readonly warm?: number;
  /** What the pipeline does at the n-th start, counted from 0: intents, or nothing. */
  readonly decide?: (play: SessionPlay, start: number, trigger: TriggerFact) => readonly Partial<OrderIntent>[] | null;
  readonly plan?: Partial<TradePlan>;
  readonly startAt?: EpochMs;
}

const DESK: DeskSettings = {
  installation: 'test',
  account: 'account',
  splitAtEntry: false,
  allowShort: true,
  commission: { perShare: 0, minimum: 0, maximumFraction: null },
  validationOnly: false,
};

export class SessionPlay {
  readonly session: PipelineSession;
  readonly exchange: SimulatedExchange;
  desk!: OrderDesk;
  /** "time kind" of each start. */
  readonly starts: string[] = [];
  readonly triggers: TriggerFact[] = [];
  /** "time reason" of each skip. */
  readonly skipped: string[] = [];
  /** "time side quantity@price reason" of each fill. */
  readonly fills: string[] = [];
  readonly refused: string[] = [];
  readonly states: string[] = [];
  readonly #sketch: SessionSketch;
  readonly #rows: number[];
  readonly #opened: boolean[];

  constructor(sketch: SessionSketch) {
    this.#sketch = sketch;
    this.exchange = new SimulatedExchange({ ...PLAIN, ...sketch.exchange });
    const first = sketch.tape.map((series) => series.start[sketch.warm ?? 0] as number);
    const decideFrom = Math.min(...first);
    this.session = new PipelineSession(
      {
        plan: planFor(sketch),
        decideFrom,
        symbols: sketch.tape.map(({ symbol, timeframe }) => ({
          symbol,
          timeframe,
          calendar: sketch.calendar ?? NYSE_CALENDAR,
          label: { source: 'words', synthetic: true },
          warmFrom: new Map(),
        })),
        openDesk: (emit) => {
          this.desk = new OrderDesk(this.exchange, DESK, nameOf, emit);
          return this.desk;
        },
      },
      {
        start: (trigger) => this.#start(trigger),
        skipped: (at, reason) => this.skipped.push(`${clock(at)} ${reason}`),
        desk: (event) => {
          if (event.kind === 'filled') {
            const { fill, reason } = event;
            const what = `${fill.symbol === 'AAPL' ? '' : `${fill.symbol} `}${Number(fill.quantity) / 1e9}@${priceToNumber(fill.price)}`;
            this.fills.push(`${clock(fill.at)} ${fill.side} ${what} ${reason}`);
          }
          if (event.kind !== 'settled') return;
          if (event.outcome === 'refused') this.refused.push(event.ticket.refusal?.rule ?? '');
          this.session.executionEnded();
        },
      },
    );
    this.#rows = sketch.tape.map(() => 0);
    this.#opened = sketch.tape.map(() => false);
    for (let row = 0; row < (sketch.warm ?? 0); row++)
      for (const series of sketch.tape) this.session.warmUp(series.symbol, series, row);
    this.#rows.fill(sketch.warm ?? 0);
  }

  start(at = this.#sketch.startAt ?? this.firstOpen - 1): string | null {
    return this.session.startAt(at);
  }

  get firstOpen(): EpochMs {
    return Math.min(...this.#sketch.tape.map((series, i) => series.start[this.#rows[i] as number] as number));
  }

  /** Starts the pipeline before the first bar and plays the tape to its end. */
  run(): this {
    this.start();
    return this.play();
  }

  /** Plays all that happens up to `until`, as both runtimes do: by instant, closes before opens. */
  play(until: EpochMs = Number.POSITIVE_INFINITY): this {
    for (;;) {
      const next = this.#next();
      if (next === null || next.at > until) return this;
      const series = this.#sketch.tape[next.track] as BarSeries;
      const row = this.#rows[next.track] as number;
      if (this.#opened[next.track]) {
        const isLast = !this.#sketch.tape.some(
          (other, i) => i !== next.track && this.#opened[i] && other.end[this.#rows[i] as number] === next.at,
        );
        this.session.onClose(series.symbol, series, row, isLast);
        this.#rows[next.track] = row + 1;
      } else {
        this.session.advanceTo(next.at);
        this.session.onOpen(series.symbol, series, row);
      }
      this.#opened[next.track] = !this.#opened[next.track];
      const { runState } = this.session;
      if (this.states.at(-1)?.split(' ')[1] !== runState) this.states.push(`${clock(next.at)} ${runState}`);
    }
  }

  /** Goes on where another play stopped, as after a restart: the bars shown again, the memory read back. */
  continueFrom(other: SessionPlay): this {
    other.#rows.forEach((rows, track) => {
      const series = this.#sketch.tape[track] as BarSeries;
      for (let row = this.#rows[track] as number; row < rows; row++) this.session.warmUp(series.symbol, series, row);
      this.#rows[track] = rows;
      this.#opened[track] = other.#opened[track] as boolean;
    });
    this.exchange.restoreState(roundTrip(other.exchange.saveState()));
    this.desk.restoreState(roundTrip(other.desk.saveState()));
    this.session.restoreState(roundTrip(other.session.saveState()), other.session.now);
    this.triggers.push(...other.triggers);
    return this;
  }

  #next(): { readonly track: number; readonly at: EpochMs } | null {
    let best: { track: number; at: EpochMs; isOpen: boolean } | null = null;
    this.#sketch.tape.forEach((series, track) => {
      const row = this.#rows[track] as number;
      if (row >= series.length) return;
      const isOpen = !this.#opened[track];
      const at = (isOpen ? series.start[row] : series.end[row]) as number;
      if (best === null || at < best.at || (at === best.at && best.isOpen && !isOpen)) best = { track, at, isOpen };
    });
    return best;
  }

  #start(trigger: TriggerFact): void {
    this.starts.push(`${clock(trigger.at)} ${trigger.nodeId ?? trigger.kind}`);
    const count = this.triggers.length;
    this.triggers.push(trigger);
    const intents = this.#sketch.decide?.(this, count, trigger) ?? null;
    if (intents === null || intents.length === 0) return this.session.executionEnded();
    const bySymbol = Map.groupBy(intents.map(intentOf), ({ symbol }) => symbol);
    for (const [symbol, own] of bySymbol) {
      const ticket = {
        commandId: `c-${count}-${symbol}`,
        executionId: `e-${count}`,
        nodeId: 'trade',
        agentType: 'trade',
      };
      this.session.submit(planOf(own, { symbol, ...this.#sketch.plan }), { ...ticket, symbol });
    }
  }
}

function clock(at: EpochMs): string {
  return formatInstant(at).slice(5, 16).replace('T', ' ');
}

function planFor({ runMode, triggers = [], schedule, mode, tape }: SessionSketch) {
  const blank = { version: 1, icon: 'dot', rate: '0', config: { schema: Type.Object({}), parse: () => ({}) } };
  const agents: AgentDefinition[] = triggers.map((watch, i) =>
    defineAgent({
      ...blank,
      type: `t${i}`,
      name: `t${i}`,
      description: `t${i}`,
      category: 'trigger',
      reads: [],
      writes: 'trigger',
      watch: () => watch,
      ...(watch.kind !== 'technical'
        ? {}
        : {
            timeframes: () => [watch.timeframe],
            conditions: () => [{ timeframe: watch.timeframe, group: watch.condition }],
          }),
      decide: () => ({ kind: 'pass', summary: '' }),
    }),
  );
  const timeframes = new Set(tape.map(({ timeframe }) => timeframe));
  for (const watch of triggers) if (watch.kind === 'technical') timeframes.add(watch.timeframe);
  agents.push(
    defineAgent({
      ...blank,
      type: 'data',
      name: 'data',
      description: 'data',
      category: 'data',
      reads: triggers.length === 0 ? [] : ['trigger'],
      writes: 'market_data',
      timeframes: () => [...timeframes],
      decide: () => ({ kind: 'pass', summary: '' }),
    }),
  );
  const { plan, problems } = compile(
    {
      name: 'toy',
      run_mode: runMode ?? 'run_continuous',
      nodes: agents.map(({ type }) => ({ id: type, agent_type: type, config: {} })),
      edges: triggers.map((_watch, i) => ({ from: `t${i}`, to: 'data' })),
      ...(schedule === undefined ? {} : { schedule_config: schedule }),
      ...(mode === undefined ? {} : { mode_config: mode }),
    },
    new Map(agents.map((agent) => [agent.type, agent])),
    { symbols: tape.map(({ symbol }) => symbol) },
  );
  if (plan === null) throw new Error(JSON.stringify(problems));
  return plan;
}

/** A Monday in summer: New York opens at 13:30Z. */
export const DAY = '2026-07-06';
/** A time of day in UTC. */
export const at = (time: string, day = DAY) => Date.parse(`${day}T${time}Z`);
export const above = (price: number): ConditionGroup =>
  ({ logic: 'AND', conditions: [{ left: { price: 'close' }, operator: '>', right: price }] }) as ConditionGroup;
/** A trigger on the close being above a level. */
export const technical = (
  fire: 'on_change' | 'every_bar',
  level = 0,
  timeframe: '1m' | '5m' = '1m',
  cooldownMs = 0,
): TriggerWatch => ({ kind: 'technical', timeframe, condition: above(level), fire, cooldownMs });
export const EVERY = technical('every_bar');
export const EVERY5 = technical('every_bar', 0, '5m');
/** A time trigger at these instants. */
export const times = (...instants: number[]): TriggerWatch => ({
  kind: 'time',
  next: (after) => instants.find((instant) => instant > after) ?? null,
});
export const priceOf = (change: Partial<Extract<TriggerWatch, { kind: 'price' }>>): TriggerWatch => ({
  kind: 'price',
  symbol: null,
  operator: '>=',
  value: 100,
  reference: 'arming',
  oncePerSession: false,
  ...change,
});
export const QUIET = flat(DAY, '13:30', '13:36');
/** Starts a pipeline on a few quiet minutes, or on the tape that is given, and plays it to the end. */
export const run = (sketch: Omit<SessionSketch, 'tape'> & { tape?: readonly BarSeries[] }) =>
  new SessionPlay({ tape: [minutes(DAY, QUIET)], ...sketch }).run();
