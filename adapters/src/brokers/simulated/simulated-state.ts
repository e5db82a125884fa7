import type { Fill, Money, Price, Quantity } from '@bellwether/domain';
import type { ExchangeState } from '@bellwether/matching';

/** A fill as plain JSON; fixed-point numbers as decimal integers in their units. */
export type FillState = Omit<Fill, 'quantity' | 'price' | 'commission' | 'slippage'> & {
  readonly quantity: string;
  readonly price: string;
  readonly commission: string;
  readonly slippage: string;
};

/** Everything that a simulated account is, as plain JSON. */
export interface SimulatedAccountState {
  readonly version: 1;
  readonly exchange: ExchangeState;
  readonly fills: readonly FillState[];
  /** The last price of every symbol that the account has traded. */
  readonly marks: readonly { readonly symbol: string; readonly price: string }[];
}

export function fillToState(fill: Fill): FillState {
  const { quantity, price, commission, slippage } = fill;
  return {
    ...fill,
    quantity: String(quantity),
    price: String(price),
    commission: String(commission),
    slippage: String(slippage),
  };
}

export function fillFromState(state: FillState): Fill {
  return {
    ...state,
    quantity: BigInt(state.quantity) as Quantity,
    price: BigInt(state.price) as Price,
    commission: BigInt(state.commission) as Money,
    slippage: BigInt(state.slippage) as Price,
  };
}
