import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notional, priceFromNumber, type Quantity, ratioFromNumber } from '@bellwether/domain';
import type { ExchangeSettings } from '@bellwether/matching';
import fc from 'fast-check';
import type { ExitSettings, OrderIntent, TradePlan } from '../agent/agent-output.ts';
import { type Candle, closeIntent, DeskPlay, intentOf, PLAIN, planOf, roundTrip } from './desk-play.fixture.ts';

const SYMBOLS = ['AAPL', 'MSFT'] as const;
const RUNS = { numRuns: 700, seed: 20_261_127 };

type Act =
  | { readonly kind: 'enter' | 'reverse'; readonly intent: Partial<OrderIntent>; readonly exits: Partial<ExitSettings> }
  | { readonly kind: 'close' | 'request' | 'cancel' };

interface Step {
  /** What is decided at the close before, and what inside the bar, per symbol. */
  readonly acts: readonly (readonly [Act | null, Act | null])[];
  readonly candles: readonly Candle[];
  readonly volumes: readonly number[];
  readonly sessionOpen: boolean;
}

const cents = (min: number, max: number) => fc.integer({ min: min * 100, max: max * 100 }).map((value) => value / 100);
/** Mostly quiet, so that positions live long enough to be split and moved; sometimes wild. */
const prices = fc.oneof({ weight: 5, arbitrary: cents(98, 102) }, { weight: 1, arbitrary: cents(88, 112) });
const candle: fc.Arbitrary<Candle> = fc
  .tuple(prices, prices, prices, prices)
  .map(([a, b, c, d]) => [a, Math.max(a, b, c, d), Math.min(a, b, c, d), d]);

/** Levels around 100, on the right side, any of them absent. */
const entry = fc
  .record({
    side: fc.constantFrom<OrderIntent['side'][]>('buy', 'sell'),
    quantity: fc.integer({ min: 1, max: 9 }).map(String),
    limit: fc.boolean(),
    risk: fc.option(cents(1, 6)),
    reward: fc.option(cents(1, 3)),
    further: fc.option(cents(1, 6)),
  })
  .map(({ side, quantity, limit, risk, reward, further }): Partial<OrderIntent> => {
    const sign = side === 'buy' ? 1 : -1;
    return {
      side,
      quantity,
      limitPrice: limit ? 100 : null,
      stopLoss: risk === null ? null : 100 - sign * risk,
      target1: reward === null ? null : 100 + sign * reward,
      target2: reward === null || further === null ? null : 100 + sign * (reward + further),
    };
  });
const exits = fc.record({
  plan: fc.constantFrom<ExitSettings['plan'][]>('auto', 'auto', 'split_exits', 'single_target'),
  splitAt: fc.constantFrom(0.25, 0.5, 1),
  firstTargetPercent: fc.constantFrom(0, 30, 50, 50, 70, 100),
  moveStopToBreakeven: fc.constantFrom(true, true, true, false),
  singleShareTarget: fc.constantFrom<ExitSettings['singleShareTarget'][]>('target_1', 'target_2'),
  partialPatienceMs: fc.constant(3_000),
  monitoring: fc.constantFrom(true, true, true, false),
});
const act: fc.Arbitrary<Act | null> = fc.oneof(
  { weight: 14, arbitrary: fc.constant(null) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('enter' as const), intent: entry, exits }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reverse' as const), intent: entry, exits }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('close' as const, 'request' as const, 'cancel' as const) }),
  },
);
const step: fc.Arbitrary<Step> = fc.record({
  acts: fc.array(fc.tuple(act, act), { minLength: 2, maxLength: 2 }),
  candles: fc.array(candle, { minLength: 2, maxLength: 2 }),
  volumes: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 2, maxLength: 2 }),
  sessionOpen: fc.boolean(),
});
const tape = fc.array(step, { minLength: 3, maxLength: 30, size: 'max' });
const venue = fc.record({
  simulatePartialFills: fc.boolean(),
  simulateRejections: fc.boolean(),
  stopFromFirstFill: fc.boolean(),
  volumeShare: fc.constantFrom(null, 0.1),
  intrabar: fc.constantFrom<ExchangeSettings['intrabar'][]>('pessimistic', 'optimistic'),
  seed: fc.nat(1000),
});

const SETTINGS: Partial<ExchangeSettings> = {
  slippageFraction: 0.001,
  commission: { perShare: ratioFromNumber(0.005), minimum: 350_000n as never, maximumFraction: null },
};

function playOn(chance: Partial<ExchangeSettings>, index = 0, tickets = 0): DeskPlay {
  return new DeskPlay({ ...SETTINGS, ...chance }, { splitAtEntry: chance.stopFromFirstFill ?? false }, index, tickets);
}

function perform(play: DeskPlay, symbol: string, action: Act | null, sessionOpen: boolean): void {
  if (action === null) return;
  const plan: Partial<TradePlan> = { symbol };
  switch (action.kind) {
    case 'cancel':
      play.desk.cancelEntries(null, 'canceled', play.at);
      return;
    case 'request':
      play.desk.requestClose(symbol, 'manual', play.at);
      return;
    case 'close': {
      const side = play.desk.lane(symbol).side === 'long' ? 'sell' : 'buy';
      play.submit(planOf([closeIntent(side, symbol)], plan), sessionOpen);
      return;
    }
    case 'enter':
      play.submit(planOf([intentOf({ ...action.intent, symbol })], plan, action.exits), sessionOpen);
      return;
    case 'reverse': {
      const intent = intentOf({ ...action.intent, symbol });
      play.submit(planOf([closeIntent(intent.side, symbol), intent], plan, action.exits), sessionOpen);
      return;
    }
  }
}

function playStep(play: DeskPlay, { acts, candles, volumes, sessionOpen }: Step): void {
  SYMBOLS.forEach((symbol, i) => perform(play, symbol, acts[i]?.[0] ?? null, sessionOpen));
  SYMBOLS.forEach((symbol, i) => play.open((candles[i] as Candle)[0], symbol, volumes[i]));
  SYMBOLS.forEach((symbol, i) => perform(play, symbol, acts[i]?.[1] ?? null, true));
  SYMBOLS.forEach((symbol, i) => play.close(candles[i] as Candle, symbol, volumes[i]));
  play.index += 1;
}

/** Holds a desk to its invariants; counts what it saw, so that nobody praises it for an idle tape. */
class Watch {
  readonly seen = { fills: 0, splits: 0, breakevens: 0, shorts: 0, late: 0, naked: 0 };
  #signed = new Map<string, bigint>();
  #cash: bigint = PLAIN.initialCash;
  #read = 0;

  check(play: DeskPlay): void {
    for (; this.#read < play.events.length; this.#read++) {
      const event = play.events[this.#read];
      if (event?.kind === 'settled' && event.ticket.refusal?.rule === 'already_flat') this.seen.late++;
      if (event?.kind === 'position_closed') assert.equal(event.position.quantity, 0n);
      if (event?.kind !== 'filled') continue;
      const { fill, position } = event;
      this.seen.fills++;
      if (position.split) this.seen.splits++;
      if (position.breakevenDone) this.seen.breakevens++;
      if (position.side === 'short') this.seen.shorts++;
      const signed = fill.side === 'buy' ? fill.quantity : -fill.quantity;
      const before = this.#signed.get(fill.symbol) ?? 0n;
      assert.ok(before === 0n || before > 0n === before + signed > 0n || before + signed === 0n, 'I3 crossed zero');
      this.#signed.set(fill.symbol, before + signed);
      this.#cash -= notional(fill.price, signed as Quantity) + fill.commission;
    }
    assert.equal(play.exchange.cash, this.#cash, 'cash = initial cash − Σ fills − commissions');
    let equity = this.#cash;
    for (const symbol of SYMBOLS) {
      const signed = this.#signed.get(symbol) ?? 0n;
      this.#checkSymbol(play, symbol, signed);
      if (signed !== 0n) equity += notional(play.marks().get(symbol) ?? priceFromNumber(100), signed as Quantity);
    }
    assert.equal(play.exchange.equity(play.marks()), equity, 'equity = cash + Σ signed value');
  }

  #checkSymbol(play: DeskPlay, symbol: string, signed: bigint): void {
    const position = play.desk.position(symbol);
    const held = position?.quantity ?? 0n;
    const size = signed < 0n ? -signed : signed;
    assert.equal(held, size, 'Σ fills = own position');
    assert.equal(play.exchange.position(symbol).quantity, signed, 'I6 Σ fills = what the venue holds');
    if (size > 0n) assert.equal(position?.side, signed > 0n ? 'long' : 'short');
    const live = play.exchange
      .orders()
      .filter((order) => order.symbol === symbol && order.role !== 'entry' && isWorking(order.status));
    const groups = new Map<string, bigint>();
    let covered = 0n;
    for (const order of live) {
      const left = order.quantity - order.filledQuantity;
      if (left > (groups.get(order.groupId) ?? 0n)) groups.set(order.groupId, left);
      if (order.type === 'stop') covered += left;
    }
    const resting = [...groups.values()].reduce((sum, quantity) => sum + quantity, 0n);
    assert.ok(resting <= size, `I1 ${resting} rests on ${size}`);
    if (position === undefined || size === 0n) return;
    if (!position.entryComplete) this.seen.naked++;
    else if (position.stop !== null && position.closing === null)
      assert.equal(covered, size, `I2 ${symbol} is not covered`);
    if (position.stop !== null && position.initialStop !== null) {
      const moved = position.stop - position.initialStop;
      assert.ok(position.side === 'long' ? moved >= 0n : moved <= 0n, 'I4 a stop never moves so that risk grows');
    }
  }
}

function isWorking(status: string): boolean {
  return status === 'working' || status === 'partially_filled';
}

/** Each ticket settles exactly once, or its orders still wait at the end. */
function checkTickets(play: DeskPlay): void {
  const settled = new Map<string, number>();
  for (const event of play.events)
    if (event.kind === 'settled') settled.set(event.ticket.commandId, (settled.get(event.ticket.commandId) ?? 0) + 1);
  const pending = new Set(play.desk.saveState().tickets.map((ticket) => ticket.commandId));
  for (let i = 1; i <= play.tickets; i++) {
    const times = settled.get(`command-${i}`) ?? 0;
    assert.equal(times, pending.has(`command-${i}`) ? 0 : 1, `command-${i} settled ${times} times`);
  }
  for (const { commandId, pending: orders } of play.desk.saveState().tickets)
    assert.ok(orders.length > 0, `${commandId} waits for nothing`);
}

test('P28 I1–I8 hold after every event of random tapes, long and short, whatever is decided when', () => {
  const seen = new Watch().seen;
  fc.assert(
    fc.property(tape, venue, (steps, chance) => {
      const play = playOn(chance);
      const watch = new Watch();
      play.afterEach = () => watch.check(play);
      for (const one of steps) playStep(play, one);
      checkTickets(play);
      for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += watch.seen[key];
    }),
    RUNS,
  );
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 20, `saw ${count} ${what}`);
});

test('a desk that was saved and restored in another process goes on as if it had not been', () => {
  let orders = 0;
  fc.assert(
    fc.property(tape, tape, venue, (before, after, chance) => {
      const play = playOn(chance);
      for (const one of before) playStep(play, one);
      const state = roundTrip(play.desk.saveState());
      const exchangeState = roundTrip(play.exchange.saveState());
      const restored = playOn(chance, play.index, play.tickets);
      restored.exchange.restoreState(exchangeState);
      restored.desk.restoreState(state);
      restored.see(play);
      assert.deepEqual(restored.desk.saveState(), play.desk.saveState());
      orders += state.positions.length;
      const from = play.events.length;
      for (const one of after) {
        playStep(play, one);
        playStep(restored, one);
      }
      assert.deepEqual(restored.events, play.events.slice(from));
      assert.equal(restored.exchange.cash, play.exchange.cash);
    }),
    { ...RUNS, numRuns: 200 },
  );
  assert.ok(orders > 50, `expected desks with positions to be saved, had ${orders}`);
});
