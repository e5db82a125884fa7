import type { LiveEvent } from '../api/live-event.ts';
import type { AgentOutput, ExecutionResult, ExecutionStatus, Refusal } from '../api/wire.ts';

export type CellStatus = 'idle' | 'waiting' | 'running' | 'done' | 'blocked' | 'failed' | 'skipped';
export type LaneOutcome = 'running' | 'waiting' | 'traded' | 'blocked' | 'failed' | 'canceled' | 'done';

export interface Cell {
  readonly status: CellStatus;
  readonly attempt: number;
  readonly summary: string | undefined;
  readonly output: AgentOutput | undefined;
  readonly blocked: Refusal | undefined;
  readonly error: { readonly code: string; readonly message: string; readonly willRetry: boolean } | undefined;
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
}

export interface Lane {
  readonly symbol: string;
  readonly outcome: LaneOutcome;
  readonly blocked: Refusal | undefined;
  readonly blockedBy: string | undefined;
  readonly settled: string | undefined;
  readonly cells: Readonly<Record<string, Cell>>;
}

/** One execution as its journal tells it. Everything on the monitor is read from here, live, late or scrubbed. */
export interface ExecutionFold {
  readonly lastSeq: number;
  readonly marketTime: string | undefined;
  readonly status: ExecutionStatus;
  readonly result: ExecutionResult | undefined;
  readonly reason: string | undefined;
  readonly waitingFor: string | undefined;
  readonly isCanceling: boolean;
  readonly totalCost: string | undefined;
  readonly reportId: string | undefined;
  readonly lanes: Readonly<Record<string, Lane>>;
  /** Steps that belong to no symbol, such as the trigger: every lane has been through them. */
  readonly common: Readonly<Record<string, Cell>>;
}

const IDLE: Cell = {
  status: 'idle',
  attempt: 0,
  summary: undefined,
  output: undefined,
  blocked: undefined,
  error: undefined,
  startedAt: undefined,
  endedAt: undefined,
};

export const EMPTY_FOLD: ExecutionFold = {
  lastSeq: 0,
  marketTime: undefined,
  status: 'pending',
  result: undefined,
  reason: undefined,
  waitingFor: undefined,
  isCanceling: false,
  totalCost: undefined,
  reportId: undefined,
  lanes: {},
  common: {},
};

/** Applies one journal event. Pure; an event at or below the last number changes nothing. */
export function foldEvent(fold: ExecutionFold, event: LiveEvent): ExecutionFold {
  const seq = event.journal_seq;
  if (seq === null || seq <= fold.lastSeq) return fold;
  const next: ExecutionFold = { ...fold, lastSeq: seq, marketTime: event.timestamp };
  switch (event.event) {
    case 'execution_started':
      return {
        ...next,
        status: 'running',
        lanes: Object.fromEntries(event.symbols.map((symbol) => [symbol, fold.lanes[symbol] ?? newLane(symbol)])),
      };
    case 'execution_waiting':
      return { ...next, status: 'waiting', waitingFor: event.text };
    case 'timer_fired':
      return { ...next, status: 'running', waitingFor: undefined };
    case 'agent_started':
      return withCell({ ...next, status: 'running', waitingFor: undefined }, event, (cell) => ({
        ...cell,
        status: 'running',
        attempt: event.attempt,
        error: undefined,
        startedAt: event.timestamp,
      }));
    case 'agent_completed':
      return withCell(next, event, (cell) => ({
        ...cell,
        status: 'done',
        summary: event.output_summary,
        output: event.output ?? undefined,
        error: undefined,
        endedAt: event.timestamp,
      }));
    case 'lane_blocked': {
      const blocked: Refusal = {
        rule: event.rule,
        value: event.value,
        threshold: event.threshold,
        distance: event.distance,
        text: event.text,
      };
      const marked = withCell(next, event, (cell) => ({
        ...cell,
        status: 'blocked',
        blocked,
        summary: event.output_summary ?? event.text,
        endedAt: event.timestamp,
      }));
      return withLane(marked, event.symbol, (lane) => ({
        ...lane,
        outcome: 'blocked',
        blocked,
        blockedBy: event.agent_id ?? undefined,
      }));
    }
    case 'error':
      return withCell(next, event, (cell) => ({
        ...cell,
        status: event.will_retry ? 'waiting' : 'failed',
        attempt: event.attempt,
        error: { code: event.error_code, message: event.error_message, willRetry: event.will_retry },
        endedAt: event.timestamp,
      }));
    case 'trade_executed':
      return withLane(next, event.symbol ?? event.trade.symbol, (lane) => ({ ...lane, outcome: 'traded' }));
    case 'intents_settled':
      return withLane(next, event.symbol, (lane) => ({ ...lane, settled: event.text }));
    case 'cancel_requested':
      return { ...next, isCanceling: true };
    case 'execution_completed':
      return finished(next, event.status, event.result, event.reason, event.total_cost, event.report_id);
    case 'order_updated':
    case 'position_updated':
    case 'position_closed':
    case 'pipeline_updated':
    case 'kill_switch_changed':
    case 'limits_changed':
    case 'intervention_recorded':
      return next;
    default:
      return laterEvent(next, event);
  }
}

export function foldJournal(events: readonly LiveEvent[], from: ExecutionFold = EMPTY_FOLD): ExecutionFold {
  return events.reduce(foldEvent, from);
}

/** What a lane shows for a node: its own step, or the common one; a lane that has ended never reaches the rest. */
export function cellOf(fold: ExecutionFold, lane: Lane, nodeId: string): Cell {
  const cell = lane.cells[nodeId] ?? fold.common[nodeId];
  if (cell !== undefined) return cell;
  return hasEnded(lane.outcome) || fold.result !== undefined ? { ...IDLE, status: 'skipped' } : IDLE;
}

/** One status for a node over all lanes: what needs attention first. */
export function nodeStatus(
  fold: ExecutionFold,
  nodeId: string,
): { readonly status: CellStatus; readonly reached: number; readonly of: number } {
  const lanes = Object.values(fold.lanes);
  const cells = lanes.length === 0 ? [fold.common[nodeId] ?? IDLE] : lanes.map((lane) => cellOf(fold, lane, nodeId));
  const order: readonly CellStatus[] = ['failed', 'running', 'waiting', 'done', 'blocked', 'idle', 'skipped'];
  const status = order.find((each) => cells.some((cell) => cell.status === each)) ?? 'idle';
  const reached = cells.filter(
    (cell) => cell.status === 'done' || cell.status === 'blocked' || cell.status === 'failed',
  ).length;
  return { status, reached, of: cells.length };
}

/**
 * Joins what was fetched with what the stream brought: ordered, each number once.
 * `missingAfter` is the number after which events are still to be fetched, undefined when there is no hole.
 */
export function joinJournal(
  known: readonly LiveEvent[],
  arriving: readonly LiveEvent[],
): { readonly events: readonly LiveEvent[]; readonly missingAfter: number | undefined } {
  const last = known.at(-1)?.journal_seq ?? 0;
  const fresh = arriving
    .filter((event) => (event.journal_seq ?? 0) > last)
    .sort((a, b) => (a.journal_seq ?? 0) - (b.journal_seq ?? 0));
  const events = [...known];
  let expected = last + 1;
  for (const event of fresh) {
    const seq = event.journal_seq ?? 0;
    if (seq > expected) return { events: events.length === known.length ? known : events, missingAfter: expected - 1 };
    if (seq === expected) {
      events.push(event);
      expected++;
    }
  }
  return { events: events.length === known.length ? known : events, missingAfter: undefined };
}

function hasEnded(outcome: LaneOutcome): boolean {
  return outcome !== 'running' && outcome !== 'waiting';
}

function newLane(symbol: string): Lane {
  return { symbol, outcome: 'running', blocked: undefined, blockedBy: undefined, settled: undefined, cells: {} };
}

function withLane(fold: ExecutionFold, symbol: string | null | undefined, change: (lane: Lane) => Lane): ExecutionFold {
  if (symbol === null || symbol === undefined) {
    const lanes = Object.fromEntries(Object.entries(fold.lanes).map(([key, lane]) => [key, change(lane)]));
    return { ...fold, lanes };
  }
  return { ...fold, lanes: { ...fold.lanes, [symbol]: change(fold.lanes[symbol] ?? newLane(symbol)) } };
}

function withCell(fold: ExecutionFold, event: LiveEvent, change: (cell: Cell) => Cell): ExecutionFold {
  const nodeId = event.agent_id;
  if (nodeId === null || nodeId === undefined) return fold;
  if (event.symbol === null || event.symbol === undefined) {
    return { ...fold, common: { ...fold.common, [nodeId]: change(fold.common[nodeId] ?? IDLE) } };
  }
  return withLane(fold, event.symbol, (lane) => ({
    ...lane,
    cells: { ...lane.cells, [nodeId]: change(lane.cells[nodeId] ?? IDLE) },
  }));
}

function finished(
  fold: ExecutionFold,
  status: ExecutionStatus,
  result: ExecutionResult | null,
  reason: string | null,
  totalCost: string,
  reportId: string | null,
): ExecutionFold {
  const remaining: LaneOutcome = result === 'canceled' ? 'canceled' : result === 'failed' ? 'failed' : 'done';
  const lanes = Object.fromEntries(
    Object.entries(fold.lanes).map(([symbol, lane]) => [
      symbol,
      hasEnded(lane.outcome) ? lane : { ...lane, outcome: remaining },
    ]),
  );
  return {
    ...fold,
    status,
    result: result ?? undefined,
    reason: reason ?? undefined,
    waitingFor: undefined,
    isCanceling: false,
    totalCost,
    reportId: reportId ?? undefined,
    lanes,
  };
}

/** A newer server may journal more than this tab knows: counted, shown in the timeline, otherwise without effect. */
function laterEvent(fold: ExecutionFold, _event: never): ExecutionFold {
  return fold;
}
