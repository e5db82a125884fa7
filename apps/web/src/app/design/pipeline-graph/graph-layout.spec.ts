import { describe, expect, test } from 'vitest';
import { layoutGraph, ranks } from './graph-layout.ts';

const nodes = ['a', 'b', 'c', 'd'].map((id) => ({ id }));
const edges = [
  { from: 'a', to: 'b' },
  { from: 'a', to: 'c' },
  { from: 'b', to: 'd' },
  { from: 'c', to: 'd' },
];
const size = { width: 100, height: 40 };

describe('graph layout', () => {
  test('runs left to right, siblings above each other and not overlapping', async () => {
    const layout = await layoutGraph(nodes, edges, 'right', size);
    const at = new Map(layout.nodes.map((each) => [each.node.id, each]));
    expect(layout.nodes.map((each) => each.node.id)).toSatisfy((ids: string[]) => ids[0] === 'a' && ids[3] === 'd');
    expect(at.get('b')?.x).toBe(at.get('c')?.x);
    expect(Math.abs((at.get('b')?.y ?? 0) - (at.get('c')?.y ?? 0))).toBeGreaterThanOrEqual(size.height);
    expect(layout.edges).toHaveLength(4);
  });

  test('leaves out edges that lead nowhere and draws nothing for nothing', async () => {
    const layout = await layoutGraph(nodes, [...edges, { from: 'd', to: 'ghost' }], 'down', size);
    expect(layout.edges).toHaveLength(4);
    expect(await layoutGraph([], [], 'right', size)).toMatchObject({ width: 0, height: 0 });
  });

  test('ranks follow the longest way from the start and end even with a cycle', () => {
    expect(ranks(nodes, edges).map((column) => column.map((node) => node.id))).toEqual([['a'], ['b', 'c'], ['d']]);
    expect(ranks(nodes, [...edges, { from: 'd', to: 'b' }]).flat()).toHaveLength(4);
  });
});
