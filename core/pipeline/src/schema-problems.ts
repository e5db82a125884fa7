import type { TSchema } from 'typebox';
import Value from 'typebox/value';

/** One place of a value that does not meet its schema. */
export interface SchemaProblem {
  /** Dotted path, such as `nodes.2.position.x`; empty for the value itself. */
  readonly path: string;
  /** "expected a number of at least 0, was -1". */
  readonly message: string;
  /** The key is not in the schema at all. */
  readonly unknownKey: boolean;
}

interface SchemaNode {
  readonly anyOf?: readonly SchemaNode[];
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
}

/** Returns every place at which the value does not meet the schema, each once; empty when it does. Interprets, compiles nothing. */
export function schemaProblems(schema: TSchema, value: unknown): SchemaProblem[] {
  if (Value.Check(schema, value)) return [];
  const found = new Map<string, SchemaProblem>();
  collect(schema, value, '', found);
  return [...found.values()];
}

function collect(schema: TSchema, value: unknown, base: string, found: Map<string, SchemaProblem>): void {
  const errors = Value.Errors(schema, value);
  const unions = errors.filter((error) => error.keyword === 'anyOf').map((error) => error.instancePath);
  const outermost = unions.filter((path) => !unions.some((other) => other !== path && path.startsWith(`${other}/`)));
  for (const path of new Set(outermost)) {
    const at = valueAt(value, path);
    const variant = variantFor(schemaAt(schema as SchemaNode, path, value), at);
    if (variant === undefined) {
      add(found, base, path, `expected ${expectation(schemaAt(schema as SchemaNode, path, value))}, was ${show(at)}`);
    } else collect(variant as TSchema, at, base + path, found);
  }
  for (const error of errors) {
    const { keyword, instancePath } = error;
    if (outermost.some((path) => instancePath === path || instancePath.startsWith(`${path}/`))) continue;
    if (keyword === 'boolean') {
      add(found, base, instancePath, 'this field is not known here', true);
    } else if (keyword === 'required') {
      const { requiredProperties } = error.params as { requiredProperties: readonly string[] };
      for (const name of requiredProperties) {
        const inner = schemaAt(schema as SchemaNode, `${instancePath}/${name}`, value);
        add(found, base, `${instancePath}/${name}`, `expected ${expectation(inner)}, but the field is missing`);
      }
    } else if (keyword !== 'additionalProperties') {
      const at = valueAt(value, instancePath);
      const inner = schemaAt(schema as SchemaNode, instancePath, value);
      add(found, base, instancePath, `expected ${expectation(inner)}, was ${show(at)}`);
    }
  }
}

function add(
  found: Map<string, SchemaProblem>,
  base: string,
  pointer: string,
  message: string,
  unknownKey = false,
): void {
  const path = (base + pointer).split('/').slice(1).map(unescape).join('.');
  if (!found.has(path)) found.set(path, { path, message, unknownKey });
}

/** The member of a union that the value means to be: the one of its `type`, else the only one of its kind. */
function variantFor(schema: SchemaNode | undefined, value: unknown): SchemaNode | undefined {
  const members = (schema?.anyOf ?? []).filter((member) => member.type !== 'null');
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const tag = (value as { readonly type?: unknown }).type;
    const tagged = members.filter((member) => tag !== undefined && member.properties?.['type']?.const === tag);
    if (tagged.length === 1) return tagged[0];
    const objects = members.filter((member) => member.type === 'object');
    return objects.length === 1 ? objects[0] : undefined;
  }
  if (Array.isArray(value)) {
    const arrays = members.filter((member) => member.type === 'array');
    return arrays.length === 1 ? arrays[0] : undefined;
  }
  return undefined;
}

function unescape(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function valueAt(value: unknown, pointer: string): unknown {
  let at: unknown = value;
  for (const part of pointer.split('/').slice(1).map(unescape)) {
    at = typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[part] : undefined;
  }
  return at;
}

function schemaAt(schema: SchemaNode, pointer: string, root: unknown): SchemaNode | undefined {
  let at: SchemaNode | undefined = schema;
  let value: unknown = root;
  for (const part of pointer.split('/').slice(1).map(unescape)) {
    if (at?.anyOf !== undefined) at = variantFor(at, value);
    at = at?.properties?.[part] ?? at?.items;
    value = valueAt(value, `/${part}`);
  }
  return at;
}

function expectation(schema: SchemaNode | undefined): string {
  if (schema === undefined) return 'another value';
  if (schema.anyOf !== undefined) {
    const tags = schema.anyOf.map((member) => member.properties?.['type']?.const).filter((tag) => tag !== undefined);
    if (tags.length > 1) return `an object whose type is ${oneOf(tags)}`;
    return [...new Set(schema.anyOf.map(expectation))].join(' or ');
  }
  if (schema.enum !== undefined) return oneOf(schema.enum);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  switch (schema.type) {
    case 'integer':
    case 'number':
      return `${schema.type === 'integer' ? 'a whole number' : 'a number'}${range(schema)}`;
    case 'string':
      if (schema.format === 'time-of-day') return 'a time such as "09:35"';
      if (schema.minLength !== undefined && schema.maxLength !== undefined)
        return `text of ${schema.minLength} to ${schema.maxLength} characters${schema.pattern === undefined ? '' : ` that matches ${schema.pattern}`}`;
      return schema.pattern === undefined ? 'text' : `text that matches ${schema.pattern}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      if (schema.minItems !== undefined && schema.maxItems !== undefined)
        return `a list of ${schema.minItems === schema.maxItems ? schema.minItems : `${schema.minItems} to ${schema.maxItems}`} items`;
      if (schema.minItems !== undefined)
        return `a list of at least ${schema.minItems} item${schema.minItems === 1 ? '' : 's'}`;
      return schema.maxItems === undefined ? 'a list' : `a list of at most ${schema.maxItems} items`;
    case 'null':
      return 'null';
    default:
      return 'an object';
  }
}

function range({ minimum, maximum, exclusiveMinimum }: SchemaNode): string {
  if (exclusiveMinimum !== undefined)
    return ` above ${exclusiveMinimum}${maximum === undefined ? '' : ` and at most ${maximum}`}`;
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}

function oneOf(values: readonly unknown[]): string {
  return `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`;
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
