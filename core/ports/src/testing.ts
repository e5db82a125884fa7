/** The second face, for tests only: contracts and fakes. */
export * from './broker/broker.contract.ts';
export * from './broker/broker.fake.ts';
export { approvedInTest, type BrokerBench } from './broker/broker-bench.contract.ts';
export * from './broker/fake-brokerage.ts';
export * from './broker/fake-faults.ts';
export { type FakeEvent, type FakeOrder, isOver } from './broker/fake-order.ts';
export * from './clock/manual-clock.fake.ts';
