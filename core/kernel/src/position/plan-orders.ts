import {
  type EpochMs,
  NO_MONEY,
  NO_QUANTITY,
  ONE_SHARE,
  type OrderPurpose,
  type OrderRequest,
  oppositeSide,
  type Price,
  parseQuantity,
  priceFromNumber,
  priceIncrementAt,
  priceToNumber,
  type Quantity,
  type Refusal,
} from '@bellwether/domain';
import type { OrderIntent, TradePlan } from '../agent/agent-output.ts';
import { clientOrderId, type Sha256 } from '../order/client-order-id.ts';
import { checkLevels } from '../order/levels.ts';
import { planExits, singleTarget } from './exit-controller.ts';
import type { DeskOrder, OrderLeg, PositionRecord } from './position-state.ts';

/** An order as its position needs it; everything else follows from the position. */
export interface OrderSketch {
  readonly purpose: OrderPurpose;
  readonly leg: OrderLeg;
  readonly side: 'buy' | 'sell';
  readonly type: DeskOrder['type'];
  readonly quantity: Quantity;
  readonly limitPrice?: Price | null;
  readonly stopPrice?: Price | null;
  readonly at: EpochMs;
  /** The member of its group that is sent; without it the order is that member. */
  readonly groupId?: string;
}

export interface OrderNames {
  readonly installation: string;
  readonly account: string;
}

/** Writes an order down under the one id that it can have. Nothing is sent. */
export function planOrder(position: PositionRecord, sketch: OrderSketch, names: OrderNames, sha256: Sha256): DeskOrder {
  const { purpose, leg, side, type, quantity, at } = sketch;
  const { positionId, symbol, orders } = position;
  const seq = orders.filter((order) => order.purpose === purpose && order.leg === leg).length + 1;
  const id = clientOrderId({ ...names, positionId, purpose, leg, seq }, sha256);
  const order: DeskOrder = {
    clientOrderId: id,
    positionId,
    purpose,
    leg,
    groupId: sketch.groupId ?? id,
    symbol,
    side,
    type,
    quantity,
    limitPrice: sketch.limitPrice ?? null,
    stopPrice: sketch.stopPrice ?? null,
    plannedAt: at,
    status: 'planned',
    filledQuantity: NO_QUANTITY,
    filledAmount: NO_MONEY,
    commission: NO_MONEY,
    slippage: NO_MONEY,
    reason: null,
  };
  orders.push(order);
  return order;
}

/** The prices of an intent as they are ordered: rounded to the increment. */
export interface IntentLevels {
  /** What the entry is decided at: its limit, or the price its size was computed from. */
  readonly entry: Price;
  readonly limit: Price | null;
  readonly stop: Price | null;
  readonly target1: Price | null;
  readonly target2: Price | null;
}

export function intentLevels({ side, limitPrice, sizingPrice, stopLoss, target1, target2 }: OrderIntent): IntentLevels {
  const entry = priceFromNumber(limitPrice ?? sizingPrice);
  const level = (price: number | null) => (price === null ? null : towardEntry(price, entry));
  return {
    entry,
    limit: limitPrice === null ? null : entryLimit(priceFromNumber(limitPrice), side),
    stop: level(stopLoss),
    target1: level(target1),
    target2: level(target2),
  };
}

/** Returns the first broken rule of an intent's levels, or null: as decided, and as ordered, for rounding can bring two levels together. */
export function checkIntent(intent: OrderIntent): Refusal | null {
  const { side, stopLoss, target1, target2 } = intent;
  const rules = { side, minRiskReward: null, priceIncrement: 0 };
  const decided = checkLevels({
    ...rules,
    entry: intent.limitPrice ?? intent.sizingPrice,
    stop: stopLoss,
    target1,
    target2,
  });
  if (decided !== null) return decided;
  const ordered = intentLevels(intent);
  const numberOf = (price: Price | null) => (price === null ? null : priceToNumber(price));
  return checkLevels({
    ...rules,
    entry: priceToNumber(ordered.entry),
    stop: numberOf(ordered.stop),
    target1: numberOf(ordered.target1),
    target2: numberOf(ordered.target2),
  });
}

/** Returns the position that an entry is to open, with nothing in it yet. `splitsAtEntry`: both targets rest from the start. */
export function plannedPosition(
  identity: { readonly positionId: string; readonly executionId: string },
  intent: OrderIntent,
  { exits }: TradePlan,
  splitsAtEntry: boolean,
): PositionRecord {
  const { entry, stop, target1, target2 } = intentLevels(intent);
  return {
    ...identity,
    symbol: intent.symbol,
    side: intent.side === 'buy' ? 'long' : 'short',
    status: 'opening',
    quantity: NO_QUANTITY,
    intendedQuantity: parseQuantity(intent.quantity),
    enteredQuantity: NO_QUANTITY,
    entryAmount: NO_MONEY,
    exitAmount: NO_MONEY,
    exitedQuantity: NO_QUANTITY,
    fees: NO_MONEY,
    slippage: NO_MONEY,
    decidedPrice: entry,
    initialStop: stop,
    stop,
    target1,
    target2,
    exits,
    firstQuantity: NO_QUANTITY,
    secondQuantity: NO_QUANTITY,
    entryComplete: false,
    split: splitsAtEntry && target1 !== null && target2 !== null && bothRestFromTheStart(exits.plan),
    firstDone: false,
    breakevenDone: false,
    openedAt: null,
    closedAt: null,
    closeReason: null,
    closing: null,
    orders: [],
  };
}

/** `auto` becomes twin brackets where the venue has them; who asks for a later split gets it. */
function bothRestFromTheStart(plan: PositionRecord['exits']['plan']): boolean {
  return plan === 'auto' || plan === 'twin_brackets';
}

/** Returns the entry as it is sent, its legs written down: a bracket for the full size, an OTO, or a plain order in simulation. */
export function entryRequest(
  position: PositionRecord,
  entry: DeskOrder,
  plan: (sketch: OrderSketch) => DeskOrder,
): OrderRequest {
  planExits(position, entry.quantity, ONE_SHARE);
  const full = singleTarget(position);
  const leg = {
    side: oppositeSide(entry.side),
    quantity: entry.quantity,
    at: entry.plannedAt,
    groupId: entry.clientOrderId,
  } as const;
  const target =
    full === null
      ? null
      : plan({
          ...leg,
          purpose: 'exit',
          leg: full === position.target2 ? 'target_2' : 'target_1',
          type: 'limit',
          limitPrice: full,
        });
  const stop =
    position.stop === null
      ? null
      : plan({
          ...leg,
          purpose: target === null ? 'stop_only' : 'exit',
          leg: 'stop',
          type: 'stop',
          stopPrice: position.stop,
        });
  return {
    ...requestOf(entry),
    takeProfit: target === null ? null : { clientOrderId: target.clientOrderId, limitPrice: full as Price },
    stopLoss: stop === null ? null : { clientOrderId: stop.clientOrderId, stopPrice: position.stop as Price },
  };
}

export function requestOf(order: DeskOrder): OrderRequest {
  const { clientOrderId: id, symbol, side, type, quantity, limitPrice, stopPrice } = order;
  return {
    clientOrderId: id,
    symbol,
    side,
    type,
    quantity,
    limitPrice,
    stopPrice,
    timeInForce: 'gtc',
    takeProfit: null,
    stopLoss: null,
    oco: false,
  };
}

/** Stop and targets go to the increment toward the entry: risk is never larger, reward never overstated. */
function towardEntry(level: number, entry: Price): Price {
  const price = priceFromNumber(level);
  const increment = priceIncrementAt(price);
  const down = price - (price % increment);
  return (down === price || price > entry ? down : down + increment) as Price;
}

/** A buy limit goes down and a sell limit up: never worse than decided. */
export function entryLimit(price: Price, side: 'buy' | 'sell'): Price {
  const increment = priceIncrementAt(price);
  const down = price - (price % increment);
  return (down === price || side === 'buy' ? down : down + increment) as Price;
}
