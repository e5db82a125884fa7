import { agentMetadata } from '@bellwether/agents';
import { type Command, readArguments } from '../command.ts';

export const agents: Command = {
  name: 'agents',
  summary: 'lists the agents a pipeline is drawn from',
  usage: 'bellwether agents [--json]',
  async run(args, output) {
    const { values } = readArguments(args, { json: { type: 'boolean' } });
    const items = agentMetadata();
    if (values.json) output.out(JSON.stringify(items, null, 2));
    else {
      for (const agent of items.filter((item) => !item.is_system_agent)) {
        const rate = agent.is_free ? 'free' : `$${agent.pricing_rate}/h`;
        output.out(`${agent.agent_type.padEnd(22)}${agent.category.padEnd(11)}${rate.padEnd(9)}${agent.description}`);
      }
    }
    return 0;
  },
};
