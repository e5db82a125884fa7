import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeContext } from '@bellwether/kernel/testing';
import { marketDataAgent } from './market-data.agent.ts';

const config = marketDataAgent.config.parse({
  timeframes: ['1d', '5m'],
  indicators: ['SMA_20', 'MACD', { indicator: 'RSI', params: { period: 7 } }, { indicator: 'ATR', name: 'range' }],
});

test('market data shows the last closed bar per timeframe and the indicators by name, null while they warm up', () => {
  const context = new FakeContext({
    closes: { '5m': [10, 11], '1d': [9] },
    indicators: {
      '5m SMA(20,close)': { value: 10.5 },
      '5m MACD(12,26,9,close)': { macd: 1, signal: 2, histogram: -1 },
    },
  });
  const decision = marketDataAgent.decide({}, config, context);
  assert.ok(!(decision instanceof Promise) && decision.kind === 'output' && decision.output.kind === 'market_data');
  const { value } = decision.output;
  assert.deepEqual([value.price, value.asOf, value.synthetic], [11, context.now, true]);
  assert.deepEqual(
    value.timeframes.map(({ timeframe, bars }) => [timeframe, bars]),
    [
      ['5m', 2],
      ['1d', 1],
    ],
  );
  assert.deepEqual(value.timeframes[0]?.indicators, {
    SMA_20: 10.5,
    'MACD.macd': 1,
    'MACD.signal': 2,
    'MACD.histogram': -1,
    RSI_7: null,
    range: null,
  });
});

test('market data without a closed bar blocks the lane', () => {
  const decision = marketDataAgent.decide({}, config, new FakeContext());
  assert.ok(!(decision instanceof Promise) && decision.kind === 'blocked');
  assert.equal(decision.refusal.rule, 'no_bars');
});

test('every named indicator is kept warm on every timeframe', () => {
  assert.equal(marketDataAgent.indicators?.(config).length, 8);
});
