/** A broker on this machine: Alpaca's trading API, quirks included, filled from a tape. */
export { type FaultSettings, readFaults } from './faults.ts';
export type { WireMarketStep } from './market-step.ts';
export * from './sandbox.ts';
