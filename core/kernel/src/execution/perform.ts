import { BellwetherError, type EpochMs, isBellwetherError, type Refusal } from '@bellwether/domain';
import type { AgentContext } from '../agent/agent-context.ts';
import type { AgentDefinition, AgentInput, Decision } from '../agent/define-agent.ts';
import type { ExecutionCommand } from './execution-command.ts';
import type { ExecutionEvent } from './execution-event.ts';
import { type ExecutionNode, type ExecutionPlan, nodeAt, nodeIndex } from './execution-plan.ts';
import type { ExecutionState, NodeRecord } from './execution-state.ts';

type Invoke = Extract<ExecutionCommand, { command: 'invoke_agent' }>;
type Submit = Extract<ExecutionCommand, { command: 'submit_intents' }>;
type Complete = Extract<ExecutionCommand, { command: 'complete_execution' }>;

/** A context for one step, and the hash under which its answers were kept; null where nothing is kept. */
export interface StepContext {
  readonly context: AgentContext;
  inputsHash(): string | null;
}

/** What `perform` needs of the world, for one execution. */
export interface ExecutionPorts {
  now(): EpochMs;
  contextFor(plan: ExecutionPlan, state: ExecutionState, node: ExecutionNode, symbol: string | null): StepContext;
  /** Hands intents to the gate. The answer holds every event that is already known; the rest arrive as facts until `intents_settled`. */
  submit(
    plan: ExecutionPlan,
    state: ExecutionState,
    command: Submit,
  ): readonly ExecutionEvent[] | Promise<readonly ExecutionEvent[]>;
  /** Returns the id of the report that the journal gives rise to, or null when the plan has none. */
  reportId(state: ExecutionState, command: Complete): string | null;
}

/** Returns the event that says an agent was asked, to be journaled before it answers. */
export function startedEvent(plan: ExecutionPlan, command: Invoke, at: EpochMs): ExecutionEvent {
  const node = nodeOf(plan, command.nodeId);
  return {
    event: 'agent_started',
    at,
    commandId: command.id,
    agentId: node.id,
    agentType: node.agentType,
    symbol: command.symbol,
    attempt: command.attempt,
  };
}

/**
 * Answers one command with the events that follow from it. Only this touches the world, and only through its ports; an agent whose `decide`
 * returns no promise is not awaited. A failure of an agent is an event, never an exception.
 */
export function perform(
  plan: ExecutionPlan,
  state: ExecutionState,
  command: ExecutionCommand,
  ports: ExecutionPorts,
): readonly ExecutionEvent[] | Promise<readonly ExecutionEvent[]> {
  switch (command.command) {
    case 'invoke_agent':
      return invoke(plan, state, command, ports);
    case 'submit_intents':
      return ports.submit(plan, state, command);
    case 'complete_execution':
      return [
        {
          event: 'execution_completed',
          at: ports.now(),
          commandId: command.id,
          status: command.status,
          result: command.result,
          reason: command.reason,
          totalCost: microsToUsd(state.costMicros),
          reportId: ports.reportId(state, command),
        },
      ];
    case 'set_timer':
      throw new BellwetherError(
        'bug',
        'execution/journal-conflict',
        'expected the runtime to keep timers itself, was asked to perform one',
      );
  }
}

function invoke(
  plan: ExecutionPlan,
  state: ExecutionState,
  command: Invoke,
  ports: ExecutionPorts,
): readonly ExecutionEvent[] | Promise<readonly ExecutionEvent[]> {
  const node = nodeOf(plan, command.nodeId);
  const { agent } = node;
  const startedAt = ports.now();
  const step = { commandId: command.id, agentId: node.id, agentType: node.agentType, symbol: command.symbol };
  try {
    const given = ports.contextFor(plan, state, node, command.symbol);
    const decision = agent.decide(inputFor(plan, state, node, command.symbol), node.config, given.context);
    if (decision instanceof Promise) {
      return decision.then(
        (settled) => answer(agent, settled, step, startedAt, ports.now(), given.inputsHash()),
        (error: unknown) => failed(error, step, command.attempt, ports.now(), plan),
      );
    }
    return answer(agent, decision, step, startedAt, ports.now(), given.inputsHash());
  } catch (error) {
    return failed(error, step, command.attempt, ports.now(), plan);
  }
}

interface StepIds {
  readonly commandId: string;
  readonly agentId: string;
  readonly agentType: string;
  readonly symbol: string | null;
}

function answer(
  agent: AgentDefinition,
  decision: Decision,
  step: StepIds,
  startedAt: EpochMs,
  at: EpochMs,
  inputsHash: string | null,
): readonly ExecutionEvent[] {
  const costIncrement = rental(agent.rate, at - startedAt);
  const output = decision.kind === 'pass' ? null : (decision.output ?? null);
  if (output !== null && output.kind !== agent.writes) {
    return [
      {
        event: 'error',
        at,
        ...step,
        errorCode: 'agent/bad-output',
        errorMessage: `expected ${agent.type} to write ${agent.writes}, was ${output.kind}`,
        attempt: 1,
        willRetry: false,
      },
    ];
  }
  const refusal = decision.kind === 'blocked' ? decision.refusal : refusalIn(decision);
  if (refusal !== null) {
    return [
      {
        event: 'lane_blocked',
        at,
        ...step,
        refusal,
        output,
        outputSummary: decision.summary,
        costIncrement,
        inputsHash,
      },
    ];
  }
  return [
    { event: 'agent_completed', at, ...step, output, outputSummary: decision.summary, costIncrement, inputsHash },
  ];
}

/** `hold` never produces an order and a refused size never does: the lane ends with the reason. */
function refusalIn(decision: Exclude<Decision, { kind: 'blocked' }>): Refusal | null {
  if (decision.kind === 'pass') return null;
  const { output } = decision;
  if (output.kind === 'strategy' && output.value.action === 'hold') {
    const rule = output.value.holdReasons[0] ?? 'hold';
    return {
      rule,
      value: output.value.holdReasons.join(', '),
      threshold: null,
      distance: null,
      text: output.value.reasoning,
    };
  }
  if (output.kind === 'risk' && !output.value.approved) {
    return (
      output.value.refusal ?? {
        rule: 'not_approved',
        value: null,
        threshold: null,
        distance: null,
        text: output.value.reasoning,
      }
    );
  }
  return null;
}

function failed(
  error: unknown,
  step: StepIds,
  attempt: number,
  at: EpochMs,
  plan: ExecutionPlan,
): readonly ExecutionEvent[] {
  const known = isBellwetherError(error) ? error : null;
  const message = error instanceof Error ? error.message : String(error);
  const willRetry = known?.kind === 'retryable' && attempt <= plan.pipeline.settings.maxRetries;
  return [
    {
      event: 'error',
      at,
      ...step,
      errorCode: known?.code ?? 'agent/failed',
      errorMessage: message,
      attempt,
      willRetry,
    },
  ];
}

/** Returns the newest output of each kind that the node's ancestors wrote. */
function inputFor(plan: ExecutionPlan, state: ExecutionState, node: ExecutionNode, symbol: string | null): AgentInput {
  const lane = symbol === null ? undefined : state.lanes.find((candidate) => candidate.symbol === symbol);
  const input: Record<string, unknown> = {};
  for (const [kind, sources] of Object.entries(node.sources)) {
    for (const source of sources) {
      const index = nodeIndex(plan, source);
      const record = (plan.nodes[index]?.scope === 'execution' ? state.shared[index] : lane?.nodes[index]) as
        | NodeRecord
        | undefined;
      if (record?.output !== null && record?.output !== undefined) input[kind] = record.output.value;
    }
  }
  return input as AgentInput;
}

function nodeOf(plan: ExecutionPlan, nodeId: string): ExecutionNode {
  return nodeAt(plan, nodeIndex(plan, nodeId));
}

const HOUR_MS = 3_600_000n;

/** USD for deciding `activeMs` at an hourly rate, rounded up once to 10⁻⁶; waiting is free. */
function rental(rate: string, activeMs: number): string {
  if (activeMs <= 0 || rate === '0') return '0';
  const [whole = '0', fraction = ''] = rate.split('.');
  const rateMicros = BigInt(whole + fraction.padEnd(6, '0').slice(0, 6));
  const micros = (rateMicros * BigInt(Math.ceil(activeMs)) + HOUR_MS - 1n) / HOUR_MS;
  return microsToUsd(micros.toString());
}

function microsToUsd(micros: string): string {
  const text = micros.padStart(7, '0');
  const trimmed = `${text.slice(0, -6)}.${text.slice(-6)}`.replace(/0+$/, '');
  return trimmed.endsWith('.') ? trimmed.slice(0, -1) : trimmed;
}
