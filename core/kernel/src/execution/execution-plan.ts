import { BellwetherError } from '@bellwether/domain';
import type { Plan, PlanNode } from '@bellwether/pipeline';
import type { AgentDefinition } from '../agent/define-agent.ts';

/** A plan whose agents can be asked. */
export type ExecutionPlan = Plan<AgentDefinition>;
export type ExecutionNode = PlanNode<AgentDefinition>;

const INDEXES = new WeakMap<ExecutionPlan, ReadonlyMap<string, number>>();

/** Returns the node's place in the plan. Throws a bug for an id the plan does not have. */
export function nodeIndex(plan: ExecutionPlan, id: string): number {
  let indexes = INDEXES.get(plan);
  if (indexes === undefined) {
    indexes = new Map(plan.nodes.map((node, index) => [node.id, index]));
    INDEXES.set(plan, indexes);
  }
  const index = indexes.get(id);
  if (index === undefined)
    throw new BellwetherError('bug', 'execution/journal-conflict', `expected a node of the plan, was "${id}"`);
  return index;
}

export function nodeAt(plan: ExecutionPlan, index: number): ExecutionNode {
  return plan.nodes[index] as ExecutionNode;
}
