import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StrategySignal } from '@bellwether/domain';
import { FakeContext } from '@bellwether/kernel/testing';
import { tradeManagerAgent } from './trade-manager.agent.ts';

const SIGNAL = {
  action: 'buy',
  intent: 'open_long',
  entryOrder: 'market',
  entryPrice: 150.5,
  stopLoss: 148,
  target1: 154.25,
  target2: 158,
};
const RISK = {
  approved: true,
  positionSize: '66',
  closeSize: '0',
  sizingPrice: 150.5,
  sizeReference: 'decision_close',
  sizeRule: {},
  reasoning: 'fits',
  refusal: null,
};

function decide(signal: object, risk: object, config: Record<string, unknown> = {}) {
  const decision = tradeManagerAgent.decide(
    { strategy: { ...SIGNAL, ...signal } as StrategySignal, risk: { ...RISK, ...risk } as never },
    tradeManagerAgent.config.parse(config),
    new FakeContext(),
  );
  assert.ok(!(decision instanceof Promise));
  return decision;
}

function plan(signal: object, risk: object, config: Record<string, unknown> = {}) {
  const decision = decide(signal, risk, config);
  assert.ok(decision.kind === 'output' && decision.output.kind === 'trade');
  return decision.output.value;
}

test('an approved entry becomes one order with its levels', () => {
  const made = plan({}, {});
  assert.deepEqual(made.intents, [
    {
      symbol: 'AAPL',
      purpose: 'open',
      side: 'buy',
      type: 'market',
      quantity: '66',
      limitPrice: null,
      stopLoss: 148,
      target1: 154.25,
      target2: 158,
      sizingPrice: 150.5,
      sizeAtFill: null,
    },
  ]);
  assert.deepEqual([made.entryValidMs, made.entryWhenClosed, made.allowPyramiding], [60_000, 'next_open', false]);
});

test('a reversal closes first, then opens, both on the side of the signal', () => {
  const { intents } = plan({ action: 'sell', intent: 'reverse' }, { closeSize: '40' });
  assert.deepEqual(
    intents.map(({ purpose, side, quantity }) => [purpose, side, quantity]),
    [
      ['close', 'sell', '40'],
      ['open', 'sell', '66'],
    ],
  );
});

test('a limit carries its price, an entry sized at its fill its rule', () => {
  assert.equal(plan({ entryOrder: 'limit' }, {}).intents[0]?.limitPrice, 150.5);
  assert.notEqual(plan({}, { sizeReference: 'fill_price' }).intents[0]?.sizeAtFill, null);
});

test('seed-O4 without an approved decision there is no order, and hold never makes one', () => {
  assert.equal(decide({}, { approved: false }).kind, 'blocked');
  assert.equal(decide({ action: 'hold' }, { closeSize: '5' }).kind, 'blocked');
  assert.equal(decide({}, { positionSize: '0' }).kind, 'blocked');
});

test('exit_style is the plan’s name or its settings', () => {
  const exits = {
    plan: 'auto',
    splitAt: 0.5,
    firstTargetPercent: 50,
    moveStopToBreakeven: true,
    breakevenFees: true,
    singleShareTarget: 'target_2',
    partialPatienceMs: 3_000,
    monitoring: true,
  };
  assert.deepEqual(plan({}, {}).exits, exits);
  assert.deepEqual(plan({}, {}, { exit_style: 'single_target' }).exits, { ...exits, plan: 'single_target' });
  const style = {
    plan: 'split_exits',
    split_at: 0.75,
    single_share_target: 'target_1',
    breakeven_fees: false,
    partial_entry_patience_seconds: 8,
  };
  assert.deepEqual(plan({}, {}, { exit_style: style, partial_exit_split: [30, 70], monitoring_enabled: false }).exits, {
    ...exits,
    plan: 'split_exits',
    splitAt: 0.75,
    firstTargetPercent: 30,
    breakevenFees: false,
    singleShareTarget: 'target_1',
    partialPatienceMs: 8_000,
    monitoring: false,
  });
});
