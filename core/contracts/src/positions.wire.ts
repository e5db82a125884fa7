import {
  type EpochMs,
  formatInstant,
  formatMoneyExact,
  formatPrice,
  formatQuantity,
  type Money,
  notional,
  type Price,
  priceFromNumber,
} from '@bellwether/domain';
import { averageEntry, type PositionRecord, realizedPnl } from '@bellwether/kernel';
import type { PositionWire } from './positions.schema.ts';
import type { TradeWire } from './trades.schema.ts';

/** What the position's owner knows and the position itself does not. */
export interface PositionEnvelope {
  readonly pipelineId: string;
  readonly tradingMode: PositionWire['trading_mode'];
  /** Newest visible close; NaN before the first. */
  readonly lastPrice: number;
}

const instantOrNull = (at: EpochMs | null) => (at === null ? null : formatInstant(at));
const priceOrNull = (price: Price | null) => (price === null ? null : formatPrice(price));

export function positionToWire(position: PositionRecord, of: PositionEnvelope): PositionWire {
  const entry = position.enteredQuantity === 0n ? null : averageEntry(position);
  const last = Number.isNaN(of.lastPrice) ? null : priceFromNumber(of.lastPrice);
  return {
    id: position.positionId,
    pipeline_id: of.pipelineId,
    execution_id: position.executionId,
    symbol: position.symbol,
    side: position.side,
    state: position.status,
    quantity: formatQuantity(position.quantity),
    intended_quantity: formatQuantity(position.intendedQuantity),
    average_entry: priceOrNull(entry),
    initial_stop: priceOrNull(position.initialStop),
    stop: priceOrNull(position.stop),
    target_1: priceOrNull(position.target1),
    target_2: priceOrNull(position.target2),
    last_price: priceOrNull(last),
    unrealized_pnl: entry === null || last === null ? null : formatMoneyExact(unrealizedPnl(position, entry, last)),
    realized_pnl: formatMoneyExact(realizedPnl(position)),
    opened_at: instantOrNull(position.openedAt),
    closed_at: instantOrNull(position.closedAt),
    trading_mode: of.tradingMode,
  };
}

/** Writes the closed round of a position that held shares; its id is the position's, since each has one round. */
export function tradeToWire(position: PositionRecord, of: PositionEnvelope): TradeWire {
  const exit = ((position.exitAmount * 1_000_000_000_000n) / (position.exitedQuantity || 1n)) as Price;
  const risk =
    position.initialStop === null
      ? 0n
      : notional(distance(averageEntry(position), position.initialStop), position.enteredQuantity);
  return {
    id: position.positionId,
    position_id: position.positionId,
    pipeline_id: of.pipelineId,
    execution_id: position.executionId,
    symbol: position.symbol,
    side: position.side,
    quantity: formatQuantity(position.enteredQuantity),
    entry_time: formatInstant(position.openedAt ?? position.closedAt ?? 0),
    entry_price: formatPrice(averageEntry(position)),
    exit_time: formatInstant(position.closedAt ?? 0),
    exit_price: formatPrice(exit),
    pnl: formatMoneyExact(realizedPnl(position)),
    fees: formatMoneyExact(position.fees),
    slippage: formatMoneyExact(position.slippage),
    r_multiple: risk === 0n ? null : Number(realizedPnl(position)) / Number(risk),
    close_reason: position.closeReason ?? 'external',
    trading_mode: of.tradingMode,
  };
}

function unrealizedPnl(position: PositionRecord, entry: Price, last: Price): Money {
  const amount = notional(distance(entry, last), position.quantity);
  return (last > entry === (position.side === 'long') ? amount : -amount) as Money;
}

function distance(a: Price, b: Price): Price {
  return (a > b ? a - b : b - a) as Price;
}
