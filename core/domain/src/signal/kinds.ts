/** What agents pass to one another; a node reads some kinds and writes at most one. */
export const KINDS = ['trigger', 'universe', 'market_data', 'bias', 'strategy', 'risk', 'trade', 'report'] as const;
export type Kind = (typeof KINDS)[number];

export const TRADING_MODES = ['validation', 'simulation', 'paper', 'live'] as const;
export type TradingMode = (typeof TRADING_MODES)[number];

export const RUN_MODES = ['run_once', 'run_continuous', 'run_scheduled', 'run_on_signal'] as const;
export type RunMode = (typeof RUN_MODES)[number];
