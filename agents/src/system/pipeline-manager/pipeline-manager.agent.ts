// The name under which the kernel's guards (budget, windows, limits, ownership) speak in the journal; it decides nothing itself.
import { defineAgent } from '@bellwether/kernel';
import { PipelineManagerSchema, pipelineManagerConfig } from './pipeline-manager.schema.ts';

export const pipelineManagerAgent = defineAgent<Record<never, never>>({
  type: 'pipeline_manager_agent',
  version: 1,
  category: 'system',
  name: 'Pipeline manager',
  description: 'Keeps budgets, positions and limits of a run; part of every pipeline.',
  icon: 'settings-2',
  rate: '0',
  isSystem: true,
  reads: [],
  writes: null,
  config: { schema: PipelineManagerSchema, parse: pipelineManagerConfig },
  decide: () => ({ kind: 'pass', summary: 'guards are asked before every step' }),
});
