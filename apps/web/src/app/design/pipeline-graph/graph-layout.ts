export interface GraphNode {
  readonly id: string;
}
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}
export interface PlacedNode<N extends GraphNode> {
  readonly node: N;
  readonly x: number;
  readonly y: number;
}
export interface PlacedEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** SVG path from the edge of one node to the edge of the next. */
  readonly path: string;
}
export interface GraphLayout<N extends GraphNode> {
  readonly nodes: readonly PlacedNode<N>[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

export type Direction = 'right' | 'down';

export interface NodeSize {
  readonly width: number;
  readonly height: number;
}

/** Lays a directed graph out, left to right or top to bottom. Nodes come back in reading order. Edges to unknown nodes are left out. */
export async function layoutGraph<N extends GraphNode>(
  nodes: readonly N[],
  edges: readonly GraphEdge[],
  direction: Direction,
  size: NodeSize,
): Promise<GraphLayout<N>> {
  if (nodes.length === 0) return { nodes: [], edges: [], width: 0, height: 0 };
  const dagre = await import('@dagrejs/dagre');
  const graph = new dagre.graphlib.Graph();
  const isRight = direction === 'right';
  graph.setGraph({
    rankdir: isRight ? 'LR' : 'TB',
    nodesep: isRight ? 20 : 16,
    ranksep: isRight ? 36 : 28,
    marginx: 2,
    marginy: 2,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, { ...size });
  const known = new Set(nodes.map((node) => node.id));
  const drawn = edges.filter((edge) => known.has(edge.from) && known.has(edge.to));
  for (const edge of drawn) graph.setEdge(edge.from, edge.to);
  dagre.layout(graph);

  const placed = nodes.map((node) => {
    const at = graph.node(node.id) as { x: number; y: number };
    return { node, x: at.x - size.width / 2, y: at.y - size.height / 2 };
  });
  placed.sort((a, b) => (isRight ? a.x - b.x || a.y - b.y : a.y - b.y || a.x - b.x));
  const byId = new Map(placed.map((each) => [each.node.id, each]));
  const bounds = graph.graph() as { width?: number; height?: number };
  return {
    nodes: placed,
    edges: drawn.flatMap((edge) => {
      const from = byId.get(edge.from);
      const to = byId.get(edge.to);
      return from && to
        ? [{ id: `${edge.from}→${edge.to}`, from: edge.from, to: edge.to, path: curve(from, to, direction, size) }]
        : [];
    }),
    width: bounds.width ?? 0,
    height: bounds.height ?? 0,
  };
}

interface Corner {
  readonly x: number;
  readonly y: number;
}

function curve(from: Corner, to: Corner, direction: Direction, size: NodeSize): string {
  if (direction === 'right') {
    const [x1, y1] = [from.x + size.width, from.y + size.height / 2];
    const [x2, y2] = [to.x, to.y + size.height / 2];
    const bend = Math.max(12, (x2 - x1) / 2);
    return `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
  }
  const [x1, y1] = [from.x + size.width / 2, from.y + size.height];
  const [x2, y2] = [to.x + size.width / 2, to.y];
  const bend = Math.max(10, (y2 - y1) / 2);
  return `M${x1},${y1} C${x1},${y1 + bend} ${x2},${y2 - bend} ${x2},${y2}`;
}

/** Nodes by their distance from the start, for drawings too small for a layout; a cycle's nodes go last. */
export function ranks<N extends GraphNode>(
  nodes: readonly N[],
  edges: readonly GraphEdge[],
): readonly (readonly N[])[] {
  const rankOf = new Map<string, number>();
  const waiting = new Set(nodes.map((node) => node.id));
  for (let rank = 0; waiting.size > 0; rank++) {
    const ready = [...waiting].filter(
      (id) => !edges.some((edge) => edge.to === id && waiting.has(edge.from) && edge.from !== id),
    );
    const settled = ready.length > 0 ? ready : [...waiting];
    for (const id of settled) rankOf.set(id, rank);
    for (const id of settled) waiting.delete(id);
  }
  const columns: N[][] = [];
  for (const node of nodes) (columns[rankOf.get(node.id) ?? 0] ??= []).push(node);
  return columns;
}
