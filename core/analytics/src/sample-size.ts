import { DAYS_PER_TRADING_YEAR, dailySharpe, LEAST_DAILY_RETURNS } from './sharpe-ratio.ts';

const FEW_TRADES = 30;
const FEW_DAYS = 60;
const TWO_SIDED_95 = 1.959963984540054;

export interface SampleWarning {
  readonly code: 'sample/few-trades' | 'sample/few-days';
  readonly count: number;
}

/** Returns what makes the statistics weak: under 30 closed trades, under 60 daily returns. */
export function sampleWarnings(trades: number, days: number): readonly SampleWarning[] {
  const warnings: SampleWarning[] = [];
  if (trades < FEW_TRADES) warnings.push({ code: 'sample/few-trades', count: trades });
  if (days < FEW_DAYS) warnings.push({ code: 'sample/few-days', count: days });
  return warnings;
}

/** Returns the half width of the 95 % interval of a Sharpe ratio: 1.96 × √((1 + S² ÷ 2) ÷ n) × √252, S daily (Lo 2002). */
export function sharpeMargin(returns: readonly number[], annualRiskFree = 0): number | null {
  const daily = dailySharpe(returns, annualRiskFree);
  if (daily === null || returns.length < LEAST_DAILY_RETURNS) return null;
  return 1.96 * Math.sqrt((1 + daily ** 2 / 2) / returns.length) * Math.sqrt(DAYS_PER_TRADING_YEAR);
}

/** Returns the 95 % interval of a share of successes, in percent (Wilson 1927); null without a trial. */
export function wilsonInterval(successes: number, trials: number): { low: number; high: number } | null {
  if (trials === 0) return null;
  const share = successes / trials;
  const z2 = TWO_SIDED_95 ** 2;
  const center = (share + z2 / (2 * trials)) / (1 + z2 / trials);
  const margin =
    (TWO_SIDED_95 / (1 + z2 / trials)) * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials ** 2));
  return { low: 100 * Math.max(0, center - margin), high: 100 * Math.min(1, center + margin) };
}
