import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS, parseMoney, priceFromNumber, seededChance } from '@bellwether/domain';
import { BROKER_PROFILES } from '@bellwether/ports';
import { type BrokerBench, brokerContract, CALM_HABITS, FakeBroker, FakeBrokerage } from '@bellwether/ports/testing';

const START = Date.parse('2025-07-01T13:30:00Z');

async function makeBench(): Promise<BrokerBench> {
  const brokerage = new FakeBrokerage({
    cash: parseMoney('100000'),
    marginMultiplier: 2n,
    habits: CALM_HABITS,
    chance: seededChance(1, 'contract'),
    at: START,
  });
  const price = priceFromNumber(100);
  brokerage.quote('AAPL', price, price);
  const broker = new FakeBroker(brokerage);
  return {
    broker,
    symbol: 'AAPL',
    price: 100,
    id: (name) => name,
    async trades(open, high, low, depth) {
      brokerage.advance(brokerage.now + MINUTE_MS);
      brokerage.bar('AAPL', priceFromNumber(open), priceFromNumber(high), priceFromNumber(low), depth === 'thin');
    },
    async loseNextAnswer() {
      broker.answersToLose = 1;
    },
    async dropStream() {
      broker.dropStream();
    },
    // The account is the broker's: it outlives whoever connects to it.
    restart: async () => broker,
  };
}

brokerContract({ name: 'fake', capabilities: BROKER_PROFILES.alpaca, make: makeBench });

test('a broker that does not take the keys refuses the account, not the order, and answers no read', async () => {
  const { broker } = await makeBench();
  if (!(broker instanceof FakeBroker)) assert.fail('expected the fake');
  broker.unauthorized = true;
  await assert.rejects(broker.account(), { code: 'broker/unauthorized', kind: 'rejected' });
});
