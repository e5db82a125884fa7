/** What a record of trading amounts to: trades and equity → statistics. Undefined is null, percents are 0–100, nothing is rounded. */
export * from './benchmark.ts';
export * from './drawdown.ts';
export * from './equity-curve.ts';
export * from './excursion.ts';
export * from './sample-size.ts';
export * from './sharpe-ratio.ts';
export * from './trade-buckets.ts';
export * from './trade-statistics.ts';
