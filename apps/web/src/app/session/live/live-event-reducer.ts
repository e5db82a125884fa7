import type { LiveEvent } from '../../api/live-event.ts';
import type { ExecutionResult, ExecutionStatus, Order, Position, Trade } from '../../api/wire.ts';

/** What the stream has told about one execution since this tab connected. */
export interface LiveExecution {
  readonly id: string;
  readonly pipelineId: string | null;
  readonly status: ExecutionStatus;
  readonly result: ExecutionResult | null;
  readonly reason: string | null;
  readonly reportId: string | null;
  /** Newest journalled events, oldest first, at most `JOURNAL_TAIL`. */
  readonly tail: readonly LiveEvent[];
}

/** What the stream told last about a thing, with the number of the event that told it: a snapshot read later knows better. */
export interface Told<T> {
  readonly seq: number;
  /** The market clock of the event. */
  readonly at: string;
  readonly value: T;
}

export interface LiveState {
  /** Number of the last applied event: a resume continues after it. */
  readonly seq: number;
  /** True when an event was missed; nothing more is applied until the connection has fetched it. */
  readonly gap: boolean;
  readonly executions: Readonly<Record<string, LiveExecution>>;
  /** Positions as the stream told them last, closed ones as the round they ended in. By position id. */
  readonly positions: Readonly<Record<string, Told<Position>>>;
  readonly closed: Readonly<Record<string, Told<Trade>>>;
  /** Orders by their id. */
  readonly orders: Readonly<Record<string, Told<Order>>>;
  /** Rises with every event that changes what stands against trading, or records an act by hand. */
  readonly safety: number;
  /** Rises with every event that changes what a pipeline's row says; '*' counts all of them. */
  readonly revisions: Readonly<Record<string, number>>;
}

/** A tab that watches for days must not grow without end; the journal endpoint has the rest. */
export const JOURNAL_TAIL = 500;
/** Finished executions are forgotten beyond this number, oldest first. */
export const EXECUTIONS_KEPT = 50;
/** Closed rounds and orders are forgotten beyond this number, oldest first; the lists of the server have the rest. */
export const TOLD_KEPT = 200;

export function liveFrom(seq: number): LiveState {
  return { seq, gap: false, executions: {}, positions: {}, closed: {}, orders: {}, safety: 0, revisions: {} };
}

/** Applies one journalled event. Pure: the same events give the same state, whatever the transport. */
export function applyEvent(state: LiveState, event: LiveEvent): LiveState {
  const seq = event.seq;
  if (seq === null || seq <= state.seq) return state;
  if (seq > state.seq + 1) return state.gap ? state : { ...state, gap: true };
  const next: LiveState = { ...state, seq, gap: false };
  switch (event.event) {
    case 'execution_started':
      return revise(
        withExecution(next, event, { status: 'running', result: null, reason: null, reportId: null }),
        event,
      );
    case 'execution_waiting':
      return revise(withExecution(next, event, { status: 'waiting', reason: event.text }), event);
    case 'execution_completed':
      return revise(
        withExecution(next, event, {
          status: event.status,
          result: event.result,
          reason: event.reason,
          reportId: event.report_id,
        }),
        event,
      );
    case 'timer_fired':
    case 'agent_started':
      return withExecution(next, event, { status: 'running' });
    case 'order_updated':
      return withExecution({ ...next, orders: keep(next.orders, event.order.order_id, event.order, event) }, event, {});
    case 'agent_completed':
    case 'lane_blocked':
    case 'intents_settled':
    case 'error':
    case 'cancel_requested':
      return withExecution(next, event, {});
    case 'trade_executed':
      return revise(withExecution(next, event, {}), event);
    case 'pipeline_updated':
      return revise(next, event);
    case 'kill_switch_changed':
      return revise({ ...next, safety: next.safety + 1 }, event);
    case 'limits_changed':
    case 'intervention_recorded':
      return { ...next, safety: next.safety + 1 };
    case 'position_updated':
      return revise(
        inExecution({ ...next, positions: keep(next.positions, event.position.id, event.position, event) }, event),
        event,
      );
    case 'position_closed': {
      const { [event.trade.position_id]: _closed, ...open } = next.positions;
      const closed = keep(next.closed, event.trade.position_id, event.trade, event);
      return revise(inExecution({ ...next, positions: open, closed }, event), event);
    }
    default:
      return laterEvent(next, event);
  }
}

export function applyEvents(state: LiveState, events: readonly LiveEvent[]): LiveState {
  return events.reduce(applyEvent, state);
}

/** A newer server may know more events than this tab, which was loaded before: they count, so that nothing is fetched again, and change nothing. */
function laterEvent(state: LiveState, _event: never): LiveState {
  return state;
}

function keep<T>(
  told: Readonly<Record<string, Told<T>>>,
  id: string,
  value: T,
  event: LiveEvent,
): Record<string, Told<T>> {
  const all = { ...told, [id]: { seq: event.seq ?? 0, at: event.timestamp, value } };
  const rows = Object.entries(all);
  if (rows.length <= TOLD_KEPT) return all;
  const [oldest = ''] = rows.reduce((first, each) => (each[1].seq < first[1].seq ? each : first));
  const { [oldest]: _forgotten, ...kept } = all;
  return kept;
}

/** Positions change inside an execution's journal and outside of one. */
function inExecution(state: LiveState, event: LiveEvent): LiveState {
  return event.execution_id !== null && event.journal_seq !== null ? withExecution(state, event, {}) : state;
}

function withExecution(state: LiveState, event: LiveEvent, change: Partial<LiveExecution>): LiveState {
  const id = event.execution_id;
  if (id === null) return state;
  const known: LiveExecution = state.executions[id] ?? {
    id,
    pipelineId: event.pipeline_id,
    status: 'running',
    result: null,
    reason: null,
    reportId: null,
    tail: [],
  };
  const tail = [...known.tail, event].slice(-JOURNAL_TAIL);
  return { ...state, executions: forgetOldest({ ...state.executions, [id]: { ...known, ...change, tail } }) };
}

function forgetOldest(executions: Record<string, LiveExecution>): Record<string, LiveExecution> {
  const finished = Object.values(executions).filter((each) => isFinished(each.status));
  if (finished.length <= EXECUTIONS_KEPT) return executions;
  const oldest = finished.reduce((first, each) => (lastSeq(each) < lastSeq(first) ? each : first));
  const { [oldest.id]: _forgotten, ...kept } = executions;
  return kept;
}

function lastSeq(execution: LiveExecution): number {
  return execution.tail.at(-1)?.seq ?? 0;
}

export function isFinished(status: ExecutionStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'canceled';
}

function revise(state: LiveState, event: LiveEvent): LiveState {
  const all = (state.revisions['*'] ?? 0) + 1;
  const id = event.pipeline_id;
  if (id === null) return { ...state, revisions: { ...state.revisions, '*': all } };
  return { ...state, revisions: { ...state.revisions, '*': all, [id]: (state.revisions[id] ?? 0) + 1 } };
}
