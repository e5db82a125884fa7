import type { Kind, Timeframe } from '@bellwether/domain';
import type { TSchema } from 'typebox';

/** What the compiler must know of an agent; the kernel's agent definition has it all. */
export interface AgentFacts {
  readonly type: string;
  readonly version: number;
  readonly category: 'trigger' | 'data' | 'analysis' | 'risk' | 'execution' | 'reporting' | 'system';
  readonly name: string;
  readonly isSystem: boolean;
  /** Kinds that must be there. */
  readonly reads: readonly Kind[];
  readonly readsOptionally: readonly Kind[];
  /** Any one of these is enough; empty for none. */
  readonly readsAnyOf: readonly Kind[];
  /** Null hands on what comes in. */
  readonly writes: Kind | null;
  readonly config: { readonly schema: TSchema; readonly parse: (config: unknown) => unknown };
  timeframes(config: unknown): readonly Timeframe[];
  lookbackBars?(config: unknown): number;
  extendedHours?(config: unknown): boolean;
}

/** Returns whether the agent looks at a kind at all. */
export function readsKind(agent: AgentFacts, kind: Kind): boolean {
  return agent.reads.includes(kind) || agent.readsOptionally.includes(kind) || agent.readsAnyOf.includes(kind);
}

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  trigger: 'a trigger',
  universe: 'a universe of symbols',
  market_data: 'market data',
  bias: 'a bias',
  strategy: 'a strategy signal',
  risk: 'a risk decision',
  trade: 'a trade plan',
  report: 'a report',
};

/** Returns kinds as people say them: "market data and a bias". */
export function kindWords(kinds: readonly Kind[], joiner: 'and' | 'or'): string {
  const words = kinds.map((kind) => KIND_WORDS[kind]);
  const last = words.pop() ?? 'nothing';
  return words.length === 0 ? last : `${words.join(', ')} ${joiner} ${last}`;
}
