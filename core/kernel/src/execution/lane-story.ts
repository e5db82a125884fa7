import type { EpochMs, Refusal } from '@bellwether/domain';
import type { AgentOutput } from '../agent/agent-output.ts';

/** An order of the lane as the journal last saw it; quantities, prices and money are exact decimal strings. */
export interface OrderSnapshot {
  readonly orderId: string;
  readonly positionId: string;
  readonly purpose: 'entry' | 'exit' | 'stop_only' | 'replace' | 'close';
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly type: 'market' | 'limit' | 'stop';
  readonly status: string;
  readonly quantity: string;
  readonly filledQuantity: string;
  readonly averagePrice: string | null;
  readonly limitPrice: string | null;
  readonly stopPrice: string | null;
  readonly commission: string;
  readonly reason: string | null;
  /** Why less was ordered than decided; absent where it was not. */
  readonly cut?: { readonly rule: string; readonly decidedQuantity: string };
}

export interface LaneStep {
  readonly nodeId: string;
  readonly agentType: string;
  readonly at: EpochMs;
  readonly status: 'done' | 'blocked' | 'failed' | 'skipped' | 'running' | 'waiting';
  readonly summary: string;
  readonly output: AgentOutput | null;
  readonly refusal: Refusal | null;
}

/** A lane's history: its steps in the order in which they settled, and its orders. */
export interface LaneStory {
  readonly symbol: string;
  readonly steps: readonly LaneStep[];
  readonly orders: readonly OrderSnapshot[];
}
