import type { EpochMs } from '@bellwether/domain';
import { wilsonInterval } from './sample-size.ts';

/** A closed round. Amounts are USD, prices USD per share, quantity positive. */
export interface ClosedTrade {
  readonly side: 'long' | 'short';
  readonly quantity: number;
  readonly entryAt: EpochMs;
  readonly exitAt: EpochMs;
  /** After commissions, which are counted nowhere else. */
  readonly pnl: number;
  readonly averageEntry: number;
  /** The stop of the entry, before anything moved it; null without one. */
  readonly initialStop: number | null;
}

export interface TradeStatistics {
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
  /** Closed at exactly nothing; counted in `winRate`. */
  readonly breakEvens: number;
  readonly totalPnl: number;
  /** 0–100. */
  readonly winRate: number | null;
  readonly winRateInterval: { readonly low: number; readonly high: number } | null;
  readonly averageWin: number | null;
  /** Negative. */
  readonly averageLoss: number | null;
  readonly largestWin: number | null;
  /** Negative. */
  readonly largestLoss: number | null;
  readonly winLossRatio: number | null;
  readonly profitFactor: number | null;
  readonly expectancy: number | null;
  /** Mean R-multiple of the trades that have one. */
  readonly expectancyR: number | null;
}

/** Returns pnl ÷ (|average entry − initial stop| × quantity); null without a stop or with one at the entry. */
export function rMultiple(
  trade: Pick<ClosedTrade, 'pnl' | 'averageEntry' | 'initialStop' | 'quantity'>,
): number | null {
  if (trade.initialStop === null) return null;
  const risk = Math.abs(trade.averageEntry - trade.initialStop) * trade.quantity;
  return risk > 0 ? trade.pnl / risk : null;
}

/** Returns Σ wins ÷ |Σ losses|: null without a loss, 0 with losses only. */
export function profitFactor(pnls: readonly number[]): number | null {
  const lost = -sum(pnls.filter((pnl) => pnl < 0));
  return lost === 0 ? null : sum(pnls.filter((pnl) => pnl > 0)) / lost;
}

/** Returns 100 × wins ÷ all closed trades, break-even included; null without a trade. */
export function winRate(pnls: readonly number[]): number | null {
  return pnls.length === 0 ? null : (100 * pnls.filter((pnl) => pnl > 0).length) / pnls.length;
}

/** Returns the statistics of closed trades, which belong to the period of their exit. What has no value is null. */
export function tradeStatistics(trades: readonly ClosedTrade[]): TradeStatistics {
  const pnls = trades.map((trade) => trade.pnl);
  const wins = pnls.filter((pnl) => pnl > 0);
  const losses = pnls.filter((pnl) => pnl < 0);
  const averageWin = averageOf(wins);
  const averageLoss = averageOf(losses);
  return {
    trades: trades.length,
    wins: wins.length,
    losses: losses.length,
    breakEvens: trades.length - wins.length - losses.length,
    totalPnl: sum(pnls),
    winRate: winRate(pnls),
    winRateInterval: wilsonInterval(wins.length, trades.length),
    averageWin,
    averageLoss,
    largestWin: wins.length === 0 ? null : wins.reduce((a, b) => Math.max(a, b)),
    largestLoss: losses.length === 0 ? null : losses.reduce((a, b) => Math.min(a, b)),
    winLossRatio: averageWin === null || averageLoss === null ? null : averageWin / Math.abs(averageLoss),
    profitFactor: profitFactor(pnls),
    expectancy: averageOf(pnls),
    expectancyR: averageOf(trades.map(rMultiple).filter((multiple) => multiple !== null)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function averageOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : sum(values) / values.length;
}
