import type { ClosedTrade } from './trade-statistics.ts';

/** How far the market went for or against a trade. */
export interface Excursion {
  readonly perShare: number;
  /** USD. */
  readonly amount: number;
  /** Of the average entry. */
  readonly pct: number;
  /** In R; null without a stop. */
  readonly r: number | null;
}

type Entry = Pick<ClosedTrade, 'side' | 'quantity' | 'averageEntry' | 'initialStop'>;

/** Returns the worst and best that a trade saw between its first and last fill, both included. `lowest` and `highest` come from the finest bars. */
export function excursions(
  trade: Entry,
  lowest: number,
  highest: number,
): { adverse: Excursion; favorable: Excursion } {
  const down = Math.max(0, trade.averageEntry - lowest);
  const up = Math.max(0, highest - trade.averageEntry);
  const long = trade.side === 'long';
  return { adverse: excursion(trade, long ? down : up), favorable: excursion(trade, long ? up : down) };
}

function excursion(trade: Entry, perShare: number): Excursion {
  const risk = trade.initialStop === null ? 0 : Math.abs(trade.averageEntry - trade.initialStop);
  return {
    perShare,
    amount: perShare * trade.quantity,
    pct: (100 * perShare) / trade.averageEntry,
    r: risk > 0 ? perShare / risk : null,
  };
}
