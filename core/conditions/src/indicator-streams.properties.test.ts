import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BarSeries, barsFrom, closedCount, MINUTE_MS } from '@bellwether/domain';
import { computeIndicator } from '@bellwether/indicators';
import fc from 'fast-check';
import { type Condition, type ConditionGroup, isGroup, type Operand } from './condition.ts';
import { specOf } from './condition-needs.ts';
import { MET, NOT_MET, NOT_WARM } from './evaluate.ts';
import { SymbolStreams } from './indicator-streams.ts';
import { parseConditionGroup } from './parse-condition.ts';
import type { SessionFacts } from './session-track.ts';

const OPENS_AT = Date.UTC(2026, 10, 23, 14, 30);
const SESSION: SessionFacts = { ordinal: 1, opensAt: OPENS_AT, closesAt: OPENS_AT + 390 * MINUTE_MS, day: 20_780 };

/** Bars of one session; small whole prices, so that equal values and touches are common. */
function series(timeframe: '1m' | '5m', closes: readonly number[]): BarSeries {
  const minutes = timeframe === '1m' ? 1 : 5;
  return barsFrom(
    'SPY',
    timeframe,
    closes.map((close, i) => {
      const start = OPENS_AT + i * minutes * MINUTE_MS;
      const open = closes[i - 1] ?? close;
      const [high, low] = [Math.max(open, close) + 1, Math.min(open, close)];
      return { start, end: start + minutes * MINUTE_MS, open, high, low, close, volume: 1 + (i % 3) };
    }),
  );
}

/** The definitions, word by word, over whole arrays. */
class Naive {
  private readonly columns = new Map<string, Readonly<Record<string, Float64Array>>>();
  private readonly series: Readonly<Record<string, BarSeries>>;
  constructor(fast: BarSeries, slow: BarSeries) {
    this.series = { '1m': fast, '5m': slow };
  }

  /** Value at the close of 1m bar `row`. */
  value(operand: Operand, row: number): number {
    if (typeof operand === 'number') return operand;
    if ('op' in operand) {
      const args = operand.args.map((arg) => this.value(arg, row));
      const [a = Number.NaN, b = Number.NaN] = args;
      if (operand.op === 'abs') return Math.abs(a);
      if (operand.op === 'sub') return a - b;
      if (operand.op === 'div') return b === 0 ? Number.NaN : a / b;
      if (operand.op === 'add') return args.reduce((sum, arg) => sum + arg);
      if (operand.op === 'mul') return args.reduce((product, arg) => product * arg);
      return operand.op === 'min' ? Math.min(...args) : Math.max(...args);
    }
    const instant = OPENS_AT + (row + 1) * MINUTE_MS;
    if ('session' in operand) return (instant - OPENS_AT) / MINUTE_MS;
    const bars = this.series[operand.timeframe ?? '1m'] as BarSeries;
    const place = closedCount(bars, instant) - 1 - (operand.offset ?? 0);
    if (place < 0) return Number.NaN;
    if ('price' in operand) return bars[operand.price as 'close'][place] as number;
    const spec = specOf(operand);
    const key = `${bars.timeframe}${JSON.stringify(spec)}`;
    const known = this.columns.get(key) ?? computeIndicator(spec, bars);
    this.columns.set(key, known);
    return known[operand.output]?.[place] as number;
  }

  verdict(member: ConditionGroup | Condition, row: number): number {
    if (!isGroup(member)) return this.term(member, row);
    const verdicts = member.conditions.map((inner) => this.verdict(inner, row));
    if (member.logic === 'NOT') return verdicts[0] === NOT_WARM ? NOT_WARM : verdicts[0] === MET ? NOT_MET : MET;
    const decisive = member.logic === 'AND' ? NOT_MET : MET;
    if (verdicts.length === 0) return NOT_MET;
    if (verdicts.includes(decisive)) return decisive;
    return verdicts.includes(NOT_WARM) ? NOT_WARM : MET - decisive;
  }

  private term(condition: Condition, row: number): number {
    const left = this.value(condition.left, row);
    if (condition.operator === 'between') {
      const [low, high] = condition.right.map((bound) => this.value(bound, row)) as [number, number];
      if ([left, low, high].some(Number.isNaN)) return NOT_WARM;
      return left >= low && left <= high ? MET : NOT_MET;
    }
    const right = this.value(condition.right, row);
    if (Number.isNaN(left) || Number.isNaN(right)) return NOT_WARM;
    const held = {
      '>': left > right,
      '>=': left >= right,
      '<': left < right,
      '<=': left <= right,
      '==': left === right,
      '!=': left !== right,
    };
    if (condition.operator !== 'crosses_above' && condition.operator !== 'crosses_below') {
      return held[condition.operator] ? MET : NOT_MET;
    }
    const sign = condition.operator === 'crosses_above' ? 1 : -1;
    let before = row - 1;
    const gap = (at: number) => sign * (this.value(condition.left, at) - this.value(condition.right, at));
    if (before < 0 || Number.isNaN(gap(before))) return NOT_WARM;
    while (before > 0 && gap(before) === 0) before--;
    return gap(before) < 0 && sign * (left - right) > 0 ? MET : NOT_MET;
  }
}

const place = fc.record(
  { timeframe: fc.constantFrom('1m', '5m'), offset: fc.integer({ min: 0, max: 3 }) },
  { requiredKeys: [] },
);
const { operand } = fc.letrec<{ operand: unknown }>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.integer({ min: 1, max: 8 }),
    fc.tuple(fc.constantFrom('open', 'high', 'low', 'close', 'volume'), place).map(([price, at]) => ({ price, ...at })),
    fc
      .tuple(
        fc.constantFrom('SMA_2', 'SMA_3', 'EMA_2', 'RSI_2', 'HIGHEST_3', 'LOWEST_2', 'DONCHIAN_2', 'MACD_1_2_2'),
        place,
      )
      .map(([indicator, at]) => ({ indicator, ...at })),
    fc.constant({ session: 'minutes_since_open' }),
    fc
      .tuple(fc.constantFrom('add', 'sub', 'mul', 'div', 'min', 'max'), tie('operand'), tie('operand'))
      .map(([op, a, b]) => ({ op, args: [a, b] })),
    tie('operand').map((arg) => ({ op: 'abs', args: [arg] })),
  ),
}));
const condition = fc.oneof(
  fc.record({
    left: operand,
    operator: fc.constantFrom('>', '>=', '<', '<=', '==', '!=', 'crosses_above', 'crosses_below', 'crosses_above'),
    right: operand,
  }),
  fc.record({ left: operand, operator: fc.constant('between'), right: fc.tuple(fc.constant(1), operand) }),
);
const { group } = fc.letrec<{ group: unknown }>((tie) => {
  const member = fc.oneof({ maxDepth: 2 }, condition, tie('group'));
  return {
    group: fc.oneof(
      { maxDepth: 2 },
      fc.record({ logic: fc.constantFrom('AND', 'OR'), conditions: fc.array(condition, { maxLength: 3 }) }),
      fc.record({ logic: fc.constantFrom('AND', 'OR'), conditions: fc.array(member, { minLength: 1, maxLength: 3 }) }),
      condition.map((only) => ({ logic: 'NOT', conditions: [only] })),
    ),
  };
});

const prices = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 12, maxLength: 30 });
const groups = fc.array(group, { minLength: 1, maxLength: 3 });

test('the sample is not vacuous: met, not met and not warm all occur', () => {
  const seen = new Set<number>();
  for (const [documents, closes] of fc.sample(fc.tuple(groups, prices), { numRuns: 100, seed: 7 })) {
    const fast = series('1m', closes);
    const naive = new Naive(
      fast,
      series(
        '5m',
        closes.filter((_, i) => i % 5 === 4),
      ),
    );
    for (const document of documents) seen.add(naive.verdict(parseConditionGroup(document), fast.length - 1));
  }
  assert.deepEqual([...seen].sort(), [NOT_WARM, NOT_MET, MET].sort());
});

test('streaming equals the definitions over whole arrays, also through a saved state and in any order within an instant', () => {
  fc.assert(
    fc.property(groups, prices, fc.nat(30), fc.boolean(), (documents, closes, cut, slowFirst) => {
      const fast = series('1m', closes);
      const slow = series(
        '5m',
        closes.filter((_, i) => i % 5 === 4),
      );
      const naive = new Naive(fast, slow);
      const parsed = documents.map((document) => parseConditionGroup(document));
      let streams = new SymbolStreams('SPY');
      let handles = parsed.map((member) => streams.condition(member, '1m'));
      for (let row = 0; row < fast.length; row++) {
        const slowRow = row % 5 === 4 ? (row - 4) / 5 : -1;
        if (slowRow >= 0 && slowFirst) streams.onBar(slow, slowRow, SESSION);
        streams.onBar(fast, row, SESSION);
        if (slowRow >= 0 && !slowFirst) streams.onBar(slow, slowRow, SESSION);
        if (row === cut) {
          const state = JSON.parse(JSON.stringify(streams.saveState()));
          streams = new SymbolStreams('SPY');
          handles = parsed.map((member) => streams.condition(member, '1m'));
          streams.restoreState(state);
        }
        handles.forEach((handle, i) => {
          const expected = naive.verdict(parsed[i] as ConditionGroup, row);
          assert.equal(streams.evaluate(handle), expected, `row ${row}`);
        });
      }
    }),
    { numRuns: 400 },
  );
});
