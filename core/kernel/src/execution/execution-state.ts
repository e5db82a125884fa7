import type { EpochMs, Refusal, RunMode, TradingMode, TriggerFact } from '@bellwether/domain';
import type { AgentOutput } from '../agent/agent-output.ts';
import type { ExecutionCommand } from './execution-command.ts';
import type { OrderSnapshot } from './lane-story.ts';

export type NodeStatus = 'waiting' | 'running' | 'retrying' | 'settling' | 'done' | 'blocked' | 'failed' | 'skipped';

/** What the journal says of one node in one lane. */
export interface NodeRecord {
  readonly status: NodeStatus;
  readonly attempt: number;
  readonly output: AgentOutput | null;
  readonly summary: string;
  readonly refusal: Refusal | null;
  readonly settledAt: EpochMs | null;
}

export interface LaneState {
  readonly symbol: string;
  /** In the plan's node order; records of execution-wide nodes stay as they were made. */
  readonly nodes: readonly NodeRecord[];
  /** Node indexes in the order in which they settled. */
  readonly settled: readonly number[];
  readonly orders: readonly OrderSnapshot[];
  readonly traded: boolean;
  /** Validation got as far as the order and sent nothing. */
  readonly wouldExecute: boolean;
}

/** The fold of an execution's journal: plain data, equal after a JSON round trip. */
export interface ExecutionState {
  readonly executionId: string;
  /** Events folded so far: the next event's journal_seq is this plus one. */
  readonly seq: number;
  readonly status: 'new' | 'running' | 'ended';
  readonly pipelineId: string;
  readonly version: number;
  readonly tradingMode: TradingMode;
  readonly runMode: RunMode;
  readonly trigger: TriggerFact | null;
  /** Triggers and universe: nodes that run once, before there are lanes. */
  readonly shared: readonly NodeRecord[];
  readonly lanes: readonly LaneState[];
  /** Commands without an answer. */
  readonly open: readonly ExecutionCommand[];
  readonly cancelReason: string | null;
  /** USD in 10⁻⁶, a decimal string of a whole number. */
  readonly costMicros: string;
  readonly result: 'traded' | 'blocked' | 'failed' | 'canceled' | null;
  readonly reason: string | null;
}

export const UNTOUCHED: NodeRecord = {
  status: 'waiting',
  attempt: 0,
  output: null,
  summary: '',
  refusal: null,
  settledAt: null,
};

const SETTLED: ReadonlySet<NodeStatus> = new Set(['done', 'blocked', 'failed', 'skipped']);
export function isSettled(status: NodeStatus): boolean {
  return SETTLED.has(status);
}
