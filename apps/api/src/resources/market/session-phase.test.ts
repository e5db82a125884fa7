import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NYSE_CALENDAR } from '@bellwether/domain';
import { sessionPhase } from './session-phase.ts';

const CASES = [
  ['a trading day before four', '2026-03-13T07:00:00Z', 'closed', '2026-03-13T08:00:00Z'],
  ['the early morning', '2026-03-13T08:00:00Z', 'pre_market', '2026-03-13T13:30:00Z'],
  ['the open', '2026-03-13T13:30:00Z', 'open', '2026-03-13T19:45:00Z'],
  ['the last minutes', '2026-03-13T19:45:00Z', 'closing_soon', '2026-03-13T20:00:00Z'],
  ['the evening', '2026-03-13T20:00:00Z', 'after_hours', '2026-03-14T00:00:00Z'],
  ['a Saturday, until Monday at four', '2026-03-14T12:00:00Z', 'closed', '2026-03-16T08:00:00Z'],
  ['the last minutes of a half day', '2026-11-27T17:50:00Z', 'closing_soon', '2026-11-27T18:00:00Z'],
  ['the short evening of a half day', '2026-11-27T21:00:00Z', 'after_hours', '2026-11-27T22:00:00Z'],
] as const;

for (const [name, at, phase, until] of CASES) {
  test(`${name} is ${phase}`, () => {
    const session = sessionPhase(NYSE_CALENDAR, Date.parse(at));
    assert.equal(session.phase, phase);
    assert.equal(session.until, until);
    assert.equal(session.exchange, 'XNYS');
    assert.equal(session.half_day, name.includes('half day'));
  });
}

test('while the exchange is open, the next close is today’s and the next open another day’s', () => {
  const session = sessionPhase(NYSE_CALENDAR, Date.parse('2026-03-13T17:00:00Z'));
  assert.equal(session.next_close, '2026-03-13T20:00:00Z');
  assert.equal(session.next_open, '2026-03-16T13:30:00Z');
});
