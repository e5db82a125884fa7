import { type EpochMs, type Money, parseMoney } from '@bellwether/domain';
import type { ExecutionEvent, ExecutionState } from '@bellwether/kernel';
import type pg from 'pg';
import type { EventCodec, EventDocument } from './event-codec.ts';
import type { CostRow, EventRow, ExecutionProjection, ExecutionStatus, JournalRow } from './write.ts';

/** Reads an execution's journal as documents, oldest first. */
export async function readJournal(pool: pg.Pool, executionId: string): Promise<readonly EventDocument[]> {
  const { rows } = await pool.query<{ body: EventDocument }>(
    'SELECT body FROM engine.journal WHERE execution_id = $1 ORDER BY journal_seq',
    [executionId],
  );
  return rows.map(({ body }) => body);
}

/** What one execution has to add to the next write, and everything its report is made from. */
export class JournalPage {
  readonly executionId: string;
  readonly pipelineId: string;
  readonly #codec: EventCodec;
  readonly #recordedAt: () => EpochMs;
  readonly #documents: EventDocument[];
  #rows: JournalRow[] = [];
  #events: EventRow[] = [];
  #costs: CostRow[] = [];

  constructor(
    ids: { readonly executionId: string; readonly pipelineId: string },
    codec: EventCodec,
    recordedAt: () => EpochMs,
    documents: readonly EventDocument[] = [],
  ) {
    this.executionId = ids.executionId;
    this.pipelineId = ids.pipelineId;
    this.#codec = codec;
    this.#recordedAt = recordedAt;
    this.#documents = [...documents];
  }

  /** The whole journal, committed or not, oldest first. */
  get documents(): readonly EventDocument[] {
    return this.#documents;
  }

  /** The whole journal as events. */
  events(): readonly ExecutionEvent[] {
    return this.#documents.map((document) => this.#codec.fromWire(document));
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0;
  }

  /** Adds an event and returns its row in the user's stream, for callers that order it among others. */
  append(journalSeq: number, event: ExecutionEvent): EventRow {
    const { executionId, pipelineId } = this;
    const document = this.#codec.toWire(event, {
      executionId,
      pipelineId,
      journalSeq,
      seq: null,
      recordedAt: this.#recordedAt(),
    });
    this.#documents.push(document);
    const body = JSON.stringify(document);
    this.#rows.push({ executionId, journalSeq, event: event.event, at: event.at, body });
    if ('costIncrement' in event && event.costIncrement !== '0') {
      const micros = String(parseMoney(event.costIncrement) as Money);
      const { agentId: nodeId, agentType } = event;
      this.#costs.push({ executionId, pipelineId, journalSeq, nodeId, agentType, micros });
    }
    const row: EventRow = { executionId, pipelineId, journalSeq, body };
    this.#events.push(row);
    return row;
  }

  /** Hands over what was added since the last time. */
  take(): {
    readonly rows: readonly JournalRow[];
    readonly events: readonly EventRow[];
    readonly costs: readonly CostRow[];
  } {
    const taken = { rows: this.#rows, events: this.#events, costs: this.#costs };
    this.#rows = [];
    this.#events = [];
    this.#costs = [];
    return taken;
  }
}

/** Returns what the execution's row shows of a state. */
export function projectionOf(state: ExecutionState, isWorking: boolean, marketTime: EpochMs): ExecutionProjection {
  return {
    id: state.executionId,
    status: statusOf(state, isWorking),
    lastSeq: state.seq,
    result: state.result,
    reason: state.reason,
    costMicros: state.costMicros,
    marketTime,
  };
}

function statusOf(state: ExecutionState, isWorking: boolean): ExecutionStatus {
  if (state.status === 'ended')
    return state.result === 'failed' || state.result === 'canceled' ? state.result : 'completed';
  return isWorking ? 'running' : 'waiting';
}

/** Says what an execution without work waits for. */
export function waitingText(state: ExecutionState): string {
  const timer = state.open.find((command) => command.command === 'set_timer');
  if (timer !== undefined) return `waits to ask ${timer.nodeId} again`;
  const orders = state.open.filter((command) => command.command === 'submit_intents');
  const symbols = [...new Set(orders.map(({ symbol }) => symbol))];
  return `waits for the market to answer the orders in ${symbols.join(', ')}`;
}
