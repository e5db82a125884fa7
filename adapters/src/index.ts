export * from './brokers/refusing/refusing-broker.ts';
export * from './brokers/simulated/simulated-broker.ts';
export * from './market-data/demo/demo-tapes.ts';
export * from './market-data/demo/synthetic-bars.ts';
export * from './market-data/files/bars-file.ts';
export * from './market-data/files/factors-file.ts';
