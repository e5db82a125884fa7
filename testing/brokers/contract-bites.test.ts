import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BROKER_PROFILES, type Broker, type BrokerEvent } from '@bellwether/ports';
import { BROKER_CARDS, type BrokerBench, ManualClock } from '@bellwether/ports/testing';
import { startSandbox } from '@bellwether/sandbox';
import { sandboxBench } from './sandbox-bench.ts';

// The cards would be vacuous if a broker that breaks them passed: each mutant here must be caught by its card.
const clock = new ManualClock('2025-07-01T13:30:00Z');
const sandbox = await startSandbox({ clock: () => clock.now().epochMilliseconds, requestsPerMinute: 0, seed: 1 });
after(() => sandbox.close());

type Mutant = (broker: Broker) => Partial<Broker>;

const MUTANTS: readonly { readonly card: string; readonly name: string; readonly mutate: Mutant }[] = [
  {
    card: 'BR-020',
    name: 'sends an order whose id was used under another id',
    mutate: (broker) => {
      let copies = 0;
      return {
        submit: (order) =>
          broker.submit({ ...order, clientOrderId: `${order.clientOrderId}${((copies += 1)) > 1 ? copies : ''}` }),
      };
    },
  },
  {
    card: 'BR-010',
    name: 'does not find what it took',
    mutate: () => ({ find: async () => undefined }),
  },
  {
    card: 'BR-080',
    name: 'says that every order could be cancelled',
    mutate: (broker) => ({ cancel: async (id) => broker.cancel(id).then(() => 'requested' as const) }),
  },
  {
    card: 'BR-120',
    name: 'finds a replaced stop where it was',
    mutate: (broker) => ({
      findById: async (id) =>
        (await broker.orders({ status: 'all' })).find(({ legs }) =>
          legs.some(({ brokerOrderId }) => brokerOrderId === id),
        )?.legs[0],
    }),
  },
  {
    card: 'BR-140',
    name: 'tells the first fill again and again',
    mutate: (broker) => ({
      fills: async (since) =>
        (await broker.fills(since)).flatMap((fill, index) => (index === 0 ? [fill, fill] : [fill])),
    }),
  },
  {
    card: 'BR-160',
    name: 'says that its stream ended before it began',
    mutate: (broker) => ({ events: () => ended(broker.events()) }),
  },
  {
    card: 'BR-260',
    name: 'loses an order with its answer',
    mutate: (broker) => {
      let sent = 0;
      return {
        submit: async (order) => ((sent += 1) === 1 ? { kind: 'unknown', cause: 'lost' } : broker.submit(order)),
      };
    },
  },
  {
    card: 'BR-270',
    name: 'gives every refusal a code of its own',
    mutate: (broker) => {
      let refused = 0;
      return {
        submit: async (order) => {
          const outcome = await broker.submit(order);
          return outcome.kind === 'refused' ? { ...outcome, code: String((refused += 1)) } : outcome;
        },
      };
    },
  },
];

async function* ended(events: AsyncIterable<BrokerEvent>): AsyncGenerator<BrokerEvent> {
  for await (const event of events) {
    yield event.kind === 'connected' ? { kind: 'disconnected', at: event.at, cause: 'never' } : event;
  }
}

function mutated(bench: BrokerBench, mutate: Mutant): BrokerBench {
  const { broker } = bench;
  const changes = mutate(broker);
  const changed: Broker = {
    capabilities: broker.capabilities,
    submit: (order) => broker.submit(order),
    find: (id) => broker.find(id),
    findById: (id) => broker.findById(id),
    replace: (id, prices, as) => broker.replace(id, prices, as),
    cancel: (id) => broker.cancel(id),
    orders: (query) => broker.orders(query),
    fills: (since) => broker.fills(since),
    positions: () => broker.positions(),
    account: () => broker.account(),
    events: () => broker.events(),
    ...changes,
  };
  return { ...bench, broker: changed };
}

for (const [index, { card, name, mutate }] of MUTANTS.entries()) {
  test(`${card} catches a broker that ${name}`, async () => {
    const capabilities = BROKER_PROFILES.alpaca;
    const bench = await sandboxBench({ url: sandbox.url, keyId: `PKMUTANT${index}`, clock, capabilities });
    const run = BROKER_CARDS.find(({ number }) => number === card)?.run ?? assert.fail(`expected the card ${card}`);
    await assert.rejects(run(mutated(bench, mutate), capabilities), assert.AssertionError);
  });
}
