import { BellwetherError } from '@bellwether/domain';
import { type Pipeline, PipelineDocument, PipelineEdgeDocument, PipelineNodeDocument } from './pipeline.ts';
import { pipelineFromWire } from './pipeline.wire.ts';
import { hasErrors, type Problem } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';
import { upgradePipeline } from './upgrade.ts';

export interface PipelineReading {
  /** Null when a field is wrong. */
  readonly pipeline: Pipeline | null;
  readonly problems: readonly Problem[];
}

/** Reads a document of any version: upgrade, schema, defaults. The graph and the agents are not looked at. */
export function readPipeline(document: unknown): PipelineReading {
  const upgraded = upgradePipeline(document);
  if (upgraded.document === null) return { pipeline: null, problems: upgraded.problems };
  const wire: unknown = upgraded.document;
  const problems: Problem[] = [...upgraded.problems];
  for (const { path, message, unknownKey } of schemaProblems(PipelineDocument, wire)) {
    problems.push({
      code: unknownKey ? 'unknown_field' : 'bad_field',
      severity: 'error',
      field: path,
      message: `${path}: ${message}`,
    });
  }
  if (hasErrors(problems)) return { pipeline: null, problems };
  const checked = wire as PipelineDocument;
  problems.push(...strayKeys(checked));
  return { pipeline: pipelineFromWire(checked), problems };
}

/** Like `readPipeline`. Throws `pipeline/unreadable` (kind `invalid`) naming the first problem. */
export function parsePipeline(document: unknown): Pipeline {
  const { pipeline, problems } = readPipeline(document);
  if (pipeline !== null) return pipeline;
  const first = problems.find((problem) => problem.severity === 'error');
  throw new BellwetherError('invalid', 'pipeline/unreadable', first?.message ?? 'expected a pipeline document', {
    problems,
  });
}

/** Fields of other programs (a canvas, an export) do no harm where they stand, but a misspelt one should be seen. */
function strayKeys(wire: PipelineDocument): Problem[] {
  const stray = (value: object, known: object, place: string): Problem[] =>
    Object.keys(value)
      .filter((key) => !Object.hasOwn(known, key))
      .map((key) => ({
        code: 'unknown_field' as const,
        severity: 'warning' as const,
        field: place === '' ? key : `${place}.${key}`,
        message: `${place === '' ? key : `${place}.${key}`}: this field is not known here and is ignored`,
      }));
  return [
    ...stray(wire, PipelineDocument.properties, ''),
    ...wire.nodes.flatMap((node, i) => stray(node, PipelineNodeDocument.properties, `nodes.${i}`)),
    ...(wire.edges ?? []).flatMap((edge, i) => stray(edge, PipelineEdgeDocument.properties, `edges.${i}`)),
  ];
}
