import { describe, expect, test } from 'vitest';
import { codeWords, withoutCodes } from './code-words.ts';
import { formatDay, inExchangeTime } from './exchange-time.ts';
import { sourceWords } from './source-words.ts';

describe('what the server writes for machines is read by people', () => {
  test('codes become words, known ones by their own', () => {
    expect(codeWords('max_position_fraction')).toBe('Position limit');
    expect(codeWords('some_new_rule')).toBe('Some new rule');
    expect(withoutCodes('min_risk_reward')).toBe('Minimum reward to risk');
    expect(withoutCodes('Completed: min_risk_reward')).toBe('Completed: minimum reward to risk');
    expect(withoutCodes('MACD 12, 26, 9 crosses above SMA_50')).toBe('MACD 12, 26, 9 crosses above SMA_50');
  });

  test('times inside a text follow the exchange, in summer and in winter', () => {
    expect(inExchangeTime('at 2026-03-02 17:50 UTC, or 2026-07-01 20:00 UTC')).toBe(
      'at Mar 2, 2026, 12:50 ET, or Jul 1, 2026, 16:00 ET',
    );
  });

  test('a session date is that day, whatever the zone', () => {
    expect(formatDay('2026-03-02')).toBe('Mar 2, 2026');
    expect(formatDay('2026-03-02T01:00:00Z')).toBe('Mar 1, 2026');
  });

  test('synthetic data says so once', () => {
    expect(sourceWords({ label: 'Synthetic demo data', synthetic: true })).toBe('Synthetic demo data');
    expect(sourceWords({ label: 'Random walk', synthetic: true })).toBe('Synthetic data · Random walk');
    expect(sourceWords({ label: 'Recorded bars', synthetic: false })).toBe('Recorded bars');
  });
});
