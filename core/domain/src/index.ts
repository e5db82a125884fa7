export * from './failure/assert-never.ts';
export * from './failure/bellwether-error.ts';
export * from './failure/codes.ts';
export * from './market/bar-series.ts';
export * from './money/decimal.ts';
export * from './time/epoch-ms.ts';
export * from './time/timeframe.ts';
