/** Exchange days per year, by which daily ratios are annualized. */
export const DAYS_PER_TRADING_YEAR = 252;
/** Under so many daily returns a ratio is not reported; the functions below answer from 2 on. */
export const LEAST_DAILY_RETURNS = 20;

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Returns the sample standard deviation, divided by n − 1: 0 when all values are equal, without rounding noise. */
export function sampleDeviation(values: readonly number[]): number {
  if (values.every((value) => value === values[0])) return 0;
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}

/** Returns daily returns in excess of an annual risk-free rate (a fraction, spread over 252 days). */
export function excessReturns(returns: readonly number[], annualRiskFree: number): readonly number[] {
  return annualRiskFree === 0 ? returns : returns.map((daily) => daily - annualRiskFree / DAYS_PER_TRADING_YEAR);
}

/** Returns mean ÷ sample deviation of daily excess returns, not annualized; null for fewer than 2 or without any variation. */
export function dailySharpe(returns: readonly number[], annualRiskFree = 0): number | null {
  if (returns.length < 2) return null;
  const excess = excessReturns(returns, annualRiskFree);
  const deviation = sampleDeviation(excess);
  return deviation === 0 ? null : mean(excess) / deviation;
}

/** Returns x̄ ÷ s × √252 of daily returns (Sharpe 1994; n − 1). */
export function sharpeRatio(returns: readonly number[], annualRiskFree = 0): number | null {
  const daily = dailySharpe(returns, annualRiskFree);
  return daily === null ? null : daily * Math.sqrt(DAYS_PER_TRADING_YEAR);
}

/** Returns x̄ ÷ s⁻ × √252 with s⁻ = √(Σ min(0, x)² ÷ (n − 1)) over all n; null for fewer than 2 or without a loss. */
export function sortinoRatio(returns: readonly number[], annualRiskFree = 0): number | null {
  if (returns.length < 2) return null;
  const excess = excessReturns(returns, annualRiskFree);
  const downside = Math.sqrt(excess.reduce((sum, x) => sum + Math.min(0, x) ** 2, 0) / (excess.length - 1));
  return downside === 0 ? null : (mean(excess) / downside) * Math.sqrt(DAYS_PER_TRADING_YEAR);
}

/** Returns both ratios as they are reported: null under 20 daily returns. */
export function reportedRatios(
  returns: readonly number[],
  annualRiskFree = 0,
): { sharpe: number | null; sortino: number | null } {
  if (returns.length < LEAST_DAILY_RETURNS) return { sharpe: null, sortino: null };
  return { sharpe: sharpeRatio(returns, annualRiskFree), sortino: sortinoRatio(returns, annualRiskFree) };
}
