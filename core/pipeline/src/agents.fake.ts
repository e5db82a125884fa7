import { BellwetherError, type Kind, TIMEFRAMES, type Timeframe } from '@bellwether/domain';
import Type, { type TSchema } from 'typebox';
import Value from 'typebox/value';
import type { AgentFacts } from './agent-facts.ts';

const timeframe = Type.Optional(Type.Enum([...TIMEFRAMES], { default: '5m', format: 'timeframe' }));
const timeframes = Type.Optional(Type.Array(Type.Enum([...TIMEFRAMES]), { default: ['5m'], format: 'timeframes' }));
const conditions = Type.Optional(Type.Unsafe<unknown>({ type: 'object', default: {}, format: 'condition-group' }));

interface Parts extends Partial<Omit<AgentFacts, 'config'>> {
  readonly schema?: Record<string, TSchema>;
}

function agent(type: string, category: AgentFacts['category'], writes: Kind | null, parts: Parts = {}): AgentFacts {
  const { schema = {}, ...facts } = parts;
  const config = Type.Object(schema, { additionalProperties: false });
  return {
    type,
    version: 1,
    category,
    name: type,
    isSystem: false,
    reads: [],
    readsOptionally: [],
    readsAnyOf: [],
    writes,
    config: { schema: config, parse: (value) => Value.Default(config, Value.Clone(value)) },
    timeframes: (value) => {
      const read = value as { readonly timeframe?: Timeframe; readonly timeframes?: Timeframe[] };
      return read.timeframes ?? (read.timeframe === undefined ? [] : [read.timeframe]);
    },
    ...facts,
  };
}

const gate = agent('gate', 'analysis', null, { reads: ['market_data'], schema: { timeframe, conditions } });

/** Agents in the shapes of the real ones, for tests of the compiler. */
export const FAKE_AGENTS: ReadonlyMap<string, AgentFacts> = new Map(
  [
    agent('clock', 'trigger', 'trigger'),
    agent('signal_trigger', 'trigger', 'trigger', { schema: { timeframe, conditions } }),
    agent('time_trigger', 'trigger', 'trigger', { schema: { schedule: Type.Unsafe<unknown>({}) } }),
    agent('picker', 'data', 'universe', { reads: ['trigger'] }),
    agent('data', 'data', 'market_data', {
      readsAnyOf: ['trigger', 'universe'],
      schema: { timeframes, lookback_bars: Type.Optional(Type.Integer({ default: 250 })) },
      lookbackBars: (config) => (config as { readonly lookback_bars: number }).lookback_bars,
    }),
    agent('bias', 'analysis', 'bias', {
      reads: ['market_data'],
      schema: {
        timeframes,
        analyst: Type.Optional(Type.Enum(['rules', 'crew'], { default: 'rules' })),
        instructions: Type.Optional(Type.String({ default: '' })),
      },
    }),
    agent('strategy', 'analysis', 'strategy', { reads: ['market_data', 'bias'], schema: { timeframe } }),
    agent('rules', 'analysis', 'strategy', { reads: ['market_data'], schema: { timeframe } }),
    {
      ...gate,
      config: {
        ...gate.config,
        parse: (value: unknown) => {
          const read = gate.config.parse(value) as { readonly conditions: { readonly bad?: string } };
          if (read.conditions.bad === undefined) return read;
          throw new BellwetherError(
            'invalid',
            'condition/bad-operand',
            `expected an indicator, was ${read.conditions.bad}`,
          );
        },
      },
    },
    agent('risk', 'risk', 'risk', {
      reads: ['strategy'],
      schema: { risk_fraction: Type.Optional(Type.Number({ minimum: 0, maximum: 1, default: 0.01 })) },
    }),
    agent('trade', 'execution', 'trade', { reads: ['risk', 'strategy'] }),
    agent('report', 'reporting', 'report', {
      readsAnyOf: ['trigger', 'universe', 'market_data', 'bias', 'strategy', 'risk', 'trade'],
    }),
    agent('manager', 'system', null, { isSystem: true }),
  ].map((facts) => [facts.type, facts]),
);

/** `{ a: 'clock', b: ['data', { timeframes: ['1d'] }] }` and `['a b', 'b c']` as a document. */
export function drawn(
  nodes: Readonly<Record<string, string | readonly [string, Readonly<Record<string, unknown>>]>>,
  edges: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    name: 'A pipeline',
    symbol: 'AAPL',
    nodes: Object.entries(nodes).map(([id, node]) => ({
      id,
      agent_type: typeof node === 'string' ? node : node[0],
      position: { x: 0, y: 0 },
      config: typeof node === 'string' ? {} : node[1],
    })),
    edges: edges.map((edge) => {
      const [from, to] = edge.split(' ');
      return { from, to };
    }),
    ...more,
  };
}

/** The ordinary chain from a clock to orders, legal as it is. */
export const CHAIN = { clock: 'clock', data: 'data', rules: 'rules', risk: 'risk', trade: 'trade' } as const;
export const CHAIN_EDGES = ['clock data', 'data rules', 'rules risk', 'risk trade'];
