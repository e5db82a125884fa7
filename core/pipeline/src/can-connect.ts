import type { AgentFacts } from './agent-facts.ts';
import { type Drawing, kindMismatch, missingInput, missingInputText, nodeLabel, rivalWriters } from './edge-rules.ts';
import { graphOf, reachableFrom, reaches } from './graph.ts';
import type { PipelineEdge } from './pipeline.ts';
import type { Fix } from './problem.ts';

export type ConnectRefusal =
  | 'feeds_itself'
  | 'already_connected'
  | 'loop'
  | 'kinds_do_not_match'
  | 'trigger_takes_no_input'
  | 'two_writers'
  | 'no_risk_manager'
  | 'unknown_node';

export type ConnectAnswer =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: ConnectRefusal; readonly message: string; readonly fix?: Fix };

/** A graph as far as it is drawn; it need not compile. */
export interface Draft {
  readonly nodes: readonly { readonly id: string; readonly agentType: string }[];
  readonly edges: readonly PipelineEdge[];
}

/** Returns whether an edge may be drawn, by the rules that `compile` checks, or the reason at the drop point and its remedy. */
export function canConnect(
  draft: Draft,
  edge: PipelineEdge,
  catalogue: ReadonlyMap<string, AgentFacts>,
): ConnectAnswer {
  const { from, to } = edge;
  const ids = draft.nodes.map((node) => node.id);
  const agents = new Map(
    draft.nodes.flatMap((node) => {
      const agent = catalogue.get(node.agentType);
      return agent === undefined ? [] : [[node.id, agent] as const];
    }),
  );
  const before: Drawing = { graph: graphOf(ids, draft.edges), agents, catalogue };
  const refuse = (reason: ConnectRefusal, message: string, fix?: Fix): ConnectAnswer =>
    fix === undefined ? { allowed: false, reason, message } : { allowed: false, reason, message, fix };

  if (!ids.includes(from) || !ids.includes(to))
    return refuse('unknown_node', `${ids.includes(from) ? to : from} is no node of this pipeline`);
  if (from === to) return refuse('feeds_itself', `${nodeLabel(before, to)} cannot feed itself`);
  if (before.graph.children.get(from)?.includes(to))
    return refuse('already_connected', `${nodeLabel(before, from)} already feeds ${nodeLabel(before, to)}`);
  if (agents.get(to)?.category === 'trigger')
    return refuse('trigger_takes_no_input', `${nodeLabel(before, to)} is a trigger: it starts runs and takes no input`);
  if (reaches(before.graph, to, from)) {
    return refuse(
      'loop',
      `${nodeLabel(before, to)} already leads to ${nodeLabel(before, from)}: the connection would close a loop`,
    );
  }
  const after: Drawing = { ...before, graph: graphOf(ids, [...draft.edges, edge]) };
  const mismatch = kindMismatch(after, from, to);
  const bypass = orderWithoutRisk(after, from, to);
  if (mismatch !== null && bypass === null) {
    // The better remedy is what the reader lacks as a whole, when it lacks something.
    const missing = missingInput(after, to);
    const remedy = missing === null ? mismatch.fix : (mismatch.fix ?? missingInputText(after, to, missing).fix);
    return refuse('kinds_do_not_match', mismatch.message, remedy);
  }
  if (bypass !== null) return bypass;
  for (const id of reachableFrom(after.graph, [to])) {
    const rivals = rivalWriters(after, id);
    if (rivals !== null && rivalWriters(before, id) === null) {
      const names = rivals.writers.map((writer) => nodeLabel(after, writer)).join(' and ');
      return refuse('two_writers', `${names} would both feed ${nodeLabel(after, id)}, which can follow only one`);
    }
  }
  return { allowed: true };
}

/** The edge that would bring a signal to the trade manager past every risk manager. */
function orderWithoutRisk(drawing: Drawing, from: string, to: string): ConnectAnswer | null {
  const reader = drawing.agents.get(to);
  if (reader?.writes !== 'trade' || drawing.agents.get(from)?.writes === 'risk') return null;
  const missing = missingInput(drawing, to);
  if (missing === null || !missing.kinds.includes('risk')) return null;
  const { fix } = missingInputText(drawing, to, { kinds: ['risk'], anyOf: false });
  const answer = {
    allowed: false as const,
    reason: 'no_risk_manager' as const,
    message: `${nodeLabel(drawing, to)} cannot be reached without a risk manager on the path`,
  };
  const edits = fix?.edits.map((edit) => (edit.edit === 'insert_node' ? { ...edit, from } : edit));
  return fix === undefined || edits === undefined ? answer : { ...answer, fix: { text: `${fix.text} between`, edits } };
}
