import { isBellwetherError } from '@bellwether/domain';
import type { TSchema } from 'typebox';
import type { AgentFacts } from './agent-facts.ts';
import type { Pipeline, PipelineNode } from './pipeline.ts';
import type { Problem } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';

interface Field {
  readonly format?: string;
  readonly default?: unknown;
}

export interface ConfigReading {
  readonly config: unknown;
  readonly problems: readonly Problem[];
  readonly valid: boolean;
}

/** Reads a node's config with its agent's schema and parser. A `timeframe` left out is the document's primary timeframe. */
export function readConfig(node: PipelineNode, agent: AgentFacts, pipeline: Pipeline): ConfigReading {
  const fields = fieldsOf(agent.config.schema);
  const config: Record<string, unknown> = { ...node.config };
  for (const [name, field] of Object.entries(fields)) {
    if (config[name] !== undefined) continue;
    if (field.format === 'timeframe') config[name] = pipeline.primaryTimeframe;
    if (field.format === 'timeframes' && agent.writes === 'market_data') config[name] = [pipeline.primaryTimeframe];
  }
  const problems: Problem[] = [];
  const report = (code: Problem['code'], field: string, message: string) =>
    problems.push({
      code,
      severity: 'error',
      nodeId: node.id,
      field,
      message: `${agent.name} (${node.id}) ${field}: ${message}`,
    });
  for (const name of Object.keys(config)) {
    if (!Object.hasOwn(fields, name))
      report('unknown_config_field', name, `this field is not known here; ${known(fields)}`);
  }
  const found = schemaProblems(agent.config.schema, config).filter((problem) =>
    Object.hasOwn(fields, problem.path.split('.')[0] ?? ''),
  );
  // Conditions are judged by their own parser, whose sentences name the operand; the schema's list of alternatives would not.
  const [conditions, others] = split(
    found,
    ({ path }) => fields[path.split('.')[0] ?? '']?.format === 'condition-group',
  );
  for (const { path, message, unknownKey } of others)
    report(unknownKey ? 'unknown_config_field' : 'bad_config', path, message);
  if (problems.length > 0) return { config: null, problems, valid: false };
  try {
    return { config: agent.config.parse(config), problems: [...readingWarnings(node, agent, fields)], valid: true };
  } catch (error) {
    if (!isBellwetherError(error) || error.kind !== 'invalid') throw error;
    const named = error.details['field'];
    const groups = Object.keys(fields).filter((name) => fields[name]?.format === 'condition-group');
    const blamed = conditions[0]?.path.split('.')[0] ?? (groups.length === 1 ? groups[0] : undefined);
    const field = typeof named === 'string' ? named : (blamed ?? 'config');
    const prefix =
      [`${agent.type} ${field}: `, `${agent.type}: `].find((start) => error.message.startsWith(start)) ?? '';
    report('bad_config', field, error.message.slice(prefix.length));
    return { config: null, problems, valid: false };
  }
}

function* readingWarnings(
  node: PipelineNode,
  agent: AgentFacts,
  fields: Readonly<Record<string, Field>>,
): Generator<Problem> {
  const value = (name: string) => node.config[name] ?? fields[name]?.default;
  const instructions = value('instructions');
  if (typeof instructions === 'string' && instructions.trim() !== '') {
    const reader = 'analyst' in fields ? value('analyst') : value('summary');
    if (reader === 'rules' || reader === 'template') {
      yield {
        code: 'instructions_unread',
        severity: 'warning',
        nodeId: node.id,
        field: 'instructions',
        message: `${agent.name} (${node.id}) has instructions that nobody reads: ${String(reader)} decide by fixed formulas; only a language model reads instructions`,
      };
    }
  }
  for (const [name, member] of Object.entries(node.config)) {
    if (hasForming(member)) {
      yield {
        code: 'forming_operand',
        severity: 'warning',
        nodeId: node.id,
        field: name,
        message: `${agent.name} (${node.id}) ${name} looks at a bar that is still forming: a backtest cannot honor it and sees closed bars only`,
      };
    }
  }
}

function hasForming(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, member]) => (key === 'forming' && member === true) || hasForming(member));
}

function fieldsOf(schema: TSchema): Readonly<Record<string, Field>> {
  return (schema as { readonly properties?: Readonly<Record<string, Field>> }).properties ?? {};
}

/** Returns the name of a config's field that holds a list of timeframes. */
export function timeframesField(agent: AgentFacts): string {
  return (
    Object.entries(fieldsOf(agent.config.schema)).find(([, field]) => field.format === 'timeframes')?.[0] ??
    'timeframes'
  );
}

function known(fields: Readonly<Record<string, Field>>): string {
  const names = Object.keys(fields);
  return names.length === 0 ? 'the agent has no options' : `known are ${names.join(', ')}`;
}

function split<T>(items: readonly T[], first: (item: T) => boolean): [T[], T[]] {
  return [items.filter(first), items.filter((item) => !first(item))];
}
