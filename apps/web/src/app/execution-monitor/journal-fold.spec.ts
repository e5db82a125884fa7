import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LiveEvent } from '../api/live-event.ts';
import { anEvent, JOURNAL } from '../api/wire.fake.ts';
import { cellOf, foldJournal, joinJournal, nodeStatus } from './journal-fold.ts';

const WHOLE = foldJournal(JOURNAL);
const lane = (symbol: string, fold = WHOLE) => {
  const found = fold.lanes[symbol];
  if (found === undefined) throw new Error(`expected a lane ${symbol}, was none`);
  return found;
};

describe('the journal fold', () => {
  test('tells the end, the report and the outcome of each lane', () => {
    expect(WHOLE).toMatchObject({ status: 'completed', result: 'traded', reportId: 'r1', lastSeq: 13 });
    expect([lane('SPY').outcome, lane('QQQ').outcome, lane('QQQ').blockedBy]).toEqual(['traded', 'blocked', 'data']);
  });

  test('a step without a symbol counts for every lane; a blocked lane never reaches the rest', () => {
    expect([
      cellOf(WHOLE, lane('QQQ'), 'trigger').status,
      cellOf(WHOLE, lane('QQQ'), 'data').status,
      cellOf(WHOLE, lane('QQQ'), 'risk').status,
    ]).toEqual(['done', 'blocked', 'skipped']);
  });

  test('a retried step waits, then runs again, then is done with its second attempt', () => {
    const at = (count: number) =>
      cellOf(foldJournal(JOURNAL.slice(0, count)), lane('SPY', foldJournal(JOURNAL.slice(0, count))), 'risk');
    expect([at(8).status, at(9).status, at(10).status, at(11).status]).toEqual([
      'running',
      'waiting',
      'running',
      'done',
    ]);
    expect(at(9).error).toMatchObject({ code: 'ledger/busy', willRetry: true });
    expect(at(11)).toMatchObject({ attempt: 2, error: undefined });
  });

  test('a node shows what needs attention first and how many lanes have come by', () => {
    expect(nodeStatus(WHOLE, 'risk')).toEqual({ status: 'done', reached: 1, of: 2 });
    expect(nodeStatus(foldJournal(JOURNAL.slice(0, 6)), 'data')).toEqual({ status: 'running', reached: 1, of: 2 });
    expect(nodeStatus(foldJournal([]), 'data')).toEqual({ status: 'idle', reached: 0, of: 1 });
  });

  test('waiting says for what, and ends with the next step', () => {
    const waiting = foldJournal([...JOURNAL.slice(0, 3), anEvent('execution_waiting', 4, { text: 'RSI below 30' })]);
    expect(waiting).toMatchObject({ status: 'waiting', waitingFor: 'RSI below 30' });
    expect(foldJournal([anEvent('agent_started', 5, { attempt: 1, agent_id: 'data' })], waiting)).toMatchObject({
      status: 'running',
      waitingFor: undefined,
    });
  });

  test('a canceled execution leaves its open lanes canceled', () => {
    const ended = anEvent('execution_completed', 5, {
      status: 'canceled',
      result: 'canceled',
      reason: null,
      total_cost: '0',
      report_id: null,
    });
    const fold = foldJournal([
      ...JOURNAL.slice(0, 3),
      anEvent('cancel_requested', 4, { reason: 'changed my mind' }),
      ended,
    ]);
    expect([lane('SPY', fold).outcome, fold.isCanceling]).toEqual(['canceled', false]);
  });

  test('folding in any portions, with repeats, gives the same', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(JOURNAL.length)), (cuts) => {
        const ordered = [...cuts, JOURNAL.length].sort((a, b) => a - b);
        let fold = foldJournal([]);
        for (const cut of ordered) fold = foldJournal(JOURNAL.slice(0, cut), fold);
        expect(fold).toEqual(WHOLE);
      }),
    );
  });
});

describe('joining the journal', () => {
  test('any split between fetched and streamed, in any order with repeats, gives the whole journal', () => {
    fc.assert(
      fc.property(
        fc.nat(JOURNAL.length),
        fc.nat(JOURNAL.length),
        fc.shuffledSubarray([...JOURNAL], { minLength: JOURNAL.length }),
        (split, overlap, shuffled) => {
          const known = JOURNAL.slice(0, split);
          const arriving = shuffled.filter((event) => (event.journal_seq ?? 0) > split - overlap);
          const joined = joinJournal(known, [...arriving, ...arriving]);
          expect(joined.events).toEqual(JOURNAL);
          expect(joined.missingAfter).toBeUndefined();
        },
      ),
    );
  });

  test('a hole is named and nothing behind it is taken', () => {
    const joined = joinJournal(JOURNAL.slice(0, 4), JOURNAL.slice(6));
    expect([joined.events.length, joined.missingAfter]).toEqual([4, 4]);
  });

  test('nothing new is the same array', () => {
    const known: readonly LiveEvent[] = JOURNAL.slice(0, 4);
    expect(joinJournal(known, JOURNAL.slice(0, 3)).events).toBe(known);
  });
});
