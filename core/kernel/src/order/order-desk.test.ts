import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SizeRule } from '@bellwether/domain';
import { type Candle, closeIntent, DeskPlay, intentOf, MINUTE, planOf } from './desk-play.fixture.ts';

const FLAT: Candle = [100, 101, 99, 100];
const LEVELS = { stopLoss: 95, target1: 110, target2: 120 };

/** Everything that equity allows, sized when it fills. */
const ALL_IN: SizeRule = {
  sizing: { kind: 'equity_fraction', fraction: 1, cashBufferFraction: 0 },
  limits: {
    maxPositionFraction: null,
    maxSymbolExposureFraction: null,
    grossExposureFraction: null,
    openRiskFraction: null,
    maxBatchRiskFraction: null,
    orderNotional: null,
    averageVolumeShares: null,
    maxOpenPositions: null,
    minRiskReward: null,
  },
  allowShort: true,
  convictionFactor: 1,
  quantityIncrement: 1,
  priceIncrement: 0.01,
};

describe('entries', () => {
  test('M1 a decision fills at the open of the next bar, never in the bar that it saw', () => {
    const play = new DeskPlay();
    play.play(FLAT);
    play.enter();
    assert.deepEqual(play.fills(), []);
    play.play([102, 103, 101, 102]);
    assert.deepEqual(play.fills(), ['1 buy 100@102 entry']);
    assert.deepEqual(play.settled(), ['command-1 traded']);
  });

  test('a limit entry rests, and expires unfilled after entry_valid_seconds', () => {
    const play = new DeskPlay();
    play.enter({ limitPrice: 98, ...LEVELS });
    play.play(FLAT);
    assert.deepEqual(play.fills(), []);
    assert.deepEqual(play.settled(), ['command-1 refused entry_expired']);
    assert.deepEqual(play.closed(), ['long no_fill']);
    assert.equal(play.desk.lane('AAPL').orderPending, false);
    play.play([100, 101, 90, 100]);
    assert.deepEqual(play.fills(), []);
  });

  test('a limit entry works for all the time it was given', () => {
    const play = new DeskPlay();
    play.enter({ limitPrice: 98 }, {}, { entryValidMs: 2 * MINUTE });
    play.play(FLAT, [100, 101, 97, 100]);
    assert.deepEqual(play.fills(), ['2 buy 100@98 entry']);
  });

  test('M6 entered inside the bar: the stop can hit in it, the target cannot', () => {
    const stopped = new DeskPlay();
    stopped.enter({ limitPrice: 98, stopLoss: 95, target1: 101 });
    stopped.play([100, 102, 94, 100]);
    assert.deepEqual(stopped.fills(), ['1 buy 100@98 entry', '1 sell 100@95 stop']);
    const open = new DeskPlay();
    open.enter({ limitPrice: 98, stopLoss: 95, target1: 101 });
    open.play([100, 102, 97, 100]);
    assert.deepEqual(open.fills(), ['1 buy 100@98 entry']);
  });

  test('a limit is never worse than decided: a buy goes down to the increment, a sale up', () => {
    const play = new DeskPlay();
    play.enter({ limitPrice: 98.009 });
    play.enter({ symbol: 'MSFT', side: 'sell', limitPrice: 101.001 }, {}, { symbol: 'MSFT' });
    play.open(100);
    play.open(100, 'MSFT');
    assert.deepEqual([...play.resting(), ...play.resting('MSFT')], ['buy limit 100@98', 'sell limit 100@101.01']);
  });

  test('seed-O8 a second entry in a held symbol is refused as symbol_owned', () => {
    const play = new DeskPlay();
    play.enter();
    play.enter();
    play.play(FLAT);
    play.enter({ side: 'sell' });
    play.play(FLAT);
    assert.deepEqual(play.settled(), [
      'command-2 refused symbol_owned',
      'command-1 traded',
      'command-3 refused symbol_owned',
    ]);
    assert.equal(play.fills().length, 1);
  });

  test('seed-O8 after a rejected entry the symbol is free again', () => {
    const play = new DeskPlay();
    play.enter({ quantity: '0' });
    play.play(FLAT);
    play.enter();
    play.play(FLAT);
    assert.deepEqual(play.settled(), ['command-1 refused bad_order', 'command-2 traded']);
  });

  test('a closed market defers an entry, or drops it when the trade manager says so', () => {
    const play = new DeskPlay();
    play.submit(planOf([intentOf()], { entryWhenClosed: 'drop' }), false);
    play.submit(planOf([intentOf()]), false);
    play.play(FLAT);
    assert.deepEqual(play.settled(), ['command-1 refused market_closed', 'command-2 traded']);
  });

  test('a deferred entry is weighed again at the open, at the price that sized it, and dropped without the money', () => {
    const play = new DeskPlay({ marginMultiplier: 1 });
    play.enter({ symbol: 'MSFT', quantity: '600' });
    play.open(100, 'MSFT');
    play.submit(planOf([intentOf({ quantity: '500' })]), false);
    play.play(FLAT);
    assert.deepEqual(play.settled(), ['command-1 traded', 'command-2 refused buying_power']);
    const { threshold, value } = refusalOf(play, 'command-2');
    assert.deepEqual([value, threshold], ['50000.00', '40000.00']);
  });

  test('an entry that the open itself makes dearer keeps its size: the sizing price is what is weighed', () => {
    const play = new DeskPlay({ marginMultiplier: 1 });
    play.submit(planOf([intentOf({ quantity: '990' })]), false);
    play.play([101, 102, 100, 101]);
    assert.deepEqual(play.fills(), ['0 buy 990@101 entry']);
  });

  test('seed-O10 levels on the wrong side, equal, or made equal by rounding are refused before anything is written', () => {
    const rules = (change: Parameters<typeof intentOf>[0]) => {
      const play = new DeskPlay();
      play.enter(change);
      assert.equal(play.events.filter(({ kind }) => kind === 'order_updated').length, 0);
      return play.settled()[0]?.replace('command-1 refused ', '');
    };
    assert.equal(rules({ stopLoss: 101 }), 'stop_wrong_side');
    assert.equal(rules({ side: 'sell', stopLoss: 99 }), 'stop_wrong_side');
    assert.equal(rules({ stopLoss: 100 }), 'stop_wrong_side');
    assert.equal(rules({ stopLoss: 99.995 }), 'stop_wrong_side');
    assert.equal(rules({ target1: 99 }), 't1_wrong_side');
    assert.equal(rules({ target1: 100.001 }), 't1_wrong_side');
    assert.equal(rules({ target1: 110.002, target2: 110.008 }), 't2_not_beyond_t1');
    assert.equal(rules({ target1: null, target2: 99 }), 't2_wrong_side');
    assert.equal(rules({ stopLoss: Number.NaN }), 'not_a_price');
    assert.equal(rules({ sizingPrice: Number.POSITIVE_INFINITY }), 'not_a_price');
  });

  test('an account that may not sell short opens nothing on that side, and closes a long all the same', () => {
    const play = new DeskPlay({}, { allowShort: false });
    play.enter();
    play.play(FLAT);
    play.submit(planOf([closeIntent('sell'), intentOf({ side: 'sell' })]));
    play.play(FLAT);
    assert.deepEqual(play.fills(), ['0 buy 100@100 entry', '1 sell 100@100 signal_exit']);
  });
});

describe('partial fills and refusals of chance', () => {
  /** A play whose first entry meets the chance that is asked for. */
  function lucky(wants: (play: DeskPlay) => boolean, settings: object, prepare: (play: DeskPlay) => void): DeskPlay {
    for (let seed = 1; seed < 500; seed++) {
      const play = new DeskPlay({ ...settings, seed });
      prepare(play);
      if (wants(play)) return play;
    }
    throw new Error('expected one of 500 seeds to meet the chance, none did');
  }
  const partly = (play: DeskPlay) =>
    play.events.filter(({ kind }) => kind === 'filled').length === 1 && held(play) < 100;
  const held = (play: DeskPlay) => Number(play.desk.lane('AAPL').quantity);

  test('seed-O5 a partly filled entry is booked as what was filled; its legs arm when it is complete', () => {
    const play = lucky(partly, { simulatePartialFills: true }, (of) => {
      of.enter(LEVELS);
      of.play(FLAT);
    });
    assert.ok(held(play) >= 70 && held(play) <= 95);
    assert.deepEqual(play.settled(), []);
    play.play(FLAT);
    assert.equal(held(play), 100);
    assert.deepEqual(play.settled(), ['command-1 traded']);
    assert.deepEqual(play.resting(), ['sell limit 100@120', 'sell stop 100@95']);
  });

  test('seed-O12 an entry canceled in part is covered for what was bought, and split by that', () => {
    const play = lucky(partly, { simulatePartialFills: true }, (of) => {
      of.enter(LEVELS);
      of.play(FLAT);
    });
    const bought = held(play);
    play.desk.cancelEntries(null, 'canceled', play.at);
    assert.deepEqual(play.resting(), [`sell limit ${bought}@120`, `sell stop ${bought}@95`]);
    assert.deepEqual(play.settled(), ['command-1 traded']);
    play.play([100, 106, 99, 105]);
    const first = Math.floor(bought / 2);
    assert.ok(play.resting().includes(`sell limit ${first}@110`));
    assert.ok(play.resting().includes(`sell limit ${bought - first}@120`));
  });

  test('a partly filled entry is closed without waiting for the rest', () => {
    const play = lucky(partly, { simulatePartialFills: true }, (of) => {
      of.enter(LEVELS);
      of.play(FLAT);
    });
    const bought = held(play);
    play.submit(planOf([closeIntent('sell')]));
    play.play(FLAT);
    assert.equal(play.fills().at(-1), `1 sell ${bought}@100 signal_exit`);
    assert.deepEqual([play.exchange.position('AAPL').quantity, play.resting()], [0n, []]);
    assert.deepEqual(play.settled(), ['command-1 traded', 'command-2 traded']);
  });

  test('a refused entry settles its ticket and leaves no position', () => {
    const rejected = (of: DeskPlay) => of.settled().includes('command-1 refused simulated_rejection');
    const play = lucky(rejected, { simulateRejections: true }, (of) => {
      of.enter(LEVELS);
      of.play(FLAT);
    });
    assert.equal(play.desk.position('AAPL'), undefined);
    assert.deepEqual(play.closed(), ['long no_fill']);
    assert.equal(play.desk.hasWork('AAPL'), false);
  });
});

describe('closes', () => {
  test('seed-O15 a close takes the exits down first and sells exactly what is held', () => {
    const play = new DeskPlay();
    play.enter(LEVELS);
    play.play(FLAT, [100, 106, 99, 105], [105, 111, 104, 108]);
    play.submit(planOf([closeIntent('sell')]));
    play.play([90, 125, 80, 100]);
    assert.deepEqual(play.fills(), ['0 buy 100@100 entry', '3 sell 50@110 target_1', '3 sell 50@90 signal_exit']);
    assert.deepEqual([play.closed(), play.resting()], [['long signal_exit'], []]);
  });

  test('seed-O18 asking twice for a close changes nothing', () => {
    const play = new DeskPlay();
    play.enter(LEVELS);
    assert.equal(play.desk.requestClose('AAPL', 'manual', play.at), false);
    play.play(FLAT);
    assert.equal(play.desk.requestClose('AAPL', 'manual', play.at), true);
    assert.equal(play.desk.requestClose('AAPL', 'eod_flatten', play.at), false);
    play.submit(planOf([closeIntent('sell')]));
    play.play(FLAT);
    assert.deepEqual(play.fills().slice(1), ['1 sell 100@100 manual']);
    assert.equal(play.settled().at(-1), 'command-2 refused nothing_to_close');
  });

  test('nothing to close is said, not sent', () => {
    const play = new DeskPlay();
    play.submit(planOf([closeIntent('sell')]));
    assert.deepEqual(play.settled(), ['command-1 refused nothing_to_close']);
  });

  test('seed-O15 a stop that fills between the decision to close and the open settles the close as too late', () => {
    const play = new DeskPlay();
    play.enter(LEVELS);
    play.play(FLAT);
    play.open(100);
    // A time trigger inside the bar decides while its stop still rests.
    play.submit(planOf([closeIntent('sell')]));
    play.close([100, 101, 94, 96]);
    play.index += 1;
    assert.deepEqual(play.fills().slice(1), ['2 sell 100@95 stop']);
    assert.deepEqual(play.settled(), ['command-1 traded', 'command-2 refused already_flat']);
    play.play(FLAT);
    play.enter();
    play.play(FLAT);
    assert.equal(play.fills().length, 3);
  });

  test('a reversal whose long is stopped out before the open still opens the other side', () => {
    const play = new DeskPlay();
    play.enter(LEVELS);
    play.play(FLAT);
    play.open(100);
    play.submit(planOf([closeIntent('sell'), intentOf({ side: 'sell' })]));
    play.close([100, 101, 94, 96]);
    play.index += 1;
    play.play([96, 97, 95, 96]);
    assert.deepEqual(play.fills().slice(1), ['2 sell 100@95 stop', '2 sell 100@96 entry']);
    assert.deepEqual(play.settled(), ['command-1 traded', 'command-2 traded']);
  });

  test('a reversal closes, then opens, at one open', () => {
    const play = new DeskPlay();
    play.enter(LEVELS);
    play.play(FLAT);
    play.submit(planOf([closeIntent('sell'), intentOf({ side: 'sell', quantity: '80', stopLoss: 110 })]));
    play.play([104, 105, 103, 104]);
    assert.deepEqual(play.fills(), ['0 buy 100@100 entry', '1 sell 100@104 signal_exit', '1 sell 80@104 entry']);
    assert.deepEqual(play.resting(), ['buy stop 80@110']);
    assert.equal(play.desk.lane('AAPL').side, 'short');
  });

  test('a close that a capped volume fills in part goes on, and its reversal is dropped', () => {
    const play = new DeskPlay({ volumeShare: 0.00006 });
    play.enter({ quantity: '100' });
    play.play(FLAT, FLAT);
    play.submit(planOf([closeIntent('sell'), intentOf({ side: 'sell' })]));
    play.play(FLAT, FLAT);
    assert.deepEqual(play.fills().slice(2), ['2 sell 60@100 signal_exit', '3 sell 40@100 signal_exit']);
    assert.equal(play.exchange.position('AAPL').quantity, 0n);
    assert.deepEqual(play.settled(), ['command-1 traded', 'command-2 traded']);
  });
});

describe('size_reference fill_price', () => {
  test('sizes by the open, from the equity at that open', () => {
    const play = new DeskPlay();
    play.enter({ quantity: '1', sizeAtFill: ALL_IN });
    play.play([80, 81, 79, 80]);
    assert.deepEqual(play.fills(), ['0 buy 1250@80 entry']);
  });

  test('a reversal is sized from the equity after the closing fill', () => {
    const play = new DeskPlay();
    play.enter({ quantity: '1000' });
    play.play(FLAT);
    play.submit(planOf([closeIntent('sell'), intentOf({ side: 'sell', quantity: '1', sizeAtFill: ALL_IN })]));
    play.play([110, 111, 109, 110]);
    // 100,000 + 1,000 × 10 = 110,000 of equity once the long is closed.
    assert.deepEqual(play.fills().slice(1), ['1 sell 1000@110 signal_exit', '1 sell 1000@110 entry']);
  });

  test('an entry does not count itself among the positions that are open', () => {
    const play = new DeskPlay();
    const rule = { ...ALL_IN, limits: { ...ALL_IN.limits, maxOpenPositions: 1 } };
    play.enter({ quantity: '1', sizeAtFill: rule });
    play.play(FLAT);
    assert.deepEqual(play.settled(), ['command-1 traded']);
    play.enter({ symbol: 'MSFT', quantity: '1', sizeAtFill: rule }, {}, { symbol: 'MSFT' });
    play.open(100, 'MSFT');
    assert.equal(play.settled().at(-1), 'command-2 refused max_open_positions');
  });

  test('a stop on the wrong side of the open is refused, never sized', () => {
    const play = new DeskPlay();
    play.enter({ ...LEVELS, sizeAtFill: ALL_IN });
    play.play([94, 95, 93, 94]);
    assert.deepEqual(play.settled(), ['command-1 refused stop_wrong_side']);
    assert.deepEqual(play.fills(), []);
  });
});

describe('cancelEntries', () => {
  test('drops what is not sent and cancels what rests; what is held stays managed', () => {
    const play = new DeskPlay();
    play.enter(LEVELS);
    play.play(FLAT);
    play.enter({ symbol: 'MSFT', limitPrice: 90 }, {}, { symbol: 'MSFT', entryValidMs: 60 * MINUTE });
    play.open(100, 'MSFT');
    play.enter({ symbol: 'IBM' }, {}, { symbol: 'IBM' });
    play.desk.cancelEntries(null, 'window_ended', play.at);
    assert.deepEqual(play.settled().slice(1), ['command-3 refused window_ended', 'command-2 refused window_ended']);
    assert.deepEqual([play.resting('MSFT'), play.desk.lane('IBM').orderPending], [[], false]);
    assert.deepEqual(play.resting(), ['sell limit 100@120', 'sell stop 100@95']);
  });

  test('touches the entries of the execution that it names, and no other', () => {
    const play = new DeskPlay();
    play.enter();
    play.enter({ symbol: 'MSFT' }, {}, { symbol: 'MSFT' });
    play.desk.cancelEntries('e-2', 'canceled', play.at);
    play.play(FLAT);
    assert.deepEqual(play.settled(), ['command-2 refused canceled', 'command-1 traded']);
  });
});

describe('validation', () => {
  test('seed-O26 journals the exact order, sends nothing, and settles as would_execute', () => {
    const play = new DeskPlay({}, { validationOnly: true });
    play.enter({ ...LEVELS, limitPrice: 99 });
    play.play(FLAT);
    assert.deepEqual(play.exchange.orders(), []);
    const orders = play.events.flatMap((event) =>
      event.kind === 'order_updated' ? [`${event.order.status} ${event.order.quantity} ${event.order.limitPrice}`] : [],
    );
    assert.deepEqual(orders, ['planned 100 99.00', 'dropped 100 99.00']);
    assert.deepEqual(play.settled(), ['command-1 would_execute validation_mode']);
    assert.equal(play.desk.hasWork('AAPL'), false);
  });
});

function refusalOf(play: DeskPlay, commandId: string) {
  for (const event of play.events)
    if (event.kind === 'settled' && event.ticket.commandId === commandId && event.ticket.refusal !== null)
      return event.ticket.refusal;
  throw new Error(`expected ${commandId} to be refused`);
}
