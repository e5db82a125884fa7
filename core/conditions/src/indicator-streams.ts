// closed bars of one symbol → shared indicator nodes → conditions: met, not met, not warm
import { type BarSeries, BellwetherError, MINUTE_MS, TIMEFRAMES, type Timeframe } from '@bellwether/domain';
import { faceValue, type IndicatorSpec, type SavedState } from '@bellwether/indicators';
import {
  type Condition,
  type ConditionGroup,
  isGroup,
  type Operand,
  QUOTE_PRICES,
  RANGE_TERMS,
  SESSION_TERMS,
} from './condition.ts';
import { specOf } from './condition-needs.ts';
import { describeCondition } from './describe-condition.ts';
import { type ConditionReading, type CrossNode, GroupNode, MET, NOT_WARM, TermNode } from './evaluate.ts';
import { OperandNode } from './operand-node.ts';
import { type SessionFacts, SessionTrack } from './session-track.ts';
import { TimeframeStream, type TimeframeStreamState } from './timeframe-stream.ts';

/** A compiled condition; keep it, for looking it up again costs more than evaluating it. */
export interface ConditionHandle {
  readonly group: ConditionGroup;
  readonly timeframe: Timeframe;
  readonly root: GroupNode;
}

/** A running indicator. `values` is aligned to `outputs` and overwritten at every bar; NaN is not warm. */
export interface IndicatorHandle {
  readonly spec: IndicatorSpec;
  readonly outputs: readonly string[];
  readonly values: Float64Array;
  readonly warmup: number;
}

/** The memory of a SymbolStreams as plain JSON. */
export interface SymbolStreamsState {
  readonly symbol: string;
  readonly instant: number | null;
  readonly session: SavedState;
  readonly timeframes: Readonly<Record<string, TimeframeStreamState>>;
}

/**
 * The indicators and conditions of one symbol, fed by its closed bars; each distinct (timeframe, indicator,
 * parameters, source) runs once, whoever asks for it.
 *
 * Invariants: 1. Bars of all timeframes arrive in order of their end; those with the same end in any order, all of
 * them before anything is evaluated. 2. Taking a bar and evaluating allocate nothing. 3. Evaluating changes nothing.
 * 4. What is compiled after bars were taken starts cold.
 */
export class SymbolStreams {
  readonly symbol: string;
  private readonly streams: Readonly<Record<Timeframe, TimeframeStream>>;
  private readonly handles = new Map<string, ConditionHandle>();
  private readonly session = new SessionTrack();
  private readonly quotes = new Float64Array(QUOTE_PRICES.length).fill(Number.NaN);
  /** End of the newest bars; in an array, because a number field that changes with every bar is allocated anew. */
  private readonly now = Float64Array.of(Number.NEGATIVE_INFINITY);
  /** Those with crossings, to be settled when time moves on. */
  private readonly crossing: TimeframeStream[] = [];

  constructor(symbol: string) {
    this.symbol = symbol;
    this.streams = Object.fromEntries(
      TIMEFRAMES.map((timeframe) => [timeframe, new TimeframeStream(timeframe)]),
    ) as Record<Timeframe, TimeframeStream>;
  }

  /** Compiles a group in normal form; equal groups on the same timeframe are one handle. */
  condition(group: ConditionGroup, defaultTimeframe: Timeframe): ConditionHandle {
    const key = `${defaultTimeframe}|${JSON.stringify(group)}`;
    const known = this.handles.get(key);
    if (known !== undefined) return known;
    const handle = { group, timeframe: defaultTimeframe, root: this.compileGroup(group, defaultTimeframe) };
    this.handles.set(key, handle);
    return handle;
  }

  indicator(spec: IndicatorSpec, timeframe: Timeframe): IndicatorHandle {
    return this.streams[timeframe].indicator(spec);
  }

  /**
   * Takes row `row` of the series, a bar that has closed, in the session that holds it. Throws `bug` when it ends
   * before a bar already taken.
   */
  onBar(series: BarSeries, row: number, session: SessionFacts): void {
    const start = series.start[row] as number;
    const end = series.end[row] as number;
    if (end > (this.now[0] as number)) {
      for (let i = 0; i < this.crossing.length; i++) (this.crossing[i] as TimeframeStream).settle();
      this.now[0] = end;
    } else if (end !== this.now[0]) this.refuse(end);
    const timeframe = series.timeframe;
    const daily = timeframe === '1d';
    const stream = this.streams[timeframe];
    stream.take(series, row, session.ordinal, daily ? 0 : Math.floor((start - session.opensAt) / MINUTE_MS));
    this.session.take(series, row, stream.minutes, daily, session);
  }

  /** Sets what `bid`, `ask` and `last` mean until the next quote; NaN for what is not known. */
  onQuote(bid: number, ask: number, last: number): void {
    this.quotes[0] = bid;
    this.quotes[1] = ask;
    this.quotes[2] = last;
  }

  /** Returns MET, NOT_MET or NOT_WARM, as of the last bars taken. */
  evaluate(handle: ConditionHandle): number {
    return handle.root.evaluate();
  }

  reading(handle: ConditionHandle): ConditionReading {
    const verdict = handle.root.evaluate();
    return {
      met: verdict === MET,
      warm: verdict !== NOT_WARM,
      text: describeCondition(handle.group),
      terms: handle.root.terms(),
    };
  }

  /** Returns the memory of everything compiled, as plain JSON. */
  saveState(): SymbolStreamsState {
    const timeframes = TIMEFRAMES.map((timeframe) => [timeframe, this.streams[timeframe].saveState()]);
    return {
      symbol: this.symbol,
      instant: faceValue(this.now[0] as number),
      session: this.session.saveState(),
      timeframes: Object.fromEntries(timeframes),
    };
  }

  /** Takes the memory for whatever is compiled here by now; what the state does not hold stays cold. Quotes are not kept. */
  restoreState(state: SymbolStreamsState): void {
    if (state.symbol !== this.symbol) {
      const message = `expected the saved state of ${this.symbol}, was that of ${state.symbol}; warm it up from bars instead`;
      throw new BellwetherError('invalid', 'indicator/bad-state', message, { symbol: this.symbol });
    }
    this.now[0] = state.instant ?? Number.NEGATIVE_INFINITY;
    this.session.restoreState(state.session);
    for (const timeframe of TIMEFRAMES) {
      const stream = this.streams[timeframe];
      const saved = state.timeframes[timeframe];
      if (saved !== undefined) stream.restoreState(saved);
    }
  }

  private refuse(end: number): never {
    const message = `expected bars of ${this.symbol} in order of their end, was ${end} after ${this.now[0]}; feed all timeframes merged by end`;
    throw new BellwetherError('bug', 'domain/unexpected-value', message, { symbol: this.symbol, end });
  }

  private compileGroup(group: ConditionGroup, timeframe: Timeframe): GroupNode {
    const members = group.conditions.map((member) =>
      isGroup(member) ? this.compileGroup(member, timeframe) : this.compileTerm(member, timeframe),
    );
    return new GroupNode(group.logic, members);
  }

  private compileTerm(condition: Condition, timeframe: Timeframe): TermNode {
    const { operator } = condition;
    const text = describeCondition(condition);
    const left = this.compileOperand(condition.left, timeframe);
    if (condition.operator === 'between') {
      const [low, high] = condition.right;
      const bounds = [this.compileOperand(low, timeframe), this.compileOperand(high, timeframe)] as const;
      return new TermNode(text, operator, left, bounds[0], bounds[1], null);
    }
    const right = this.compileOperand(condition.right, timeframe);
    let cross: CrossNode | null = null;
    if (operator === 'crosses_above' || operator === 'crosses_below') {
      const key = JSON.stringify([condition.left, condition.right]);
      const stream = this.streams[timeframe];
      cross = stream.cross(key, left, right);
      if (!this.crossing.includes(stream)) this.crossing.push(stream);
    }
    return new TermNode(text, operator, left, right, null, cross);
  }

  private compileOperand(operand: Operand, timeframe: Timeframe): OperandNode {
    if (typeof operand === 'number') return OperandNode.constant(operand);
    if ('op' in operand) {
      return OperandNode.arithmetic(
        operand.op,
        operand.args.map((arg) => this.compileOperand(arg, timeframe)),
      );
    }
    if ('session' in operand) {
      if (!('minutes' in operand))
        return OperandNode.direct(this.session.values, SESSION_TERMS.indexOf(operand.session));
      return OperandNode.direct(this.session.range(operand.minutes), RANGE_TERMS.indexOf(operand.session));
    }
    const stream = this.streams[operand.timeframe ?? timeframe];
    const offset = operand.offset ?? 0;
    if ('indicator' in operand) {
      const spec = specOf(operand);
      return stream.indicatorValue(spec, operand.output, offset);
    }
    switch (operand.price) {
      case 'bid':
      case 'ask':
      case 'last':
        return OperandNode.direct(this.quotes, QUOTE_PRICES.indexOf(operand.price));
      default:
        return stream.barValue(operand.price, offset);
    }
  }
}

/** Returns an indicator's newest outputs by name, null while not warm. */
export function indicatorReading(handle: IndicatorHandle): Readonly<Record<string, number | null>> {
  return Object.fromEntries(handle.outputs.map((output, i) => [output, faceValue(handle.values[i] as number)]));
}
