export {
  ALPACA_LIVE_URL,
  ALPACA_PAPER_URL,
  type AlpacaBinding,
  type AlpacaBindingOptions,
  type AlpacaLiveOptions,
  type AlpacaVerification,
  type LiveGate,
  openAlpacaLive,
  openAlpacaPaper,
  type VerifiedConnection,
  verifyAlpacaConnection,
} from './brokers/alpaca/alpaca-bindings.ts';
export type { AlpacaBroker, AlpacaLabel } from './brokers/alpaca/alpaca-broker.ts';
export type { AlpacaKeys } from './brokers/alpaca/alpaca-http.ts';
export * from './brokers/refusing/refusing-broker.ts';
export * from './brokers/simulated/simulated-broker.ts';
export * from './market-data/demo/demo-tapes.ts';
export * from './market-data/demo/synthetic-bars.ts';
export * from './market-data/files/bars-file.ts';
export * from './market-data/files/factors-file.ts';
