import type { AgentCatalogue, AgentDefinition } from '@bellwether/kernel';
import { catalogueOf } from './agent-catalogue.ts';
import { AGENTS } from './catalogue.generated.ts';

export * from './agent-metadata.ts';

/** Every agent by type. */
export const agentCatalogue: AgentCatalogue = catalogueOf(AGENTS as readonly AgentDefinition[]);
