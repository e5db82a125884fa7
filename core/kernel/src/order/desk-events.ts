import type { EpochMs, Fill, Refusal } from '@bellwether/domain';
import type { OrderSnapshot } from '../execution/lane-story.ts';
import type { OrderLeg, PositionRecord } from '../position/position-state.ts';

/** The command that asked for intents, to which everything that becomes of them is answered. */
export interface Ticket {
  readonly commandId: string;
  readonly executionId: string;
  readonly nodeId: string;
  readonly agentType: string;
  readonly symbol: string;
  /** Client order ids that have not come to their end. */
  readonly pending: string[];
  /** Every order of it. */
  readonly orders: string[];
  traded: boolean;
  refusal: Refusal | null;
}

/** What a desk tells its runtime, in the order in which it happened. */
export type DeskEvent =
  | {
      readonly kind: 'order_updated';
      readonly at: EpochMs;
      readonly ticket: Ticket | null;
      readonly order: OrderSnapshot;
    }
  | {
      readonly kind: 'filled';
      readonly at: EpochMs;
      readonly ticket: Ticket | null;
      readonly position: PositionRecord;
      readonly fill: Fill;
      readonly leg: OrderLeg;
      readonly reason: string;
    }
  | {
      readonly kind: 'settled';
      readonly at: EpochMs;
      readonly ticket: Ticket;
      readonly outcome: 'traded' | 'refused' | 'would_execute';
    }
  | { readonly kind: 'position_updated'; readonly at: EpochMs; readonly position: PositionRecord }
  | { readonly kind: 'position_closed'; readonly at: EpochMs; readonly position: PositionRecord };
