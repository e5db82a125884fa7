import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { NullTables } from '@bellwether/analysis';
import { randomWalk, type WalkRequest } from '@bellwether/analysis/testing';
import { type BarSeries, sliceBars, type Timeframe } from '@bellwether/domain';
import type { AgentContext } from '@bellwether/kernel';
import { biasAgent, biasAgentWith } from './bias.agent.ts';
import { biasConfig } from './bias.schema.ts';

/** The few answers that a bias node asks for; every other question fails the test. */
function contextOf(series: readonly BarSeries[], change: Partial<AgentContext> = {}): AgentContext {
  const unasked = () => {
    throw new Error('a bias node does not ask that');
  };
  return {
    now: Math.max(...series.map((bars) => bars.end[bars.length - 1] as number)),
    executionId: 'x1',
    pipelineName: 'test',
    tradingMode: 'simulation',
    symbol: 'TEST',
    trigger: { nodeId: null, kind: 'manual', at: 0, text: 'by hand' },
    forcedFlatAt: null,
    bars: (timeframe: Timeframe, count: number) => {
      const bars = series.find((candidate) => candidate.timeframe === timeframe) as BarSeries;
      return sliceBars(bars, bars.length - count, bars.length);
    },
    dataLabel: () => ({ source: 'test', synthetic: true }),
    indicator: unasked,
    condition: unasked,
    position: unasked,
    account: unasked,
    story: unasked,
    ...change,
  };
}

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8'));

for (const name of ['uptrend', 'no-trend']) {
  test(`the recorded market "${name}" gives the recorded signal`, () => {
    const { config, walk } = fixture(`${name}.input.json`) as { config: unknown; walk: WalkRequest };
    const decision = biasAgentWith(new NullTables()).decide({}, biasConfig(config), contextOf([randomWalk(walk)]));
    assert.deepEqual(JSON.parse(JSON.stringify(decision)), fixture(`${name}.output.json`));
  });
}

test('bars that may not be judged block the lane with the guard’s numbers', () => {
  const decision = biasAgent.decide(
    {},
    biasConfig({ analysis_timeframes: ['1d'] }),
    contextOf([randomWalk({ seed: 's', bars: 80 })]),
  );
  assert.ok(!(decision instanceof Promise) && decision.kind === 'blocked');
  assert.deepEqual(
    [decision.refusal.rule, decision.refusal.value, decision.refusal.threshold, decision.refusal.distance],
    ['not_warm', 80, 120, 40],
  );
});

test('a decision on three frames of 600 bars takes a few milliseconds when its nulls are known', () => {
  const series = (['1h', '4h', '1d'] as const).map((timeframe) =>
    randomWalk({ seed: timeframe, bars: 600, timeframe }),
  );
  const now = Math.max(...series.map((bars) => bars.end[bars.length - 1] as number));
  const context = contextOf(
    series.map((bars) => ({ ...bars, end: bars.end.map((end, i) => (i === 599 ? now : end)) })),
    { now },
  );
  const config = biasConfig({});
  assert.deepEqual(biasAgent.timeframes(config), ['1h', '4h', '1d']);
  biasAgent.decide({}, config, context);
  const times = Array.from({ length: 30 }, () => {
    const started = performance.now();
    biasAgent.decide({}, config, context);
    return performance.now() - started;
  }).sort((a, b) => a - b);
  assert.ok((times[15] as number) < 5, `${times[15]} ms`);
});

test('the config takes what documents hold and refuses what is out of range', () => {
  const seed = biasConfig({
    analysis_timeframes: ['1d', '1h', '4h'],
    confidence_threshold: 70,
    instructions: 'be careful',
    samples: 3,
    news_influence: 'vote',
  });
  assert.deepEqual(seed, { analysisTimeframes: ['1h', '4h', '1d'], confidenceThreshold: 70, minBiasScore: 0.6 });
  assert.throws(() => biasConfig({ confidence_threshold: 101 }), /expected confidence_threshold/);
  assert.throws(() => biasConfig({ analyst: 'crew' }), /expected analyst/);
  assert.throws(() => biasConfig({ surprise: 1 }), /bias_agent/);
});

test('every option has a title, a description and a default', () => {
  for (const [name, field] of Object.entries(biasAgent.config.schema as { properties?: object }).flatMap(
    ([key, value]) => (key === 'properties' ? Object.entries(value as object) : []),
  )) {
    const { title, description, default: preset } = field as Record<string, unknown>;
    assert.ok(title && description && preset !== undefined, name);
  }
});
