import { computed, Injectable } from '@angular/core';
import { read } from './read.ts';
import type { AgentMetadata } from './wire.ts';

/** The catalogue of agents, read once for all screens. */
@Injectable({ providedIn: 'root' })
export class AgentCatalogue {
  readonly #agents = read('/agents');
  readonly byType = computed<ReadonlyMap<string, AgentMetadata>>(
    () => new Map((this.#agents.value()?.items ?? []).map((agent) => [agent.agent_type, agent])),
  );
}
