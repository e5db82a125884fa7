import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LiveEvent } from '../../api/live-event.ts';
import { anEvent, JOURNAL } from '../../api/wire.fake.ts';
import { applyEvent, applyEvents, EXECUTIONS_KEPT, JOURNAL_TAIL, liveFrom } from './live-event-reducer.ts';

/** Two executions interleaved, positions included, numbered without gaps. */
const STREAM: readonly LiveEvent[] = JOURNAL.flatMap((event) => [
  event,
  { ...event, execution_id: 'e2', pipeline_id: 'p2' } as LiveEvent,
]).map((event, index) => ({ ...event, seq: index + 1 }) as LiveEvent);
const WHOLE = applyEvents(liveFrom(0), STREAM);

describe('the live reducer', () => {
  test('any cut with a resume from an earlier number ends in the same state', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 6 }), fc.nat(10), (cuts, overlap) => {
        let state = liveFrom(0);
        for (const cut of [...cuts, STREAM.length]) {
          const from = Math.max(0, state.seq - overlap);
          state = applyEvents(state, STREAM.slice(from, Math.max(from, cut)));
        }
        expect(state).toEqual(WHOLE);
      }),
    );
  });

  test('duplicates change nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(STREAM.length - 1)), (again) => {
        const doubled = again.flatMap((index) => STREAM.slice(index, index + 1));
        expect(applyEvents(WHOLE, doubled)).toBe(WHOLE);
      }),
    );
  });

  test('a hole is noticed, nothing behind it is applied, and filling it heals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: STREAM.length - 1 }), (missing) => {
        const before = STREAM.slice(0, missing - 1);
        const holed = applyEvents(liveFrom(0), [...before, ...STREAM.slice(missing)]);
        expect(holed.gap).toBe(true);
        expect(holed.seq).toBe(missing - 1);
        expect(applyEvents(holed, STREAM.slice(missing - 1))).toEqual(WHOLE);
      }),
    );
  });

  test('tells how an execution ended and keeps its journal', () => {
    expect(WHOLE.executions['e1']).toMatchObject({ status: 'completed', result: 'traded', reportId: 'r1' });
    expect(WHOLE.executions['e1']?.tail.map((event) => event.journal_seq)).toEqual(
      JOURNAL.map((event) => event.journal_seq),
    );
  });

  test('raises the revision of the pipeline concerned and of all', () => {
    const state = applyEvent(liveFrom(0), anEvent('pipeline_updated', 1, { execution_id: null }));
    expect(state.revisions).toEqual({ '*': 1, p1: 1 });
  });

  test('counts an event it does not know, so that nothing is fetched again', () => {
    const later = { ...anEvent('timer_fired', 1, {}), event: 'moon_landed' } as unknown as LiveEvent;
    expect(applyEvent(liveFrom(0), later)).toMatchObject({ seq: 1, gap: false, executions: {} });
  });

  test('does not grow without end', () => {
    let state = liveFrom(0);
    let seq = 0;
    for (let index = 0; index < JOURNAL_TAIL + 50; index++)
      state = applyEvent(state, { ...anEvent('timer_fired', index + 1, {}), seq: ++seq });
    expect(state.executions['e1']?.tail).toHaveLength(JOURNAL_TAIL);
    for (let index = 0; index < EXECUTIONS_KEPT + 5; index++) {
      const done = {
        status: 'completed',
        result: 'traded',
        reason: null,
        total_cost: '0',
        report_id: null,
        execution_id: `x${index}`,
      } as const;
      state = applyEvent(state, { ...anEvent('execution_completed', 1, done), seq: ++seq });
    }
    expect(Object.keys(state.executions)).toHaveLength(EXECUTIONS_KEPT + 1);
    expect(state.executions['x0']).toBeUndefined();
  });
});
