import { assertNever, BellwetherError, type EpochMs, parseMoney } from '@bellwether/domain';
import type { TradePlan } from '../agent/agent-output.ts';
import type { ExecutionCommand } from './execution-command.ts';
import type { ExecutionEvent } from './execution-event.ts';
import { type ExecutionNode, type ExecutionPlan, nodeIndex } from './execution-plan.ts';
import { type ExecutionState, isSettled, type LaneState, type NodeRecord, UNTOUCHED } from './execution-state.ts';
import type { OrderSnapshot } from './lane-story.ts';

export interface Advanced {
  readonly state: ExecutionState;
  readonly commands: readonly ExecutionCommand[];
}

type Draft = { -readonly [K in keyof ExecutionState]: ExecutionState[K] };
type CommandBody = ExecutionCommand extends infer C ? (C extends { id: string } ? Omit<C, 'id'> : never) : never;

/** Returns the state of an execution that has no journal yet. */
export function startExecution(plan: ExecutionPlan, executionId: string): ExecutionState {
  return {
    executionId,
    seq: 0,
    status: 'new',
    pipelineId: '',
    version: 0,
    tradingMode: 'simulation',
    runMode: 'run_once',
    trigger: null,
    shared: plan.nodes.map(() => UNTOUCHED),
    lanes: [],
    open: [],
    cancelReason: null,
    costMicros: '0',
    result: null,
    reason: null,
  };
}

/**
 * event ─▶ fold into the records ─▶ which nodes have all their inputs? ─▶ commands
 *
 * Pure and total for journals that `perform` writes; an event that contradicts the state is a bug. Time is `event.at`. A node runs, once per
 * lane, when every node that feeds it has settled well; several triggers mean any of them; a reporting node also tells of what was blocked.
 */
export function advance(plan: ExecutionPlan, state: ExecutionState, event: ExecutionEvent): Advanced {
  if (state.status === 'ended') throw contradiction(state, event, 'no event after the end');
  const draft: Draft = { ...state, seq: state.seq + 1 };
  fold(plan, draft, event);
  const bodies = draft.status === 'ended' ? [] : whatFollows(plan, draft, event);
  const commands = bodies.map(
    (body, place) => ({ ...body, id: `${draft.executionId}:${draft.seq}:${place}` }) as ExecutionCommand,
  );
  if (commands.length > 0) draft.open = [...draft.open, ...commands];
  return { state: draft, commands };
}

function fold(plan: ExecutionPlan, draft: Draft, event: ExecutionEvent): void {
  switch (event.event) {
    case 'execution_started':
      if (draft.status !== 'new') throw contradiction(draft, event, 'one start');
      draft.status = 'running';
      draft.pipelineId = event.pipelineId;
      draft.version = event.version;
      draft.tradingMode = event.tradingMode;
      draft.runMode = event.runMode;
      draft.trigger = event.trigger;
      draft.lanes = event.symbols.map((symbol) => newLane(plan, symbol));
      // A trigger that did not fire has nothing to say; started by hand, every trigger counts as fired.
      draft.shared = plan.nodes.map((node) =>
        node.agent.category === 'trigger' && event.trigger.nodeId !== null && event.trigger.nodeId !== node.id
          ? { ...UNTOUCHED, status: 'skipped', summary: 'did not fire', settledAt: event.at }
          : UNTOUCHED,
      );
      return;
    case 'agent_started':
      record(plan, draft, event, (was) => ({ ...was, status: 'running', attempt: event.attempt, summary: '' }));
      return;
    case 'agent_completed': {
      close(draft, event.commandId);
      addCost(draft, event.costIncrement);
      const submits = event.output?.kind === 'trade' && event.output.value.intents.length > 0;
      record(plan, draft, event, (was) => ({
        ...was,
        status: submits ? 'settling' : 'done',
        output: event.output,
        summary: event.outputSummary,
        settledAt: submits ? null : event.at,
      }));
      if (event.output?.kind === 'universe')
        draft.lanes = event.output.value.symbols.map((symbol) => newLane(plan, symbol));
      return;
    }
    case 'lane_blocked':
      close(draft, event.commandId);
      addCost(draft, event.costIncrement);
      record(plan, draft, event, (was) => ({
        ...was,
        status: 'blocked',
        output: event.output,
        summary: event.outputSummary,
        refusal: event.refusal,
        settledAt: event.at,
      }));
      return;
    case 'error':
      close(draft, event.commandId);
      record(plan, draft, event, (was) => ({
        ...was,
        status: event.willRetry ? 'retrying' : 'failed',
        attempt: event.attempt,
        summary: event.errorMessage,
        settledAt: event.willRetry ? null : event.at,
      }));
      return;
    case 'timer_fired':
      // Its command stays open until `whatFollows` has read which node it was for.
      return;
    case 'order_updated':
      inLane(draft, event.symbol, (lane) => ({ ...lane, orders: withOrder(lane.orders, event.order) }));
      return;
    case 'trade_executed':
      inLane(draft, event.symbol, (lane) => ({ ...lane, traded: true }));
      return;
    case 'intents_settled':
      close(draft, event.commandId);
      if (event.outcome === 'would_execute') inLane(draft, event.symbol, (lane) => ({ ...lane, wouldExecute: true }));
      record(plan, draft, event, (was) => ({
        ...was,
        status: event.outcome === 'refused' ? 'blocked' : 'done',
        refusal: event.refusal,
        summary: event.outputSummary,
        settledAt: event.at,
      }));
      return;
    case 'cancel_requested':
      draft.cancelReason = event.reason;
      // An agent's late answer is still taken; a node that has not begun never will, and a retry is not waited for.
      draft.open = draft.open.filter((command) => command.command !== 'set_timer');
      draft.shared = draft.shared.map((node) => canceled(node, event.at));
      draft.lanes = draft.lanes.map((lane) => ({ ...lane, nodes: lane.nodes.map((node) => canceled(node, event.at)) }));
      return;
    case 'execution_completed':
      draft.status = 'ended';
      draft.open = [];
      draft.result = event.result;
      draft.reason = event.reason;
      return;
    default:
      assertNever(event);
  }
}

function whatFollows(plan: ExecutionPlan, draft: Draft, event: ExecutionEvent): CommandBody[] {
  const bodies: CommandBody[] = [];
  if (event.event === 'agent_started' || event.event === 'order_updated' || event.event === 'trade_executed')
    return bodies;

  if (event.event === 'error' && event.willRetry && draft.cancelReason === null) {
    bodies.push({
      command: 'set_timer',
      nodeId: event.agentId,
      symbol: event.symbol,
      dueAt: event.at + plan.pipeline.settings.retryDelayMs,
    });
    return bodies;
  }
  if (event.event === 'timer_fired') {
    const timer = draft.open.find((command) => command.id === event.commandId);
    if (timer?.command !== 'set_timer') return bodies;
    close(draft, event.commandId);
    const attempt = recordOf(plan, draft, timer.nodeId, timer.symbol).attempt + 1;
    setRecord(plan, draft, timer.nodeId, timer.symbol, (was) => ({ ...was, status: 'running', attempt }));
    bodies.push({ command: 'invoke_agent', nodeId: timer.nodeId, symbol: timer.symbol, attempt });
    return bodies;
  }
  if (
    event.event === 'agent_completed' &&
    event.output?.kind === 'trade' &&
    event.symbol !== null &&
    event.output.value.intents.length > 0
  ) {
    if (draft.cancelReason === null) {
      bodies.push({
        command: 'submit_intents',
        nodeId: event.agentId,
        symbol: event.symbol,
        plan: event.output.value as TradePlan,
      });
      return bodies;
    }
    setRecord(plan, draft, event.agentId, event.symbol, (was) => canceled({ ...was, status: 'waiting' }, event.at));
  }

  if (draft.cancelReason === null) {
    invokeReadyShared(plan, draft, event.at, bodies);
    for (let lane = 0; lane < draft.lanes.length; lane++) invokeReadyInLane(plan, draft, lane, event.at, bodies);
  }
  if (bodies.length === 0 && draft.open.length === 0) bodies.push(completion(plan, draft));
  return bodies;
}

function invokeReadyShared(plan: ExecutionPlan, draft: Draft, at: EpochMs, bodies: CommandBody[]): void {
  const records = [...draft.shared];
  plan.nodes.forEach((node, index) => {
    if (node.scope !== 'execution' || (records[index] as NodeRecord).status !== 'waiting') return;
    const readiness = node.agent.category === 'trigger' ? 'ready' : readinessOf(plan, node, records);
    if (readiness === 'ready') {
      records[index] = { ...UNTOUCHED, status: 'running', attempt: 1 };
      bodies.push({ command: 'invoke_agent', nodeId: node.id, symbol: null, attempt: 1 });
    } else if (readiness === 'never') records[index] = { ...UNTOUCHED, status: 'skipped', settledAt: at };
  });
  draft.shared = records;
}

function invokeReadyInLane(
  plan: ExecutionPlan,
  draft: Draft,
  laneIndex: number,
  at: EpochMs,
  bodies: CommandBody[],
): void {
  const lane = draft.lanes[laneIndex] as LaneState;
  let records: NodeRecord[] | null = null;
  const settled: number[] = [];
  plan.nodes.forEach((node, index) => {
    if (node.scope !== 'lane') return;
    const current = records ?? lane.nodes;
    if ((current[index] as NodeRecord).status !== 'waiting') return;
    const readiness = readinessOf(plan, node, current, draft.shared);
    if (readiness === 'not_yet') return;
    records ??= [...lane.nodes];
    if (readiness === 'ready') {
      records[index] = { ...UNTOUCHED, status: 'running', attempt: 1 };
      bodies.push({ command: 'invoke_agent', nodeId: node.id, symbol: lane.symbol, attempt: 1 });
    } else {
      records[index] = { ...UNTOUCHED, status: 'skipped', settledAt: at };
      settled.push(index);
    }
  });
  if (records !== null)
    draft.lanes = replaceAt(draft.lanes, laneIndex, {
      ...lane,
      nodes: records,
      settled: [...lane.settled, ...settled],
    });
}

/** Nodes come in topological order, so one pass sees a skip reach everything below it. */
function readinessOf(
  plan: ExecutionPlan,
  node: ExecutionNode,
  records: readonly NodeRecord[],
  shared: readonly NodeRecord[] = records,
): 'ready' | 'not_yet' | 'never' {
  let triggers = 0;
  let fired = 0;
  let pending = 0;
  let lost = 0;
  let well = 0;
  for (const parent of node.parents) {
    const index = nodeIndex(plan, parent);
    const parentNode = plan.nodes[index] as ExecutionNode;
    const record = (parentNode.scope === 'execution' ? shared[index] : records[index]) as NodeRecord;
    if (!isSettled(record.status)) pending++;
    else if (parentNode.agent.category === 'trigger') {
      triggers++;
      if (record.status === 'done') fired++;
    } else if (record.status === 'done') well++;
    else lost++;
  }
  if (pending > 0) return 'not_yet';
  if (triggers > 0 && fired === 0) return 'never';
  if (lost === 0) return 'ready';
  // The report explains why a lane stopped; it has nothing to say of a lane in which nothing was tried.
  return node.agent.category === 'reporting' &&
    (well > 0 || node.parents.some((parent) => statusOf(plan, parent, records, shared) !== 'skipped'))
    ? 'ready'
    : 'never';
}

function statusOf(
  plan: ExecutionPlan,
  nodeId: string,
  records: readonly NodeRecord[],
  shared: readonly NodeRecord[],
): NodeRecord['status'] {
  const index = nodeIndex(plan, nodeId);
  return (
    ((plan.nodes[index] as ExecutionNode).scope === 'execution' ? shared[index] : records[index])?.status ?? 'skipped'
  );
}

function completion(plan: ExecutionPlan, draft: Draft): CommandBody {
  if (draft.cancelReason !== null)
    return { command: 'complete_execution', status: 'canceled', result: 'canceled', reason: draft.cancelReason };
  const traded = draft.lanes.some((lane) => lane.traded);
  const all = [...draft.shared, ...draft.lanes.flatMap((lane) => lane.nodes)];
  const failure = all.find((record) => record.status === 'failed');
  if (traded) return { command: 'complete_execution', status: 'completed', result: 'traded', reason: null };
  if (failure !== undefined)
    return { command: 'complete_execution', status: 'failed', result: 'failed', reason: failure.summary };
  if (draft.lanes.some((lane) => lane.wouldExecute))
    return { command: 'complete_execution', status: 'completed', result: 'blocked', reason: 'would_execute' };
  const blocked = all.find((record) => record.status === 'blocked');
  const places = plan.nodes.some((node) => node.agent.writes === 'trade');
  const reason = blocked?.refusal?.rule ?? (places ? 'nothing_to_do' : 'analysis_only');
  return { command: 'complete_execution', status: 'completed', result: 'blocked', reason };
}

function newLane(plan: ExecutionPlan, symbol: string): LaneState {
  return {
    symbol,
    nodes: plan.nodes.map(() => UNTOUCHED),
    settled: [],
    orders: [],
    traded: false,
    wouldExecute: false,
  };
}

function canceled(node: NodeRecord, at: EpochMs): NodeRecord {
  return node.status === 'waiting' || node.status === 'retrying'
    ? { ...node, status: 'skipped', summary: 'canceled', settledAt: at }
    : node;
}

function withOrder(orders: readonly OrderSnapshot[], order: OrderSnapshot): readonly OrderSnapshot[] {
  const index = orders.findIndex((known) => known.orderId === order.orderId);
  return index < 0 ? [...orders, order] : replaceAt(orders, index, order);
}

interface Placed {
  readonly agentId: string;
  readonly symbol: string | null;
}

function record(plan: ExecutionPlan, draft: Draft, event: Placed, change: (was: NodeRecord) => NodeRecord): void {
  setRecord(plan, draft, event.agentId, event.symbol, change);
}

function recordOf(plan: ExecutionPlan, draft: Draft, nodeId: string, symbol: string | null): NodeRecord {
  const index = nodeIndex(plan, nodeId);
  const records = symbol === null ? draft.shared : laneOf(draft, symbol).nodes;
  const found = records[index];
  if (found === undefined)
    throw new BellwetherError('bug', 'execution/journal-conflict', `expected a node of the plan, was "${nodeId}"`, {
      executionId: draft.executionId,
    });
  return found;
}

function setRecord(
  plan: ExecutionPlan,
  draft: Draft,
  nodeId: string,
  symbol: string | null,
  change: (was: NodeRecord) => NodeRecord,
): void {
  const index = nodeIndex(plan, nodeId);
  const changed = change(recordOf(plan, draft, nodeId, symbol));
  if (symbol === null) {
    draft.shared = replaceAt(draft.shared, index, changed);
    return;
  }
  inLane(draft, symbol, (lane) => ({
    ...lane,
    nodes: replaceAt(lane.nodes, index, changed),
    settled: isSettled(changed.status) ? [...lane.settled, index] : lane.settled,
  }));
}

function laneOf(draft: Draft, symbol: string): LaneState {
  const lane = draft.lanes.find((candidate) => candidate.symbol === symbol);
  if (lane === undefined)
    throw new BellwetherError(
      'bug',
      'execution/journal-conflict',
      `expected a lane of the execution, was "${symbol}"`,
      { executionId: draft.executionId },
    );
  return lane;
}

function inLane(draft: Draft, symbol: string | null, change: (lane: LaneState) => LaneState): void {
  const lane = laneOf(draft, symbol ?? '');
  draft.lanes = replaceAt(draft.lanes, draft.lanes.indexOf(lane), change(lane));
}

function close(draft: Draft, commandId: string): void {
  draft.open = draft.open.filter((command) => command.id !== commandId);
}

function addCost(draft: Draft, increment: string): void {
  if (increment === '0' || increment === '0.00') return;
  draft.costMicros = (BigInt(draft.costMicros) + parseMoney(increment)).toString();
}

function replaceAt<T>(list: readonly T[], index: number, value: T): readonly T[] {
  const copy = list.slice();
  copy[index] = value;
  return copy;
}

function contradiction(state: ExecutionState, event: ExecutionEvent, expected: string): BellwetherError {
  return new BellwetherError(
    'bug',
    'execution/journal-conflict',
    `expected ${expected}, was ${event.event} at journal_seq ${state.seq + 1}`,
    {
      executionId: state.executionId,
    },
  );
}
