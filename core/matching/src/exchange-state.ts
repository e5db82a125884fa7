import type { EpochMs, Money, Price, Quantity } from '@bellwether/domain';
import type { ExchangeOrder } from './exchange.ts';
import type { LedgerState } from './exchange-ledger.ts';
import type { LiveOrder } from './exchange-order.ts';

/** The bigint fields of an order. */
type Exact = 'quantity' | 'filledQuantity' | 'filledExact' | 'commission' | 'limitPrice' | 'stopPrice';

/** An order as plain JSON; fixed-point numbers as decimal integers in their units. */
export type OrderState = Omit<ExchangeOrder, Exact> & {
  readonly quantity: string;
  readonly filledQuantity: string;
  readonly filledExact: string;
  readonly commission: string;
  readonly limitPrice: string | null;
  readonly stopPrice: string | null;
};

/** How much of a symbol's present bar was left to us. */
export interface VolumeState {
  readonly symbol: string;
  readonly barStart: EpochMs;
  readonly volumeLeft: string;
}

/** The exchange as plain JSON; survives `JSON.parse(JSON.stringify(state))` unchanged. */
export interface ExchangeState {
  readonly version: 1;
  readonly ledger: LedgerState;
  readonly orders: readonly OrderState[];
  readonly volume: readonly VolumeState[];
  readonly halted: readonly string[];
  readonly marginCalled: boolean;
  readonly liquidations: number;
}

export function orderToState(order: ExchangeOrder): OrderState {
  return {
    ...order,
    quantity: String(order.quantity),
    filledQuantity: String(order.filledQuantity),
    filledExact: String(order.filledExact),
    commission: String(order.commission),
    limitPrice: order.limitPrice === null ? null : String(order.limitPrice),
    stopPrice: order.stopPrice === null ? null : String(order.stopPrice),
  };
}

export function orderFromState(state: OrderState): LiveOrder {
  return {
    ...state,
    quantity: BigInt(state.quantity) as Quantity,
    filledQuantity: BigInt(state.filledQuantity) as Quantity,
    filledExact: BigInt(state.filledExact),
    commission: BigInt(state.commission) as Money,
    limitPrice: state.limitPrice === null ? null : (BigInt(state.limitPrice) as Price),
    stopPrice: state.stopPrice === null ? null : (BigInt(state.stopPrice) as Price),
  };
}
