import { AgentList, AgentMetadataWire } from '@bellwether/contracts';
import Type from 'typebox';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { notFound } from '../../http/problem.ts';

const tags = ['agents'];

export function agentRoutes(api: Api, { agentDescriptions }: ApiOptions): void {
  const list = {
    items: agentDescriptions.map((agent) => ({
      ...agent,
      reads: [...agent.reads],
      reads_optionally: [...agent.reads_optionally],
      reads_any_of: [...agent.reads_any_of],
    })),
  };
  const byType = new Map(list.items.map((agent) => [agent.agent_type, agent]));

  api.get(
    '/agents',
    { schema: { tags, operationId: 'listAgents', summary: 'List agents', response: { 200: AgentList } } },
    () => list,
  );

  api.get(
    '/agents/:agent_type',
    {
      schema: {
        tags,
        operationId: 'getAgent',
        summary: 'Read one agent',
        params: Type.Object({ agent_type: Type.String({ maxLength: 100 }) }),
        response: { 200: AgentMetadataWire },
      },
    },
    (request) => {
      const found = byType.get(request.params.agent_type);
      if (found === undefined) throw notFound('agent/unknown', 'an agent', request.params.agent_type);
      return found;
    },
  );
}
