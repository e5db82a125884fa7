export * from './backtest.ts';
export * from './backtest-result.ts';
export * from './tape.ts';
export * from './virtual-executions.ts';
