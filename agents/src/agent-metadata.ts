import type { Kind } from '@bellwether/domain';
import type { AgentCategory, AgentDefinition } from '@bellwether/kernel';
import { AGENTS } from './catalogue.generated.ts';

/** What `GET /agents` lists, on the wire. */
export interface AgentMetadata {
  readonly agent_type: string;
  readonly name: string;
  readonly description: string;
  readonly category: AgentCategory;
  readonly version: number;
  readonly icon: string;
  /** USD per hour. */
  readonly pricing_rate: string;
  readonly is_free: boolean;
  readonly is_system_agent: boolean;
  readonly requires_timeframes: boolean;
  readonly reads: readonly Kind[];
  readonly reads_optionally: readonly Kind[];
  readonly reads_any_of: readonly Kind[];
  readonly writes: Kind | null;
  /** JSON Schema; plain data. */
  readonly config_schema: Readonly<Record<string, unknown>>;
}

/** Returns the metadata of every agent, in the order of the palette. */
export function agentMetadata(): AgentMetadata[] {
  return AGENTS.map((agent) => metadataOf(agent as AgentDefinition));
}

function metadataOf(agent: AgentDefinition): AgentMetadata {
  // The schema's own symbols and hidden keys are no part of JSON Schema.
  const schema = JSON.parse(JSON.stringify(agent.config.schema)) as AgentMetadata['config_schema'];
  return {
    agent_type: agent.type,
    name: agent.name,
    description: agent.description,
    category: agent.category,
    version: agent.version,
    icon: agent.icon,
    pricing_rate: agent.rate,
    is_free: Number(agent.rate) === 0,
    is_system_agent: agent.isSystem,
    requires_timeframes: needsTimeframes(schema),
    reads: agent.reads,
    reads_optionally: agent.readsOptionally,
    reads_any_of: agent.readsAnyOf,
    writes: agent.writes,
    config_schema: schema,
  };
}

function needsTimeframes(schema: AgentMetadata['config_schema']): boolean {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, { readonly format?: string }>>;
  return Object.values(properties).some(({ format }) => format === 'timeframe' || format === 'timeframes');
}
