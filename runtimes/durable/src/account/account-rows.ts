import {
  type EpochMs,
  formatInstant,
  formatMoneyExact,
  formatPrice,
  formatQuantity,
  type Money,
  type OrderRequest,
  type Quantity,
} from '@bellwether/domain';
import {
  type AccountOrder,
  type AccountPosition,
  type AccountSnapshot,
  type BookedFill,
  type Holding,
  signedQuantity,
} from '@bellwether/kernel';
import type { Row } from '../engine/write.ts';
import { orderDocument, positionRow, priceOrNull } from '../feed/desk-rows.ts';
import { writePosition } from './account-codec.ts';
import type { AccountRow } from './account-store.ts';

export type RowAccount = Pick<AccountRow, 'id' | 'userId' | 'tradingMode'>;

/** A position of a broker account: its projection for everybody, and its memory for whoever works on it next. */
export function accountPositionRow(
  position: AccountPosition,
  account: RowAccount,
  facts: { readonly lastPrice: number; readonly isShared: boolean },
): Row {
  const { id: accountId, userId, tradingMode } = account;
  const { pipelineId, halted, firstDone, breakevenDone, split } = position;
  return {
    ...positionRow(position, { price: facts.lastPrice, at: null }, { accountId, pipelineId, tradingMode }),
    quantity: formatQuantity(signedQuantity(position) as Quantity),
    user_id: userId,
    // A position that a late fill has reopened stands beside whoever owns the symbol by now.
    shared: facts.isShared || position.reopened,
    flags: { halted, split, t1_done: firstDone, breakeven_done: breakevenDone },
    naked_share_seconds: shareSeconds(position.nakedShareMs),
    memory: writePosition(position),
  };
}

export function accountOrderRow(
  order: AccountOrder,
  { pipelineId, executionId }: Pick<AccountPosition, 'pipelineId' | 'executionId'>,
  { id, userId, tradingMode }: RowAccount,
  sha256Hex: (text: string) => string,
): Row {
  const single = orderDocument(order);
  const request = order.request === null ? single : { ...single, ...groupDocument(order.request) };
  return {
    user_id: userId,
    account_id: id,
    pipeline_id: pipelineId,
    execution_id: executionId,
    position_id: order.positionId,
    client_order_id: order.clientOrderId,
    broker_order_id: order.brokerOrderId,
    group_id: order.groupId,
    purpose: order.purpose,
    leg: order.leg,
    seq: order.seq,
    symbol: order.symbol,
    side: order.side,
    order_type: order.type,
    time_in_force: order.request?.timeInForce ?? 'gtc',
    quantity: single.quantity,
    limit_price: single.limit_price,
    stop_price: single.stop_price,
    request,
    request_hash: sha256Hex(JSON.stringify(request)),
    trading_mode: tradingMode,
    not_before: instantOrNull(order.notBefore),
    created_at: formatInstant(order.plannedAt),
    state: order.status,
    state_reason: order.reason,
    filled_quantity: formatQuantity(order.filledQuantity),
    filled_amount: formatMoneyExact(order.filledAmount),
    approved_at: instantOrNull(order.approvedAt),
    submitted_at: instantOrNull(order.submittedAt),
    ended_at: instantOrNull(order.endedAt),
  };
}

export function bookedFillRow(fill: BookedFill, { id, userId }: RowAccount): Row {
  return {
    user_id: userId,
    account_id: id,
    client_order_id: fill.clientOrderId,
    broker_fill_id: fill.fillId,
    price: formatPrice(fill.price),
    quantity: formatQuantity(fill.quantity),
    amount: formatMoneyExact(fill.amount),
    fee: formatMoneyExact(fill.fee),
    slippage: formatMoneyExact(fill.slippage),
    filled_at: formatInstant(fill.at),
  };
}

/** What is set aside for an entry, and whether the broker counts it by now; nothing for orders that reserve nothing. */
export function reservationRows(order: AccountOrder, { id, userId }: RowAccount): readonly Row[] {
  if (order.purpose !== 'entry' || order.leg !== 'entry') return [];
  const isReleased = order.status === 'dropped' || order.status === 'rejected' || order.status === 'not_placed';
  const amount = formatMoneyExact(order.reserved);
  const state = order.reserved > 0n ? 'held' : isReleased ? 'released' : 'passed';
  return [{ client_order_id: order.clientOrderId, user_id: userId, account_id: id, amount, state }];
}

/** The account as screens read it: money in USD as decimal strings. */
export function snapshotDocument(snapshot: AccountSnapshot): Row {
  const money = (amount: Money | null) => (amount === null ? null : formatMoneyExact(amount));
  return {
    at: formatInstant(snapshot.at),
    equity: money(snapshot.equity),
    last_equity: money(snapshot.lastEquity),
    cash: money(snapshot.cash),
    buying_power: money(snapshot.buyingPower),
    reserved: money(snapshot.reserved),
    closing_only: snapshot.closingOnly,
    blocked: snapshot.blocked,
    broker_account_id: snapshot.brokerAccountId,
  };
}

export function externalDocument(holdings: readonly Holding[]): readonly Row[] {
  return holdings.map(({ symbol, quantity, averageEntry }) => ({
    symbol,
    quantity: formatQuantity(quantity),
    average_entry: formatPrice(averageEntry),
  }));
}

/** Returns share-seconds with three decimals of a sum in 10⁻⁹ share × ms. */
export function shareSeconds(shareMs: bigint): string {
  const thousandths = shareMs / 1_000_000_000n;
  return `${thousandths / 1_000n}.${String(thousandths % 1_000n).padStart(3, '0')}`;
}

function groupDocument({ takeProfit, stopLoss, oco, timeInForce }: OrderRequest): Row {
  return {
    time_in_force: timeInForce,
    oco,
    take_profit:
      takeProfit === null
        ? null
        : { client_order_id: takeProfit.clientOrderId, limit_price: formatPrice(takeProfit.limitPrice) },
    stop_loss:
      stopLoss === null
        ? null
        : { client_order_id: stopLoss.clientOrderId, stop_price: priceOrNull(stopLoss.stopPrice) },
  };
}

function instantOrNull(at: EpochMs | null): string | null {
  return at === null ? null : formatInstant(at);
}
