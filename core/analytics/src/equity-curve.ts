import type { EpochMs } from '@bellwether/domain';

/** One exchange day of an equity curve. */
export interface EquityDay {
  /** The close of the day. */
  readonly at: EpochMs;
  /** USD: cash + Σ quantity × mark at that close. */
  readonly equity: number;
  /** Deposits less withdrawals during the day, counted at its start. */
  readonly flow: number;
}

/**
 * Returns r_d = E_d ÷ (E_{d−1} + F_d) − 1 for every day, days without trades included. Null when some day begins with nothing or
 * less: there is no return on it.
 */
export function dailyReturns(start: number, days: readonly EquityDay[]): readonly number[] | null {
  const returns: number[] = [];
  let before = start;
  for (const { equity, flow } of days) {
    const base = before + flow;
    if (!(base > 0)) return null;
    returns.push(equity / base - 1);
    before = equity;
  }
  return returns;
}

/** Returns V_t = Π(1 + r), from V_0 = 1: what one dollar became, whatever was paid in or out. One longer than `returns`. */
export function unitValues(returns: readonly number[]): readonly number[] {
  const values = [1];
  let value = 1;
  for (const daily of returns) values.push((value *= 1 + daily));
  return values;
}

/** Returns 100 × (V_n − 1). */
export function totalReturnPct(returns: readonly number[]): number {
  return 100 * (returns.reduce((value, daily) => value * (1 + daily), 1) - 1);
}

const LEAST_CALENDAR_DAYS = 90;
const DAYS_PER_YEAR = 365;

/** Returns V_n^(365 ÷ calendar days) − 1 as a fraction; null under 90 days, or when nothing was left. */
export function compoundAnnualGrowth(growth: number, calendarDays: number): number | null {
  if (calendarDays < LEAST_CALENDAR_DAYS || !(growth > 0)) return null;
  return growth ** (DAYS_PER_YEAR / calendarDays) - 1;
}

/** Money in and out of a period; USD. */
export interface PeriodResult {
  /** Realized, after commissions. */
  readonly totalPnl: number;
  /** What the platform cost; commissions are not in it. */
  readonly totalCost: number;
  /** Equity at the start of the period. */
  readonly startEquity: number;
}

/** Returns net P&L, `roi` = 100 × net ÷ starting equity, and `costRatio` = P&L ÷ cost, null at cost 0. */
export function returnOnCapital(period: PeriodResult): {
  netPnl: number;
  roi: number | null;
  costRatio: number | null;
} {
  const netPnl = period.totalPnl - period.totalCost;
  return {
    netPnl,
    roi: period.startEquity > 0 ? (100 * netPnl) / period.startEquity : null,
    costRatio: period.totalCost === 0 ? null : period.totalPnl / period.totalCost,
  };
}
