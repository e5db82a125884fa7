import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RUN_MODES, TIMEFRAMES, TRADING_MODES } from '@bellwether/domain';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.ts';
import type { Pipeline } from './pipeline.ts';
import { pipelineToWire } from './pipeline.wire.ts';
import { parsePipeline } from './read-pipeline.ts';
import { SCHEDULE_TYPES } from './schedule-config.schema.ts';

const cents = fc.integer({ min: 0, max: 10_000_000 }).map((value) => (value / 100).toFixed(2));
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const id = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
const time = fc.stringMatching(/^([01][0-9]|2[0-3]):[0-5][0-9]$/);
const unit = fc.integer({ min: 0, max: 1000 }).map((value) => value / 1000);

const schedule = fc.record({
  scheduleType: fc.constantFrom(...SCHEDULE_TYPES),
  cronExpression: orNull(fc.constant('0 9 * * 1-5')),
  market: fc.constantFrom('US' as const, '24/7' as const),
  offsetMinutes: fc.integer({ min: 0, max: 389 }),
  intervalMinutes: orNull(fc.integer({ min: 1, max: 10_000 })),
  activeDuring: fc.constantFrom('market_hours' as const, '24/7' as const),
  startTime: orNull(time),
  endTime: orNull(time),
  timezone: fc.constantFrom('America/New_York', 'UTC'),
  activeDays: fc.uniqueArray(fc.integer({ min: 0, max: 6 })).map((days) => days.sort((a, b) => a - b)),
  flattenPositionsAtEnd: fc.boolean(),
  stopPipelineAtEnd: fc.boolean(),
  maxTradesPerDay: orNull(fc.nat(100)),
  maxExecutionsPerDay: orNull(fc.nat(100)),
  stopOnDailyLoss: orNull(cents),
  stopOnDrawdown: orNull(fc.integer({ min: 0, max: 100 })),
  overlap: fc.constantFrom('skip' as const, 'queue' as const),
});

const pipeline: fc.Arbitrary<Pipeline> = fc.record({
  schemaVersion: fc.constant(1),
  id: orNull(id),
  name: fc.string({ minLength: 1, maxLength: 20 }),
  description: fc.string({ maxLength: 20 }),
  symbol: orNull(fc.constantFrom('AAPL', 'BTC/USD')),
  primaryTimeframe: fc.constantFrom(...TIMEFRAMES),
  nodes: fc.array(
    fc.record({
      id,
      agentType: id,
      agentVersion: orNull(fc.integer({ min: 1, max: 9 })),
      position: fc.record({ x: fc.integer(), y: fc.integer() }),
      config: fc.dictionary(
        fc.constantFrom('a', 'b', 'logic'),
        fc.oneof(fc.integer(), fc.string(), fc.constant([1, 2])),
      ),
    }),
    { maxLength: 4 },
  ),
  edges: fc.array(fc.record({ from: id, to: id }), { maxLength: 4 }),
  settings: fc.record({ maxRetries: fc.nat(20), retryDelayMs: fc.nat(86_400_000) }),
  runMode: fc.constantFrom(...RUN_MODES),
  schedule: orNull(schedule),
  tradingMode: fc.constantFrom(...TRADING_MODES),
  mode: fc.record({
    slippagePct: unit,
    commission: fc.record({ perShare: unit, minimum: unit, maximumFraction: orNull(unit) }),
    simulatePartialFills: fc.boolean(),
    simulateRejections: fc.boolean(),
    seed: fc.nat(),
    initialBalance: cents,
    profile: fc.constantFrom('alpaca' as const, 'ideal' as const),
    marginMultiplier: fc.integer({ min: 1, max: 4 }),
    limitFill: fc.constantFrom('through' as const, 'touch' as const),
    intrabar: fc.constantFrom('pessimistic' as const, 'optimistic' as const),
    volumeShare: orNull(fc.constantFrom(0.1, 1)),
    forceLiquidation: fc.boolean(),
  }),
  brokerConnectionId: orNull(id),
  budget: fc.record({
    dailyLimit: orNull(cents),
    monthlyLimit: orNull(cents),
    whenExhausted: fc.constantFrom('stop_entries' as const, 'use_rules' as const),
    flattenWhenExhausted: fc.boolean(),
  }),
});

test('a pipeline written to the wire and read again is the same, also through JSON', () => {
  fc.assert(
    fc.property(pipeline, (made) => {
      const plain: unknown = JSON.parse(JSON.stringify(made));
      assert.deepEqual(parsePipeline(JSON.parse(JSON.stringify(pipelineToWire(made)))), plain);
    }),
  );
});

test('canonical JSON is the same text whatever the order of the keys, and reads back to the value', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const shuffled = Object.fromEntries(Object.entries(value).reverse());
      assert.equal(canonicalJson(shuffled), canonicalJson(value));
      assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});
