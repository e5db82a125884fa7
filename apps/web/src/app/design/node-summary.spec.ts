import { describe, expect, test } from 'vitest';
import { groupWords } from './condition-words.ts';
import { summarizeConfig } from './node-summary.ts';

describe('a condition in words', () => {
  test('joins, nests and negates', () => {
    const group = {
      logic: 'AND',
      conditions: [
        {
          left: { indicator: 'SMA', params: { period: 50 }, timeframe: '1d' },
          operator: 'crosses_above',
          right: { indicator: 'SMA', params: { period: 200 } },
        },
        {
          logic: 'OR',
          conditions: [
            { indicator: 'RSI', operator: '<', value: 30 },
            { indicator: 'MACD', signal: 'bullish_crossover' },
          ],
        },
        { logic: 'NOT', conditions: [{ left: { price: 'close', offset: 1 }, operator: 'between', right: [1, 2] }] },
      ],
    };
    expect(groupWords(group)).toBe(
      'SMA(50) on 1d crosses above SMA(200) and (RSI < 30 or MACD bullish crossover) and not close, 1 bar ago between 1 and 2',
    );
  });

  test('reads arithmetic and session operands', () => {
    const condition = {
      left: { price: 'close' },
      operator: '>',
      right: {
        op: 'add',
        args: [
          { session: 'range_high', minutes: 15 },
          { op: 'max', args: [1, 2] },
        ],
      },
    };
    expect(groupWords(condition)).toBe('close > range high of 15 min + max(1, 2)');
  });

  test('says nothing about nothing', () =>
    expect([groupWords(undefined), groupWords({ logic: 'AND', conditions: [] })]).toEqual(['', '']));
});

describe('the summary of a placed agent', () => {
  test.each([
    ['market_data_agent', { timeframes: ['1h', '1d'], indicators: ['RSI'] }, '1h 1d · 1 indicator'],
    ['risk_manager_agent', { risk_fraction: 0.01 }, '1% risk'],
    ['risk_manager_agent', { sizing: 'equity_fraction', equity_fraction: 0.95 }, '95% of equity'],
    ['risk_manager_agent', { sizing: 'fixed_quantity', fixed_quantity: 10 }, '10 shares'],
    ['time_trigger', { schedule: { type: 'market_hours', offset_minutes: 5 } }, '5 min after the open'],
    ['bias_agent', { analysis_timeframes: ['1d'] }, 'rules · 1d'],
    ['unheard_of_agent', { a: 1 }, ''],
  ])('%s', (type, config, words) => expect(summarizeConfig(type, config)).toBe(words));
});
