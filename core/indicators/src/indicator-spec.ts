import { BellwetherError } from '@bellwether/domain';
import { INDICATOR_CATALOGUE } from './catalogue.ts';
import type { IndicatorDefinition, IndicatorSpec } from './indicator.ts';
import { PRICE_SOURCES, type PriceSource } from './price-source.ts';

/** An indicator as a document names it; other fields (`output`, `timeframe`, `offset`) are its reader's. */
export interface IndicatorRequest {
  readonly indicator: string;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly source?: unknown;
}

/**
 * Returns the full specification of `RSI`, `SMA_20`, `MACD_12_26_9` (values in the catalogue's order) or
 * `{ indicator, params, source }`, with defaults filled in. Throws `invalid` `indicator/unknown` or
 * `indicator/bad-parameter`, naming what is allowed.
 */
export function parseIndicatorSpec(request: string | IndicatorRequest): IndicatorSpec {
  const { indicator, params = {}, source } = typeof request === 'string' ? { indicator: request } : request;
  const { definition, suffix } = findDefinition(indicator);
  const given: Record<string, unknown> = {};
  suffix.forEach((value, i) => {
    const name = definition.params[i]?.name;
    if (name === undefined)
      throw badParameter(definition, `at most ${definition.params.length} values after the name`, indicator);
    given[name] = value;
  });
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    throw badParameter(definition, 'params to be an object', params);
  }
  for (const [name, value] of Object.entries(params)) {
    if (!definition.params.some((param) => param.name === name)) {
      throw badParameter(definition, `only the parameters ${allowedParameters(definition)}`, name);
    }
    given[name] = value;
  }

  const values: Record<string, number> = {};
  for (const param of definition.params) {
    const value = given[param.name] ?? param.default;
    const fits =
      typeof value === 'number' &&
      value >= param.minimum &&
      value <= param.maximum &&
      (!param.integer || Number.isInteger(value));
    if (!fits) {
      const kind = param.integer ? 'a whole number' : 'a number';
      throw badParameter(definition, `${param.name} to be ${kind} from ${param.minimum} to ${param.maximum}`, value);
    }
    values[param.name] = value;
  }
  const conflict = definition.conflict?.(values);
  if (conflict !== undefined) {
    throw new BellwetherError('invalid', 'indicator/bad-parameter', `${definition.name}: ${conflict}`, {
      params: values,
    });
  }
  return { indicator: definition.name, params: values, source: parseSource(definition, source) };
}

/** Returns a text that is equal for equal specifications, such as `BBANDS(20,2,close)`: the key under which nodes are shared. */
export function indicatorKey(spec: IndicatorSpec): string {
  const parts: (string | number)[] = Object.values(spec.params);
  if (spec.source !== null) parts.push(spec.source);
  return `${spec.indicator}(${parts.join(',')})`;
}

/** Returns the name as people write it, such as `SMA 20` or `BBANDS 20, 2`; the source only where it is not the default. */
export function describeIndicator(spec: IndicatorSpec): string {
  const definition = INDICATOR_CATALOGUE.get(spec.indicator);
  const values = Object.values(spec.params).join(', ');
  const source = spec.source !== null && spec.source !== definition?.source ? ` of ${spec.source}` : '';
  return `${spec.indicator}${values === '' ? '' : ` ${values}`}${source}`;
}

/** Returns the output's place in `values`. Throws `invalid` `indicator/bad-parameter` naming the outputs there are. */
export function outputIndex(spec: IndicatorSpec, output?: string): number {
  const definition = INDICATOR_CATALOGUE.get(spec.indicator) as IndicatorDefinition;
  const index = definition.outputs.indexOf(output ?? definition.defaultOutput);
  if (index < 0) throw badParameter(definition, `output to be one of ${definition.outputs.join(', ')}`, output);
  return index;
}

function findDefinition(name: unknown): { definition: IndicatorDefinition; suffix: readonly number[] } {
  const text = typeof name === 'string' ? name.trim().toUpperCase() : '';
  const parts = text.split('_');
  // VOLUME_SMA_20: the longest run of words that is a name; what follows are its values.
  for (let words = parts.length; words > 0; words--) {
    const definition = INDICATOR_CATALOGUE.get(parts.slice(0, words).join('_'));
    const suffix = parts.slice(words);
    if (definition !== undefined && suffix.every((part) => /^\d+(\.\d+)?$/.test(part))) {
      return { definition, suffix: suffix.map(Number) };
    }
  }
  const known = [...INDICATOR_CATALOGUE.keys()].join(', ');
  const message = `expected an indicator such as RSI or SMA_20, was ${JSON.stringify(name)}; there are ${known}`;
  throw new BellwetherError('invalid', 'indicator/unknown', message, { indicator: name });
}

function parseSource(definition: IndicatorDefinition, source: unknown): PriceSource | null {
  if (source === undefined || source === null) return definition.source;
  if (definition.source === null) throw badParameter(definition, 'no source, because its inputs are fixed', source);
  const found = PRICE_SOURCES.find((known) => known === source);
  if (found === undefined) throw badParameter(definition, `source to be one of ${PRICE_SOURCES.join(', ')}`, source);
  return found;
}

function allowedParameters(definition: IndicatorDefinition): string {
  return definition.params.map((param) => param.name).join(', ') || '(none)';
}

function badParameter(definition: IndicatorDefinition, expected: string, was: unknown): BellwetherError {
  const message = `${definition.name}: expected ${expected}, was ${JSON.stringify(was)}`;
  return new BellwetherError('invalid', 'indicator/bad-parameter', message, { indicator: definition.name });
}
