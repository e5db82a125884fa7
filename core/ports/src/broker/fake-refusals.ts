import {
  formatPrice,
  formatQuantity,
  ONE_SHARE,
  type OrderRequest,
  oppositeSide,
  type Price,
} from '@bellwether/domain';
import type { SubmitOutcome } from './broker.ts';
import { type FakeOrder, isArmed, remainingOf, rootOf } from './fake-order.ts';

export type Refused = Extract<SubmitOutcome, { kind: 'refused' }>;

const ONE_CENT = 10_000_000n;
const NO_POWER = '40310000';
const BAD_ORDER = '42210000';

export function refuse(code: string, text: string): Refused {
  return { kind: 'refused', code, text, scope: 'order' };
}

/** What a new order meets in its symbol. */
export interface SymbolState {
  /** The account's net, signed. */
  readonly net: bigint;
  readonly live: readonly FakeOrder[];
  readonly mark: Price | null;
  readonly buyingPower: bigint | null;
}

/** Returns why the broker takes no such order, or undefined: its documented rules and those its users report (trading-rules §14). */
export function refusalOf(order: OrderRequest, state: SymbolState): Refused | undefined {
  return badShape(order, state.mark) ?? badBracket(order, state) ?? washTrade(order, state) ?? noShares(order, state);
}

function badShape(order: OrderRequest, mark: Price | null): Refused | undefined {
  const { side, quantity, takeProfit, stopLoss, type, oco } = order;
  if (quantity <= 0n) return refuse(BAD_ORDER, `qty must be > 0, was ${formatQuantity(quantity)}`);
  const isGroup = takeProfit !== null || stopLoss !== null;
  if (isGroup && quantity % ONE_SHARE !== 0n) return refuse(BAD_ORDER, 'fractional orders must be simple orders');
  if ((type === 'limit') !== (order.limitPrice !== null) || (type === 'stop') !== (order.stopPrice !== null))
    return refuse(BAD_ORDER, `a ${type} order has the prices of another type`);
  const prices = [order.limitPrice, order.stopPrice, takeProfit?.limitPrice, stopLoss?.stopPrice];
  for (const price of prices)
    if (price !== undefined && price !== null && price >= ONE_SHARE && price % ONE_CENT !== 0n)
      return refuse(BAD_ORDER, `sub-penny increment does not fulfill minimum pricing criteria: ${formatPrice(price)}`);
  if (oco && (type !== 'limit' || stopLoss === null))
    return refuse(BAD_ORDER, 'oco orders must be limit orders with a stop_loss');
  if (stopLoss === null) return undefined;
  const base = order.limitPrice ?? mark;
  if (base === null) return undefined;
  // The stop of an OCO sells below its target, that of a bracket below its entry; mirrored for the other side.
  const sells = oco ? side === 'sell' : side === 'buy';
  const beyond = sells ? base - stopLoss.stopPrice : stopLoss.stopPrice - base;
  if (beyond >= ONE_CENT) return undefined;
  return refuse(BAD_ORDER, `stop_loss.stop_price must be at least 0.01 beyond base_price ${formatPrice(base)}`);
}

function isEntryGroup({ oco, takeProfit, stopLoss }: OrderRequest): boolean {
  return !oco && (takeProfit !== null || stopLoss !== null);
}

function badBracket(order: OrderRequest, { net, live }: SymbolState): Refused | undefined {
  if (!isEntryGroup(order) || (net === 0n && live.length === 0)) return undefined;
  return refuse(BAD_ORDER, 'bracket orders must be entry orders');
}

function washTrade(order: OrderRequest, { live }: SymbolState): Refused | undefined {
  if (isEntryGroup(order)) return undefined;
  const opposite = oppositeSide(order.side);
  const existing = live.find(
    (other) => other.side === opposite && (other.part === 'entry' || (other.part === 'plain' && !order.oco)),
  );
  if (existing === undefined) return undefined;
  return refuse(NO_POWER, `potential wash trade detected, use complex orders; existing_order_id ${existing.id}`);
}

function noShares(order: OrderRequest, { net, live, mark, buyingPower }: SymbolState): Refused | undefined {
  const reduces = order.side === 'sell' ? net > 0n : net < 0n;
  if (reduces) {
    const held = net < 0n ? -net : net;
    const available = held - heldShares(live, order.side);
    if (order.quantity <= available) return undefined;
    const told = `requested: ${formatQuantity(order.quantity)}, available: ${available}`;
    return refuse(NO_POWER, `insufficient qty available for order (${told})`);
  }
  if (order.oco) return refuse(BAD_ORDER, 'oco orders must be exit orders');
  if (buyingPower === null) return undefined;
  const price = order.limitPrice ?? mark ?? 0n;
  return (price * order.quantity) / 1_000_000_000_000n <= buyingPower
    ? undefined
    : refuse(NO_POWER, 'insufficient buying power');
}

/** Shares that working exits of this side reserve; a group counts once. */
export function heldShares(live: readonly FakeOrder[], side: 'buy' | 'sell'): bigint {
  const groups = new Map<FakeOrder, bigint>();
  for (const order of live) {
    if (order.side !== side || order.part === 'entry' || order.waitsFor !== null) continue;
    const root = rootOf(order);
    // Legs of an entry that is not through hold nothing yet.
    if (root.part === 'entry' && root.status !== 'filled') continue;
    const rest = remainingOf(order);
    if (rest > (groups.get(root) ?? 0n)) groups.set(root, rest);
  }
  let sum = 0n;
  for (const rest of groups.values()) sum += rest;
  return sum;
}

/** Shares that armed stops of ours would close. One whose cancel is under way is not counted. */
export function coveredShares(live: Iterable<FakeOrder>, net: bigint): bigint {
  const side = net > 0n ? 'sell' : 'buy';
  let sum = 0n;
  for (const order of live) {
    if (order.by === 'api' && order.side === side && order.status !== 'pending_cancel' && isArmed(order))
      sum += remainingOf(order);
  }
  return sum;
}
