/** One pipeline on one tape in a backtest, in simulation and on the sandbox: the same code, three places to trade. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { demoTape } from '@bellwether/adapters';
import { type ExecutionEventWire, eventFromWire } from '@bellwether/contracts';
import type { TestDatabase } from '@bellwether/db/testing';
import { NYSE_CALENDAR, sliceBars } from '@bellwether/domain';
import { startRuntime, type TapeSymbol } from '@bellwether/durable';
import { eventually, openTestSession, TEST_DIGESTS } from '@bellwether/durable/testing';
import { type AccountLimits, type ExecutionEvent, type Run, UNLIMITED } from '@bellwether/kernel';
import { openBindings } from '@bellwether/server';
import { runBacktest } from '@bellwether/virtual';
import { planOf, runtimeOptions } from './durable-runtime.ts';

export type Document = Readonly<Record<string, unknown>>;

export async function exampleDocument(name: string): Promise<Document> {
  return JSON.parse(await readFile(new URL(`../examples/${name}.json`, import.meta.url), 'utf8')) as Document;
}

/** The document with the config of one kind of node changed. */
export function withConfig(document: Document, agentType: string, config: Document): Document {
  const nodes = (document['nodes'] as readonly { readonly agent_type: string; readonly config: Document }[]).map(
    (node) => (node.agent_type === agentType ? { ...node, config: { ...node.config, ...config } } : node),
  );
  return { ...document, nodes };
}

/** One symbol of a demo tape, its last `sessions` only. */
export async function tapeOf(id: string, symbol: string, sessions: number): Promise<readonly TapeSymbol[]> {
  const series = await demoTape(id).load();
  return series
    .filter((bars) => bars.symbol === symbol)
    .map((bars) => ({
      symbol: bars.symbol,
      bars: sliceBars(bars, bars.length - sessions * MINUTES_A_SESSION, bars.length),
      calendar: NYSE_CALENDAR,
      label: { source: bars.source.label, synthetic: true },
    }));
}

const MINUTES_A_SESSION = 390;

export function backtestRun(document: Document, tape: readonly TapeSymbol[]): Run {
  const journals = new Map<string, ExecutionEvent[]>();
  runBacktest(planOf({ ...document, id: randomUUID(), symbol: tape[0]?.symbol }), tape, {
    sha256: TEST_DIGESTS,
    stopwatch: () => 0,
    journal: (executionId, _seq, event) => {
      const journal = journals.get(executionId);
      if (journal === undefined) journals.set(executionId, [event]);
      else journal.push(event);
    },
  });
  return [...journals.values()];
}

export interface DurableRun {
  readonly run: Run;
  readonly pipelineId: string;
  readonly endReason: string;
}

/** Plays the tape from its first bar to its end in the durable runtime, in the document's own trading mode. */
export async function durableRun(
  database: TestDatabase,
  document: Document,
  tape: readonly TapeSymbol[],
  sandboxUrl: string | null,
  limits: AccountLimits = UNLIMITED,
): Promise<DurableRun> {
  const userId = await database.addUser();
  const pipelineId = randomUUID();
  const first = Math.min(...tape.map(({ bars }) => bars.start[0] as number));
  const session = await openTestSession(database, {
    userId,
    document: { ...document, id: pipelineId, symbol: tape[0]?.symbol },
    tapeId: 'given',
    from: new Date(first).toISOString(),
    purpose: 'start',
    pipelineId,
  });
  const bindings =
    sandboxUrl === null ? null : openBindings({ kind: 'sandbox', url: sandboxUrl }, { sandboxLimits: limits });
  const lines: string[] = [];
  const runtime = await startRuntime(
    {
      ...runtimeOptions(database.server.url('engine'), new Map([['given', tape]])),
      ...(bindings === null ? {} : { accounts: bindings, brokerFor: bindings.brokerFor }),
      log: (line, facts) => lines.push(`${line} ${JSON.stringify(facts ?? {})}`),
    },
    { worker: bindings !== null, feed: true, scheduler: false },
  );
  try {
    const ended = await eventually(
      async () => {
        const { rows } = await database.engine.pool.query<{ end_reason: string }>(
          "SELECT end_reason FROM engine.sessions WHERE id = $1 AND status = 'ended'",
          [session.sessionId],
        );
        return rows[0];
      },
      `session ${session.sessionId} to end`,
      120_000,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${lines.join('\n')}`);
    });
    return { run: await journalsOf(database, pipelineId), pipelineId, endReason: ended.end_reason };
  } finally {
    await runtime.close();
  }
}

export async function journalsOf(database: TestDatabase, pipelineId: string): Promise<Run> {
  const { rows } = await database.engine.pool.query<{ execution_id: string; body: ExecutionEventWire }>(
    `SELECT j.execution_id, j.body FROM engine.journal j JOIN engine.executions e ON e.id = j.execution_id
     WHERE e.pipeline_id = $1 ORDER BY (e.trigger->>'at')::timestamptz, e.id, j.journal_seq`,
    [pipelineId],
  );
  return [...Map.groupBy(rows, ({ execution_id }) => execution_id).values()].map((journal) =>
    journal.map(({ body }) => eventFromWire(body)),
  );
}

/** Orders of a pipeline by purpose and state, and what is left of its positions. */
export async function bookOf(database: TestDatabase, pipelineId: string) {
  const { rows: orders } = await database.engine.pool.query<{
    purpose: string;
    leg: string;
    state: string;
    filled: string;
  }>(
    `SELECT purpose, leg, state, filled_quantity::text AS filled FROM engine.orders WHERE pipeline_id = $1 ORDER BY id`,
    [pipelineId],
  );
  const { rows: positions } = await database.engine.pool.query<{
    state: string;
    quantity: string;
    close_reason: string | null;
  }>(
    `SELECT p.state, p.quantity::text AS quantity, t.close_reason FROM engine.positions p
     LEFT JOIN engine.trades t ON t.position_id = p.id WHERE p.pipeline_id = $1 ORDER BY p.opened_at`,
    [pipelineId],
  );
  assert.ok(Array.isArray(orders));
  return { orders, positions };
}
