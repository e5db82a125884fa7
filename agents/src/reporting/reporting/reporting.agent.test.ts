import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LaneStory } from '@bellwether/kernel';
import { FakeContext, type FakeWorld } from '@bellwether/kernel/testing';
import { reportingAgent } from './reporting.agent.ts';

function report(story: Partial<LaneStory>, world: FakeWorld = {}) {
  const decision = reportingAgent.decide({}, reportingAgent.config.parse({}), new FakeContext({ ...world, story }));
  assert.ok(!(decision instanceof Promise) && decision.kind === 'output' && decision.output.kind === 'report');
  return decision.output.value;
}

const step = { nodeId: 'n', at: 1, status: 'done', summary: '', output: null, refusal: null } as const;
const SEEN = {
  ...step,
  agentType: 'market_data_agent',
  output: {
    kind: 'market_data',
    value: {
      symbol: 'AAPL',
      asOf: 1_772_744_400_000,
      price: 150.5,
      source: 'a seed',
      synthetic: true,
      timeframes: [
        {
          timeframe: '1d',
          bars: 250,
          last: { start: 0, end: 1, open: 1, high: 1, low: 1, close: 1, volume: 1 },
          indicators: { RSI: 28.4, SMA_200: null },
        },
      ],
    },
  },
} as const;

test('a report tells what started it and what was seen, and labels synthetic data and simulation', () => {
  const { paragraphs } = report({ steps: [SEEN] });
  assert.match(
    paragraphs[0] ?? '',
    /^Started at 2026-03-05 21:00 UTC: started by hand\. Simulation: no real money was used\.$/,
  );
  assert.equal(
    paragraphs[1],
    'AAPL stood at $150.50 at 2026-03-05 21:00 UTC (synthetic data from a seed, not a recording of a market). 1d: 250 closed bars, RSI 28.4, SMA_200 not warm yet.',
  );
});

test('a report of a blocked lane says which rule, with its numbers', () => {
  const refusal = { rule: 'min_risk_reward', value: 0.6, threshold: 1.5, distance: 0.9, text: 'reward to risk is 0.6' };
  const made = report({ steps: [{ ...step, agentType: 'risk_manager_agent', status: 'blocked', refusal }] });
  assert.deepEqual([made.outcome, made.title], ['blocked', 'AAPL: no trade (min risk reward)']);
  assert.equal(
    made.paragraphs.at(-1),
    'Not traded, by the rule “min risk reward” (value 0.6, threshold 1.5, distance 0.9). Reward to risk is 0.6.',
  );
});

test('a report of a trade gives orders and fills with units', () => {
  const order = {
    orderId: 'o',
    positionId: 'p',
    purpose: 'entry',
    symbol: 'AAPL',
    side: 'buy',
    type: 'market',
    status: 'filled',
    quantity: '66',
    filledQuantity: '66',
    averagePrice: '150.65',
    limitPrice: null,
    stopPrice: null,
    commission: '0.33',
    reason: null,
  } as const;
  const made = report({ steps: [SEEN], orders: [order] });
  assert.deepEqual([made.outcome, made.title], ['traded', 'AAPL: bought 66 at $150.65']);
  assert.equal(
    made.paragraphs.at(-1),
    'Order to buy 66 AAPL, market, for the entry: filled; 66 filled at $150.65 on average, commission $0.33.',
  );
});

test('a failed step and a validated order have outcomes of their own', () => {
  assert.equal(
    report({ steps: [{ ...step, agentType: 'bias_agent', status: 'failed', summary: 'no answer' }] }).outcome,
    'failed',
  );
  const traded = { ...step, agentType: 'trade_manager_agent', output: { kind: 'trade', value: {} as never } } as const;
  assert.equal(report({ steps: [traded] }, { tradingMode: 'validation' }).outcome, 'would_execute');
});
