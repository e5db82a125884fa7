import { type EpochMs, isTerminal, type Money, type OrderRequest, type Price, type Quantity } from '@bellwether/domain';
import type { DeskOrder, PositionRecord } from '../position/position-state.ts';

/** An order of a broker account. What was approved never changes; its state does. */
export interface AccountOrder extends DeskOrder {
  /** Counts the orders of this purpose and leg, from 1; it rises only after the previous one is terminal. */
  readonly seq: number;
  /** What is posted; null for a leg, which goes out with its parent, and for the successor of a replaced stop. */
  readonly request: OrderRequest | null;
  /** The order that this one takes the place of, for a successor. */
  readonly replaces: string | null;
  /** The broker's number, once it is known. */
  brokerOrderId: string | null;
  submittedAt: EpochMs | null;
  acceptedAt: EpochMs | null;
  endedAt: EpochMs | null;
  /** Entries: when the gate let it through last; it may be sent for 30 s after. */
  approvedAt: EpochMs | null;
  /** Entries decided while the market is closed: not sent before this market instant. */
  notBefore: EpochMs | null;
  /** Entries: market time at which an unfilled rest is canceled; null while it does not work yet. */
  expiresAt: EpochMs | null;
  readonly validMs: number | null;
  /** What the size was computed from, and what is set aside for it. */
  readonly sizingPrice: Price | null;
  reserved: Money;
  /**
   * What its fills are held against, for slippage: a stop's level, what a market entry was sized from, the last price when another market order
   * was planned. Null for a limit, which has none, and where no price was known.
   */
  readonly referencePrice: Price | null;
  /** Which look for an unknown order is next, and when. */
  looks: number;
  lookAt: EpochMs | null;
  /** When its cancel was last asked for. */
  cancelAskedAt: EpochMs | null;
  firstFillAt: EpochMs | null;
  /** How often it was sent; a refusal of a later copy says nothing of an earlier one. */
  sends: number;
  refusedText: string | null;
  /** Its cancel was asked for while nobody knew whether it exists: why. It is canceled when it turns up, and not sent again. */
  unwanted: string | null;
  /** How often in a row the broker did not know it though it should be working. */
  misses: number;
}

/** Protection that the broker refuses: how far up the ladder we are. */
export interface Ladder {
  /** Since when shares are naked without intent; null when none are. */
  nakedSince: EpochMs | null;
  refusals: number;
  /** No new exit is tried before this. */
  retryAt: EpochMs | null;
  alarmed: boolean;
  paged: boolean;
}

/** The shares one pipeline owns on a broker account. Mutable: the account machine is the only writer. */
export interface AccountPosition extends PositionRecord {
  readonly pipelineId: string;
  readonly orders: AccountOrder[];
  readonly partialPatienceMs: number;
  /** Shares not covered by an armed stop now, and share-milliseconds of it so far (10⁻⁹ share × ms). */
  naked: bigint;
  nakedShareMs: bigint;
  nakedAsOf: EpochMs;
  readonly ladder: Ladder;
  halted: boolean;
  /** Since when it is being closed. */
  closeAskedAt: EpochMs | null;
  /** Shares sold beyond what was held, when both legs of a group filled: to be traded back at once. */
  excess: Quantity;
  /** Its stop was hit and is not through yet: since when. */
  leavingSince: EpochMs | null;
  /** Shares booked as sold outside, and what for: a fill that is told later takes their place. */
  externalQuantity: Quantity;
  externalAmount: Money;
  /** When its last fill happened, by the broker's clock. */
  lastFillAt: EpochMs;
  /** It was over, and a fill came after: another position may own the symbol by now. */
  reopened: boolean;
  /** A stop is not moved again before this. */
  replaceRetryAt: EpochMs | null;
  /** The close of the session at whose end it was told not to be flat. */
  toldFor: EpochMs | null;
  /** When its group was last read by itself. */
  groupReadAt: EpochMs;
}

/** Returns the owner's shares, signed: negative for a short. */
export function signedQuantity(position: AccountPosition): bigint {
  const net = position.quantity - position.excess;
  return position.side === 'long' ? net : -net;
}

/** An order that is neither unsent nor over: the broker has it, or may have. */
export function isOut(order: DeskOrder): boolean {
  return !isTerminal(order.status) && order.status !== 'planned';
}

/** An order of which we do not know what the broker made of the last thing we asked. */
export function isUncertain({ status }: DeskOrder): boolean {
  return (
    status === 'submitting' ||
    status === 'unknown' ||
    status === 'quarantined' ||
    status === 'pending_cancel' ||
    status === 'pending_replace'
  );
}
