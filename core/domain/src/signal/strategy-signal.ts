import type { EpochMs } from '../time/epoch-ms.ts';
import type { Analyst } from './bias-signal.ts';

export type Action = 'buy' | 'sell' | 'hold';
export type Intent = 'open_long' | 'close_long' | 'open_short' | 'close_short' | 'reverse' | 'none';
export type EntryOrder = 'market' | 'limit';

/**
 * Entry, stop and targets for one lane. Prices are floats on the instrument's increment; the gate turns them into exact ones.
 * With `hold` every price is null and `holdReasons` says why. Stop < entry < T1 < T2 for `buy`, mirrored for `sell`.
 */
export interface StrategySignal {
  readonly symbol: string;
  readonly asOf: EpochMs;
  readonly timestamp: EpochMs;
  readonly action: Action;
  readonly intent: Intent;
  readonly entryOrder: EntryOrder;
  /** 0–100, whole. */
  readonly conviction: number;
  readonly entryPrice: number | null;
  readonly stopLoss: number | null;
  readonly target1: number | null;
  readonly target2: number | null;
  /** To target 1, two decimals; null without stop or target. */
  readonly riskRewardRatio: number | null;
  readonly reasoning: string;
  readonly technicalFactors: readonly { readonly text: string; readonly evidence: readonly string[] }[];
  readonly atr: number | null;
  /** 1 / (1 + reward to risk), before costs. */
  readonly breakEvenWinRate: number | null;
  readonly holdReasons: readonly string[];
  readonly warnings: readonly string[];
  readonly analyst: Analyst;
  readonly model: string | null;
}
