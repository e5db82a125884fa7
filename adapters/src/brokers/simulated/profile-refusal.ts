import type { OrderRequest } from '@bellwether/domain';
import type { ExchangeOrder } from '@bellwether/matching';
import type { BrokerCapabilities } from '@bellwether/ports';

export interface ProfileRefusal {
  readonly code: string;
  readonly text: string;
}

/** Returns why a broker with these capabilities would not take the order, or `undefined`; the market has not been asked yet. */
export function profileRefusal(
  order: OrderRequest,
  capabilities: BrokerCapabilities,
  isHeld: boolean,
  live: readonly ExchangeOrder[],
): ProfileRefusal | undefined {
  const isGroup = order.takeProfit !== null || order.stopLoss !== null;
  if (isGroup && !order.oco) {
    if (!capabilities.bracketOnHeldSymbol && (isHeld || live.length > 0)) {
      return {
        code: 'bracket_on_held_symbol',
        text: `bracket orders must be entry orders: ${order.symbol} is held or being worked`,
      };
    }
    return undefined;
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

function isAlone(order: ExchangeOrder, live: readonly ExchangeOrder[]): boolean {
  return !live.some((other) => other !== order && other.groupId === order.groupId);
}
