import { BellwetherError } from '@bellwether/domain';
import type { AgentCatalogue, AgentDefinition } from '@bellwether/kernel';

/** Keys agents by type. Throws a bug when two share a type, or when one is free by its name and not by its rate. */
export function catalogueOf(agents: readonly AgentDefinition[]): AgentCatalogue {
  const catalogue = new Map<string, AgentDefinition>();
  for (const agent of agents) {
    const wrong = problemOf(agent) ?? (catalogue.has(agent.type) ? 'a type that no other agent has' : null);
    if (wrong !== null) throw new BellwetherError('bug', 'agent/unknown', `expected ${agent.type} to have ${wrong}`);
    catalogue.set(agent.type, agent);
  }
  return catalogue;
}

function problemOf(agent: AgentDefinition): string | null {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(agent.type)) return 'a snake_case type';
  if (!/^\d+(\.\d{1,6})?$/.test(agent.rate)) return `a rate in USD per hour, was ${agent.rate}`;
  if (agent.category === 'trigger' && agent.watch === undefined) return 'a watch, because it is a trigger';
  if (agent.name === '' || agent.description === '') return 'a name and a description';
  return null;
}
