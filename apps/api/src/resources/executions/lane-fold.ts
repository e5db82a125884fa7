/** journal rows of one execution ──▶ its lanes, as a list and a page show them. */
import type { BlockedWire, ExecutionWire, LaneWire } from '@bellwether/contracts';

/** A journal row without the big outputs. */
export interface StepRow {
  readonly execution_id: string;
  readonly journal_seq: number;
  readonly event: string;
  readonly at: Temporal.Instant;
  readonly body: {
    readonly agent_id?: string;
    readonly agent_type?: string;
    readonly symbol?: string | null;
    readonly symbols?: readonly string[];
    readonly output_summary?: string;
    readonly error_message?: string;
    readonly will_retry?: boolean;
    readonly rule?: string;
    readonly value?: BlockedWire['value'];
    readonly threshold?: BlockedWire['threshold'];
    readonly distance?: BlockedWire['distance'];
    readonly text?: string;
    readonly outcome?: 'traded' | 'refused' | 'would_execute';
    readonly refusal?: Omit<BlockedWire, 'agent_id'> | null;
  };
}

/** The events that change what a lane looks like. */
export const LANE_EVENTS = [
  'execution_started',
  'agent_started',
  'agent_completed',
  'lane_blocked',
  'error',
  'intents_settled',
];

export interface DrawnNode {
  readonly id: string;
  readonly agent_type: string;
}

type Step = LaneWire['steps'][number];

/** Returns the symbols and their lanes, first seen first; each lane has a step for every node that was drawn. */
export function foldLanes(
  rows: readonly StepRow[],
  nodes: readonly DrawnNode[],
  execution: Pick<ExecutionWire, 'status' | 'result'>,
): { symbols: string[]; lanes: LaneWire[] } {
  const symbols = new Set<string>();
  for (const { body } of rows) {
    for (const symbol of body.symbols ?? []) symbols.add(symbol);
    if (body.symbol) symbols.add(body.symbol);
  }
  const lanes = [...symbols].map((symbol) => foldLane(symbol, rows, nodes, execution));
  return { symbols: [...symbols], lanes };
}

function foldLane(
  symbol: string,
  rows: readonly StepRow[],
  nodes: readonly DrawnNode[],
  execution: Pick<ExecutionWire, 'status' | 'result'>,
): LaneWire {
  const steps = new Map<string, Step>();
  let blocked: LaneWire['blocked'] = null;
  let ended: LaneWire['status'] | null = null;
  for (const row of rows) {
    const { agent_id, agent_type, symbol: of } = row.body;
    // A node before the lanes belongs to all of them.
    if (agent_id === undefined || agent_type === undefined || (of !== null && of !== undefined && of !== symbol))
      continue;
    const { status, summary } = stepOf(row);
    const before = steps.get(agent_id);
    steps.set(agent_id, {
      agent_id,
      agent_type,
      status,
      summary: summary ?? before?.summary ?? null,
      at: row.at.toString(),
    });
    if (status === 'blocked') {
      blocked ??= blockedOf(row, agent_id);
      ended = 'blocked';
    } else if (status === 'failed') ended = 'failed';
    else if (row.event === 'intents_settled') ended = 'traded';
  }
  const status = ended ?? openStatus(execution);
  const isOver =
    ended !== null ||
    execution.status === 'completed' ||
    execution.status === 'failed' ||
    execution.status === 'canceled';
  const pending = nodes
    .filter((node) => !steps.has(node.id))
    .map(
      (node): Step => ({
        agent_id: node.id,
        agent_type: node.agent_type,
        status: isOver ? 'skipped' : 'waiting',
        summary: null,
        at: null,
      }),
    );
  return { symbol, status, blocked, steps: [...steps.values(), ...pending] };
}

function stepOf({ event, body }: StepRow): { readonly status: Step['status']; readonly summary: string | undefined } {
  switch (event) {
    case 'agent_started':
      return { status: 'running', summary: undefined };
    case 'lane_blocked':
      return { status: 'blocked', summary: body.output_summary ?? body.text };
    case 'error':
      return { status: body.will_retry === true ? 'waiting' : 'failed', summary: body.error_message };
    case 'intents_settled':
      return { status: body.outcome === 'refused' ? 'blocked' : 'done', summary: body.text ?? body.output_summary };
    default:
      return { status: 'done', summary: body.output_summary };
  }
}

function blockedOf({ body }: StepRow, agentId: string): BlockedWire {
  const said = body.refusal ?? body;
  return {
    rule: said.rule ?? 'refused',
    value: said.value ?? null,
    threshold: said.threshold ?? null,
    distance: said.distance ?? null,
    text: said.text ?? body.output_summary ?? 'refused',
    agent_id: agentId,
  };
}

/** What a lane is of which no event says so itself. */
function openStatus({ status, result }: Pick<ExecutionWire, 'status' | 'result'>): LaneWire['status'] {
  switch (status) {
    case 'pending':
    case 'waiting':
      return 'waiting';
    case 'running':
      return 'running';
    case 'canceled':
      return 'canceled';
    case 'failed':
      return 'failed';
    case 'completed':
      return result ?? 'blocked';
    default:
      return status satisfies never;
  }
}
