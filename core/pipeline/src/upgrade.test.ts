import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePipeline, readPipeline } from './read-pipeline.ts';
import { upgradePipeline } from './upgrade.ts';

const BARE = { name: 'A', symbol: 'AAPL', nodes: [] };

for (const [value, runMode, tradingMode] of [
  ['run_continuous', 'run_continuous', 'simulation'],
  ['RUN_ONCE', 'run_once', 'simulation'],
  ['LIVE', 'run_once', 'simulation'],
  ['PAPER', 'run_once', 'simulation'],
  ['validation', 'run_once', 'validation'],
] as const) {
  test(`the seed's execution_mode ${value} is read by its value and never raises the mode`, () => {
    const read = parsePipeline({ ...BARE, execution_mode: value });
    assert.deepEqual([read.runMode, read.tradingMode], [runMode, tradingMode]);
  });
}

test('commission_per_share becomes the commission, whose other fields keep their defaults', () => {
  const { mode } = parsePipeline({ ...BARE, mode_config: { commission_per_share: 0.01, slippage_pct: 0.2 } });
  assert.deepEqual(mode.commission, { perShare: 0.01, minimum: 0, maximumFraction: null });
  assert.equal(mode.slippagePct, 0.2);
});

test('money is read from numbers and strings alike, and 0 is a limit while null is none', () => {
  const read = parsePipeline({
    ...BARE,
    mode_config: { initial_balance: 25000.5 },
    budget_allocation: { daily_limit: 0, monthly_limit: null },
  });
  assert.equal(read.mode.initialBalance, '25000.50');
  assert.deepEqual([read.budget.dailyLimit, read.budget.monthlyLimit], ['0.00', null]);
});

test('defaults of an empty mode_config are those of the format', () => {
  const { mode } = parsePipeline({ ...BARE, mode_config: {} });
  assert.deepEqual(mode, {
    slippagePct: 0.1,
    commission: { perShare: 0.005, minimum: 0, maximumFraction: null },
    simulatePartialFills: true,
    simulateRejections: true,
    seed: 1,
    initialBalance: '100000.00',
    profile: 'alpaca',
    marginMultiplier: 2,
    limitFill: 'through',
    intrabar: 'pessimistic',
    volumeShare: null,
    forceLiquidation: false,
  });
});

test('seed-M3 an agent type repeated inside a config is taken out, another type is left to be named', () => {
  const node = (type: string) => ({ id: 'a', agent_type: 'time_trigger', config: { type, schedule: 1 } });
  const configs = ['time_trigger', 'other'].map(
    (type) => parsePipeline({ ...BARE, nodes: [node(type)] }).nodes[0]?.config,
  );
  assert.deepEqual(configs, [{ schedule: 1 }, { type: 'other', schedule: 1 }]);
});

test('the document that is upgraded is not changed', () => {
  const document = { ...BARE, execution_mode: 'LIVE', mode_config: { commission_per_share: 1 } };
  const before = structuredClone(document);
  upgradePipeline(document);
  assert.deepEqual(document, before);
});

test('a field of another type is named with what was expected and found', () => {
  const { pipeline, problems } = readPipeline({ ...BARE, nodes: [{ id: 'a' }], run_mode: 'sometimes' });
  assert.equal(pipeline, null);
  assert.deepEqual(new Set(problems.map(({ field }) => field)), new Set(['nodes.0.agent_type', 'run_mode']));
});
