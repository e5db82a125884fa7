import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Bar,
  notional,
  type OrderRequest,
  type Price,
  parseMoney,
  priceFromNumber,
  type Quantity,
  ratioFromNumber,
} from '@bellwether/domain';
import fc from 'fast-check';
import type { ExchangeEvent, ExchangeSettings } from './exchange.ts';
import type { ExchangeState } from './exchange-state.ts';
import { checkBar } from './inside-bar.ts';
import { SimulatedExchange } from './simulated-exchange.ts';
import { orderOf, PLAIN_SETTINGS, type Sketch } from './testing.ts';

const SETTINGS: ExchangeSettings = {
  ...PLAIN_SETTINGS,
  slippageFraction: 0.001,
  commission: { perShare: ratioFromNumber(0.005), minimum: parseMoney('1'), maximumFraction: ratioFromNumber(0.01) },
  simulatePartialFills: true,
  simulateRejections: true,
};

type Act =
  | { readonly kind: 'enter'; readonly sketch: Omit<Sketch, 'id'> }
  | { readonly kind: 'close' }
  | { readonly kind: 'reverse' }
  | { readonly kind: 'cancel'; readonly pick: number }
  | { readonly kind: 'move'; readonly pick: number; readonly stop: number };

const cents = fc.integer({ min: 9_000, max: 11_000 }).map((value) => value / 100);
const price = cents.map(String);
const enter: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('enter' as const),
  sketch: fc
    .tuple(
      fc.record({ side: fc.constantFrom<Sketch['side'][]>('buy', 'sell'), count: fc.integer({ min: 1, max: 300 }) }),
      fc.oneof(fc.constant({}), fc.record({ limit: price }), fc.record({ stop: price })),
      fc.record({ target: price, stopLoss: price }, { requiredKeys: [] }),
      fc.record({ timeInForce: fc.constantFrom<NonNullable<Sketch['timeInForce']>[]>('day', 'gtc') }),
    )
    .map(([a, b, c, d]) => ({ ...a, ...b, ...c, ...d })),
});
const act: fc.Arbitrary<Act> = fc.oneof(
  enter,
  fc.record({ kind: fc.constant('close' as const) }),
  fc.record({ kind: fc.constant('reverse' as const) }),
  fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat(50) }),
  fc.record({ kind: fc.constant('move' as const), pick: fc.nat(50), stop: cents }),
);
const candle = fc.tuple(cents, cents, cents, cents, fc.integer({ min: 0, max: 5_000 }));
const tape = fc.array(fc.record({ acts: fc.array(act, { maxLength: 3 }), candle }), { minLength: 5, maxLength: 25 });
type Tape = typeof tape extends fc.Arbitrary<infer Value> ? Value : never;

function barAtStep([a, b, c, d, volume]: readonly [number, number, number, number, number], index: number): Bar {
  const bar = {
    start: index * 60_000,
    end: index * 60_000 + 60_000,
    open: a,
    high: Math.max(a, b, c, d),
    low: Math.min(a, b, c, d),
    close: d,
    volume,
  };
  checkBar('AAPL', bar);
  return bar;
}

/** Ids are a function of the step, so that they do not depend on what happened. */
function perform(
  exchange: SimulatedExchange,
  symbol: string,
  step: string,
  action: Act,
  at: number,
): readonly ExchangeEvent[] {
  const send = (request: OrderRequest) => exchange.submit({ ...request, symbol }, at);
  const live = exchange
    .orders()
    .filter((order) => order.symbol === symbol && ['held', 'working', 'partially_filled'].includes(order.status));
  const closed = () => {
    const { quantity } = exchange.position(symbol);
    const size = (quantity < 0n ? -quantity : quantity) as Quantity;
    if (size === 0n) return [];
    const canceled = live.flatMap((order) => exchange.cancel(order.clientOrderId, at));
    return [
      ...canceled,
      ...send({ ...orderOf({ id: `${step}-close`, side: quantity > 0n ? 'sell' : 'buy' }), quantity: size }),
    ];
  };
  switch (action.kind) {
    case 'enter':
      return send(orderOf({ ...action.sketch, id: `${step}-enter` }));
    case 'close':
      return closed();
    case 'reverse': {
      const side = exchange.position(symbol).quantity > 0n ? 'sell' : 'buy';
      return [...closed(), ...send(orderOf({ id: `${step}-reverse`, side, count: 50 }))];
    }
    case 'cancel': {
      const order = live[action.pick % Math.max(1, live.length)];
      return order === undefined ? [] : exchange.cancel(order.clientOrderId, at);
    }
    case 'move': {
      const stops = live.filter((order) => order.type === 'stop');
      const stop = stops[action.pick % Math.max(1, stops.length)];
      return stop === undefined
        ? []
        : exchange.replaceStop(stop.clientOrderId, priceFromNumber(action.stop), `${step}-move`, at);
    }
  }
}

function playStep(
  exchange: SimulatedExchange,
  symbol: string,
  name: string,
  step: Tape[number],
  index: number,
): readonly ExchangeEvent[] {
  const bar = barAtStep(step.candle, index);
  const events = step.acts.flatMap((action, i) => perform(exchange, symbol, `${name}${index}.${i}`, action, bar.start));
  events.push(...exchange.onOpen(symbol, bar.start, bar.open, bar.volume), ...exchange.onBar(symbol, bar));
  if (index % 7 === 6) events.push(...exchange.onSessionEnd(symbol, bar.end));
  return events;
}

const settingsOf = fc.record({
  volumeShare: fc.constantFrom(null, 0.1),
  intrabar: fc.constantFrom<ExchangeSettings['intrabar'][]>('pessimistic', 'optimistic'),
  limitFill: fc.constantFrom<ExchangeSettings['limitFill'][]>('through', 'touch'),
  stopFromFirstFill: fc.boolean(),
});

test('P28 random tapes: the ledger is conserved, nothing crosses zero, no fill is outside its bar, exits never exceed the holding', () => {
  let fills = 0;
  let exits = 0;
  fc.assert(
    fc.property(tape, settingsOf, (steps, choices) => {
      const exchange = new SimulatedExchange({ ...SETTINGS, ...choices });
      let cash: bigint = SETTINGS.initialCash;
      let held = 0n;
      steps.forEach((step, index) => {
        const bar = barAtStep(step.candle, index);
        for (const { fill, order } of playStep(exchange, 'AAPL', '', step, index)) {
          if (fill === undefined) continue;
          fills += 1;
          const before = held;
          const signed = (fill.side === 'buy' ? fill.quantity : -fill.quantity) as Quantity;
          held += signed;
          cash -= notional(fill.price, signed) + fill.commission;
          assert.ok(before * held >= 0n, `${fill.fillId} crossed zero`);
          if (order.role !== 'entry') exits += 1;
          const base = fill.side === 'buy' ? fill.price - fill.slippage : fill.price + fill.slippage;
          assert.ok(
            base >= priceFromNumber(bar.low) && base <= priceFromNumber(bar.high),
            `${fill.fillId} at ${base} is outside its bar`,
          );
          if (order.limitPrice !== null) {
            assert.ok(
              fill.side === 'buy' ? fill.price <= order.limitPrice : fill.price >= order.limitPrice,
              `${fill.fillId} is worse than its limit`,
            );
          }
          assert.ok(order.filledQuantity <= order.quantity);
        }
        assert.equal(exchange.cash, cash);
        assert.equal(exchange.position('AAPL').quantity, held);
        const mark = priceFromNumber(bar.close);
        assert.equal(exchange.equity(new Map([['AAPL', mark]])), cash + notional(mark, held as Quantity));
        const groups = new Map<string, bigint>();
        for (const order of exchange.orders()) {
          if (order.role === 'entry' || (order.status !== 'working' && order.status !== 'partially_filled')) continue;
          const left = order.quantity - order.filledQuantity;
          if (left > (groups.get(order.groupId) ?? 0n)) groups.set(order.groupId, left);
        }
        const resting = [...groups.values()].reduce((sum, left) => sum + left, 0n);
        assert.ok(resting <= (held < 0n ? -held : held), `${resting} rest on ${held}`);
      });
    }),
    { numRuns: 400, seed: 28 },
  );
  // Vacuous unless tapes trade, out as well as in.
  assert.ok(fills > 1_000 && exits > 200, `expected tapes that trade, found ${fills} fills and ${exits} exits`);
});

test('P28 the same calls give the same events, and a saved state goes on as if nothing had happened', () => {
  fc.assert(
    fc.property(tape, settingsOf, fc.nat(24), (steps, choices, cut) => {
      const settings = { ...SETTINGS, ...choices };
      const whole = new SimulatedExchange(settings);
      let broken = new SimulatedExchange(settings);
      steps.forEach((step, index) => {
        if (index === cut % steps.length) {
          const state = JSON.parse(JSON.stringify(broken.saveState())) as ExchangeState;
          broken = new SimulatedExchange(settings);
          broken.restoreState(state);
          assert.deepEqual(broken.saveState(), state);
        }
        assert.deepEqual(playStep(broken, 'AAPL', '', step, index), playStep(whole, 'AAPL', '', step, index));
      });
      assert.deepEqual(broken.saveState(), whole.saveState());
    }),
    { numRuns: 150, seed: 28 },
  );
});

test('M8 what happens in one symbol does not depend on what happens in another', () => {
  fc.assert(
    fc.property(tape, tape, (mine, others) => {
      const alone = new SimulatedExchange(SETTINGS);
      const together = new SimulatedExchange(SETTINGS);
      mine.forEach((step, index) => {
        const other = others[index];
        if (other !== undefined) playStep(together, 'MSFT', 'other', other, index);
        assert.deepEqual(playStep(together, 'AAPL', 'mine', step, index), playStep(alone, 'AAPL', 'mine', step, index));
      });
    }),
    { numRuns: 150, seed: 28 },
  );
});

test('M11 a position is worth what it cost at the price at which it was entered, long and short', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Sketch['side'][]>('buy', 'sell'),
      cents,
      fc.integer({ min: 1, max: 500 }),
      (side, open, count) => {
        const exchange = new SimulatedExchange(PLAIN_SETTINGS);
        exchange.submit(orderOf({ id: 'e', side, count }), 0);
        exchange.onOpen('AAPL', 0, open);
        const mark: Price = priceFromNumber(open);
        assert.equal(exchange.equity(new Map([['AAPL', mark]])), PLAIN_SETTINGS.initialCash);
        assert.equal(exchange.position('AAPL').averageEntry, mark);
      },
    ),
  );
});
