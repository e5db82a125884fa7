import { RUN_MODES, TRADING_MODES } from '@bellwether/domain';
import { PIPELINE_SCHEMA_VERSION } from './pipeline.ts';
import type { Problem } from './problem.ts';

type Json = Readonly<Record<string, unknown>>;

export interface Upgraded {
  /** The document in today's spelling; null when it cannot be brought there. */
  readonly document: Json | null;
  readonly problems: readonly Problem[];
}

/**
 * Brings a document of an older version or of the seed's spelling forward. Nothing is dropped without a warning;
 * what it does not recognise is left for the schema to name. The argument is not changed.
 */
export function upgradePipeline(document: unknown): Upgraded {
  if (!isObject(document)) {
    const was = document === null ? 'null' : Array.isArray(document) ? 'a list' : typeof document;
    return {
      document: null,
      problems: [
        error('not_a_document', `expected a pipeline document (a JSON object with name, nodes and edges), was ${was}`),
      ],
    };
  }
  const version = document['schema_version'] ?? 1;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1 || version > PIPELINE_SCHEMA_VERSION) {
    return {
      document: null,
      problems: [
        {
          ...error(
            'unsupported_schema_version',
            `expected schema_version from 1 to ${PIPELINE_SCHEMA_VERSION}, was ${JSON.stringify(version)}; the document was written by a newer Bellwether`,
          ),
          field: 'schema_version',
        },
      ],
    };
  }
  const problems: Problem[] = [];
  let upgraded: Json = { ...document, schema_version: PIPELINE_SCHEMA_VERSION };
  for (const key of ['run_mode', 'trading_mode', 'execution_mode']) upgraded = lowerCase(upgraded, key);
  upgraded = splitExecutionMode(upgraded, problems);
  if (isObject(upgraded['mode_config']))
    upgraded = { ...upgraded, mode_config: modeConfig(upgraded['mode_config'], problems) };
  if (Array.isArray(upgraded['nodes'])) upgraded = { ...upgraded, nodes: upgraded['nodes'].map(node) };
  return { document: upgraded, problems };
}

/** The seed has two enums of this name: its value tells which one is meant. A trading mode gives at most simulation. */
function splitExecutionMode(document: Json, problems: Problem[]): Json {
  if (!('execution_mode' in document)) return document;
  const { execution_mode: mode, ...rest } = document;
  if (RUN_MODES.some((known) => known === mode)) return { run_mode: mode, ...rest };
  if (TRADING_MODES.some((known) => known === mode)) {
    const safe = mode === 'validation' ? 'validation' : 'simulation';
    if (safe !== mode) {
      problems.push(
        warning(
          'upgraded',
          `execution_mode "${String(mode)}" was read as trading_mode "simulation"; a document never raises the mode`,
          'execution_mode',
        ),
      );
    }
    return { trading_mode: safe, ...rest };
  }
  return document;
}

function modeConfig(config: Json, problems: Problem[]): Json {
  const { commission_per_share: perShare, paper_account_id: account, ...rest } = config;
  if (account !== undefined) {
    problems.push(
      warning(
        'upgraded',
        'mode_config.paper_account_id is not used: the broker connection names the account',
        'mode_config.paper_account_id',
      ),
    );
  }
  if (perShare === undefined) return rest;
  const commission = rest['commission'];
  return {
    ...rest,
    commission: isObject(commission) ? { per_share: perShare, ...commission } : { per_share: perShare },
  };
}

function node(value: unknown): unknown {
  if (!isObject(value) || !isObject(value['config'])) return value;
  const { type, ...config } = value['config'];
  // The seed repeats the agent's type inside its config.
  const own = type === undefined || type === value['agent_type'] ? config : value['config'];
  return { ...value, config: lowerCase(own, 'direction') };
}

function lowerCase(object: Json, key: string): Json {
  const value = object[key];
  return typeof value === 'string' ? { ...object, [key]: value.toLowerCase() } : object;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function error(code: Problem['code'], message: string): Problem {
  return { code, severity: 'error', message };
}

function warning(code: Problem['code'], message: string, field: string): Problem {
  return { code, severity: 'warning', message, field };
}
