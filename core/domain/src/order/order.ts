import type { Price, Quantity } from '../money/decimal.ts';
import type { EpochMs } from '../time/epoch-ms.ts';

export type Side = 'buy' | 'sell';
export type OrderType = 'market' | 'limit' | 'stop';
export type TimeInForce = 'day' | 'gtc';
export type OrderPurpose = 'entry' | 'exit' | 'stop_only' | 'replace' | 'close';

export const ORDER_STATUSES = [
  'planned',
  'dropped',
  'submitting',
  'working',
  'partially_filled',
  'filled',
  'rejected',
  'unknown',
  'quarantined',
  'not_placed',
  'pending_cancel',
  'canceled',
  'pending_replace',
  'replaced',
  'expired',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

const TERMINAL: ReadonlySet<OrderStatus> = new Set([
  'dropped',
  'filled',
  'rejected',
  'not_placed',
  'canceled',
  'replaced',
  'expired',
]);
export function isTerminal(status: OrderStatus): boolean {
  return TERMINAL.has(status);
}

export function oppositeSide(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy';
}

/** A member of a group as it is sent to a broker. The legs of a bracket arm with the entry's fill; an OCO's members end each other. */
export interface OrderRequest {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: Quantity;
  readonly limitPrice: Price | null;
  readonly stopPrice: Price | null;
  readonly timeInForce: TimeInForce;
  /** Bracket or OTO: legs that arm when the entry is completely filled. */
  readonly takeProfit: { readonly clientOrderId: string; readonly limitPrice: Price } | null;
  readonly stopLoss: { readonly clientOrderId: string; readonly stopPrice: Price } | null;
  /** An OCO: this order is the target (limit); `stopLoss` is its sibling, live at once. */
  readonly oco: boolean;
}

/** An executed part of an order. `commission` is what this fill added to its order's commission. */
export interface Fill {
  readonly fillId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly at: EpochMs;
  readonly commission: bigint;
  /** USD per share that the price was moved against us. */
  readonly slippage: Price;
}

export type CloseReason =
  | 'target_1'
  | 'target_2'
  | 'stop'
  | 'breakeven_stop'
  | 'signal_exit'
  | 'manual'
  | 'eod_flatten'
  | 'kill_switch'
  | 'emergency'
  | 'external'
  | 'no_fill'
  /** Simulation only: the tape ended, the position was closed at its last price. */
  | 'tape_end';
