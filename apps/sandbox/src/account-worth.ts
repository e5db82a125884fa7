import { type Money, notional, type Price, type Quantity } from '@bellwether/domain';
import type { SimulatedExchange } from '@bellwether/matching';
import { entryCost } from './account-rules.ts';
import type { AccountTape } from './account-tape.ts';
import type { OrderRecord } from './order-registry.ts';

/** A position above this many times the equity leaves the account nothing but closing. */
const LARGEST_POSITION = 6n;

/** What new entries may still take: the exchange's, less what entries that rest will need. */
export function buyingPowerOf(exchange: SimulatedExchange, tape: AccountTape, live: Iterable<OrderRecord>): Money {
  let power: bigint = exchange.buyingPower(tape.marks);
  for (const { id } of live) {
    const order = exchange.find(id);
    if (order === undefined || order.role !== 'entry' || order.status === 'held') continue;
    const rest = (order.quantity - order.filledQuantity) as Quantity;
    const { price, ask } = tape.pricesOf(order.symbol);
    power -= entryCost(order.side, rest, order.limitPrice ?? order.stopPrice, price, ask);
  }
  return (power > 0n ? power : 0n) as Money;
}

export function isRestricted(exchange: SimulatedExchange, tape: AccountTape): boolean {
  const most = exchange.equity(tape.marks) * LARGEST_POSITION;
  return exchange.positions().some(({ symbol, quantity }) => {
    const value = notional(tape.marks.get(symbol) ?? (0n as Price), quantity);
    return (value < 0n ? -value : value) > most;
  });
}
