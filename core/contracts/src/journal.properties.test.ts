import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TIMEFRAMES } from '@bellwether/domain';
import type { AgentOutput, ExecutionEvent } from '@bellwether/kernel';
import fc from 'fast-check';
import Value from 'typebox/value';
import { ExecutionEventWire, StreamEventWire } from './journal.schema.ts';
import { eventFromWire, eventToWire } from './journal.wire.ts';

const text = fc.string({ unit: 'grapheme' });
const instant = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2100, 0, 1) });
// JSON has one zero.
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const whole = fc.nat(1_000_000);
const decimal = fc
  .tuple(fc.nat(1_000_000), fc.nat(99))
  .map(([units, cents]) => `${units}.${String(cents).padStart(2, '0')}`);
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const texts = fc.array(text, { maxLength: 3 });
const one = <const T extends readonly string[]>(...values: T) => fc.constantFrom<T[number]>(...values);

const refusal = fc.record({
  rule: text,
  value: nullable(fc.oneof(text, number)),
  threshold: nullable(fc.oneof(text, number)),
  distance: nullable(fc.oneof(text, number)),
  text,
});
const trigger = fc.record({
  nodeId: nullable(text),
  kind: one('manual', 'cycle', 'time', 'technical', 'price', 'news', 'webhook', 'schedule'),
  at: instant,
  text,
});
const bar = fc.record({
  start: instant,
  end: instant,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
});
const limit = nullable(number);
const sizeRule = fc.record({
  sizing: fc.oneof(
    fc.record({ kind: fc.constant('risk_fraction' as const), fraction: number }),
    fc.record({ kind: fc.constant('equity_fraction' as const), fraction: number, cashBufferFraction: number }),
    fc.record({ kind: fc.constant('fixed_quantity' as const), quantity: number }),
    fc.record({ kind: fc.constant('fixed_notional' as const), amount: number }),
  ),
  limits: fc.record({
    maxPositionFraction: limit,
    maxSymbolExposureFraction: limit,
    grossExposureFraction: limit,
    openRiskFraction: limit,
    maxBatchRiskFraction: limit,
    orderNotional: limit,
    averageVolumeShares: limit,
    maxOpenPositions: limit,
    minRiskReward: limit,
  }),
  allowShort: fc.boolean(),
  convictionFactor: number,
  quantityIncrement: number,
  priceIncrement: number,
});
const timeframe = fc.constantFrom(...TIMEFRAMES);
const analyst = one('rules', 'crew');
const outputs: fc.Arbitrary<AgentOutput> = fc.oneof(
  fc.record({ kind: fc.constant('trigger' as const), value: trigger }),
  fc.record({
    kind: fc.constant('universe' as const),
    value: fc.record({ symbols: texts, source: text, stale: fc.boolean() }),
  }),
  fc.record({
    kind: fc.constant('market_data' as const),
    value: fc.record({
      symbol: text,
      asOf: instant,
      price: number,
      timeframes: fc.array(
        fc.record({
          timeframe,
          bars: whole,
          last: bar,
          indicators: fc.dictionary(fc.stringMatching(/^[A-Z]{2,8}(_\d{1,3})?(\.[a-z]{1,9})?$/), nullable(number), {
            noNullPrototype: true,
          }),
        }),
        { maxLength: 2 },
      ),
      synthetic: fc.boolean(),
      source: text,
    }),
  }),
  fc.record({
    kind: fc.constant('bias' as const),
    value: fc.record({
      symbol: text,
      asOf: instant,
      timestamp: instant,
      bias: one('bullish', 'bearish', 'neutral'),
      confidence: number,
      biasScore: number,
      reasoning: text,
      factors: fc.array(fc.record({ text, evidence: texts, contribution: nullable(number) }), { maxLength: 3 }),
      analyst,
      model: nullable(text),
      timeframes: fc.array(timeframe, { maxLength: 3 }),
      warnings: texts,
    }),
  }),
  fc.record({
    kind: fc.constant('strategy' as const),
    value: fc.record({
      symbol: text,
      asOf: instant,
      timestamp: instant,
      action: one('buy', 'sell', 'hold'),
      intent: one('open_long', 'close_long', 'open_short', 'close_short', 'reverse', 'none'),
      entryOrder: one('market', 'limit'),
      conviction: number,
      entryPrice: nullable(number),
      stopLoss: nullable(number),
      target1: nullable(number),
      target2: nullable(number),
      riskRewardRatio: nullable(number),
      reasoning: text,
      technicalFactors: fc.array(fc.record({ text, evidence: texts }), { maxLength: 3 }),
      atr: nullable(number),
      breakEvenWinRate: nullable(number),
      holdReasons: texts,
      warnings: texts,
      analyst,
      model: nullable(text),
    }),
  }),
  fc.record({
    kind: fc.constant('risk' as const),
    value: fc.record({
      symbol: text,
      timestamp: instant,
      approved: fc.boolean(),
      adjusted: fc.boolean(),
      positionSize: decimal,
      closeSize: decimal,
      accountRiskPct: nullable(number),
      positionRiskAmount: nullable(decimal),
      notional: decimal,
      equity: decimal,
      sizingPrice: number,
      sizeReference: one('decision_close', 'fill_price'),
      sizeRule,
      adjustmentsMade: nullable(text),
      reasoning: text,
      bindingCap: nullable(text),
      caps: fc.array(fc.record({ name: text, quantity: decimal }), { maxLength: 3 }),
      refusal: nullable(refusal),
    }),
  }),
  fc.record({
    kind: fc.constant('trade' as const),
    value: fc.record({
      symbol: text,
      timestamp: instant,
      intents: fc.array(
        fc.record({
          symbol: text,
          purpose: one('open', 'close'),
          side: one('buy', 'sell'),
          type: one('market', 'limit'),
          quantity: decimal,
          limitPrice: nullable(number),
          stopLoss: nullable(number),
          target1: nullable(number),
          target2: nullable(number),
          sizingPrice: number,
          sizeAtFill: nullable(sizeRule),
        }),
        { maxLength: 2 },
      ),
      exits: fc.record({
        plan: one('auto', 'split_exits', 'twin_brackets', 'single_target'),
        splitAt: number,
        firstTargetPercent: number,
        moveStopToBreakeven: fc.boolean(),
        breakevenFees: fc.boolean(),
        singleShareTarget: one('target_1', 'target_2'),
        partialPatienceMs: fc.constantFrom(0, 3_000, 60_000),
        monitoring: fc.boolean(),
      }),
      entryValidMs: whole,
      entryWhenClosed: one('next_open', 'drop'),
      allowPyramiding: fc.boolean(),
      summary: text,
    }),
  }),
  fc.record({
    kind: fc.constant('report' as const),
    value: fc.record({
      symbol: text,
      title: text,
      outcome: one('traded', 'blocked', 'failed', 'would_execute'),
      paragraphs: texts,
      timestamp: instant,
    }),
  }),
);

const id = fc.uuid();
const step = { at: instant, commandId: text, agentId: text, agentType: text, symbol: nullable(text) };
const decided = {
  output: nullable(outputs),
  outputSummary: text,
  costIncrement: decimal,
  inputsHash: nullable(text),
};
const order = fc.record({
  orderId: id,
  positionId: id,
  purpose: one('entry', 'exit', 'stop_only', 'replace', 'close'),
  symbol: text,
  side: one('buy', 'sell'),
  type: one('market', 'limit', 'stop'),
  status: text,
  quantity: decimal,
  filledQuantity: decimal,
  averagePrice: nullable(decimal),
  limitPrice: nullable(decimal),
  stopPrice: nullable(decimal),
  commission: decimal,
  reason: nullable(text),
});

const byName: { [Name in ExecutionEvent['event']]: fc.Arbitrary<Extract<ExecutionEvent, { event: Name }>> } = {
  execution_started: fc.record({
    event: fc.constant('execution_started'),
    at: instant,
    executionId: id,
    pipelineId: id,
    version: whole,
    tradingMode: one('validation', 'simulation', 'paper', 'live'),
    runMode: one('run_once', 'run_continuous', 'run_scheduled', 'run_on_signal'),
    trigger,
    symbols: texts,
  }),
  agent_started: fc.record({ event: fc.constant('agent_started'), ...step, attempt: whole }),
  agent_completed: fc.record({ event: fc.constant('agent_completed'), ...step, ...decided }),
  lane_blocked: fc.record({ event: fc.constant('lane_blocked'), ...step, refusal, ...decided }),
  error: fc.record({
    event: fc.constant('error'),
    ...step,
    errorCode: text,
    errorMessage: text,
    attempt: whole,
    willRetry: fc.boolean(),
  }),
  timer_fired: fc.record({ event: fc.constant('timer_fired'), at: instant, commandId: text }),
  order_updated: fc.record({ event: fc.constant('order_updated'), ...step, order }),
  trade_executed: fc.record({
    event: fc.constant('trade_executed'),
    ...step,
    positionId: id,
    trade: fc.record({
      symbol: text,
      action: one('buy', 'sell'),
      quantity: decimal,
      price: decimal,
      commission: decimal,
    }),
  }),
  intents_settled: fc.record({
    event: fc.constant('intents_settled'),
    ...step,
    outcome: one('traded', 'refused', 'would_execute'),
    refusal: nullable(refusal),
    outputSummary: text,
  }),
  cancel_requested: fc.record({ event: fc.constant('cancel_requested'), at: instant, reason: text }),
  execution_completed: fc.record({
    event: fc.constant('execution_completed'),
    at: instant,
    commandId: text,
    status: one('completed', 'failed', 'canceled'),
    result: one('traded', 'blocked', 'failed', 'canceled'),
    reason: nullable(text),
    totalCost: decimal,
    reportId: nullable(id),
  }),
};

for (const [name, arbitrary] of Object.entries(byName) as [string, fc.Arbitrary<ExecutionEvent>][]) {
  test(`${name} survives the journal: written, stored as JSON and read back it is the same event`, () => {
    const ids = { executionId: fc.sample(id, 1)[0] ?? '', pipelineId: fc.sample(id, 1)[0] ?? '' };
    fc.assert(
      fc.property(arbitrary, whole, nullable(whole), instant, (event, journalSeq, seq, recordedAt) => {
        const own =
          event.event === 'execution_started' ? { executionId: event.executionId, pipelineId: event.pipelineId } : ids;
        const wire = eventToWire(event, { ...own, journalSeq, seq, recordedAt });
        const stored: unknown = JSON.parse(JSON.stringify(wire));
        assert.ok(Value.Check(ExecutionEventWire, stored), 'the row matches the schema of the journal');
        assert.ok(Value.Check(StreamEventWire, stored), 'the row matches the schema of the stream');
        // fast-check records have no prototype, journal rows have one.
        assert.deepEqual(eventFromWire(stored), structuredClone(event));
      }),
      { numRuns: 60 },
    );
  });
}

test('a row without its trigger does not pass for a start', () => {
  const start = { event: 'execution_started', journal_seq: 1 };
  assert.equal(Value.Check(ExecutionEventWire, start), false);
});
