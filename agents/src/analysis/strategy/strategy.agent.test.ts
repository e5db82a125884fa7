import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { randomWalk, type WalkRequest } from '@bellwether/analysis/testing';
import { type BarSeries, type BiasSignal, sliceBars } from '@bellwether/domain';
import type { AgentContext } from '@bellwether/kernel';
import { strategyAgent } from './strategy.agent.ts';
import { strategyConfig } from './strategy.schema.ts';

/** The few answers that a strategy node asks for; every other question fails the test. */
function contextOf(bars: BarSeries, allowShort = true): AgentContext {
  const unasked = () => {
    throw new Error('a strategy node does not ask that');
  };
  return {
    now: bars.end[bars.length - 1] as number,
    executionId: 'x1',
    pipelineName: 'test',
    tradingMode: 'simulation',
    symbol: bars.symbol,
    trigger: { nodeId: null, kind: 'manual', at: 0, text: 'by hand' },
    forcedFlatAt: null,
    bars: (_timeframe, count) => sliceBars(bars, bars.length - count, bars.length),
    dataLabel: () => ({ source: 'test', synthetic: true }),
    account: () => ({
      equity: '100000',
      cash: '100000',
      buyingPower: '100000',
      openPositions: 0,
      symbolExposure: '0',
      grossExposure: '0',
      openRisk: '0',
      allowShort,
      commission: { perShare: 0, minimum: 0, maximumFraction: null },
    }),
    indicator: unasked,
    condition: unasked,
    position: unasked,
    story: unasked,
  };
}

interface Recorded {
  readonly config: unknown;
  readonly walk: WalkRequest;
  readonly bias: BiasSignal;
  readonly allowShort: boolean;
}

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8'));

for (const name of ['long-plan', 'short-not-allowed', 'neutral']) {
  test(`the recorded market "${name}" gives the recorded plan`, () => {
    const { config, walk, bias, allowShort } = fixture(`${name}.input.json`) as Recorded;
    const decision = strategyAgent.decide({ bias }, strategyConfig(config), contextOf(randomWalk(walk), allowShort));
    assert.deepEqual(JSON.parse(JSON.stringify(decision)), fixture(`${name}.output.json`));
  });
}

test('too few bars and a missing bias block the lane', () => {
  const { bias } = fixture('long-plan.input.json') as Recorded;
  const config = strategyConfig({ timeframe: '1d' });
  const short = contextOf(randomWalk({ seed: 's', bars: 60 }));
  const rule = (decision: ReturnType<typeof strategyAgent.decide>) =>
    !(decision instanceof Promise) && decision.kind === 'blocked' ? decision.refusal.rule : 'none';
  assert.equal(rule(strategyAgent.decide({ bias }, config, short)), 'not_warm');
  assert.equal(rule(strategyAgent.decide({}, config, short)), 'input_missing');
});

test('the config takes what documents hold and refuses what is out of range', () => {
  assert.deepEqual(strategyConfig({ timeframe: '5m', risk_reward_min: 1.5, creativity: 0.7 }), {
    timeframe: '5m',
    riskRewardMin: 1.5,
    direction: 'both',
  });
  assert.throws(() => strategyConfig({ direction: 'up' }), /expected direction/);
  assert.throws(() => strategyConfig({ risk_reward_min: 0 }), /expected risk_reward_min/);
});

test('every option has a title, a description and a default', () => {
  const { properties } = strategyAgent.config.schema as { properties?: Record<string, Record<string, unknown>> };
  for (const [name, field] of Object.entries(properties ?? {})) {
    assert.ok(field['title'] && field['description'] && field['default'] !== undefined, name);
  }
});
