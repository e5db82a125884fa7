/** The second face, for tests only: contracts and fakes. */
export * from './broker/broker.contract.ts';
export { approvedInTest, type BrokerBench } from './broker/broker-bench.contract.ts';
export * from './clock/manual-clock.fake.ts';
