import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS, seededChance } from '@bellwether/domain';
import { type AccountOperation, perform } from './account-operations.ts';
import { Refusal } from './refusals.ts';
import { SandboxAccount } from './sandbox-account.ts';
import { FIRST_OPEN } from './sandbox-bench.fixture.ts';

const ORDERS: readonly Record<string, unknown>[] = [
  { type: 'market' },
  { type: 'limit', limit_price: '99' },
  { type: 'limit', limit_price: '101' },
  { type: 'stop', stop_price: '101' },
  { type: 'stop', stop_price: '99' },
  { type: 'market', order_class: 'bracket', take_profit: { limit_price: '102' }, stop_loss: { stop_price: '98' } },
  { type: 'market', order_class: 'bracket', take_profit: { limit_price: '98' }, stop_loss: { stop_price: '102' } },
  { type: 'limit', order_class: 'oco', take_profit: { limit_price: '102' }, stop_loss: { stop_price: '98' } },
  { type: 'limit', order_class: 'oco', take_profit: { limit_price: '98' }, stop_loss: { stop_price: '102' } },
  { type: 'market', order_class: 'oto', stop_loss: { stop_price: '98' } },
];

/** Returns what a hand without a plan does to an account, the same for the same seed. */
function operations(seed: number): readonly AccountOperation[] {
  const draw = seededChance(seed, 'operations');
  const pick = (count: number) => Math.floor(draw() * count);
  return Array.from({ length: 80 }, (_, i): AccountOperation => {
    const wall = FIRST_OPEN + i * 1_000;
    const at = FIRST_OPEN + i * MINUTE_MS;
    const price = 97 + draw() * 6;
    switch (pick(6)) {
      case 0:
      case 1: {
        const sent = {
          symbol: 'AAPL',
          side: draw() < 0.5 ? 'buy' : 'sell',
          qty: String(1 + pick(20)),
          client_order_id: `o${i}`,
        };
        const body = { ...sent, time_in_force: draw() < 0.7 ? 'gtc' : 'day', ...ORDERS[pick(ORDERS.length)] };
        return { kind: 'submit', wall, body, isExternal: draw() < 0.3 };
      }
      case 2:
        return { kind: 'cancel', wall, id: `#${pick(100)}` };
      case 3: {
        const body = draw() < 0.5 ? { stop_price: price.toFixed(2) } : { limit_price: price.toFixed(2) };
        return { kind: 'replace', wall, id: `#${pick(100)}`, body };
      }
      case 4:
        return {
          kind: 'market',
          wall,
          steps: [{ kind: 'quote', symbol: 'AAPL', at, bid: price, ask: price + 0.02 }],
          stepKey: null,
        };
      default: {
        const [high, low] = [price + draw(), price - draw()];
        const bar = {
          kind: 'bar',
          symbol: 'AAPL',
          start: at - MINUTE_MS,
          end: at,
          open: price,
          high,
          low,
          close: price,
          volume: 1_000,
        };
        const close = draw() < 0.1 ? [{ kind: 'session_end', symbol: 'AAPL', at }] : [];
        return { kind: 'market', wall, steps: [bar, ...close], stepKey: null };
      }
    }
  });
}

function play(seed: number): { readonly account: SandboxAccount; readonly told: readonly string[] } {
  const told: string[] = [];
  const faults = {
    partial_fill_rate: 0.2,
    both_legs_fill: 0.1,
    stuck_pending_cancel: 0.2,
    replace_rejected: 0.1,
    halt: 0.05,
    partial_replace_recreates_original: 0.5,
  };
  const origin = { seed, idSeed: seed, createdAt: FIRST_OPEN };
  const account = new SandboxAccount('PK1', { faults }, origin, ({ event, order }) =>
    told.push(`${event} ${order.id}`),
  );
  for (const operation of operations(seed)) {
    // "#7" is the order that came in as the seventh, if there is one.
    const nth = 'id' in operation ? account.registry.all()[Number(operation.id.slice(1))] : undefined;
    try {
      perform(account, nth === undefined ? operation : ({ ...operation, id: nth.id } as AccountOperation));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    check(account);
  }
  return { account, told };
}

function check(account: SandboxAccount): void {
  let net = 0n;
  let cash = 100_000_000_000n;
  for (const fill of account.fills) {
    const signed = fill.side === 'buy' ? fill.quantity : -fill.quantity;
    net += signed;
    cash -= (fill.price * signed) / 1_000_000_000_000n;
  }
  assert.equal(account.exchange.position('AAPL').quantity, net, 'the position is the sum of the fills');
  const difference = account.exchange.cash - cash;
  assert.ok(difference > -1_000n && difference < 1_000n, 'so is the cash, to its rounding');
  for (const record of account.registry.all()) {
    const order = account.exchange.find(record.id);
    const isOpen = order !== undefined && ['held', 'working', 'partially_filled'].includes(order.status);
    assert.equal(account.registry.isLive(record), isOpen, `${record.id} is ${order?.status}`);
    const filled = record.fills.reduce((sum, fill) => sum + fill.quantity, 0n);
    assert.equal(order?.filledQuantity ?? 0n, filled);
  }
  assert.equal(new Set(account.fills.map(({ executionId }) => executionId)).size, account.fills.length);
}

test('whatever is sent, records, exchange and fills agree; and the same again gives the same account', () => {
  let fills = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const { account, told } = play(seed);
    fills += account.fills.length;
    if (seed % 25 === 0) assert.deepEqual(play(seed).told, told);
  }
  assert.ok(fills > 1_000, `${fills} fills`);
});
