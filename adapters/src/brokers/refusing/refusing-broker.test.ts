import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ONE_SHARE, type OrderRequest, parseMoney, parsePrice, type Quantity } from '@bellwether/domain';
import type { BrokerAccount } from '@bellwether/ports';
import { approvedInTest, ManualClock } from '@bellwether/ports/testing';
import { type RefusedOrder, RefusingBroker } from './refusing-broker.ts';

const REQUEST: OrderRequest = {
  clientOrderId: 'bw1-a',
  symbol: 'AAPL',
  side: 'buy',
  type: 'market',
  quantity: (66n * ONE_SHARE) as Quantity,
  limitPrice: null,
  stopPrice: null,
  timeInForce: 'gtc',
  takeProfit: { clientOrderId: 'bw1-t', limitPrice: parsePrice('154.25') },
  stopLoss: { clientOrderId: 'bw1-s', stopPrice: parsePrice('148') },
  oco: false,
};
const ORDER = approvedInTest(REQUEST);

function accountWith(amount: string): BrokerAccount {
  const cash = parseMoney(amount);
  const state = { lastEquity: null, closingOnly: false, blocked: false } as const;
  return { brokerAccountId: 'validation', equity: cash, cash, buyingPower: cash, ...state };
}

function bench() {
  const journal: RefusedOrder[] = [];
  const clock = new ManualClock('2025-07-01T13:30:00Z');
  const broker = new RefusingBroker({
    clock,
    account: accountWith('100000'),
    journal: async (refused) => {
      journal.push(refused);
    },
  });
  return { broker, clock, journal };
}

test('seed-O26 the exact order is journaled, then refused as validation', async () => {
  const { broker, clock, journal } = bench();
  clock.advance(1_000);
  const outcome = await broker.submit(ORDER);
  assert.equal(outcome.kind === 'refused' && outcome.code, 'validation_mode');
  assert.equal(journal.length, 1);
  assert.deepEqual(journal[0]?.order, ORDER);
  assert.equal(String(journal[0]?.at), '2025-07-01T13:30:01Z');
});

test('an order that cannot be journaled is not answered', async () => {
  const { clock } = bench();
  clock.advance(1);
  const broker = new RefusingBroker({
    clock,
    account: accountWith('1'),
    journal: async () => {
      throw new Error('disk full');
    },
  });
  await assert.rejects(broker.submit(ORDER), /disk full/);
});

test('nothing is ever held, found or moved', async () => {
  const { broker, clock } = bench();
  clock.advance(1);
  await broker.submit(ORDER);
  assert.deepEqual([await broker.find(), await broker.findById()], [undefined, undefined]);
  assert.equal(await broker.cancel(), 'unknown');
  assert.equal((await broker.replace()).kind, 'refused');
  assert.deepEqual([await broker.orders(), await broker.fills(), await broker.positions()], [[], [], []]);
  assert.equal((await broker.account()).equity, parseMoney('100000'));
});

test('the stream is silent and ends when its reader leaves', async () => {
  const { broker, clock } = bench();
  clock.advance(1);
  const stream = broker.events()[Symbol.asyncIterator]();
  assert.equal((await stream.next()).value.kind, 'connected');
  const pending = stream.next();
  await stream.return?.();
  assert.equal((await pending).done, true);
});
