import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeContext } from '@bellwether/kernel/testing';
import { timeTriggerAgent } from './time.agent.ts';

function nextOf(schedule: unknown, after: string): string | null {
  const watch = timeTriggerAgent.watch?.(timeTriggerAgent.config.parse({ schedule }));
  assert.ok(watch?.kind === 'time');
  const at = watch.next(Date.parse(after));
  return at === null ? null : new Date(at).toISOString();
}

test('seed lines 512–520: market open + 5 is 13:35Z in summer, 14:35Z in winter, and nothing on a holiday', () => {
  const schedule = { type: 'market_hours', market: 'US', offset_minutes: 5 };
  assert.equal(nextOf(schedule, '2025-07-01T00:00:00Z'), '2025-07-01T13:35:00.000Z');
  assert.equal(nextOf(schedule, '2025-01-15T00:00:00Z'), '2025-01-15T14:35:00.000Z');
  assert.equal(nextOf(schedule, '2025-07-04T00:00:00Z'), '2025-07-07T13:35:00.000Z');
});

test('a time of day waits for its next chosen weekday in its own zone', () => {
  const schedule = { type: 'specific_time', time: '09:35', timezone: 'Europe/Berlin', days: [0] };
  assert.equal(nextOf(schedule, '2026-03-03T00:00:00Z'), '2026-03-09T08:35:00.000Z');
});

test('seed line 1223: cron 0 9 * * 1-5 follows the clock change of New York', () => {
  const schedule = { type: 'cron', expression: '0 9 * * 1-5', timezone: 'America/New_York' };
  assert.equal(nextOf(schedule, '2025-03-07T15:00:00Z'), '2025-03-10T13:00:00.000Z');
  assert.equal(nextOf(schedule, '2025-10-31T14:00:00Z'), '2025-11-03T14:00:00.000Z');
});

test('a fired trigger says why, a start by hand keeps its own words', () => {
  const config = timeTriggerAgent.config.parse({});
  const fired = new FakeContext({ trigger: { nodeId: 't', kind: 'time', at: 0, text: 'due' } });
  const byHand = new FakeContext();
  const summaries = [fired, byHand].map((context) => {
    const decision = timeTriggerAgent.decide({}, config, context);
    return decision instanceof Promise ? '' : decision.summary;
  });
  assert.deepEqual(summaries, ['It was time: 5 minutes after the US market opens', 'started by hand']);
});
