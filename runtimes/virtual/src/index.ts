export * from './backtest.ts';
export * from './backtest-result.ts';
export * from './replay.ts';
export * from './run-once.ts';
export * from './tape.ts';
export * from './virtual-executions.ts';
