import type {
  BiasSignal,
  EpochMs,
  MarketData,
  RiskDecision,
  SizeRule,
  StrategySignal,
  TriggerFact,
  Universe,
} from '@bellwether/domain';

/** One thing to be ordered for a lane, as the trade manager proposes it; it has no identity at a broker. */
export interface OrderIntent {
  readonly symbol: string;
  readonly purpose: 'open' | 'close';
  readonly side: 'buy' | 'sell';
  readonly type: 'market' | 'limit';
  /** Shares, an exact decimal string. Of an entry sized at its fill it is what the decision's close would have given. */
  readonly quantity: string;
  readonly limitPrice: number | null;
  readonly stopLoss: number | null;
  readonly target1: number | null;
  readonly target2: number | null;
  /** The price the size was computed from, at which controls are checked again when the entry is deferred. */
  readonly sizingPrice: number;
  /** Set when the entry is sized by the open of the bar that fills it; then `quantity` is shown, not traded. */
  readonly sizeAtFill: SizeRule | null;
}

/** How a position opened by these intents is to be managed. */
export interface ExitSettings {
  readonly plan: 'auto' | 'split_exits' | 'twin_brackets' | 'single_target';
  /** Fraction of the way from average entry to target 1 at which the split happens. */
  readonly splitAt: number;
  /** Percent of the quantity for target 1; the rest is for target 2. */
  readonly firstTargetPercent: number;
  readonly moveStopToBreakeven: boolean;
  readonly breakevenFees: boolean;
  readonly singleShareTarget: 'target_1' | 'target_2';
  /** How long a partly filled entry may go on filling before its rest is canceled; brokers only. */
  readonly partialPatienceMs: number;
  readonly monitoring: boolean;
}

/** What the trade manager hands to the kernel: intents in the order in which they act, and how to manage what they open. */
export interface TradePlan {
  readonly symbol: string;
  readonly timestamp: EpochMs;
  readonly intents: readonly OrderIntent[];
  readonly exits: ExitSettings;
  readonly entryValidMs: number;
  readonly entryWhenClosed: 'next_open' | 'drop';
  readonly allowPyramiding: boolean;
  readonly summary: string;
}

export interface Report {
  readonly symbol: string;
  readonly title: string;
  readonly outcome: 'traded' | 'blocked' | 'failed' | 'would_execute';
  /** Plain sentences, made from the journal. */
  readonly paragraphs: readonly string[];
  readonly timestamp: EpochMs;
}

/** Every output by the kind that its agent writes. */
export type AgentOutput =
  | { readonly kind: 'trigger'; readonly value: TriggerFact }
  | { readonly kind: 'universe'; readonly value: Universe }
  | { readonly kind: 'market_data'; readonly value: MarketData }
  | { readonly kind: 'bias'; readonly value: BiasSignal }
  | { readonly kind: 'strategy'; readonly value: StrategySignal }
  | { readonly kind: 'risk'; readonly value: RiskDecision }
  | { readonly kind: 'trade'; readonly value: TradePlan }
  | { readonly kind: 'report'; readonly value: Report };

export type OutputOf<K extends AgentOutput['kind']> = Extract<AgentOutput, { kind: K }>['value'];
