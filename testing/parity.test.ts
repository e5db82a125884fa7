/**
 * One tape through both runtimes: identical journals.
 *
 * What would make it vacuous: no executions, no fills, no blocked lanes, or a comparison that overlooks differences. The first three are asserted
 * against; for the last, a planted mutant (one price of the durable tape moved by a cent) must be found.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { DEMO_TAPES, demoTape } from '@bellwether/adapters';
import { eventToWire } from '@bellwether/contracts';
import { startTestDatabase, type TestDatabase } from '@bellwether/db/testing';
import { NYSE_CALENDAR, sliceBars } from '@bellwether/domain';
import { startRuntime, type TapeSymbol } from '@bellwether/durable';
import { eventually, openTestSession, TEST_DIGESTS } from '@bellwether/durable/testing';
import { runBacktest } from '@bellwether/virtual';
import { planOf, runtimeOptions } from './durable-runtime.ts';

type Document = Readonly<Record<string, unknown>>;
/** Journals by execution, in the order in which the executions began. */
type Journals = readonly (readonly Document[])[];

let database: TestDatabase;
before(async () => {
  database = await startTestDatabase();
});
after(() => database.close());

const CASES = [
  { example: 'opening-range-breakout', tape: 'opening-range-breakout' },
  { example: 'multi-timeframe-bias', tape: 'trend' },
  { example: 'rsi-reversal-bracket', tape: 'aapl-daily' },
  { example: 'macd-trend', tape: 'aapl-daily' },
  { example: 'sma-cross-long-short', tape: 'aapl-daily' },
  { example: 'buy-and-hold', tape: 'aapl-daily' },
] as const;

describe('parity', () => {
  const seen = { executions: 0, fills: 0, blocked: 0 };
  for (const { example, tape } of CASES) {
    test(`journals of ${example} on ${tape} are identical in both runtimes`, async () => {
      const bars = await tapeOf(tape);
      const document = await exampleDocument(example, bars);
      const virtual = virtualJournals(document, bars);
      const durable = await durableJournals(document, bars);
      assertSame(durable, virtual);
      const events = virtual.flat();
      seen.executions += virtual.length;
      seen.fills += events.filter(({ event }) => event === 'trade_executed').length;
      seen.blocked += events.filter(({ event }) => event === 'lane_blocked').length;
    });
  }

  test('the comparison above saw executions, fills and refusals', () => {
    assert.ok(seen.executions >= 20, `expected at least 20 executions, were ${seen.executions}`);
    assert.ok(seen.fills >= 10, `expected at least 10 fills, were ${seen.fills}`);
    assert.ok(seen.blocked >= 1, `expected at least one refusal, were ${seen.blocked}`);
  });

  test('a planted difference of one cent in one bar is found', async () => {
    const bars = await tapeOf('opening-range-breakout');
    const document = await exampleDocument('opening-range-breakout', bars);
    const virtual = virtualJournals(document, bars);
    const entered = virtual.flat().find(({ event }) => event === 'trade_executed');
    assert.ok(entered, 'expected a fill to move');
    const at = Date.parse(String(entered['timestamp']));
    const moved = bars.map((symbol) => {
      const open = symbol.bars.open.slice();
      const row = symbol.bars.start.indexOf(at);
      if (row >= 0) open[row] = (open[row] as number) + 0.01;
      const high = symbol.bars.high.map((value, i) => Math.max(value, open[i] as number));
      return { ...symbol, bars: { ...symbol.bars, open, high } };
    });
    const durable = await durableJournals(document, moved);
    assert.throws(() => assertSame(durable, virtual), assert.AssertionError);
  });
});

/** Enough for the slow averages to warm up and cross. */
const DAYS = 420;

/** The example, trading the tape's first symbol. */
async function exampleDocument(name: string, tape: readonly TapeSymbol[]): Promise<Document & { readonly id: string }> {
  const text = await readFile(new URL(`../examples/${name}.json`, import.meta.url), 'utf8');
  return { ...(JSON.parse(text) as Document), symbol: tape[0]?.symbol, id: randomUUID() };
}

async function tapeOf(id: string): Promise<readonly TapeSymbol[]> {
  assert.ok(DEMO_TAPES.some((tape) => tape.id === id));
  const tape = demoTape(id);
  const series = await tape.load();
  return series.map((bars) => ({
    symbol: bars.symbol,
    bars: bars.timeframe === '1d' ? sliceBars(bars, bars.length - DAYS, bars.length) : bars,
    calendar: NYSE_CALENDAR,
    label: { source: bars.source.label, synthetic: bars.source.kind === 'synthetic' },
  }));
}

function virtualJournals(document: Document & { readonly id: string }, tape: readonly TapeSymbol[]): Journals {
  const journals = new Map<string, Document[]>();
  runBacktest(planOf(document), tape, {
    sha256: TEST_DIGESTS,
    stopwatch: () => 0,
    keepAnswers: () => undefined,
    journal: (executionId, journalSeq, event) => {
      const wire = eventToWire(event, { executionId, pipelineId: document.id, journalSeq, seq: null, recordedAt: 0 });
      const journal = journals.get(executionId);
      if (journal === undefined) journals.set(executionId, [plain(wire)]);
      else journal.push(plain(wire));
    },
  });
  return [...journals.values()];
}

async function durableJournals(
  document: Document & { readonly id: string },
  tape: readonly TapeSymbol[],
): Promise<Journals> {
  const userId = await database.addUser();
  const first = Math.min(...tape.map(({ bars }) => bars.start[0] as number));
  const session = await openTestSession(database, {
    userId,
    document,
    tapeId: 'given',
    from: new Date(first).toISOString(),
    purpose: 'start',
    pipelineId: document.id,
  });
  const runtime = await startRuntime(runtimeOptions(database.server.url('engine'), new Map([['given', tape]])), {
    worker: false,
    feed: true,
    scheduler: false,
  });
  try {
    await eventually(async () => {
      const { rows } = await database.engine.pool.query(
        "SELECT end_reason FROM engine.sessions WHERE id = $1 AND status = 'ended'",
        [session.sessionId],
      );
      return rows[0];
    }, `session ${session.sessionId} to end`);
  } finally {
    await runtime.close();
  }
  const { rows } = await database.engine.pool.query<{ execution_id: string; body: Document }>(
    `SELECT j.execution_id, j.body FROM engine.journal j JOIN engine.executions e ON e.id = j.execution_id
     WHERE e.pipeline_id = $1 ORDER BY (e.trigger->>'at')::timestamptz, e.id, j.journal_seq`,
    [session.pipelineId],
  );
  return [...Map.groupBy(rows, ({ execution_id }) => execution_id).values()].map((journal) =>
    journal.map(({ body }) => plain(body)),
  );
}

/** What the store alone knows is no part of the comparison. */
function plain(document: object): Document {
  const { recorded_at: _, ...rest } = JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
  return rest;
}

function assertSame(durable: Journals, virtual: Journals): void {
  const key = (journal: readonly Document[]) => `${journal[0]?.['timestamp']} ${journal[0]?.['execution_id']}`;
  const byStart = (journals: Journals) => [...journals].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  assert.deepEqual(byStart(durable).map(key), byStart(virtual).map(key));
  const expected = byStart(virtual);
  byStart(durable).forEach((journal, i) => {
    const want = expected[i] ?? [];
    // The backtester leaves the last execution open when its tape ends; the durable runtime brings it to its end.
    const isOpen = want.at(-1)?.['event'] !== 'execution_completed';
    assert.deepEqual(isOpen ? journal.slice(0, want.length) : journal, want);
  });
}
