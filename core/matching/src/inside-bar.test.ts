import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBar } from './inside-bar.ts';
import { SimulatedExchange } from './simulated-exchange.ts';
import {
  barOf,
  type Candle,
  fillLines,
  mirrored,
  mirroredCandle,
  mirroredSketch,
  orderOf,
  PLAIN_SETTINGS,
  play,
  type Sketch,
} from './testing.ts';

interface Row {
  readonly name: string;
  /** Sent before the first candle. */
  readonly send: readonly Sketch[];
  readonly candles: readonly Candle[];
  /** "id quantity@price tBar"; t is the bar's number at its open, one more inside it. */
  readonly fills: readonly string[];
  readonly settings?: Partial<typeof PLAIN_SETTINGS>;
}

const BRACKET: Sketch = { id: 'e', side: 'buy', target: '105', stopLoss: '97' };
const LIMIT_BRACKET: Sketch = { ...BRACKET, limit: '99' };
const STOP_BRACKET: Sketch = { ...BRACKET, stop: '101' };
const QUIET: Candle = [100, 101, 99, 100];

const TABLE: readonly Row[] = [
  {
    name: 'M1 M2 a market order fills at the next open',
    send: [{ id: 'e', side: 'buy' }],
    candles: [[100.5, 102, 99, 101]],
    fills: ['e 100@100.5 t0'],
  },
  {
    name: 'M3 a limit fills at its price when the bar trades through it',
    send: [{ id: 'e', side: 'buy', limit: '99' }],
    candles: [[100, 101, 98.99, 100]],
    fills: ['e 100@99 t1'],
  },
  {
    name: 'M3 a limit that is only touched stays open',
    send: [{ id: 'e', side: 'buy', limit: '99' }],
    candles: [[100, 101, 99, 100]],
    fills: [],
  },
  {
    name: 'M3 a limit that is touched fills when touch is asked for',
    send: [{ id: 'e', side: 'buy', limit: '99' }],
    candles: [[100, 101, 99, 100]],
    settings: { limitFill: 'touch' },
    fills: ['e 100@99 t1'],
  },
  {
    name: 'M3 a limit that the open passes fills at the open',
    send: [{ id: 'e', side: 'buy', limit: '99' }],
    candles: [[98, 100, 97, 99]],
    fills: ['e 100@98 t0'],
  },
  {
    name: 'seed-O22 a limit far from the market stays open',
    send: [{ id: 'e', side: 'buy', limit: '50' }],
    candles: [QUIET, QUIET],
    fills: [],
  },
  {
    name: 'M4 a stop fills at its price on touch',
    send: [{ id: 'e', side: 'buy', stop: '101' }],
    candles: [QUIET],
    fills: ['e 100@101 t1'],
  },
  {
    name: 'M4 a stop that the open passes fills at the open',
    send: [{ id: 'e', side: 'buy', stop: '101' }],
    candles: [[102, 103, 100, 101]],
    fills: ['e 100@102 t0'],
  },
  {
    name: 'M5 M6 entered at the open the stop is live in that bar',
    send: [BRACKET],
    candles: [[100, 101, 96.5, 98]],
    fills: ['e 100@100 t0', 'e.stop 100@97 t1'],
  },
  {
    name: 'M5 M6 entered at the open the target is live in that bar',
    send: [BRACKET],
    candles: [[100, 105.5, 99, 103]],
    fills: ['e 100@100 t0', 'e.target 100@105 t1'],
  },
  {
    name: 'M5 a bar that holds both hits the stop first',
    send: [BRACKET],
    candles: [[100, 106, 96, 104]],
    fills: ['e 100@100 t0', 'e.stop 100@97 t1'],
  },
  {
    name: 'M5 a bar that holds both hits the target first when optimistic',
    send: [BRACKET],
    candles: [[100, 106, 96, 104]],
    settings: { intrabar: 'optimistic' },
    fills: ['e 100@100 t0', 'e.target 100@105 t1'],
  },
  {
    name: 'M5 a gap to the target decides before the stop',
    send: [BRACKET],
    candles: [QUIET, [106, 107, 96, 98]],
    fills: ['e 100@100 t0', 'e.target 100@106 t1'],
  },
  {
    name: 'M4 M5 a gap through the stop fills at the open',
    send: [BRACKET],
    candles: [QUIET, [95, 106, 94, 98]],
    fills: ['e 100@100 t0', 'e.stop 100@95 t1'],
  },
  {
    name: 'M14 an entry that opens beyond its own stop is stopped at that open',
    send: [BRACKET],
    candles: [[96, 98, 95, 97]],
    fills: ['e 100@96 t0', 'e.stop 100@96 t0'],
  },
  {
    name: 'M14 an entry that opens beyond its own target takes it at that open',
    send: [BRACKET],
    candles: [[106, 107, 104, 105]],
    fills: ['e 100@106 t0', 'e.target 100@106 t0'],
  },
  {
    name: 'M6 entered inside by a limit the stop can hit',
    send: [LIMIT_BRACKET],
    candles: [[100, 101, 96, 98]],
    fills: ['e 100@99 t1', 'e.stop 100@97 t1'],
  },
  {
    name: 'M6 entered inside by a limit the target cannot fill',
    send: [LIMIT_BRACKET],
    candles: [[100, 106, 98, 99]],
    fills: ['e 100@99 t1'],
  },
  {
    name: 'M6 entered inside the target fills from the next bar',
    send: [LIMIT_BRACKET],
    candles: [
      [100, 106, 98, 99],
      [100, 106, 99, 100],
    ],
    fills: ['e 100@99 t1', 'e.target 100@105 t2'],
  },
  {
    name: 'M6 entered inside by a stop its stop can hit and its target cannot',
    send: [STOP_BRACKET],
    candles: [[100, 106, 96, 99]],
    fills: ['e 100@101 t1', 'e.stop 100@97 t1'],
  },
  {
    name: 'M6 a limit entry filled by a gap counts as entered at the open',
    send: [LIMIT_BRACKET],
    candles: [[98, 106, 97.5, 99]],
    fills: ['e 100@98 t0', 'e.target 100@105 t1'],
  },
  {
    name: 'an OTO arms its one leg',
    send: [{ id: 'e', side: 'buy', stopLoss: '97' }],
    candles: [QUIET, [100, 110, 98, 109], [98, 99, 96, 97]],
    fills: ['e 100@100 t0', 'e.stop 100@97 t3'],
  },
  {
    name: 'a target alone arms as well',
    send: [{ id: 'e', side: 'buy', target: '105' }],
    candles: [QUIET, [100, 106, 90, 100]],
    fills: ['e 100@100 t0', 'e.target 100@105 t2'],
  },
  {
    name: 'M13 what the tape does not reach stays unfilled',
    send: [BRACKET],
    candles: [QUIET, QUIET, QUIET],
    fills: ['e 100@100 t0'],
  },
];

function lines(exchange: SimulatedExchange, row: Row, mirror: boolean): readonly string[] {
  for (const sketch of row.send) exchange.submit(orderOf(mirror ? mirroredSketch(sketch) : sketch), 0);
  const events = play(exchange, mirror ? row.candles.map(mirroredCandle) : row.candles);
  return fillLines(events).map((line) =>
    line.replace(/ (buy|sell) /, ' ').replace(/@([\d.]+)/, (_, price) => `@${Number(price)}`),
  );
}

for (const row of TABLE) {
  test(`${row.name} (long)`, () => {
    row.candles.forEach((candle, i) => {
      checkBar('AAPL', barOf(candle, i));
    });
    assert.deepEqual(lines(new SimulatedExchange({ ...PLAIN_SETTINGS, ...row.settings }), row, false), row.fills);
  });
  test(`${row.name} (short)`, () => {
    const expected = row.fills.map((line) => line.replace(/@([\d.]+)/, (_, price) => `@${mirrored(Number(price))}`));
    assert.deepEqual(lines(new SimulatedExchange({ ...PLAIN_SETTINGS, ...row.settings }), row, true), expected);
  });
}

test('an incoherent bar is refused before anything is traded on it', () => {
  const exchange = new SimulatedExchange(PLAIN_SETTINGS);
  exchange.submit(orderOf({ id: 'e', side: 'buy', limit: '99' }), 0);
  for (const candle of [
    [100, 99, 101, 100],
    [100, 101, 99, Number.NaN],
    [100, Number.POSITIVE_INFINITY, 99, 100],
    [100, 101, -1, 100],
  ] as const) {
    assert.throws(() => exchange.onBar('AAPL', barOf(candle, 0)), /expected a coherent bar of AAPL/);
  }
  assert.throws(() => exchange.onOpen('AAPL', 0, Number.NaN), /expected an open of AAPL above 0, was NaN/);
  assert.equal(exchange.position('AAPL').quantity, 0n);
});

test('a bar price is compared with a level as the ledger rounds it', () => {
  const exchange = new SimulatedExchange({ ...PLAIN_SETTINGS, limitFill: 'touch' });
  exchange.submit(orderOf({ id: 'e', side: 'buy', limit: '99.1' }), 0);
  const events = play(exchange, [[100, 101, 99.1 + 3e-10, 100]]);
  assert.equal(events.length, 1);
});
