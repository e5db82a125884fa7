import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Money,
  ONE_SHARE,
  type OrderRequest,
  parseMoney,
  parsePrice,
  type Quantity,
  ratioFromNumber,
} from '@bellwether/domain';
import type { ExchangeSettings } from '@bellwether/matching';
import type { ApprovedOrder } from '@bellwether/ports';
import { approvedInTest, ManualClock } from '@bellwether/ports/testing';
import { EventStream } from './event-stream.ts';
import { SimulatedBroker } from './simulated-broker.ts';
import type { SimulatedAccountState } from './simulated-state.ts';

const SETTINGS: ExchangeSettings = {
  initialCash: parseMoney('100000'),
  slippageFraction: 0,
  commission: { perShare: ratioFromNumber(0), minimum: 0n as Money, maximumFraction: null },
  marginMultiplier: 2,
  simulatePartialFills: false,
  simulateRejections: false,
  seed: 1,
  limitFill: 'through',
  intrabar: 'pessimistic',
  volumeShare: null,
  forceLiquidation: false,
};

function order(clientOrderId: string, side: 'buy' | 'sell', more: Partial<OrderRequest> = {}): ApprovedOrder {
  const quantity = (100n * ONE_SHARE) as Quantity;
  const plain = { symbol: 'AAPL', type: 'market', limitPrice: null, stopPrice: null, timeInForce: 'gtc' } as const;
  const levels = { takeProfit: null, stopLoss: null, oco: false } as const;
  return approvedInTest({ clientOrderId, side, quantity, ...plain, ...levels, ...more });
}

function bench(
  settings: Partial<ExchangeSettings> = {},
  save: (state: SimulatedAccountState) => Promise<void> = async () => undefined,
) {
  const clock = new ManualClock('2025-07-01T13:30:00Z');
  return {
    clock,
    broker: new SimulatedBroker({
      settings: { ...SETTINGS, ...settings },
      profile: 'alpaca',
      clock,
      save,
      brokerAccountId: 'sim',
    }),
  };
}

test('an order whose saving fails is unknown, is found afterwards, and is not told to the stream', async () => {
  let failing = true;
  let saved: SimulatedAccountState | undefined;
  const { broker, clock } = bench({}, async (state) => {
    if (failing) throw new Error('disk full');
    saved = state;
  });
  clock.advance(1);
  const stream = broker.events()[Symbol.asyncIterator]();
  assert.equal((await stream.next()).value.kind, 'connected');
  const outcome = await broker.submit(order('a', 'buy'));
  assert.equal(outcome.kind, 'unknown');
  assert.equal((await broker.find('a'))?.status, 'working');
  failing = false;
  assert.equal((await broker.submit(order('a', 'buy'))).kind, 'duplicate');
  await broker.submit(order('b', 'buy'));
  assert.equal((await stream.next()).value.order.clientOrderId, 'b');
  assert.deepEqual(
    saved?.exchange.orders.map(({ clientOrderId }) => clientOrderId),
    ['a', 'b'],
  );
});

test('a failed bar is heard by its caller and does not stop the next change', async () => {
  const { broker, clock } = bench();
  clock.advance(1);
  await broker.submit(order('a', 'buy'));
  await assert.rejects(
    broker.onOpen('AAPL', clock.now().epochMilliseconds, Number.NaN),
    /expected an open of AAPL above 0/,
  );
  await broker.onOpen('AAPL', clock.now().epochMilliseconds, 100);
  assert.equal((await broker.find('a'))?.status, 'filled');
});

test('changes asked for at once happen one after the other', async () => {
  const saves: number[] = [];
  const { broker, clock } = bench({}, async (state) => {
    saves.push(state.exchange.orders.length);
  });
  clock.advance(1);
  await Promise.all(['a', 'b', 'c'].map((id) => broker.submit(order(id, 'buy'))));
  assert.deepEqual(saves, [1, 2, 3]);
});

test('a margin call leaves the account closing only', async () => {
  const { broker, clock } = bench({ initialCash: parseMoney('5000') });
  await broker.submit(order('a', 'buy'));
  const start = clock.now().epochMilliseconds;
  await broker.onOpen('AAPL', start, 100);
  clock.advance(60_000);
  await broker.onBar('AAPL', { start, end: start + 60_000, open: 100, high: 100, low: 60, close: 60, volume: 1 });
  assert.equal((await broker.account()).closingOnly, true);
  const outcome = await broker.submit(order('b', 'buy'));
  assert.deepEqual(outcome.kind === 'refused' && [outcome.code, outcome.scope], ['margin_call', 'account']);
});

test('day orders expire when the session ends', async () => {
  const { broker, clock } = bench();
  await broker.submit(order('a', 'buy', { type: 'limit', limitPrice: parsePrice('90'), timeInForce: 'day' }));
  clock.advance(60_000);
  await broker.onSessionEnd('AAPL', clock.now().epochMilliseconds);
  assert.equal((await broker.find('a'))?.status, 'expired');
});

test('bars of symbols that the account has nothing to do with are not saved', async () => {
  let saves = 0;
  const { broker, clock } = bench({}, async () => {
    saves += 1;
  });
  clock.advance(1);
  await broker.onOpen('MSFT', clock.now().epochMilliseconds, 100);
  assert.equal(saves, 0);
  assert.deepEqual(broker.saveState().marks, []);
});

test('a reader who does not read loses the stream, not the broker its memory', async () => {
  const stream = new EventStream(() => 0);
  const reader = stream[Symbol.asyncIterator]();
  for (let i = 0; i < 10_000; i++) stream.publish(i);
  assert.equal((await reader.next()).done, true);
});
