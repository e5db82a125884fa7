import type { EpochMs } from '../time/epoch-ms.ts';
import type { Timeframe } from '../time/timeframe.ts';

export type Bias = 'bullish' | 'bearish' | 'neutral';
export type Analyst = 'rules' | 'crew';

export interface Factor {
  readonly text: string;
  /** Ids of the facts it rests on. */
  readonly evidence: readonly string[];
  /** Its exact share of the score, -1…1; null where none can be stated. */
  readonly contribution: number | null;
}

/** Which way a symbol leans and how strongly. `biasScore` = direction × `confidence` / 100, kept also when the label is neutral. */
export interface BiasSignal {
  readonly symbol: string;
  readonly asOf: EpochMs;
  readonly timestamp: EpochMs;
  readonly bias: Bias;
  /** 0–100, whole: strength on the analyst's own scale, no probability. */
  readonly confidence: number;
  /** -1…1. */
  readonly biasScore: number;
  readonly reasoning: string;
  readonly factors: readonly Factor[];
  readonly analyst: Analyst;
  readonly model: string | null;
  readonly timeframes: readonly Timeframe[];
  readonly warnings: readonly string[];
}
