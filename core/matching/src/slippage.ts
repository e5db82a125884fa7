import { divideHalfEven, type Price, type Ratio, type Side } from '@bellwether/domain';

/** 10⁻⁴ of a dollar in the price's unit: coarser steps would make slippage vanish on cheap stocks. */
const STEP = 100_000n;
const STEP_DIVISOR = STEP * 1_000_000_000_000n;

/** Returns what a fill at `price` is moved against us, in USD per share, rounded half to even to 10⁻⁴; less than the price. */
export function slippageOf(price: Price, fraction: Ratio): Price {
  const amount = divideHalfEven(price * fraction, STEP_DIVISOR) * STEP;
  return (amount < price ? amount : price - 1n) as Price;
}

/** Returns the price after slippage: higher for a buy, lower for a sale. */
export function slipped(price: Price, slippage: Price, side: Side): Price {
  return (side === 'buy' ? price + slippage : price - slippage) as Price;
}
