import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeskEvent } from '@bellwether/kernel';
import { runOnce } from './run-once.ts';
import {
  closeAbove,
  dailyBars,
  flatPrices,
  minuteBars,
  OPTIONS,
  type Prices,
  planFor,
  tapeOf,
} from './test-market.fixture.ts';

const RULES = { long_entry: closeAbove(50), stop: { type: 'percent', value: 5 } };

test('runs one execution at the first close, and on until its position is closed', () => {
  const prices: Prices[] = [...flatPrices(3), [100, 100, 90, 92], ...flatPrices(5)];
  const events: DeskEvent[] = [];
  const result = runOnce(planFor({ rules: RULES }), tapeOf(dailyBars(prices)), {
    ...OPTIONS,
    desk: (event) => events.push(event),
  });
  assert.deepEqual([result.refusal, result.execution?.result, result.openPositions], [null, 'traded', 0]);
  const fills = events.flatMap((event) => (event.kind === 'filled' ? [event.reason] : []));
  assert.deepEqual(fills, ['entry', 'stop']);
});

test('a position that the tape does not end is told of', () => {
  const result = runOnce(planFor({ rules: RULES }), tapeOf(dailyBars(flatPrices(3))), OPTIONS);
  assert.deepEqual([result.execution?.result, result.openPositions], ['traded', 1]);
});

test('waits for the first close that the schedule allows, and says why when there is none', () => {
  const schedule = (start: string, end: string) => ({ schedule_type: 'time_window', start_time: start, end_time: end });
  const tape = tapeOf(minuteBars(Array.from({ length: 9 }, (_, i) => [i, 100, 100, 100, 100] as const)));
  const inside = runOnce(
    planFor({ timeframe: '1m', rules: RULES, schedule: schedule('09:33', '15:30') }),
    tape,
    OPTIONS,
  );
  assert.equal(inside.execution?.trigger?.at, Date.parse('2026-01-05T14:33:00Z'));
  const outside = runOnce(
    planFor({ timeframe: '1m', rules: RULES, schedule: schedule('12:00', '15:30') }),
    tape,
    OPTIONS,
  );
  assert.deepEqual([outside.execution, outside.refusal], [null, 'outside_window']);
});
