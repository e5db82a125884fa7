import type { EpochMs, Money, OrderRequest, Price } from '@bellwether/domain';
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
  /** Σ booked fills of the broker order as the broker counted it, so that a fill told three times is booked once. */
  submittedAt: EpochMs | null;
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
  /** Which look for an unknown order is next, and when. */
  looks: number;
  lookAt: EpochMs | null;
  /** When its cancel was last asked for. */
  cancelAskedAt: EpochMs | null;
  firstFillAt: EpochMs | null;
}

/** Protection that the broker refuses: how far up the ladder we are. */
export interface Ladder {
  /** Since when shares are naked without intent; null when none are. */
  nakedSince: EpochMs | null;
  refusals: number;
  /** No new exit is tried before this. */
  retryAt: EpochMs | null;
  alarmed: boolean;
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
  /** Drift that was seen once and waits for its second look: what was seen, and when. */
  drift: { readonly seen: string; readonly at: EpochMs } | null;
  halted: boolean;
  /** The close protocol: since when, and whether broker position and orders were read after the last order ended. */
  closeAskedAt: EpochMs | null;
  closeCheckedAt: EpochMs | null;
  /** Closed by its pipeline's own decision, or by somebody's hand: whoever waits for it. */
  closeKey: string | null;
}

/** Returns the owner's shares, signed: negative for a short. */
export function signedQuantity(position: PositionRecord): bigint {
  return position.side === 'long' ? position.quantity : -position.quantity;
}
