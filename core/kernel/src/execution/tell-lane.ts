import type { ExecutionNode, ExecutionPlan } from './execution-plan.ts';
import type { ExecutionState, NodeRecord, NodeStatus } from './execution-state.ts';
import type { LaneStep, LaneStory } from './lane-story.ts';

const TOLD: Readonly<Record<NodeStatus, LaneStep['status']>> = {
  waiting: 'waiting',
  running: 'running',
  retrying: 'running',
  settling: 'running',
  done: 'done',
  blocked: 'blocked',
  failed: 'failed',
  skipped: 'skipped',
};

/** Returns what has happened in a lane so far: execution-wide steps first, then the lane's own in the order in which they settled. */
export function tellLane(plan: ExecutionPlan, state: ExecutionState, symbol: string): LaneStory {
  const lane = state.lanes.find((candidate) => candidate.symbol === symbol);
  const steps: LaneStep[] = [];
  const tell = (node: ExecutionNode, record: NodeRecord) => {
    steps.push({
      nodeId: node.id,
      agentType: node.agentType,
      at: record.settledAt ?? 0,
      status: TOLD[record.status],
      summary: record.summary,
      output: record.output,
      refusal: record.refusal,
    });
  };
  plan.nodes.forEach((node, index) => {
    const record = state.shared[index] as NodeRecord;
    if (node.scope === 'execution' && record.status === 'done') tell(node, record);
  });
  for (const index of lane?.settled ?? []) tell(plan.nodes[index] as ExecutionNode, lane?.nodes[index] as NodeRecord);
  return { symbol, steps, orders: lane?.orders ?? [] };
}
