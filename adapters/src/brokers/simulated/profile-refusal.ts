import { type OrderRequest, type Price, priceIncrementAt } from '@bellwether/domain';
import type { ExchangeOrder } from '@bellwether/matching';
import type { BrokerCapabilities } from '@bellwether/ports';

export interface ProfileRefusal {
  readonly code: string;
  readonly text: string;
}

/** What the account and its market are when an order arrives. */
export interface Standing {
  readonly isHeld: boolean;
  readonly live: readonly ExchangeOrder[];
  /** The last price; null when the symbol has not traded yet. */
  readonly mark: Price | null;
}

/** Returns why a broker with these capabilities would not take the order, or `undefined`; the market has not been asked yet. */
export function profileRefusal(
  order: OrderRequest,
  capabilities: BrokerCapabilities,
  { isHeld, live, mark }: Standing,
): ProfileRefusal | undefined {
  const isGroup = order.takeProfit !== null || order.stopLoss !== null;
  if (isGroup && !order.oco) {
    if (!capabilities.bracketOnHeldSymbol && (isHeld || live.length > 0)) {
      return {
        code: 'bracket_on_held_symbol',
        text: `bracket orders must be entry orders: ${order.symbol} is held or being worked`,
      };
    }
    return stopRefusal(order, mark);
  }
  const plainExit = live.some(
    (resting) => resting.role === 'exit' && resting.side !== order.side && isAlone(resting, live),
  );
  if (!isGroup && plainExit && !capabilities.entryBesideRestingExit) {
    return {
      code: 'opposite_order_rests',
      text: `an order on the other side of ${order.symbol} rests: potential wash trade`,
    };
  }
  return undefined;
}

/** A group's stop lies beyond the price at which the entry would fill: its limit, its stop, or the market's last. */
function stopRefusal(order: OrderRequest, mark: Price | null): ProfileRefusal | undefined {
  const base = order.limitPrice ?? order.stopPrice ?? mark;
  if (base === null || order.stopLoss === null) return undefined;
  const beyond = order.side === 'buy' ? base - order.stopLoss.stopPrice : order.stopLoss.stopPrice - base;
  if (beyond >= priceIncrementAt(base)) return undefined;
  return {
    code: 'stop_too_close',
    text: `expected the stop of ${order.symbol} at least one increment beyond the base price ${base} (10⁻⁹), was ${order.stopLoss.stopPrice}`,
  };
}

function isAlone(order: ExchangeOrder, live: readonly ExchangeOrder[]): boolean {
  return !live.some((other) => other !== order && other.groupId === order.groupId);
}
