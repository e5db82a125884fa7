import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExecutionEvent, RecordedAnswer } from '@bellwether/kernel';
import { runBacktest } from './backtest.ts';
import { replayExecution } from './replay.ts';
import { closeAbove, closeBelow, dailyBars, OPTIONS, type Prices, planFor, tapeOf } from './test-market.fixture.ts';

const PRICES = Array.from({ length: 40 }, (_, i): Prices => {
  const close = 100 + 8 * Math.sin(i / 4);
  return [close, close + 1, close - 1, close];
});
const PLAN = planFor({
  rules: { long_entry: closeAbove(104), long_exit: closeBelow(97), stop: { type: 'percent', value: 5 } },
});

function recorded() {
  const journals = new Map<string, ExecutionEvent[]>();
  const answers = new Map<string, readonly RecordedAnswer[]>();
  runBacktest(PLAN, tapeOf(dailyBars(PRICES)), {
    ...OPTIONS,
    journal: (id, _seq, event) => {
      journals.set(id, [...(journals.get(id) ?? []), event]);
    },
    keepAnswers: (hash, given) => answers.set(hash, given),
  });
  return { journals, answers };
}

test('every execution of a backtest is decided again from its journal alone, identically', () => {
  const { journals, answers } = recorded();
  let decisions = 0;
  for (const [id, journal] of journals) {
    const verdict = replayExecution(PLAN, id, journal, (hash) => answers.get(hash));
    assert.equal(verdict.kind, 'identical');
    if (verdict.kind === 'identical') decisions += verdict.decisions;
  }
  assert.ok(journals.size === 40 && decisions >= 120, `${journals.size} executions, ${decisions} decisions`);
});

test('the first decision that comes out differently is named by its place in the journal', () => {
  const { journals, answers } = recorded();
  const [id, journal] =
    [...journals].find(([, events]) => events.some(({ event }) => event === 'trade_executed')) ?? [];
  assert.ok(id !== undefined && journal !== undefined);
  const place = journal.findIndex((event) => event.event === 'agent_completed' && event.agentId === 'risk');
  const changed = journal.map((event, i) =>
    i === place && event.event === 'agent_completed' ? { ...event, outputSummary: 'bought the moon' } : event,
  );
  const verdict = replayExecution(PLAN, id, changed, (hash) => answers.get(hash));
  assert.equal(verdict.kind, 'different');
  if (verdict.kind !== 'different') return;
  assert.deepEqual([verdict.agentId, verdict.journalSeq], ['risk', place + 1]);
  assert.match(verdict.recorded, /bought the moon/);
  assert.doesNotMatch(verdict.decided, /bought the moon/);
});

test('an agent of another mind is found: rules that were edited after the run decide otherwise', () => {
  const { journals, answers } = recorded();
  const edited = planFor({
    rules: { long_entry: closeAbove(104), long_exit: closeBelow(97), stop: { type: 'percent', value: 6 } },
  });
  const verdicts = [...journals].map(([id, journal]) =>
    replayExecution(edited, id, journal, (hash) => answers.get(hash)),
  );
  assert.ok(verdicts.some((verdict) => verdict.kind === 'different' && verdict.agentId === 'rules'));
});

test('a journal whose answers are lost says so, and is not called identical', () => {
  const { journals } = recorded();
  const [id, journal] = [...journals][0] ?? [];
  assert.throws(() => replayExecution(PLAN, id ?? '', journal ?? [], () => undefined), { code: 'replay/unreadable' });
});
