import type { ConditionGroup } from '@bellwether/conditions';
import type { EpochMs, Kind, Refusal, Timeframe } from '@bellwether/domain';
import type { IndicatorSpec } from '@bellwether/indicators';
import type { TSchema } from 'typebox';
import type { AgentContext } from './agent-context.ts';
import type { AgentOutput, OutputOf } from './agent-output.ts';

export type AgentCategory = 'trigger' | 'data' | 'analysis' | 'risk' | 'execution' | 'reporting' | 'system';

/** The newest output of each kind that the lane's ancestors wrote. */
export type AgentInput = { readonly [K in AgentOutput['kind']]?: OutputOf<K> };

/** What `decide` answers: an output, nothing (the lane passes), or the reason why the lane stops here. */
export type Decision =
  | { readonly kind: 'output'; readonly output: AgentOutput; readonly summary: string }
  | { readonly kind: 'pass'; readonly summary: string }
  | { readonly kind: 'blocked'; readonly refusal: Refusal; readonly output?: AgentOutput; readonly summary: string };

/** What a trigger waits for, stated by its agent; the runtime waits and counts, the agent never polls. */
export type TriggerWatch =
  | { readonly kind: 'time'; readonly next: (after: EpochMs) => EpochMs | null }
  | {
      readonly kind: 'technical';
      readonly timeframe: Timeframe;
      readonly condition: ConditionGroup;
      readonly fire: 'on_change' | 'every_bar';
      readonly cooldownMs: number;
    }
  | {
      readonly kind: 'price';
      readonly symbol: string | null;
      readonly operator: '>=' | '<=' | 'crosses_above' | 'crosses_below' | 'moves_percent';
      readonly value: number;
      readonly reference: 'previous_close' | 'open' | 'arming';
      readonly oncePerSession: boolean;
    };

/**
 * An agent as data: metadata, the schema its form is drawn from, and one decision. `decide` is a pure function of its arguments; it throws
 * only on a broken invariant. With no promise it is not awaited.
 */
export interface AgentDefinition<Config = unknown> {
  readonly type: string;
  readonly version: number;
  readonly category: AgentCategory;
  readonly name: string;
  readonly description: string;
  /** A Lucide icon's name. */
  readonly icon: string;
  /** USD per hour of deciding, a decimal string; "0" is free. */
  readonly rate: string;
  readonly isSystem: boolean;
  /** Kinds that must be there. */
  readonly reads: readonly Kind[];
  /** Kinds that are used when an ancestor supplies them. */
  readonly readsOptionally: readonly Kind[];
  /** Any one of these is enough (a market data node reads a trigger or a universe); empty for none. */
  readonly readsAnyOf: readonly Kind[];
  readonly writes: Kind | null;
  readonly config: { readonly schema: TSchema; readonly parse: (config: unknown) => Config };
  /** Timeframes the node needs from market data; for a market data node, the ones it fetches. */
  timeframes(config: Config): readonly Timeframe[];
  /** Bars of history it asks for, per timeframe. */
  lookbackBars?(config: Config): number;
  /** True when a market data node asks for bars outside the regular session. */
  extendedHours?(config: Config): boolean;
  /** Conditions and indicators that its runtime must keep warm, with the timeframe they are read on. */
  conditions?(config: Config): readonly { readonly timeframe: Timeframe; readonly group: ConditionGroup }[];
  indicators?(config: Config): readonly { readonly timeframe: Timeframe; readonly spec: IndicatorSpec }[];
  watch?(config: Config): TriggerWatch;
  decide(input: AgentInput, config: Config, context: AgentContext): Decision | Promise<Decision>;
}

/** Declares an agent. The defaults are those of an ordinary, free, visible agent. */
export function defineAgent<Config>(
  definition: Omit<AgentDefinition<Config>, 'isSystem' | 'readsOptionally' | 'readsAnyOf' | 'timeframes'> &
    Partial<Pick<AgentDefinition<Config>, 'isSystem' | 'readsOptionally' | 'readsAnyOf' | 'timeframes'>>,
): AgentDefinition<Config> {
  return { isSystem: false, readsOptionally: [], readsAnyOf: [], timeframes: () => [], ...definition };
}

/** All agents by type. The kernel is handed it; it knows no agent by name except through its category and kinds. */
export type AgentCatalogue = ReadonlyMap<string, AgentDefinition>;
