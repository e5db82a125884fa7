import { describe, expect, test } from 'vitest';
import { chartPicture } from './chart-picture.ts';

const bars = ['2019-03-07', '2019-03-08', '2019-03-11', '2019-03-12'].map((day, index) => ({
  time: `${day}T00:00:00Z`,
  open: 270 + index,
  high: 272 + index,
  low: 269 + index,
  close: 271 + index,
  volume: 1,
}));
const levels = { entry: '271.00', stop: '270.00', initial_stop: '268.00', target_1: '275.00', target_2: null };

describe('what the chart paints', () => {
  test('a line for every level that exists, the first stop apart once it has moved', () => {
    expect(chartPicture(bars, '1d', levels, [], null).levels.map((level) => level.title)).toEqual([
      'Entry',
      'Stop',
      'First stop',
      'T1',
    ]);
    expect(
      chartPicture(bars, '1d', { ...levels, stop: '268.000' }, [], null).levels.map((level) => level.title),
    ).toEqual(['Entry', 'Stop', 'T1']);
  });

  test('fills on their bars, oldest first, and none before the first bar', () => {
    const fills = [
      { time: '2019-03-12T15:00:00Z', side: 'sell', quantity: '35', price: '275' },
      { time: '2019-03-08T14:30:00Z', side: 'buy', quantity: '35', price: '271' },
      { time: '2019-03-01T14:30:00Z', side: 'buy', quantity: '1', price: '1' },
    ];
    expect(chartPicture(bars, '1d', null, fills, null).marks.map((mark) => [mark.time, mark.text])).toEqual([
      ['2019-03-08', 'buy 35 @ 271.00'],
      ['2019-03-12', 'sell 35 @ 275.00'],
    ]);
  });

  test('risk and reward reach from the decision to the last fill', () => {
    const fills = [
      { time: '2019-03-08T14:30:00Z', side: 'buy', quantity: '1', price: '271' },
      { time: '2019-03-11T14:30:00Z', side: 'sell', quantity: '1', price: '275' },
    ];
    expect(chartPicture(bars, '1d', levels, fills, '2019-03-07T21:00:00Z').zones).toEqual([
      { fromTime: '2019-03-07', toTime: '2019-03-11', entry: 271, other: 268, tone: 'risk' },
      { fromTime: '2019-03-07', toTime: '2019-03-11', entry: 271, other: 275, tone: 'reward' },
    ]);
    expect(chartPicture(bars, '1d', null, [], null).zones).toEqual([]);
  });
});
