/** What we ask of the world: interfaces in words of domain, and the data that says what an answerer can do. */
export * from './broker/broker.ts';
export * from './broker/capabilities.ts';
export * from './broker/capability-result.ts';
export * from './broker/effective-capabilities.ts';
export * from './broker/instruments.ts';
export * from './broker/market-clock.ts';
export * from './clock/clock.ts';
export * from './market-data/market-data.ts';
