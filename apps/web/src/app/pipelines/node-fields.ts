import type { AgentMetadata, JsonObject, JsonValue, PipelineNode } from '../api/wire.ts';
import { groupWords } from '../design/condition-words.ts';
import { formatWord } from '../design/format.ts';

export interface NodeField {
  readonly name: string;
  readonly title: string;
  readonly value: string;
  readonly isDefault: boolean;
}

/** The config of a placed agent as titled values: what was set first, then the defaults that apply, both in the schema's order. */
export function nodeFields(node: PipelineNode, agent: AgentMetadata | undefined): readonly NodeField[] {
  const config = node.config ?? {};
  const properties = propertiesOf(agent?.config_schema);
  const names = [...new Set([...Object.keys(properties), ...Object.keys(config)])];
  const fields = names.flatMap((name): NodeField[] => {
    const schema = properties[name];
    const set = config[name];
    const value = set ?? schema?.['default'];
    if (value === undefined || value === null) return [];
    const title = typeof schema?.['title'] === 'string' ? schema['title'] : formatWord(name);
    return [{ name, title, value: valueWords(name, value, schema), isDefault: set === undefined }];
  });
  return [...fields.filter((field) => !field.isDefault), ...fields.filter((field) => field.isDefault)];
}

/** Fractions read as percent and durations carry their unit, as they do in forms. */
function valueWords(name: string, value: JsonValue, schema: JsonObject | undefined): string {
  if (schema?.['format'] === 'condition-group' || isGroup(value)) return groupWords(value) || 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') {
    if (name.endsWith('_fraction')) return `${Number((value * 100).toFixed(4))}%`;
    if (name.endsWith('_minutes')) return `${value} min`;
    if (name.endsWith('_seconds')) return `${value} s`;
    return name.endsWith('_pct') ? `${value}%` : String(value);
  }
  if (typeof value === 'string') return value.includes(' ') ? value : value.replaceAll('_', ' ');
  if (value === null) return 'none';
  if (isArray(value))
    return value.length === 0 ? 'none' : value.map((entry) => valueWords('', entry, undefined)).join(', ');
  return Object.entries(value)
    .map(([key, entry]) => `${key.replaceAll('_', ' ')} ${valueWords(key, entry, undefined)}`)
    .join(', ');
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isGroup(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && 'conditions' in value;
}

function propertiesOf(schema: JsonObject | undefined): Readonly<Record<string, JsonObject>> {
  const properties = schema?.['properties'];
  return typeof properties === 'object' && properties !== null && !Array.isArray(properties)
    ? (properties as Readonly<Record<string, JsonObject>>)
    : {};
}
