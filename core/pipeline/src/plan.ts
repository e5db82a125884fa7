/**
 * Turns a pipeline document into a plan that can be run, or into the list of what is wrong with it. The builder, the
 * API, the command line and both runtimes use this one function.
 * document ──▶ upgrade ──▶ schema ──▶ nodes ──▶ edges ──▶ flow of kinds ──▶ timeframes, schedule ──▶ plan
 */
import { KINDS, type Kind, sortTimeframes, type Timeframe } from '@bellwether/domain';
import { type AgentFacts, readsKind } from './agent-facts.ts';
import { readConfig, timeframesField } from './check-config.ts';
import { cycleProblems, edgeProblems, flowProblems } from './check-graph.ts';
import { scheduleProblems, scheduleTriggerProblems } from './check-schedule.ts';
import { type Drawing, nodeLabel, writersOf } from './edge-rules.ts';
import { ancestorsOf, type Graph, graphOf, topologicalOrder } from './graph.ts';
import type { Pipeline, PipelineNode } from './pipeline.ts';
import { hasErrors, type Problem } from './problem.ts';
import { readPipeline } from './read-pipeline.ts';

/** A placed agent, ready to run. */
export interface PlanNode<F extends AgentFacts = AgentFacts> {
  readonly id: string;
  readonly agentType: string;
  readonly agent: F;
  /** What the agent's own parser made of the config; `decide` takes it as it is. */
  readonly config: unknown;
  readonly parents: readonly string[];
  readonly children: readonly string[];
  /** Triggers and universes run once per execution, everything else once per symbol. */
  readonly scope: 'execution' | 'lane';
  /** For each kind that the agent reads: the nodes whose output reaches it, in plan order. None for a trigger that only a start supplies. */
  readonly sources: Readonly<Partial<Record<Kind, readonly string[]>>>;
}

export interface Plan<F extends AgentFacts = AgentFacts> {
  readonly pipeline: Pipeline;
  /** In topological order, ties in the order of the document. */
  readonly nodes: readonly PlanNode<F>[];
  readonly byId: ReadonlyMap<string, PlanNode<F>>;
  /** The trigger nodes: any of them starts an execution. */
  readonly triggers: readonly PlanNode<F>[];
  /** One lane each; empty when `universeNodeId` supplies them. */
  readonly symbols: readonly string[];
  readonly universeNodeId: string | null;
  /** What a lane needs bars of, shortest first: everything fetched, and what the triggers wait on. */
  readonly timeframes: readonly Timeframe[];
  /** Bars of history per timeframe: the most that a market data node asks for. */
  readonly lookbackBars: number;
  /** True when a market data node asks for bars outside the regular session. */
  readonly extendedHours: boolean;
}

export interface Compilation<F extends AgentFacts = AgentFacts> {
  /** Null when any problem is an error. */
  readonly plan: Plan<F> | null;
  readonly problems: readonly Problem[];
  /** Node ids in topological order as far as there is one. */
  readonly order: readonly string[];
}

export interface CompileOptions {
  /** Lanes from the caller (a backtest's bar files), for a document without a symbol. */
  readonly symbols?: readonly string[];
}

/** Compiles a document of any version and of unknown origin. Never throws on a bad document: it says all that is wrong at once. */
export function compile<F extends AgentFacts>(
  document: unknown,
  catalogue: ReadonlyMap<string, F>,
  options: CompileOptions = {},
): Compilation<F> {
  const { pipeline, problems: unreadable } = readPipeline(document);
  if (pipeline === null) return { plan: null, problems: unreadable, order: [] };
  const problems: Problem[] = [...unreadable];

  const placed = placeAgents(pipeline, catalogue, problems);
  const agents = new Map([...placed].map(([id, { agent }]) => [id, agent]));
  const graph = graphOf(
    pipeline.nodes.map((node) => node.id),
    pipeline.edges,
  );
  const drawing: Drawing<F> = { graph, agents, catalogue };
  const order = topologicalOrder(graph);

  problems.push(...edgeProblems(pipeline, drawing));
  const cycles = cycleProblems(drawing);
  problems.push(...cycles);
  if (cycles.length === 0) problems.push(...flowProblems(drawing), ...timeframeProblems(placed, drawing));

  const triggers = [...placed.values()].filter(({ agent }) => agent.category === 'trigger');
  problems.push(...startProblems(pipeline, triggers));
  const universe = pipeline.nodes.find((node) => agents.get(node.id)?.writes === 'universe');
  const symbols = universe !== undefined ? [] : pipeline.symbol !== null ? [pipeline.symbol] : (options.symbols ?? []);
  if (universe === undefined && symbols.length === 0 && pipeline.nodes.length > 0) {
    problems.push({
      code: 'missing_symbol',
      severity: 'error',
      field: 'symbol',
      message:
        'expected a symbol, since no stock picker supplies one, was none; set "symbol" to the instrument to trade',
    });
  }
  if (hasErrors(problems)) return { plan: null, problems, order };

  const nodes = order.map((id) => planNode(placed.get(id) as Placed<F>, drawing, order));
  const fetching = nodes.filter(({ agent }) => agent.writes === 'market_data');
  const lookbacks = fetching.map(({ agent, config }) => agent.lookbackBars?.(config) ?? 0);
  const plan: Plan<F> = {
    pipeline,
    nodes,
    byId: new Map(nodes.map((node) => [node.id, node])),
    triggers: nodes.filter(({ agent }) => agent.category === 'trigger'),
    symbols,
    universeNodeId: universe?.id ?? null,
    timeframes: sortTimeframes(nodes.flatMap(({ agent, config }) => agent.timeframes(config))),
    lookbackBars: Math.max(0, ...lookbacks),
    extendedHours: nodes.some(({ agent, config }) => agent.extendedHours?.(config) ?? false),
  };
  return { plan, problems, order };
}

interface Placed<F extends AgentFacts> {
  readonly node: PipelineNode;
  readonly agent: F;
  /** Undefined when the config has problems. */
  readonly config: { readonly value: unknown } | undefined;
}

function placeAgents<F extends AgentFacts>(
  pipeline: Pipeline,
  catalogue: ReadonlyMap<string, F>,
  problems: Problem[],
): Map<string, Placed<F>> {
  if (pipeline.nodes.length === 0) {
    problems.push({
      code: 'empty_pipeline',
      severity: 'error',
      field: 'nodes',
      message: 'expected at least one node, was an empty pipeline; place a trigger or a market data agent',
    });
  }
  const placed = new Map<string, Placed<F>>();
  const ids = new Set<string>();
  for (const node of pipeline.nodes) {
    const at = { severity: 'error' as const, nodeId: node.id };
    if (ids.has(node.id)) {
      problems.push({
        ...at,
        code: 'duplicate_node_id',
        message: `expected node ids to be unique, but "${node.id}" stands more than once; give each node its own id`,
      });
      continue;
    }
    ids.add(node.id);
    const agent = catalogue.get(node.agentType);
    if (agent === undefined) {
      problems.push({
        ...at,
        code: 'unknown_agent',
        field: 'agent_type',
        message: `${node.id}: expected a known agent, was "${node.agentType}"${suggestion(node.agentType, catalogue)}`,
      });
      continue;
    }
    if (agent.isSystem) {
      problems.push({
        ...at,
        code: 'system_agent',
        message: `${agent.name} (${node.id}) is part of every execution by itself; remove the node`,
        fix: { text: 'Remove it', edits: [{ edit: 'remove_node', nodeId: node.id }] },
      });
    }
    if (node.agentVersion !== null && node.agentVersion !== agent.version) {
      problems.push({
        ...at,
        code: 'unknown_agent_version',
        field: 'agent_version',
        message: `${agent.name} (${node.id}): expected agent_version ${agent.version}, was ${node.agentVersion}`,
      });
    }
    const reading = readConfig(node, agent, pipeline);
    problems.push(...reading.problems);
    placed.set(node.id, { node, agent, config: reading.valid ? { value: reading.config } : undefined });
  }
  return placed;
}

function suggestion(type: string, catalogue: ReadonlyMap<string, AgentFacts>): string {
  const known = [...catalogue.values()].filter((agent) => !agent.isSystem).map((agent) => agent.type);
  const near = known.find(
    (candidate) => candidate.startsWith(type) || type.startsWith(candidate.replace(/_agent$/, '')),
  );
  return near === undefined ? `; known are ${known.join(', ')}` : `; did you mean "${near}"?`;
}

function timeframeProblems(placed: ReadonlyMap<string, Placed<AgentFacts>>, drawing: Drawing): Problem[] {
  const problems: Problem[] = [];
  for (const [id, { agent, config }] of placed) {
    if (config === undefined || agent.category === 'trigger' || agent.writes === 'market_data') continue;
    const above = ancestorsOf(drawing.graph, id);
    const sources = [...above].flatMap((ancestor) => {
      const source = placed.get(ancestor);
      return source?.agent.writes === 'market_data' && source.config !== undefined ? [source] : [];
    });
    const nearest = sources[0];
    if (nearest === undefined) continue;
    const fetched = sources.flatMap((source) => source.agent.timeframes(source.config?.value));
    const missing = sortTimeframes(agent.timeframes(config.value)).filter((timeframe) => !fetched.includes(timeframe));
    if (missing.length === 0) continue;
    const field = timeframesField(nearest.agent);
    const all = sortTimeframes([...nearest.agent.timeframes(nearest.config?.value), ...missing]);
    problems.push({
      code: 'timeframe_not_fetched',
      severity: 'error',
      nodeId: id,
      message: `${nodeLabel(drawing, id)} needs ${missing.join(', ')} bars, which no market data node before it fetches; add ${missing.join(', ')} to ${nodeLabel(drawing, nearest.node.id)}`,
      fix: {
        text: `Add ${missing.join(', ')} to ${nearest.agent.name}`,
        edits: [{ edit: 'set_config', nodeId: nearest.node.id, field, value: all }],
      },
    });
  }
  return problems;
}

function startProblems(pipeline: Pipeline, triggers: readonly Placed<AgentFacts>[]): Problem[] {
  const problems: Problem[] = [];
  // Paper without a connection is traded on the sandbox.
  if (pipeline.tradingMode === 'live' && pipeline.brokerConnectionId === null) {
    problems.push({
      code: 'missing_connection',
      severity: 'error',
      field: 'broker_connection_id',
      message: `trading_mode "${pipeline.tradingMode}" needs a broker connection; choose one, or go back to simulation`,
    });
  }
  if (pipeline.schedule === null) {
    if (pipeline.runMode === 'run_scheduled') {
      problems.push({
        code: 'missing_schedule',
        severity: 'error',
        field: 'schedule_config',
        message: 'run_mode "run_scheduled" needs a schedule_config that says when runs start',
      });
    }
    return problems;
  }
  const wrong = scheduleProblems(pipeline.schedule);
  problems.push(...wrong);
  if (wrong.length > 0) return problems;
  const seen = triggers.map(({ node, agent, config }) => ({
    node,
    daily: config !== undefined && agent.timeframes(config.value).includes('1d'),
  }));
  return [...problems, ...scheduleTriggerProblems(pipeline, seen)];
}

function planNode<F extends AgentFacts>(placed: Placed<F>, drawing: Drawing<F>, order: readonly string[]): PlanNode<F> {
  const { node, agent, config } = placed;
  const { graph } = drawing;
  const sources: Partial<Record<Kind, readonly string[]>> = {};
  for (const kind of KINDS)
    if (readsKind(agent, kind)) sources[kind] = inOrder(writersOf(drawing, node.id, kind), order);
  return {
    id: node.id,
    agentType: agent.type,
    agent,
    config: config?.value,
    parents: inOrder(neighbors(graph.parents, node.id), order),
    children: inOrder(neighbors(graph.children, node.id), order),
    scope: agent.category === 'trigger' || agent.writes === 'universe' ? 'execution' : 'lane',
    sources,
  };
}

function neighbors(edges: Graph['parents'], id: string): readonly string[] {
  return edges.get(id) ?? [];
}

function inOrder(ids: readonly string[], order: readonly string[]): string[] {
  return order.filter((id) => ids.includes(id));
}
