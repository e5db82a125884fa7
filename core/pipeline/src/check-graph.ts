import { kindWords } from './agent-facts.ts';
import {
  type Drawing,
  kindMismatch,
  missingInput,
  missingInputText,
  nodeLabel,
  rivalWriters,
  supplierOf,
} from './edge-rules.ts';
import { ancestorsOf, cyclesOf, reachableFrom } from './graph.ts';
import type { Pipeline, PipelineEdge } from './pipeline.ts';
import type { Fix, Problem } from './problem.ts';

/** Returns what is wrong with the edges one by one: ends that do not exist, loops of one, copies, edges into triggers. */
export function edgeProblems(pipeline: Pipeline, drawing: Drawing): Problem[] {
  const ids = new Set(pipeline.nodes.map((node) => node.id));
  const seen = new Set<string>();
  return pipeline.edges.flatMap((edge): Problem[] => {
    const key = JSON.stringify([edge.from, edge.to]);
    const remove = fix('Remove the connection', edge);
    const place = { nodeId: edge.to, edge, fix: remove };
    const unknown = [edge.from, edge.to].filter((id) => !ids.has(id));
    if (unknown.length > 0) {
      const message = `the edge ${edge.from} → ${edge.to} names ${unknown.map((id) => `"${id}"`).join(' and ')}, which is no node of this pipeline`;
      return [{ code: 'edge_to_unknown_node', severity: 'error', message, edge, fix: remove }];
    }
    if (edge.from === edge.to) {
      return [
        { code: 'self_edge', severity: 'error', message: `${nodeLabel(drawing, edge.to)} feeds itself`, ...place },
      ];
    }
    if (seen.has(key)) {
      const message = `the edge ${edge.from} → ${edge.to} stands twice; once is enough`;
      return [{ code: 'duplicate_edge', severity: 'warning', message, ...place }];
    }
    seen.add(key);
    if (drawing.agents.get(edge.to)?.category === 'trigger') {
      const message = `${nodeLabel(drawing, edge.to)} is a trigger: it starts runs and takes no input, but ${nodeLabel(drawing, edge.from)} is connected to it`;
      return [{ code: 'edge_into_trigger', severity: 'error', message, ...place }];
    }
    return [];
  });
}

export function cycleProblems(drawing: Drawing): Problem[] {
  return cyclesOf(drawing.graph).map((cycle) => {
    const first = cycle[0] as string;
    const last = cycle[cycle.length - 1] as string;
    const path = [...cycle, first].map((id) => nodeLabel(drawing, id)).join(' → ');
    return {
      code: 'cycle',
      severity: 'error',
      nodeId: first,
      edge: { from: last, to: first },
      message: `these nodes wait for one another in a circle: ${path}; remove one of the connections`,
      fix: fix(`Remove ${last} → ${first}`, { from: last, to: first }),
    };
  });
}

/** Returns what is wrong with the flow of kinds. The graph has no cycle. */
export function flowProblems(drawing: Drawing): Problem[] {
  const { graph, agents } = drawing;
  const problems: Problem[] = [];
  const blind = nodesBehindUnknown(drawing);
  for (const [from, tos] of graph.children) {
    for (const to of tos) {
      const mismatch = kindMismatch(drawing, from, to);
      if (mismatch !== null)
        problems.push({ code: 'kinds_do_not_match', severity: 'error', nodeId: to, edge: { from, to }, ...mismatch });
    }
  }
  const reached = reachableFrom(graph, entriesOf(drawing));
  for (const id of graph.ids) {
    const agent = agents.get(id);
    if (agent === undefined || blind.has(id)) continue;
    const missing = missingInput(drawing, id);
    if (missing !== null) {
      const withoutRisk = agent.writes === 'trade' && missing.kinds.includes('risk') && !missing.anyOf;
      const others = missing.kinds.filter((kind) => !(withoutRisk && kind === 'risk'));
      if (withoutRisk) problems.push(noRiskManager(drawing, id));
      if (others.length > 0) {
        problems.push({
          code: 'missing_input',
          severity: 'error',
          nodeId: id,
          ...missingInputText(drawing, id, { ...missing, kinds: others }),
        });
      }
    }
    const rivals = rivalWriters(drawing, id);
    if (rivals !== null) {
      const names = rivals.writers.map((writer) => nodeLabel(drawing, writer)).join(' and ');
      problems.push({
        code: 'two_writers',
        severity: 'error',
        nodeId: id,
        message: `${names} each give ${nodeLabel(drawing, id)} ${kindWords([rivals.kind], 'and')}, but it can follow only one; keep one or give each its own branch`,
      });
    }
    if (!reached.has(id)) problems.push(unreachable(drawing, id));
  }
  return problems;
}

/** Where a run starts: at the triggers, or without any at the nodes that need nothing but a start. */
function entriesOf(drawing: Drawing): string[] {
  const triggers = drawing.graph.ids.filter((id) => drawing.agents.get(id)?.category === 'trigger');
  if (triggers.length > 0) return triggers;
  return drawing.graph.ids.filter((id) => {
    const agent = drawing.agents.get(id);
    if (agent === undefined) return true;
    return drawing.graph.parents.get(id)?.length === 0 && missingInput(drawing, id) === null;
  });
}

function unreachable(drawing: Drawing, id: string): Problem {
  const trigger = drawing.graph.ids.find((other) => drawing.agents.get(other)?.category === 'trigger');
  const agent = drawing.agents.get(id);
  const startable = agent !== undefined && (agent.reads.includes('trigger') || agent.readsAnyOf.includes('trigger'));
  return {
    code: 'unreachable_node',
    severity: 'error',
    nodeId: id,
    message: `${nodeLabel(drawing, id)} is never reached: no connection leads to it from ${trigger === undefined ? 'where a run starts' : nodeLabel(drawing, trigger)}; connect it or remove it`,
    fix:
      trigger !== undefined && startable
        ? { text: `Connect ${nodeLabel(drawing, trigger)} to it`, edits: [{ edit: 'add_edge', from: trigger, to: id }] }
        : { text: 'Remove it', edits: [{ edit: 'remove_node', nodeId: id }] },
  };
}

function noRiskManager(drawing: Drawing, id: string): Problem {
  const manager = supplierOf(drawing.catalogue, 'risk');
  const from =
    drawing.graph.parents.get(id)?.find((parent) => drawing.agents.get(parent)?.writes === 'strategy') ?? null;
  return {
    code: 'no_risk_manager',
    severity: 'error',
    nodeId: id,
    message: `${nodeLabel(drawing, id)} would place orders without a risk manager on its path; put one between the strategy and it`,
    ...(manager === undefined
      ? {}
      : {
          fix: {
            text: `Add a ${manager.name} between`,
            edits: [{ edit: 'insert_node' as const, agentType: manager.type, from, to: id }],
          },
        }),
  };
}

/** What an unknown agent would have written cannot be judged, so nothing behind one is. */
function nodesBehindUnknown(drawing: Drawing): Set<string> {
  return new Set(
    drawing.graph.ids.filter((id) =>
      [...ancestorsOf(drawing.graph, id)].some((ancestor) => !drawing.agents.has(ancestor)),
    ),
  );
}

function fix(text: string, edge: PipelineEdge): Fix {
  return { text, edits: [{ edit: 'remove_edge', from: edge.from, to: edge.to }] };
}
