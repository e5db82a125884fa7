import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatMoneyExact,
  formatPrice,
  formatQuantity,
  type Money,
  ONE_SHARE,
  type Price,
  parseMoney,
  parsePrice,
  type Quantity,
  ratioFromNumber,
} from '@bellwether/domain';
import type { ExchangeEvent, ExchangeSettings } from './exchange.ts';
import { SimulatedExchange } from './simulated-exchange.ts';
import {
  barOf,
  type Candle,
  fillLines,
  mirroredCandle,
  mirroredSketch,
  orderOf,
  PLAIN_SETTINGS,
  play,
  type Sketch,
  shares,
} from './testing.ts';

const QUIET: Candle = [100, 101, 99, 100];
const BRACKET: Sketch = { id: 'e', side: 'buy', target: '105', stopLoss: '97' };
const BOTH: readonly [string, (sketch: Sketch) => Sketch, (candle: Candle) => Candle][] = [
  ['long', (sketch) => sketch, (candle) => candle],
  ['short', mirroredSketch, mirroredCandle],
];

function exchangeWith(settings: Partial<ExchangeSettings> = {}): SimulatedExchange {
  return new SimulatedExchange({ ...PLAIN_SETTINGS, ...settings });
}
function outline(events: readonly ExchangeEvent[]): readonly string[] {
  return events.map(({ kind, clientOrderId }) => `${clientOrderId} ${kind}`);
}
function marks(price: string): ReadonlyMap<string, Price> {
  return new Map([['AAPL', parsePrice(price)]]);
}

for (const [name, sketchOf, candleOf] of BOTH) {
  const opened = (sketch: Sketch, settings: Partial<ExchangeSettings> = {}) => {
    const exchange = exchangeWith(settings);
    exchange.submit(orderOf(sketchOf(sketch)), 0);
    play(exchange, [candleOf(QUIET)]);
    return exchange;
  };
  const closing = (id: string, count = 100): Sketch => ({ id, side: 'sell', count });

  test(`M1 nothing fills in the bar in which it was decided (${name})`, () => {
    const exchange = exchangeWith();
    const bar = barOf(candleOf([100, 102, 98, 100]), 0);
    exchange.onOpen('AAPL', bar.start, bar.open);
    exchange.submit(orderOf(sketchOf({ id: 'm', side: 'buy' })), bar.start + 30_000);
    exchange.submit(orderOf(sketchOf({ id: 'l', side: 'buy', limit: '99' })), bar.start + 30_000);
    assert.deepEqual(exchange.onBar('AAPL', bar), []);
    assert.deepEqual(
      fillLines(play(exchange, [candleOf([100, 102, 98, 100])], 1)).map((line) => line.split(' ')[0]),
      ['m', 'l'],
    );
  });

  test(`M2 slippage is against us on market and stop fills and absent on limits (${name})`, () => {
    const exchange = exchangeWith({ slippageFraction: 0.001 });
    exchange.submit(orderOf(sketchOf(BRACKET)), 0);
    const [entry] = play(exchange, [candleOf([100, 101, 99, 100])]);
    assert.equal(entry?.fill?.slippage, parsePrice('0.1'));
    assert.equal(entry?.fill?.price, parsePrice(name === 'long' ? '100.1' : '99.9'));
    const [target] = play(exchange, [candleOf([100, 106, 99, 105])], 1);
    assert.equal(target?.fill?.slippage, 0n);
    const stopped = opened(BRACKET, { slippageFraction: 0.001 });
    const stop = play(stopped, [candleOf([100, 101, 96, 97])], 1).find((event) => event.kind === 'filled');
    assert.equal(stop?.fill?.price, parsePrice(name === 'long' ? '96.903' : '103.103'));
  });

  test(`an exit that fills ends its sibling (${name})`, () => {
    assert.deepEqual(outline(play(opened(BRACKET), [candleOf([100, 106, 99, 105])], 1)), [
      'e.target filled',
      'e.stop canceled',
    ]);
    assert.deepEqual(outline(play(opened(BRACKET), [candleOf([100, 101, 96, 97])], 1)), [
      'e.target canceled',
      'e.stop filled',
    ]);
  });

  test(`an OCO rests on a position at once and one member ends the other (${name})`, () => {
    const exchange = opened({ id: 'e', side: 'buy' });
    const oco = orderOf(sketchOf({ id: 'o', side: 'sell', limit: '105', stopLoss: '97', oco: true }));
    assert.deepEqual(outline(exchange.submit(oco, 60_000)), ['o accepted', 'o.stop accepted']);
    assert.deepEqual(outline(play(exchange, [candleOf([100, 101, 96, 97])], 1)), ['o canceled', 'o.stop filled']);
    assert.equal(exchange.hasWork('AAPL'), false);
  });

  test(`two OCOs rest side by side and their shares are held (${name})`, () => {
    const exchange = opened({ id: 'e', side: 'buy', count: 19 });
    const oco = (id: string, count: number, limit: string) =>
      orderOf(sketchOf({ id, side: 'sell', count, limit, stopLoss: '97', oco: true }));
    exchange.submit(oco('a', 8, '103'), 60_000);
    exchange.submit(oco('b', 11, '106'), 60_000);
    const [refused] = exchange.submit(orderOf(sketchOf(closing('c', 1))), 60_000);
    assert.equal(refused?.code, 'insufficient_quantity');
    assert.deepEqual(outline(play(exchange, [candleOf([100, 104, 99, 103])], 1)), ['a filled', 'a.stop canceled']);
    assert.deepEqual(outline(play(exchange, [candleOf([100, 101, 96, 97])], 2)), ['b canceled', 'b.stop filled']);
    assert.equal(exchange.position('AAPL').quantity, 0n);
  });

  test(`cancel of one member ends the group (${name})`, () => {
    const exchange = opened(BRACKET);
    assert.deepEqual(outline(exchange.cancel('e.stop', 70_000)), ['e.stop canceled', 'e.target canceled']);
    assert.deepEqual(exchange.cancel('e.stop', 71_000), []);
    assert.deepEqual(exchange.cancel('nobody', 71_000), []);
    assert.equal(exchange.hasWork('AAPL'), false);
  });

  test(`M7 a replaced stop works from the next bar, and the old one is gone (${name})`, () => {
    const exchange = opened(BRACKET);
    const level = orderOf(sketchOf({ id: 'x', side: 'sell', stop: '99.5' })).stopPrice as Price;
    const bar = barOf(candleOf([100, 101, 99, 100]), 1);
    exchange.onOpen('AAPL', bar.start, bar.open);
    assert.deepEqual(outline(exchange.replaceStop('e.stop', level, 'e.stop2', bar.start + 1)), [
      'e.stop replaced',
      'e.stop2 accepted',
    ]);
    assert.deepEqual(exchange.onBar('AAPL', bar), []);
    assert.deepEqual(outline(play(exchange, [candleOf([100, 101, 99, 100])], 2)), [
      'e.target canceled',
      'e.stop2 filled',
    ]);
    assert.equal(exchange.find('e.stop')?.replacedBy, 'e.stop2');
  });

  test(`a reversal closes first and then opens at the same open (${name})`, () => {
    const exchange = opened({ id: 'e', side: 'buy' });
    exchange.submit(orderOf(sketchOf(closing('c'))), 60_000);
    exchange.submit(orderOf(sketchOf({ id: 'r', side: 'sell', count: 40 })), 60_000);
    assert.deepEqual(
      fillLines(play(exchange, [candleOf(QUIET)], 1)).map((line) => line.split(' ')[0]),
      ['c', 'r'],
    );
    assert.equal(exchange.position('AAPL').quantity, name === 'long' ? -shares(40) : shares(40));
  });

  test(`an entry against a holding is refused until its close is on its way (${name})`, () => {
    const exchange = opened({ id: 'e', side: 'buy' });
    assert.equal(exchange.submit(orderOf(sketchOf(closing('r', 150))), 60_000)[0]?.code, 'insufficient_quantity');
    const [bracket] = exchange.submit(
      orderOf(sketchOf({ ...BRACKET, id: 'b', side: 'sell', target: '95', stopLoss: '103' })),
      60_000,
    );
    assert.equal(bracket?.code, 'opposite_position');
  });

  test(`M10 day orders expire at the close with their group, those sent for the next session stay (${name})`, () => {
    const exchange = opened({ ...BRACKET, timeInForce: 'day' });
    exchange.submit(orderOf(sketchOf({ id: 'n', side: 'buy', limit: '90', timeInForce: 'day' })), 120_000);
    assert.deepEqual(outline(exchange.onSessionEnd('AAPL', 120_000)), ['e.target expired', 'e.stop expired']);
    assert.equal(exchange.find('n')?.status, 'working');
    const resting = opened(BRACKET);
    assert.deepEqual(resting.onSessionEnd('AAPL', 120_000), []);
  });

  test(`M10 nothing fills while the symbol is halted (${name})`, () => {
    const exchange = opened(BRACKET);
    exchange.setHalted('AAPL', true);
    assert.deepEqual(play(exchange, [candleOf([100, 106, 96, 100])], 1), []);
    exchange.setHalted('AAPL', false);
    assert.equal(play(exchange, [candleOf([100, 106, 96, 100])], 2).length, 2);
  });

  test(`M10 volume share caps fills, and a stop that was hit goes on at the next open (${name})`, () => {
    const exchange = exchangeWith({ volumeShare: 0.1 });
    exchange.submit(orderOf(sketchOf({ id: 'e', side: 'buy', stopLoss: '97' })), 0);
    const playVolume = (candle: Candle, index: number, volume: number) => {
      const bar = barOf(candleOf(candle), index, volume);
      return [...exchange.onOpen('AAPL', bar.start, bar.open, volume), ...exchange.onBar('AAPL', bar)];
    };
    assert.deepEqual(outline(playVolume(QUIET, 0, 605)), ['e partially_filled']);
    assert.deepEqual(outline(playVolume(QUIET, 1, 10_000)), ['e filled']);
    assert.equal(exchange.find('e')?.fillCount, 2);
    assert.deepEqual(outline(playVolume([100, 101, 96, 97], 2, 300)), ['e.stop partially_filled']);
    assert.equal(exchange.find('e.stop')?.filledQuantity, shares(30));
    assert.deepEqual(outline(playVolume([98, 99, 97.5, 98], 3, 10_000)), ['e.stop filled']);
    assert.equal(exchange.position('AAPL').quantity, 0n);
  });

  test(`a target that fills in part shrinks its stop (${name})`, () => {
    const exchange = exchangeWith({ volumeShare: 0.1 });
    exchange.submit(orderOf(sketchOf(BRACKET)), 0);
    const at = (candle: Candle, index: number, volume: number) => {
      const bar = barOf(candleOf(candle), index, volume);
      return [...exchange.onOpen('AAPL', bar.start, bar.open, volume), ...exchange.onBar('AAPL', bar)];
    };
    at(QUIET, 0, 10_000);
    assert.deepEqual(outline(at([100, 106, 99, 105], 1, 600)), ['e.target partially_filled']);
    assert.equal(exchange.find('e.stop')?.quantity, shares(40));
    at([100, 101, 96, 97], 2, 10_000);
    assert.equal(exchange.position('AAPL').quantity, 0n);
  });

  test(`legs of a partly filled entry are dead until it is complete, and die with it (${name})`, () => {
    const exchange = exchangeWith({ volumeShare: 0.1 });
    exchange.submit(orderOf(sketchOf(BRACKET)), 0);
    const bar = barOf(candleOf([100, 106, 96, 100]), 0, 500);
    assert.deepEqual(outline([...exchange.onOpen('AAPL', 0, bar.open, 500), ...exchange.onBar('AAPL', bar)]), [
      'e partially_filled',
    ]);
    assert.deepEqual(outline(exchange.cancel('e', 60_000)), ['e canceled', 'e.target canceled', 'e.stop canceled']);
    const oco = orderOf(sketchOf({ id: 'o', side: 'sell', count: 50, limit: '105', stopLoss: '97', oco: true }));
    assert.deepEqual(outline(exchange.submit(oco, 60_000)), ['o accepted', 'o.stop accepted']);
  });

  test(`profile ideal arms the legs with the first fill, for what has filled (${name})`, () => {
    const exchange = exchangeWith({ volumeShare: 0.1, stopFromFirstFill: true });
    exchange.submit(orderOf(sketchOf(BRACKET)), 0);
    exchange.onOpen('AAPL', 0, 100, 500);
    assert.equal(exchange.find('e.stop')?.quantity, shares(50));
    exchange.onOpen('AAPL', 60_000, 100, 10_000);
    assert.equal(exchange.find('e.stop')?.quantity, shares(100));
    assert.equal(exchange.find('e.stop')?.status, 'working');
  });
}

test('M2 seed-O22 slippage is kept to a hundredth of a cent', () => {
  const cases = [
    ['150.50', 'buy', '150.6505'],
    ['150.50', 'sell', '150.3495'],
    ['3.00', 'buy', '3.003'],
    ['3.00', 'sell', '2.997'],
  ] as const;
  for (const [open, side, expected] of cases) {
    const exchange = exchangeWith({ slippageFraction: 0.001 });
    exchange.submit(orderOf({ id: 'e', side }), 0);
    const [fill] = exchange.onOpen('AAPL', 0, Number(open));
    assert.equal(formatPrice(fill?.fill?.price as Price), expected);
  }
});

test('M8 seed-O23 of 1,000 entries 5 % are refused and 20 % fill in part, at least a share, and complete; two runs are equal', () => {
  const run = () => {
    const exchange = exchangeWith({
      simulateRejections: true,
      simulatePartialFills: true,
      initialCash: parseMoney('100000000'),
    });
    const log: string[] = [];
    let refused = 0;
    let partial = 0;
    for (let i = 0; i < 1_000; i++) {
      const symbol = `S${i}`;
      const [answer] = exchange.submit(
        orderOf({ id: `order-${i}`, side: 'buy', symbol, count: i % 7 === 0 ? 1 : 100 }),
        0,
      );
      if (answer?.kind === 'rejected') refused += 1;
      const first = play(exchange, [QUIET], 0, symbol);
      if (first[0]?.kind === 'partially_filled') {
        partial += 1;
        const part = Number(first[0].order.filledQuantity) / Number(first[0].order.quantity);
        assert.ok(part >= 0.7 && part <= 0.95, `expected a part of 70–95 %, was ${part}`);
        assert.equal(first[0].order.filledQuantity % ONE_SHARE, 0n);
      }
      const events = [...first, ...play(exchange, [QUIET], 1, symbol)];
      for (const { fill } of events) if (fill !== undefined) assert.ok(fill.quantity >= ONE_SHARE);
      if (answer?.kind === 'accepted') assert.equal(exchange.find(`order-${i}`)?.status, 'filled');
      log.push(answer?.text ?? '', ...fillLines(events));
    }
    return { refused, partial, log };
  };
  const one = run();
  assert.ok(one.refused > 30 && one.refused < 70, `expected about 50 refusals, was ${one.refused}`);
  assert.ok(one.partial > 140 && one.partial < 220, `expected about 20 % of 815 in part, was ${one.partial}`);
  assert.deepEqual(run(), one);
});

test('M8 exits are never refused or split at random', () => {
  const exchange = exchangeWith({
    simulateRejections: true,
    simulatePartialFills: true,
    initialCash: parseMoney('100000000'),
  });
  for (let i = 0; i < 300; i++) {
    exchange.submit(orderOf({ id: `e${i}`, side: 'buy' }), 0);
    exchange.onOpen('AAPL', i * 120_000, 100);
    exchange.onOpen('AAPL', i * 120_000 + 60_000, 100);
    const { quantity } = exchange.position('AAPL');
    if (quantity === 0n) continue;
    const [answer] = exchange.submit(
      orderOf({ id: `x${i}`, side: 'sell', count: Number(quantity / ONE_SHARE) }),
      i * 120_000 + 60_000,
    );
    assert.equal(answer?.kind, 'accepted');
    assert.deepEqual(outline(exchange.onOpen('AAPL', i * 120_000 + 90_000, 100)), [`x${i} filled`]);
  }
});

test('M8 what chance left of an entry fills at the open of a later bar, not of the same', () => {
  const exchange = exchangeWith({ simulatePartialFills: true });
  const ids = Array.from({ length: 100 }, (_, i) => `id${i}`);
  const partial = ids.find((id) => {
    const trial = exchangeWith({ simulatePartialFills: true });
    trial.submit(orderOf({ id, side: 'buy', limit: '99' }), 0);
    return trial.onOpen('AAPL', 0, 98)[0]?.kind === 'partially_filled';
  }) as string;
  exchange.submit(orderOf({ id: partial, side: 'buy', limit: '99' }), 0);
  assert.equal(exchange.onOpen('AAPL', 0, 98).length, 1);
  assert.deepEqual(exchange.onOpen('AAPL', 0, 98), []);
  assert.deepEqual(exchange.onBar('AAPL', barOf([98, 99, 97, 98], 0)), []);
  assert.equal(exchange.onOpen('AAPL', 60_000, 98)[0]?.kind, 'filled');
});

test('M9 commission is of the order, computed on its cumulative fill', () => {
  const schedule = (perShare: number, minimum: string, cap: number | null) => ({
    perShare: ratioFromNumber(perShare),
    minimum: parseMoney(minimum),
    maximumFraction: cap === null ? null : ratioFromNumber(cap),
  });
  const paid = (commission: ExchangeSettings['commission'], count: number, price: number) => {
    const exchange = exchangeWith({ commission });
    exchange.submit(orderOf({ id: 'e', side: 'buy', count }), 0);
    exchange.onOpen('AAPL', 0, price);
    return formatMoneyExact(exchange.commissionSoFar);
  };
  assert.equal(paid(schedule(0.005, '0', null), 100, 150), '0.50');
  assert.equal(paid(schedule(0.005, '1', 0.01), 100, 150), '1.00');
  assert.equal(paid(schedule(0.005, '0', 0.01), 1_000, 0.2), '2.00');
  assert.equal(paid(schedule(0.005, '3', 0.01), 1_000, 0.2), '3.00');
  const inParts = exchangeWith({ commission: schedule(0.005, '1', null), volumeShare: 0.1 });
  inParts.submit(orderOf({ id: 'e', side: 'buy', count: 300 }), 0);
  const fills = [0, 1].flatMap((bar) => inParts.onOpen('AAPL', bar * 60_000, 100, bar === 0 ? 1_000 : 100_000));
  assert.deepEqual(
    fills.map(({ fill }) => formatMoneyExact(fill?.commission as Money)),
    ['1.00', '0.50'],
  );
});

test('M11 cash, equity and buying power of a long and of a short', () => {
  for (const side of ['buy', 'sell'] as const) {
    const exchange = exchangeWith();
    exchange.submit(orderOf({ id: 'e', side }), 0);
    exchange.onOpen('AAPL', 0, 100);
    assert.equal(formatMoneyExact(exchange.cash), side === 'buy' ? '90000.00' : '110000.00');
    assert.equal(formatMoneyExact(exchange.equity(marks('110'))), side === 'buy' ? '101000.00' : '99000.00');
    assert.equal(formatMoneyExact(exchange.buyingPower(marks('110'))), side === 'buy' ? '191000.00' : '187000.00');
    assert.throws(() => exchange.equity(new Map()), /expected a mark of the held symbol AAPL/);
  }
});

test('M11 under the maintenance a margin call refuses entries until it is lifted', () => {
  for (const side of ['buy', 'sell'] as const) {
    const exchange = exchangeWith({ initialCash: parseMoney('5000') });
    exchange.submit(orderOf({ id: 'e', side }), 0);
    exchange.onOpen('AAPL', 0, 100);
    exchange.assessMargin(marks('100'), 1);
    assert.equal(exchange.marginCalled, false);
    exchange.assessMargin(marks(side === 'buy' ? '66' : '116'), 2);
    assert.equal(exchange.marginCalled, true);
    assert.equal(exchange.submit(orderOf({ id: 'f', side }), 3)[0]?.code, 'margin_call');
    const exit = orderOf({ id: 'x', side: side === 'buy' ? 'sell' : 'buy' });
    assert.equal(exchange.submit(exit, 3)[0]?.kind, 'accepted');
    exchange.assessMargin(marks('100'), 4);
    assert.equal(exchange.marginCalled, false);
  }
});

test('M11 force_liquidation cancels what rests and closes at the next open, once', () => {
  const exchange = exchangeWith({ initialCash: parseMoney('5000'), forceLiquidation: true });
  exchange.submit(orderOf({ id: 'e', side: 'buy', stopLoss: '50' }), 0);
  exchange.onOpen('AAPL', 0, 100);
  assert.deepEqual(outline(exchange.assessMargin(marks('60'), 1)), ['e.stop canceled', 'liquidation-AAPL-1 accepted']);
  assert.deepEqual(exchange.assessMargin(marks('60'), 2), []);
  exchange.onOpen('AAPL', 60_000, 60);
  assert.equal(exchange.position('AAPL').quantity, 0n);
});

test('M12 a split multiplies shares and divides levels, and moves no money', () => {
  const exchange = exchangeWith();
  exchange.submit(orderOf(BRACKET), 0);
  play(exchange, [QUIET]);
  const before = exchange.equity(marks('100'));
  exchange.applySplit('AAPL', 4n, 1n);
  assert.equal(formatQuantity(exchange.position('AAPL').quantity), '400');
  assert.equal(formatPrice(exchange.position('AAPL').averageEntry), '25.00');
  assert.equal(exchange.equity(marks('25')), before);
  assert.deepEqual(fillLines(play(exchange, [[25, 25.2, 24, 24.1]], 1)), ['e.stop sell 400@24.25 t2']);
});

test('M12 a dividend credits a long and debits a short', () => {
  for (const [side, expected] of [
    ['buy', '90050.00'],
    ['sell', '109950.00'],
  ] as const) {
    const exchange = exchangeWith();
    exchange.submit(orderOf({ id: 'e', side }), 0);
    exchange.onOpen('AAPL', 0, 100);
    exchange.applyDividend('AAPL', parsePrice('0.5'));
    assert.equal(formatMoneyExact(exchange.cash), expected);
  }
});

test('a client order id is used once, for ever', () => {
  const exchange = exchangeWith();
  exchange.submit(orderOf({ id: 'e', side: 'buy' }), 0);
  exchange.cancel('e', 1);
  assert.equal(exchange.submit(orderOf({ id: 'e', side: 'buy' }), 2)[0]?.code, 'duplicate_client_order_id');
  assert.equal(exchange.find('e')?.status, 'canceled');
});

test('seed-O21 a malformed request is refused with a reason and changes nothing', () => {
  const good = orderOf({ id: 'a', side: 'buy', limit: '99' });
  const bad = [
    { ...good, clientOrderId: 'b', quantity: 0n as Quantity },
    { ...good, clientOrderId: 'c', limitPrice: null },
    { ...good, clientOrderId: 'd', limitPrice: 0n as Price },
    { ...good, clientOrderId: 'f', stopPrice: parsePrice('1') },
    { ...good, clientOrderId: 'g', stopLoss: { clientOrderId: 'g', stopPrice: parsePrice('90') } },
  ];
  const exchange = exchangeWith();
  for (const request of bad) assert.equal(exchange.submit(request, 0)[0]?.code, 'bad_order', request.clientOrderId);
  assert.equal(exchange.submit({ ...good, oco: true }, 0)[0]?.kind, 'rejected');
  assert.equal(exchange.hasWork('AAPL'), false);
});

test('settings out of range are refused by name', () => {
  assert.throws(() => exchangeWith({ slippageFraction: 1 }), /expected slippageFraction from 0 to below 1, was 1/);
  assert.throws(() => exchangeWith({ marginMultiplier: 0.5 }), /expected marginMultiplier from 1, was 0.5/);
  assert.throws(() => exchangeWith({ volumeShare: 0 }), /expected volumeShare above 0, up to 1, was 0/);
});
