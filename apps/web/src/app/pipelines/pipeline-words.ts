import type { AgentMetadata, Pipeline, PipelineDocument, RunMode } from '../api/wire.ts';
import { guessCategory } from '../design/category-look.ts';
import { codeWords } from '../design/code-words.ts';
import { formatWord } from '../design/format.ts';
import { summarizeConfig } from '../design/node-summary.ts';
import type { ShownNode } from '../design/pipeline-graph/pipeline-graph.ts';

export function runModeWords(mode: RunMode): string {
  const words = codeWords(mode);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "v7", "v7, draft has changes", "draft, not published". */
export function versionWords(pipeline: Pipeline): string {
  if (pipeline.published_version === null) return 'draft, not published';
  return `v${pipeline.published_version}${pipeline.has_unpublished_changes ? ', draft has changes' : ''}`;
}

/** True while it waits for a trigger, trades or sleeps: there is something to stop. */
export function isStarted(pipeline: Pipeline): boolean {
  return pipeline.state !== 'stopped' && pipeline.state !== 'completed';
}

/** "Stopping" never means "sold": what happens to open positions is always said. */
export function stopConsequence(pipeline: Pipeline): string {
  return pipeline.state === 'holding'
    ? 'Stops trading; open positions keep their stops.'
    : 'Stops waiting for its triggers; whatever position is open keeps its stop.';
}

export function shownNodes(
  document: PipelineDocument,
  agents: ReadonlyMap<string, AgentMetadata>,
): readonly ShownNode[] {
  return document.nodes.map((node) => {
    const agent = agents.get(node.agent_type);
    return {
      id: node.id,
      title: agent?.name ?? formatWord(node.agent_type.replace(/_agent$/, '')),
      category: agent?.category ?? guessCategory(node.agent_type),
      summary: summarizeConfig(node.agent_type, node.config),
    };
  });
}
