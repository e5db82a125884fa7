import { type ConditionGroup, ConditionGroupSchema } from '@bellwether/conditions';
import { BellwetherError, isBellwetherError, TIMEFRAMES } from '@bellwether/domain';
import { schemaProblems } from '@bellwether/pipeline';
import Type, { type Static, type TSchema } from 'typebox';
import Value from 'typebox/value';

type Fields = Readonly<Record<string, { readonly format?: string }>>;

/**
 * Returns a node's config with every default filled in, in the wire's spelling. Conditions are left to their own parser.
 * Throws `invalid` `config/invalid` naming the first field that does not fit.
 */
export function readConfig<S extends TSchema>(agentType: string, schema: S, config: unknown): Required<Static<S>> {
  const filled = Value.Default(schema, Value.Clone(config ?? {}));
  const fields = ((schema as { readonly properties?: Fields }).properties ?? {}) as Fields;
  const problem = schemaProblems(schema, filled).find(
    ({ path }) => fields[path.split('.')[0] ?? '']?.format !== 'condition-group',
  );
  if (problem !== undefined) throw badConfig(agentType, problem.path, problem.message);
  return filled as Required<Static<S>>;
}

/** Returns the refusal of a config for a reason that a schema cannot state. */
export function badConfig(agentType: string, field: string, message: string, cause?: unknown): BellwetherError {
  return new BellwetherError('invalid', 'config/invalid', `${agentType} ${field}: ${message}`, { field }, cause);
}

/** Runs a parser of one field, so that what it refuses names that field. */
export function readField<T>(agentType: string, field: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (isBellwetherError(error) && error.kind === 'invalid') throw badConfig(agentType, field, error.message, error);
    throw error;
  }
}

const NO_CONDITIONS = { logic: 'AND', conditions: [] };

/** A config field that holds conditions: a group, a single condition, or the seed's bare list. Empty by default. */
export function conditionsField(title: string, description: string) {
  return Type.Optional(
    Type.Unsafe<ConditionGroup | readonly unknown[]>({
      ...Type.Union([ConditionGroupSchema, Type.Array(Type.Unsafe<unknown>({ type: 'object' }))]),
      title,
      description,
      default: NO_CONDITIONS,
      format: 'condition-group',
    }),
  );
}

/** A config field for the bars that a node looks at; left out, it is the document's primary timeframe. */
export function timeframeField(description: string) {
  return Type.Optional(
    Type.Enum([...TIMEFRAMES], { title: 'Timeframe', description, default: '5m', format: 'timeframe' }),
  );
}
