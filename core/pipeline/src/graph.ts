import type { PipelineEdge } from './pipeline.ts';

/** The drawn edges by node. Edges that name unknown nodes, feed a node to itself or stand twice are not in it. */
export interface Graph {
  /** Node ids in the order of the document. */
  readonly ids: readonly string[];
  readonly parents: ReadonlyMap<string, readonly string[]>;
  readonly children: ReadonlyMap<string, readonly string[]>;
}

export function graphOf(ids: readonly string[], edges: readonly PipelineEdge[]): Graph {
  const parents = new Map<string, string[]>(ids.map((id) => [id, []]));
  const children = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of edges) {
    const down = children.get(from);
    const up = parents.get(to);
    if (down === undefined || up === undefined || from === to || down.includes(to)) continue;
    down.push(to);
    up.push(from);
  }
  return { ids: [...children.keys()], parents, children };
}

/** Returns the ids so that every edge points forward, ties in the order of the document; nodes on or behind a cycle are left out. */
export function topologicalOrder(graph: Graph): string[] {
  const waitsFor = new Map(graph.ids.map((id) => [id, at(graph.parents, id).length]));
  const order: string[] = [];
  const left = new Set(graph.ids);
  for (;;) {
    const next = [...left].find((id) => waitsFor.get(id) === 0);
    if (next === undefined) return order;
    left.delete(next);
    order.push(next);
    for (const child of at(graph.children, next)) waitsFor.set(child, (waitsFor.get(child) ?? 0) - 1);
  }
}

/** Returns one cycle per knot of the graph, each as the ids along it, the first not repeated. */
export function cyclesOf(graph: Graph): string[][] {
  const stuck = new Set(graph.ids);
  for (const id of topologicalOrder(graph)) stuck.delete(id);
  const cycles: string[][] = [];
  const seen = new Set<string>();
  for (const start of stuck) {
    if (seen.has(start)) continue;
    const back = pathBetween(graph, start, start);
    if (back === undefined) continue;
    cycles.push(back.slice(0, -1));
    // Everything in the same knot reaches the start and is reached from it.
    for (const id of stuck) if (reaches(graph, start, id) && reaches(graph, id, start)) seen.add(id);
  }
  return cycles;
}

/** Returns whether a path of at least one edge leads from one node to the other. */
export function reaches(graph: Graph, from: string, to: string): boolean {
  return pathBetween(graph, from, to) !== undefined;
}

/** Returns a shortest path of at least one edge, both ends included. */
function pathBetween(graph: Graph, from: string, to: string): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [from];
  for (let head = 0; head < queue.length; head++) {
    const id = queue[head] as string;
    for (const child of at(graph.children, id)) {
      if (child === to) {
        const path = [to, id];
        for (let step = id; step !== from; ) {
          step = cameFrom.get(step) as string;
          path.push(step);
        }
        return path.reverse();
      }
      if (child !== from && !cameFrom.has(child)) {
        cameFrom.set(child, id);
        queue.push(child);
      }
    }
  }
  return undefined;
}

/** Returns every node from which a path leads here, the node itself left out. */
export function ancestorsOf(graph: Graph, id: string): Set<string> {
  return walk(graph.parents, [id], () => true);
}

/** Returns every node to which a path leads from the given ones, themselves included. */
export function reachableFrom(graph: Graph, starts: readonly string[]): Set<string> {
  return new Set([...starts, ...walk(graph.children, starts, () => true)]);
}

/** Returns the nearest ancestors for which `stops` holds: the walk upward does not go past them. */
export function nearestAncestors(graph: Graph, id: string, stops: (id: string) => boolean): string[] {
  const visited = walk(graph.parents, [id], (ancestor) => !stops(ancestor));
  return graph.ids.filter((ancestor) => visited.has(ancestor) && stops(ancestor));
}

function walk(
  edges: ReadonlyMap<string, readonly string[]>,
  starts: readonly string[],
  goOn: (id: string) => boolean,
): Set<string> {
  const visited = new Set<string>();
  const queue = [...starts];
  for (let head = 0; head < queue.length; head++) {
    for (const next of at(edges, queue[head] as string)) {
      if (visited.has(next)) continue;
      visited.add(next);
      if (goOn(next)) queue.push(next);
    }
  }
  return visited;
}

function at(edges: ReadonlyMap<string, readonly string[]>, id: string): readonly string[] {
  return edges.get(id) ?? [];
}
