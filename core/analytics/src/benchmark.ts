import { BellwetherError } from '@bellwether/domain';
import { totalReturnPct } from './equity-curve.ts';
import { DAYS_PER_TRADING_YEAR, excessReturns, LEAST_DAILY_RETURNS, mean, sampleDeviation } from './sharpe-ratio.ts';

export interface BenchmarkComparison {
  readonly benchmarkReturnPct: number;
  readonly excessReturnPct: number;
  readonly beta: number | null;
  /** Annual, a fraction. */
  readonly alpha: number | null;
  readonly informationRatio: number | null;
}

/**
 * Compares daily returns with those of buying and holding the benchmark on the same days. Beta, alpha and information ratio are null
 * under 20 days or without variation. Throws when the days differ in number.
 */
export function compareWithBenchmark(
  returns: readonly number[],
  benchmark: readonly number[],
  annualRiskFree = 0,
): BenchmarkComparison {
  if (returns.length !== benchmark.length) {
    const found = `${returns.length} and ${benchmark.length}`;
    throw new BellwetherError('bug', 'domain/unexpected-value', `expected returns of the same days, was ${found}`);
  }
  const benchmarkReturnPct = totalReturnPct(benchmark);
  const excessReturnPct = totalReturnPct(returns) - benchmarkReturnPct;
  if (returns.length < LEAST_DAILY_RETURNS)
    return { benchmarkReturnPct, excessReturnPct, beta: null, alpha: null, informationRatio: null };
  const own = excessReturns(returns, annualRiskFree);
  const other = excessReturns(benchmark, annualRiskFree);
  const deviation = sampleDeviation(other);
  const beta = deviation === 0 ? null : covariance(own, other) / deviation ** 2;
  const active = returns.map((daily, i) => daily - (benchmark[i] as number));
  const tracking = sampleDeviation(active);
  return {
    benchmarkReturnPct,
    excessReturnPct,
    beta,
    alpha: beta === null ? null : DAYS_PER_TRADING_YEAR * (mean(own) - beta * mean(other)),
    informationRatio: tracking === 0 ? null : (mean(active) / tracking) * Math.sqrt(DAYS_PER_TRADING_YEAR),
  };
}

function covariance(a: readonly number[], b: readonly number[]): number {
  const centerA = mean(a);
  const centerB = mean(b);
  return a.reduce((sum, value, i) => sum + (value - centerA) * ((b[i] as number) - centerB), 0) / (a.length - 1);
}
