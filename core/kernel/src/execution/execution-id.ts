import type { TriggerFact } from '@bellwether/domain';

/**
 * Returns the id of the execution that a trigger starts, a function of its cause (pipeline, node, instant), in the form of a UUID: whoever
 * starts it again computes the same one, and a unique key refuses the copy.
 */
export function executionIdOf(
  pipelineId: string,
  trigger: Pick<TriggerFact, 'nodeId' | 'kind' | 'at'>,
  sha256Hex: (text: string) => string,
): string {
  const hex = sha256Hex(`execution|${pipelineId}|${trigger.nodeId ?? ''}|${trigger.kind}|${trigger.at}`);
  // Version 8 (custom) and the RFC's variant, so that a uuid column takes it.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
