import type { EpochMs } from '../time/epoch-ms.ts';

/** Why an execution started: the trigger node that fired, or a person. */
export interface TriggerFact {
  /** The node that fired; null for a start by hand or a cycle without a trigger node. */
  readonly nodeId: string | null;
  readonly kind: 'manual' | 'cycle' | 'time' | 'technical' | 'price' | 'news' | 'webhook' | 'schedule';
  readonly at: EpochMs;
  /** One sentence for people: "RSI(14) on 1d fell below 30 (28.4)". */
  readonly text: string;
}

/** The instruments an execution looks at, written by a stock picker. */
export interface Universe {
  readonly symbols: readonly string[];
  readonly source: string;
  readonly stale: boolean;
}
