import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROCESS_CLOCK } from './process-clock.ts';

test('the clock of a process starts at the wall and follows neither its jumps ahead nor its jumps back', () => {
  const wall = Date.now;
  const before = PROCESS_CLOCK.now();
  assert.ok(Math.abs(before - wall()) < 5_000);
  assert.ok(Number.isInteger(before));
  try {
    for (const jump of [3_600_000, -3_600_000]) {
      Date.now = () => wall() + jump;
      const now = PROCESS_CLOCK.now();
      assert.ok(now >= before && now - before < 5_000, `expected no jump, was ${now - before} ms`);
    }
  } finally {
    Date.now = wall;
  }
});

test('waiting until an instant is over at that instant, not before it', async () => {
  const due = PROCESS_CLOCK.now() + 15;
  await PROCESS_CLOCK.waitUntil(due);
  assert.ok(PROCESS_CLOCK.now() >= due - 1);
});
