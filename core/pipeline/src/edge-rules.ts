import type { Kind } from '@bellwether/domain';
import { type AgentFacts, kindWords, readsKind } from './agent-facts.ts';
import { type Graph, nearestAncestors } from './graph.ts';
import type { DocumentEdit, Fix } from './problem.ts';

/** A graph together with what stands at its nodes; a node of an unknown agent has no entry. */
export interface Drawing<F extends AgentFacts = AgentFacts> {
  readonly graph: Graph;
  readonly agents: ReadonlyMap<string, F>;
  readonly catalogue: ReadonlyMap<string, F>;
}

/** Kinds of which a reader takes all there are: any trigger starts a run, and bars are read by timeframe. */
const MERGED: readonly Kind[] = ['trigger', 'market_data'];

/** Returns "Strategy (node-4)". */
export function nodeLabel(drawing: Drawing, id: string): string {
  const agent = drawing.agents.get(id);
  return agent === undefined ? id : `${agent.name} (${id})`;
}

/** Returns the kinds that flow along an edge out of the node: what it writes, or what a node that only lets pass was given. */
export function carriedKinds(drawing: Drawing, id: string): Kind[] {
  const own = drawing.agents.get(id)?.writes;
  if (own !== null && own !== undefined) return [own];
  const writers = nearestAncestors(
    drawing.graph,
    id,
    (ancestor) => (drawing.agents.get(ancestor)?.writes ?? null) !== null,
  );
  return [...new Set(writers.map((writer) => drawing.agents.get(writer)?.writes as Kind))];
}

/** Returns why what flows out of one node means nothing to the other, or null. */
export function kindMismatch(
  drawing: Drawing,
  from: string,
  to: string,
): { readonly message: string; readonly fix?: Fix } | null {
  const reader = drawing.agents.get(to);
  const writer = drawing.agents.get(from);
  if (reader === undefined || writer === undefined || reader.category === 'trigger') return null;
  // A node that writes nothing lets every lane pass.
  if (reader.writes === null && reader.category !== 'reporting') return null;
  const carried = carriedKinds(drawing, from);
  if (carried.length === 0 || carried.some((kind) => readsKind(reader, kind))) return null;
  const wanted = wantedKinds(reader);
  const message = `${nodeLabel(drawing, from)} gives ${kindWords(carried, 'and')}, but ${nodeLabel(drawing, to)} reads ${kindWords(wanted, reader.reads.length > 0 ? 'and' : 'or')}`;
  const bridge = [...drawing.catalogue.values()].find(
    (agent) =>
      !agent.isSystem &&
      agent.writes !== null &&
      wanted.includes(agent.writes) &&
      carried.some((kind) => readsKind(agent, kind)),
  );
  if (bridge === undefined) return { message };
  const edit: DocumentEdit = { edit: 'insert_node', agentType: bridge.type, from, to };
  return { message, fix: { text: `Add ${article(bridge.name)} between`, edits: [edit] } };
}

export interface MissingInput {
  readonly kinds: readonly Kind[];
  readonly anyOf: boolean;
}

/** Returns the kinds that the node needs and no ancestor writes. A start supplies the trigger, drawn or not. */
export function missingInput(drawing: Drawing, id: string): MissingInput | null {
  const agent = drawing.agents.get(id);
  if (agent === undefined) return null;
  const supplied = (kind: Kind) => kind === 'trigger' || writersOf(drawing, id, kind).length > 0;
  const missing = agent.reads.filter((kind) => !supplied(kind));
  if (missing.length > 0) return { kinds: missing, anyOf: false };
  if (agent.readsAnyOf.length > 0 && !agent.readsAnyOf.some(supplied)) return { kinds: agent.readsAnyOf, anyOf: true };
  return null;
}

/** Returns the nodes whose output of the kind reaches the node: those behind another writer of the same kind do not count. */
export function writersOf(drawing: Drawing, id: string, kind: Kind): string[] {
  return nearestAncestors(drawing.graph, id, (ancestor) => drawing.agents.get(ancestor)?.writes === kind);
}

/** Returns a kind of which more than one output reaches the node, though it can use only one, or null. */
export function rivalWriters(
  drawing: Drawing,
  id: string,
): { readonly kind: Kind; readonly writers: readonly string[] } | null {
  const agent = drawing.agents.get(id);
  // A report tells of everything upstream.
  if (agent === undefined || agent.category === 'reporting') return null;
  for (const kind of wantedKinds(agent).concat(agent.readsOptionally)) {
    const writers = MERGED.includes(kind) ? [] : writersOf(drawing, id, kind);
    if (writers.length > 1) return { kind, writers };
  }
  return null;
}

/** Returns the first agent of the catalogue that writes the kind and that a user may place. */
export function supplierOf(catalogue: ReadonlyMap<string, AgentFacts>, kind: Kind): AgentFacts | undefined {
  return [...catalogue.values()].find((agent) => !agent.isSystem && agent.writes === kind);
}

/** Returns the sentence and the remedy for an input that nobody supplies. */
export function missingInputText(
  drawing: Drawing,
  id: string,
  missing: MissingInput,
): { readonly message: string; readonly fix?: Fix } {
  const what = kindWords(missing.kinds, missing.anyOf ? 'or' : 'and');
  const suppliers = missing.kinds.flatMap((kind) => supplierOf(drawing.catalogue, kind) ?? []);
  const named = (missing.anyOf ? suppliers.slice(0, 1) : suppliers).map((agent) => article(agent.name));
  const remedy = named.length === 0 ? '' : `; put ${named.join(' and ')} before it`;
  const message = `${nodeLabel(drawing, id)} needs ${what}, which nothing before it writes${remedy}`;
  const first = suppliers[0];
  if (first === undefined) return { message };
  const from = drawing.graph.parents.get(id)?.[0] ?? null;
  return {
    message,
    fix: { text: `Add ${article(first.name)}`, edits: [{ edit: 'insert_node', agentType: first.type, from, to: id }] },
  };
}

function wantedKinds(agent: AgentFacts): readonly Kind[] {
  return [...agent.reads, ...agent.readsAnyOf];
}

function article(name: string): string {
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name} agent`.replace(/ agent agent$/, ' agent');
}
