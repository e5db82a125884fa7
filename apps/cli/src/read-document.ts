import { readFile } from 'node:fs/promises';
import { agentCatalogue } from '@bellwether/agents';
import { BellwetherError } from '@bellwether/domain';
import type { AgentDefinition, ExecutionPlan } from '@bellwether/kernel';
import { type Compilation, type CompileOptions, compile } from '@bellwether/pipeline';

/** Reads a pipeline document. A file that is absent or no JSON fails with its name and the remedy. */
export async function readDocument(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new BellwetherError(
      'invalid',
      'pipeline/unreadable',
      `expected a pipeline document at ${path}, found none; check the path`,
      { path },
      error,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replaceAll('\n', ' ');
    throw new BellwetherError(
      'invalid',
      'pipeline/unreadable',
      `${path}: expected JSON, was not: ${reason}`,
      { path },
      error,
    );
  }
}

export function compileDocument(document: unknown, options: CompileOptions = {}): Compilation<AgentDefinition> {
  return compile(document, agentCatalogue, options);
}

/** Returns the plan, or throws one failure that lists every problem by place. */
export function planOf(document: unknown, path: string, options: CompileOptions = {}): ExecutionPlan {
  const { plan, problems } = compileDocument(document, options);
  if (plan !== null) return plan;
  const errors = problems.filter((problem) => problem.severity === 'error');
  const lines = errors.map((problem) => problem.message).join('\n  ');
  throw new BellwetherError(
    'invalid',
    'pipeline/has-problems',
    `${path} has ${errors.length === 1 ? 'a problem' : `${errors.length} problems`}:\n  ${lines}`,
    { problems },
  );
}
