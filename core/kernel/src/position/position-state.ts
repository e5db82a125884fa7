import type { CloseReason, EpochMs, Money, OrderPurpose, OrderStatus, Price, Quantity } from '@bellwether/domain';
import type { ExitSettings } from '../agent/agent-output.ts';

export type PositionStatus = 'opening' | 'protecting' | 'open' | 'converting' | 'closing' | 'closed';
export type OrderLeg = 'entry' | 'target_1' | 'target_2' | 'stop' | 'close';

/** An order as its owner keeps it. Immutable but for its state; a change is a new row. */
export interface DeskOrder {
  readonly clientOrderId: string;
  readonly positionId: string;
  readonly purpose: OrderPurpose;
  readonly leg: OrderLeg;
  /** Members of one group share the id of the member that was sent. */
  readonly groupId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly type: 'market' | 'limit' | 'stop';
  quantity: Quantity;
  readonly limitPrice: Price | null;
  readonly stopPrice: Price | null;
  readonly plannedAt: EpochMs;
  status: OrderStatus;
  filledQuantity: Quantity;
  /** Σ booked price × quantity. */
  filledAmount: Money;
  commission: Money;
  slippage: Money;
  reason: string | null;
  /** The limit of the account that made it smaller than decided, an exact decimal string; absent where none did. */
  readonly cut?: { readonly rule: string; readonly decidedQuantity: string };
}

/** The shares one pipeline owns from one entry decision. Mutable: its desk is the only writer. */
export interface PositionRecord {
  readonly positionId: string;
  readonly executionId: string;
  readonly symbol: string;
  readonly side: 'long' | 'short';
  status: PositionStatus;
  /** Shares held now, positive. */
  quantity: Quantity;
  intendedQuantity: Quantity;
  enteredQuantity: Quantity;
  /** Booked amounts, positive: Σ entry price × quantity, Σ exit price × quantity. */
  entryAmount: Money;
  exitAmount: Money;
  exitedQuantity: Quantity;
  fees: Money;
  slippage: Money;
  /** What stop and targets were planned around; the fills may lie elsewhere. Null for a position kept since before it was kept. */
  readonly decidedPrice: Price | null;
  readonly initialStop: Price | null;
  stop: Price | null;
  readonly target1: Price | null;
  readonly target2: Price | null;
  readonly exits: ExitSettings;
  /** Shares meant for target 1 and target 2, fixed when the entry is complete. */
  firstQuantity: Quantity;
  secondQuantity: Quantity;
  entryComplete: boolean;
  split: boolean;
  firstDone: boolean;
  breakevenDone: boolean;
  openedAt: EpochMs | null;
  closedAt: EpochMs | null;
  closeReason: CloseReason | null;
  /** Why it is being closed, once somebody asked. */
  closing: CloseReason | null;
  readonly orders: DeskOrder[];
}

/** Returns booked exit amounts less the entry cost of the shares sold (average cost inside the position) less fees; short reversed. */
export function realizedPnl(position: PositionRecord): Money {
  const { enteredQuantity, exitedQuantity, entryAmount, exitAmount, fees } = position;
  if (enteredQuantity === 0n) return -fees as Money;
  const cost = exitedQuantity === enteredQuantity ? entryAmount : (entryAmount * exitedQuantity) / enteredQuantity;
  const gross = position.side === 'long' ? exitAmount - cost : cost - exitAmount;
  return (gross - fees) as Money;
}

/** Returns Σpq/Σq of the entry, in the ledger's price unit, rounded down; 0 before the first fill. */
export function averageEntry(position: PositionRecord): Price {
  return (
    position.enteredQuantity === 0n ? 0n : (position.entryAmount * 1_000_000_000_000n) / position.enteredQuantity
  ) as Price;
}

/** Why an order's fill happened, in the words of `close_reason`; "entry" for one that opens. */
export function fillReason(order: DeskOrder, position: PositionRecord): 'entry' | CloseReason {
  switch (order.leg) {
    case 'entry':
      return 'entry';
    case 'close':
      return position.closing ?? 'signal_exit';
    case 'stop':
      return position.breakevenDone ? 'breakeven_stop' : 'stop';
    default:
      return order.leg;
  }
}
