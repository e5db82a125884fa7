import { readConfig } from '@bellwether/kernel';
import Type from 'typebox';

/** It has no options. */
export const PipelineManagerSchema = Type.Object({}, { additionalProperties: false });

/** Throws `config/invalid` for any option. */
export function pipelineManagerConfig(config: unknown): Record<never, never> {
  readConfig('pipeline_manager_agent', PipelineManagerSchema, config);
  return {};
}
