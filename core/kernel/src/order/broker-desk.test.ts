import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Money, parseMoney, priceFromNumber } from '@bellwether/domain';
import type { AccountSnapshot } from '../account/account-effects.ts';
import type { TradePlan } from '../agent/agent-output.ts';
import { refusal } from '../position/position-book.ts';
import { type AccountRequest, BrokerDesk } from './broker-desk.ts';
import type { DeskEvent } from './desk-events.ts';
import { type Candle, closeIntent, DeskPlay, intentOf, MINUTE, planOf, roundTrip } from './desk-play.fixture.ts';

const PIPELINE = 'pipeline';

function snapshot(at: number, equity: string): AccountSnapshot {
  const money = parseMoney(equity);
  return {
    at,
    equity: money,
    lastEquity: null,
    cash: money,
    buyingPower: (money * 2n) as Money,
    reserved: 0n as Money,
    closingOnly: false,
    blocked: false,
    brokerAccountId: 'broker account',
  };
}

const marks = (price: number) => ({ get: () => priceFromNumber(price) });

class Bench {
  readonly requests: AccountRequest[] = [];
  readonly told: DeskEvent[] = [];
  readonly desk: BrokerDesk;
  seq = 0;

  constructor() {
    this.desk = new BrokerDesk(
      { pipelineId: PIPELINE, allowShort: true, commission: { perShare: 0, minimum: 0, maximumFraction: null } },
      (request) => this.requests.push(request),
      (event) => this.told.push(event),
    );
    this.desk.takeSnapshot(snapshot(0, '100000'));
  }

  submit(
    plan: TradePlan,
    commandId = 'e-1:5:0',
    sessionOpen = true,
    entryRefusal = null as ReturnType<typeof refusal> | null,
  ) {
    const ticket = { commandId, executionId: 'e-1', nodeId: 'trade', agentType: 'trade', symbol: plan.symbol };
    this.desk.submit(plan, ticket, 0, sessionOpen, entryRefusal);
  }

  hear(...events: readonly DeskEvent[]) {
    for (const event of events) this.desk.take(++this.seq, { pipelineId: PIPELINE, event });
  }
}

/** The same plan at a simulated desk, whose events are what an account would tell. */
class Mirrored {
  readonly play = new DeskPlay();
  readonly bench = new Bench();
  #heard = 0;

  submit(plan: TradePlan) {
    this.play.submit(plan);
    this.bench.submit(plan, 'command-1');
    this.#hear();
  }

  bar(candle: Candle) {
    this.play.play(candle);
    this.#hear();
  }

  /** What decisions would be shown by both desks at this price. */
  views(price: number) {
    return [this.play.desk, this.bench.desk].map((desk) => ({
      lane: desk.lane('AAPL'),
      account: desk.accountView('AAPL', marks(price), false),
      after: desk.accountView('AAPL', marks(price), true),
      equity: desk.equity(marks(price)),
    }));
  }

  #hear() {
    // As rows: what an account tells is a copy of what it knows then.
    const news = this.play.events.slice(this.#heard).map((event) => structuredClone(event));
    this.#heard = this.play.events.length;
    this.bench.hear(...news);
    this.bench.desk.tell();
  }
}

const BRACKET = planOf([intentOf({ stopLoss: 95, target1: 110, target2: 120 })]);

describe('the desk of a pipeline on a broker account', () => {
  for (const [name, plan, candles] of [
    [
      'a long to its target',
      BRACKET,
      [
        [100, 101, 99, 100],
        [100, 106, 99, 105],
        [105, 111, 104, 108],
        [108, 121, 107, 120],
      ],
    ],
    [
      'a long to its stop',
      BRACKET,
      [
        [100, 101, 99, 100],
        [100, 100, 94, 95],
      ],
    ],
    [
      'a short',
      planOf([intentOf({ side: 'sell', stopLoss: 105, target1: 90, target2: null })]),
      [
        [100, 101, 99, 100],
        [100, 102, 95, 96],
        [96, 97, 89, 90],
      ],
    ],
  ] as const) {
    test(`P: shows of ${name} at every bar what a simulated desk shows`, () => {
      const both = new Mirrored();
      both.submit(plan);
      for (const candle of candles) {
        both.bar(candle);
        const [simulated, mirrored] = both.views(candle[3]);
        assert.deepEqual(mirrored, simulated);
      }
      assert.equal(both.bench.desk.isLive, false);
    });
  }

  test('hands intents over once, as plain data under the id of their command', () => {
    const bench = new Bench();
    bench.submit(BRACKET);
    const [request] = bench.requests;
    assert.ok(request?.kind === 'proposal');
    assert.equal(request.key, 'e-1:5:0');
    assert.deepEqual(JSON.parse(JSON.stringify(request)), request);
    assert.deepEqual([bench.requests.length, bench.told.length, bench.desk.lane('AAPL').orderPending], [1, 0, true]);
  });

  test('refuses by itself what needs no account, and settles it at once', () => {
    const cases: readonly (readonly [string, (bench: Bench) => void])[] = [
      ['nothing_to_close', (bench) => bench.submit(planOf([closeIntent('sell')]))],
      ['stop_wrong_side', (bench) => bench.submit(planOf([intentOf({ stopLoss: 101 })]))],
      ['market_closed', (bench) => bench.submit(planOf([intentOf()], { entryWhenClosed: 'drop' }), 'c', false)],
      ['kill_switch', (bench) => bench.submit(BRACKET, 'c', true, refusal('kill_switch', 'halted'))],
    ];
    for (const [rule, act] of cases) {
      const bench = new Bench();
      act(bench);
      const [settled] = bench.told;
      assert.ok(settled?.kind === 'settled', rule);
      assert.deepEqual([settled.outcome, settled.ticket.refusal?.rule, bench.requests.length], ['refused', rule, 0]);
    }
    const asking = new Bench();
    asking.submit(BRACKET);
    asking.submit(BRACKET, 'second');
    const [again] = asking.told;
    assert.equal(again?.kind === 'settled' ? again.ticket.refusal?.rule : null, 'symbol_owned');
  });

  test('hears an event once, in order, and tells it when the session is there', () => {
    const { play, bench } = new Mirrored();
    play.submit(BRACKET);
    play.play([100, 101, 99, 100]);
    bench.submit(BRACKET, 'command-1');
    play.events.forEach((event, i) => bench.desk.take(i + 1, { pipelineId: PIPELINE, event }));
    play.events.forEach((event, i) => bench.desk.take(i + 1, { pipelineId: PIPELINE, event }));
    bench.desk.take(play.events.length + 1, { pipelineId: 'another', event: play.events[0] as DeskEvent });
    assert.deepEqual([bench.told.length, bench.desk.hasWork('AAPL')], [0, true]);
    bench.desk.onOpen();
    assert.deepEqual(
      bench.told.map(({ kind }) => kind),
      play.events.map(({ kind }) => kind),
    );
    assert.equal(bench.desk.seq, play.events.length + 1);
  });

  test('sets buying power aside for what is proposed and not yet bought', () => {
    const bench = new Bench();
    bench.submit(planOf([intentOf({ quantity: '100', sizingPrice: 100 })]));
    assert.equal(bench.desk.accountView('MSFT', marks(100), false).buyingPower, '189600.00');
    assert.equal(bench.desk.accountView('AAPL', marks(100), false).symbolExposure, '10400.00');
  });

  test('asks for a close once, and for none where nothing is held', () => {
    const both = new Mirrored();
    assert.equal(both.bench.desk.requestClose('AAPL', 'manual', 0), false);
    both.submit(BRACKET);
    both.bar([100, 101, 99, 100]);
    assert.equal(both.bench.desk.requestClose('AAPL', 'eod_flatten', MINUTE), true);
    assert.equal(both.bench.desk.requestClose('AAPL', 'eod_flatten', MINUTE), false);
    const closes = both.bench.requests.filter(({ kind }) => kind === 'close');
    assert.equal(closes.length, 1);
    assert.equal(both.bench.desk.lane('AAPL').orderPending, true);
  });

  test('asks for entries to be canceled while there are any, and does not drop what was deferred', () => {
    const bench = new Bench();
    bench.desk.cancelEntries(null, 'canceled', 0);
    assert.equal(bench.requests.length, 0);
    bench.submit(BRACKET, 'deferred', false);
    bench.desk.dropUnsent('AAPL', MINUTE, () => 'outside_window');
    assert.equal(bench.requests.length, 1);
    bench.submit(planOf([intentOf({ symbol: 'MSFT' })]), 'now');
    bench.desk.dropUnsent('MSFT', MINUTE, () => 'outside_window');
    bench.desk.dropUnsent('MSFT', MINUTE, () => 'outside_window');
    assert.deepEqual(
      bench.requests.map(({ kind }) => kind),
      ['proposal', 'proposal', 'cancel_entries'],
    );
    // Other tickets at the same instant are another request; what was asked is not asked again.
    bench.submit(planOf([intentOf({ symbol: 'NVDA' })]), 'later');
    bench.desk.dropUnsent('NVDA', MINUTE, () => 'outside_window');
    bench.desk.cancelEntries(null, 'canceled', MINUTE);
    const keys = bench.requests.flatMap((request) => (request.kind === 'cancel_entries' ? [request.key] : []));
    assert.equal(new Set(keys).size, 2);
    assert.equal(keys.length, 2);
  });

  test('goes on from its saved state as if nothing had happened', () => {
    const both = new Mirrored();
    both.submit(BRACKET);
    both.bar([100, 101, 99, 100]);
    const restored = new Bench();
    restored.desk.restoreState(roundTrip(both.bench.desk.saveState()));
    assert.deepEqual(restored.desk.saveState(), both.bench.desk.saveState());
    assert.deepEqual(
      restored.desk.accountView('AAPL', marks(101), false),
      both.bench.desk.accountView('AAPL', marks(101), false),
    );
  });

  test('counts the broker’s own figures once it is flat, and what it made itself until then', () => {
    const both = new Mirrored();
    both.submit(BRACKET);
    both.bar([100, 101, 99, 100]);
    both.bench.desk.takeSnapshot(snapshot(1, '99000'));
    assert.equal(both.bench.desk.equity(marks(101)), parseMoney('100100'));
    both.bar([100, 100, 94, 95]);
    assert.equal(both.bench.desk.equity(marks(95)), parseMoney('99500'));
    both.bench.desk.takeSnapshot(snapshot(2, '99490'));
    assert.equal(both.bench.desk.equity(marks(95)), parseMoney('99490'));
  });
});
