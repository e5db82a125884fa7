import type { AgentDefinition } from '@bellwether/kernel';
import type { AgentMetadataWire } from './agents.schema.ts';

/** Describes an agent to those who place it. `requires_timeframes`: its config names the timeframes it looks at. */
export function agentToWire(agent: AgentDefinition): AgentMetadataWire {
  const schema = agent.config.schema as { readonly properties?: Readonly<Record<string, unknown>> };
  const fields = Object.keys(schema.properties ?? {});
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
    requires_timeframes: fields.some((field) => field.endsWith('timeframes') || field === 'timeframe'),
    reads: [...agent.reads],
    reads_optionally: [...agent.readsOptionally],
    reads_any_of: [...agent.readsAnyOf],
    writes: agent.writes,
    config_schema: { ...schema },
  };
}
