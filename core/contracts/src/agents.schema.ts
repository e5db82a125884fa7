import Type, { type Static } from 'typebox';
import { DecimalText, ListOf, Nullable, OpenObject } from './wire-value.schema.ts';

const KindName = Type.Enum(['trigger', 'universe', 'market_data', 'bias', 'strategy', 'risk', 'trade', 'report']);

export const AgentMetadataWire = Type.Object(
  {
    agent_type: Type.String(),
    name: Type.String(),
    description: Type.String(),
    category: Type.Enum(['trigger', 'data', 'analysis', 'risk', 'execution', 'reporting', 'system']),
    version: Type.Integer(),
    icon: Type.String({ description: "A Lucide icon's name." }),
    pricing_rate: DecimalText,
    is_free: Type.Boolean(),
    is_system_agent: Type.Boolean(),
    requires_timeframes: Type.Boolean(),
    reads: Type.Array(KindName),
    reads_optionally: Type.Array(KindName),
    reads_any_of: Type.Array(KindName),
    writes: Nullable(KindName),
    config_schema: OpenObject,
  },
  { 'x-name': 'AgentMetadata' },
);
export type AgentMetadataWire = Static<typeof AgentMetadataWire>;
export const AgentList = ListOf(AgentMetadataWire);
