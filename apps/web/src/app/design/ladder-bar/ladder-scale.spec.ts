import { describe, expect, test } from 'vitest';
import { type LadderPrices, ladderScale } from './ladder-scale.ts';

const LONG: LadderPrices = {
  side: 'long',
  entry: '100',
  stop: '95',
  initialStop: '95',
  target1: '107.50',
  target2: '112.50',
  last: '104.35',
};

describe('the ladder', () => {
  test('runs from the stop to the last target', () => {
    const scale = ladderScale(LONG);
    expect(scale.ticks.map(({ mark, at }) => [mark, Math.round(at)])).toEqual([
      ['S', 0],
      ['E', 29],
      ['T1', 71],
      ['T2', 100],
    ]);
    expect(Math.round(scale.priceAt ?? -1)).toBe(53);
    expect(scale.text).toBe('58% of the way to target 1; stop 9.0% away');
    expect([scale.isNearStop, scale.beyond, scale.isBreakEven]).toEqual([false, null, false]);
  });

  test('a short is the same picture with profit on the right', () => {
    const scale = ladderScale({
      side: 'short',
      entry: '100',
      stop: '105',
      initialStop: '105',
      target1: '92.50',
      target2: '87.50',
      last: '95.65',
    });
    expect(scale.ticks.map(({ mark, at }) => [mark, Math.round(at)])).toEqual([
      ['S', 0],
      ['E', 29],
      ['T1', 71],
      ['T2', 100],
    ]);
    expect(scale.text).toBe('58% of the way to target 1; stop 9.8% away');
  });

  test('warns within a quarter of the way from entry to stop', () => {
    expect(ladderScale({ ...LONG, last: '96.25' }).isNearStop).toBe(true);
    expect(ladderScale({ ...LONG, last: '96.26' }).isNearStop).toBe(false);
    expect(ladderScale({ ...LONG, last: '94' })).toMatchObject({ isNearStop: true, beyond: 'below', priceAt: 0 });
    expect(ladderScale({ ...LONG, last: '94' }).text).toBe('Behind the entry; price has passed the stop');
  });

  test('a stop moved to the entry keeps the first stop as the start of the scale', () => {
    const scale = ladderScale({ ...LONG, stop: '100', last: '109' });
    expect(scale.isBreakEven).toBe(true);
    expect(scale.risk).toBeNull();
    expect(scale.text).toBe('72% of the way to target 2; stop 8.3% away');
    expect(scale.ticks[0]?.at).toBe(scale.ticks[1]?.at);
  });

  test('says what is missing instead of drawing it', () => {
    expect(ladderScale({ ...LONG, last: null }).text).toBe('No price yet; stop at 95.00');
    expect(ladderScale({ ...LONG, stop: null, initialStop: null }).text).toContain('no stop');
    const bare = ladderScale({
      side: 'long',
      entry: null,
      stop: null,
      initialStop: null,
      target1: null,
      target2: null,
      last: null,
    });
    expect(bare).toMatchObject({ ticks: [], priceAt: null, beyond: null });
    expect(ladderScale({ ...LONG, target1: null, target2: null, last: '120' })).toMatchObject({
      beyond: null,
      priceAt: 100,
    });
  });
});
