/** What the market would have done with our orders: order → exchange → bar → fills. */
export * from './commission.ts';
export * from './exchange.ts';
export * from './exchange-ledger.ts';
export * from './exchange-settings.ts';
export type { ExchangeState } from './exchange-state.ts';
export * from './simulated-exchange.ts';
export * from './slippage.ts';
