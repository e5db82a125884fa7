import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ratioFromNumber } from '@bellwether/domain';
import type { ExchangeSettings } from '@bellwether/matching';
import type { ExitSettings, OrderIntent } from '../agent/agent-output.ts';
import { type Candle, DeskPlay, mirrored, mirroredCandle, mirroredIntent } from '../order/desk-play.fixture.ts';

interface Table {
  readonly name: string;
  readonly intent: Partial<OrderIntent>;
  readonly exits?: Partial<ExitSettings>;
  readonly ideal?: true;
  readonly exchange?: Partial<ExchangeSettings>;
  readonly candles: readonly Candle[];
  /** Of the long side; the short side is the same in a mirror. */
  readonly fills: readonly string[];
  readonly closed: readonly string[];
  readonly resting?: readonly string[];
}

const LEVELS = { stopLoss: 95, target1: 110, target2: 120 };
const FLAT: Candle = [100, 101, 99, 100];

const TABLES: readonly Table[] = [
  {
    name: 'the entry fills at the open after the decision, and its stop ends it',
    intent: LEVELS,
    candles: [FLAT, [100, 101, 94, 96]],
    fills: ['0 buy 100@100 entry', '2 sell 100@95 stop'],
    closed: ['long stop'],
    resting: [],
  },
  {
    name: 'the full size rests at target 2 with its stop until the price has come half the way to target 1',
    intent: LEVELS,
    candles: [FLAT, [100, 104.99, 99, 104]],
    fills: ['0 buy 100@100 entry'],
    closed: [],
    resting: ['sell limit 100@120', 'sell stop 100@95'],
  },
  {
    name: 'the split is decided from a closed bar and rests as two groups from the next',
    intent: LEVELS,
    candles: [FLAT, [100, 105, 99, 104]],
    fills: ['0 buy 100@100 entry'],
    closed: [],
    resting: ['sell limit 50@110', 'sell limit 50@120', 'sell stop 50@95', 'sell stop 50@95'],
  },
  {
    name: 'no split while the price is within half a percent of the stop',
    intent: LEVELS,
    candles: [FLAT, [100, 106, 95.1, 95.4]],
    fills: ['0 buy 100@100 entry'],
    closed: [],
    resting: ['sell limit 100@120', 'sell stop 100@95'],
  },
  {
    name: 'a bar that passes target 1 before the split only splits; target 1 fills in the next',
    intent: LEVELS,
    candles: [FLAT, [100, 111, 99, 111], [112, 112, 111, 112]],
    fills: ['0 buy 100@100 entry', '2 sell 50@112 target_1'],
    closed: [],
    resting: ['sell limit 50@120', 'sell stop 50@100'],
  },
  {
    name: 'target 1, then the stop of the rest at breakeven',
    intent: LEVELS,
    candles: [FLAT, [100, 106, 99, 105], [105, 110, 104, 108], [108, 109, 99, 101]],
    fills: ['0 buy 100@100 entry', '3 sell 50@110 target_1', '4 sell 50@100 breakeven_stop'],
    closed: ['long breakeven_stop'],
    resting: [],
  },
  {
    name: 'M7 the bar that fills target 1 and then falls to breakeven does not stop there: the new stop works from the next',
    intent: LEVELS,
    candles: [FLAT, [100, 106, 99, 105], [105, 110, 99, 101], [101, 102, 100.5, 101]],
    fills: ['0 buy 100@100 entry', '3 sell 50@110 target_1'],
    closed: [],
    resting: ['sell limit 50@120', 'sell stop 50@100'],
  },
  {
    name: 'breakeven waits until it is an increment off the market, and the old stop counts until then',
    intent: LEVELS,
    candles: [FLAT, [100, 106, 99, 105], [105, 110, 99, 100], [100, 101, 94, 95]],
    fills: ['0 buy 100@100 entry', '3 sell 50@110 target_1', '4 sell 50@95 stop'],
    closed: ['long stop'],
    resting: [],
  },
  {
    name: 'target 1, then target 2',
    intent: LEVELS,
    candles: [FLAT, [100, 106, 99, 105], [105, 110, 104, 109], [109, 121, 108, 120]],
    fills: ['0 buy 100@100 entry', '3 sell 50@110 target_1', '4 sell 50@120 target_2'],
    closed: ['long target_2'],
    resting: [],
  },
  {
    name: 'a gap through the stop fills at the open',
    intent: LEVELS,
    candles: [FLAT, [93, 96, 92, 95]],
    fills: ['0 buy 100@100 entry', '1 sell 100@93 stop'],
    closed: ['long stop'],
  },
  {
    name: 'a gap beyond target 2 fills at the open',
    intent: LEVELS,
    candles: [FLAT, [123, 124, 90, 95]],
    fills: ['0 buy 100@100 entry', '1 sell 100@123 target_2'],
    closed: ['long target_2'],
  },
  {
    name: 'M5 stop and target in one bar: the stop was first',
    intent: LEVELS,
    candles: [FLAT, [100, 121, 94, 110]],
    fills: ['0 buy 100@100 entry', '2 sell 100@95 stop'],
    closed: ['long stop'],
  },
  {
    name: 'M6 the bar of the entry can stop it',
    intent: LEVELS,
    candles: [[100, 101, 94, 96]],
    fills: ['0 buy 100@100 entry', '1 sell 100@95 stop'],
    closed: ['long stop'],
  },
  {
    name: 'an entry that gaps beyond its stop is out at the same open',
    intent: LEVELS,
    candles: [[94, 96, 93, 95]],
    fills: ['0 buy 100@94 entry', '0 sell 100@94 stop'],
    closed: ['long stop'],
  },
  {
    name: 'seed-O13 one share has one exit, at target 2',
    intent: { ...LEVELS, quantity: '1' },
    candles: [FLAT, [100, 111, 99, 111]],
    fills: ['0 buy 1@100 entry'],
    closed: [],
    resting: ['sell limit 1@120', 'sell stop 1@95'],
  },
  {
    name: 'seed-O13 one share has one exit, at target 1 when its owner prefers that',
    intent: { ...LEVELS, quantity: '1' },
    exits: { singleShareTarget: 'target_1' },
    candles: [FLAT, [100, 111, 99, 111]],
    fills: ['0 buy 1@100 entry', '2 sell 1@110 target_1'],
    closed: ['long target_1'],
  },
  {
    name: 'one share at a venue where both targets rest has one exit too, where its owner prefers it',
    intent: { ...LEVELS, quantity: '1' },
    exits: { singleShareTarget: 'target_1' },
    ideal: true,
    candles: [FLAT],
    fills: ['0 buy 1@100 entry'],
    closed: [],
    resting: ['sell limit 1@110', 'sell stop 1@95'],
  },
  {
    name: 'a split of 100 to 0 is one exit at target 2',
    intent: LEVELS,
    exits: { firstTargetPercent: 100 },
    ideal: true,
    candles: [FLAT],
    fills: ['0 buy 100@100 entry'],
    closed: [],
    resting: ['sell limit 100@120', 'sell stop 100@95'],
  },
  {
    name: 'seed-O9 66 shares become 33 and 33',
    intent: { ...LEVELS, quantity: '66' },
    candles: [FLAT, [100, 106, 99, 105]],
    fills: ['0 buy 66@100 entry'],
    closed: [],
    resting: ['sell limit 33@110', 'sell limit 33@120', 'sell stop 33@95', 'sell stop 33@95'],
  },
  {
    name: 'seed-O12 570 shares become 285 and 285, sold once',
    intent: { ...LEVELS, quantity: '570' },
    candles: [FLAT, [100, 106, 99, 105], [105, 112, 104, 111], [111, 125, 111, 124]],
    fills: ['0 buy 570@100 entry', '3 sell 285@110 target_1', '4 sell 285@120 target_2'],
    closed: ['long target_2'],
  },
  {
    name: 'an odd size leaves the odd share for target 2',
    intent: { ...LEVELS, quantity: '7' },
    candles: [FLAT, [100, 106, 99, 105]],
    fills: ['0 buy 7@100 entry'],
    closed: [],
    resting: ['sell limit 3@110', 'sell limit 4@120', 'sell stop 3@95', 'sell stop 4@95'],
  },
  {
    name: 'a single target never splits',
    intent: LEVELS,
    exits: { plan: 'single_target' },
    candles: [FLAT, [100, 111, 99, 111]],
    fills: ['0 buy 100@100 entry'],
    closed: [],
    resting: ['sell limit 100@120', 'sell stop 100@95'],
  },
  {
    name: 'monitoring off: no split and no breakeven, stop and target stay',
    intent: LEVELS,
    exits: { monitoring: false },
    candles: [FLAT, [100, 111, 99, 111], [111, 121, 110, 120]],
    fills: ['0 buy 100@100 entry', '3 sell 100@120 target_2'],
    closed: ['long target_2'],
  },
  {
    name: 'where both targets may rest they do from the entry on',
    intent: LEVELS,
    ideal: true,
    candles: [FLAT],
    fills: ['0 buy 100@100 entry'],
    closed: [],
    resting: ['sell limit 50@110', 'sell limit 50@120', 'sell stop 50@95', 'sell stop 50@95'],
  },
  {
    name: 'who asks for a split at half the way gets it also where both targets could rest',
    intent: LEVELS,
    exits: { plan: 'split_exits' },
    ideal: true,
    candles: [FLAT],
    fills: ['0 buy 100@100 entry'],
    closed: [],
    resting: ['sell limit 100@120', 'sell stop 100@95'],
  },
  {
    name: 'no stop, one target',
    intent: { target1: 110 },
    candles: [FLAT, [100, 109, 50, 100], [100, 111, 99, 100]],
    fills: ['0 buy 100@100 entry', '3 sell 100@110 target_1'],
    closed: ['long target_1'],
  },
  {
    name: 'no stop, two targets: split, and no breakeven without a stop',
    intent: { target1: 110, target2: 120 },
    candles: [FLAT, [100, 106, 50, 100], [100, 111, 99, 100], [100, 121, 99, 100]],
    fills: ['0 buy 100@100 entry', '3 sell 50@110 target_1', '4 sell 50@120 target_2'],
    closed: ['long target_2'],
  },
  {
    name: 'a stop only',
    intent: { stopLoss: 95 },
    candles: [FLAT, [100, 150, 96, 140], [140, 141, 95, 96]],
    fills: ['0 buy 100@100 entry', '3 sell 100@95 stop'],
    closed: ['long stop'],
  },
  {
    name: 'stop and targets go to the increment toward the entry',
    intent: { stopLoss: 94.991, target1: 109.999, target2: 120.009 },
    candles: [FLAT, [100, 106, 99, 105]],
    fills: ['0 buy 100@100 entry'],
    closed: [],
    resting: ['sell limit 50@109.99', 'sell limit 50@120', 'sell stop 50@95', 'sell stop 50@95'],
  },
  {
    name: 'a capped volume lets target 2 fill in parts: what is left stays covered by the same group',
    intent: LEVELS,
    exits: { plan: 'single_target' },
    exchange: { volumeShare: 0.00006 },
    candles: [FLAT, [100, 101, 99, 100], [121, 122, 120, 121], [100, 101, 99, 100]],
    fills: ['0 buy 60@100 entry', '1 buy 40@100 entry', '2 sell 60@121 target_2'],
    closed: [],
    resting: ['sell limit 40@120', 'sell stop 40@95'],
  },
  {
    name: 'a stop that was hit and not sold through is left alone until it is',
    intent: LEVELS,
    exchange: { volumeShare: 0.00006 },
    candles: [FLAT, [100, 101, 99, 100], [100, 101, 94, 96], [99, 100, 98, 99]],
    fills: ['0 buy 60@100 entry', '1 buy 40@100 entry', '3 sell 60@95 stop', '3 sell 40@99 stop'],
    closed: ['long stop'],
  },
  {
    name: 'a target that filled in part before the split leaves no more to split than is held',
    intent: LEVELS,
    exits: { firstTargetPercent: 70 },
    exchange: { volumeShare: 0.00006 },
    candles: [FLAT, [100, 101, 99, 100], [121, 122, 120, 121], [115, 116, 114, 115]],
    fills: ['0 buy 60@100 entry', '1 buy 40@100 entry', '2 sell 60@121 target_2', '3 sell 40@115 target_1'],
    closed: ['long target_1'],
  },
];

function run(table: Table, short: boolean): DeskPlay {
  const play = new DeskPlay(
    { ...table.exchange, ...(table.ideal ? { stopFromFirstFill: true } : {}) },
    { splitAtEntry: table.ideal ?? false },
  );
  play.enter(short ? mirroredIntent(table.intent) : table.intent, table.exits);
  return play.play(...table.candles.map((candle) => (short ? mirroredCandle(candle) : candle)));
}

function mirroredLine(line: string): string {
  return line
    .replace(/^long/, 'short')
    .replace(/\b(buy|sell)\b/, (side) => (side === 'buy' ? 'sell' : 'buy'))
    .replace(/@([\d.]+)/, (_all, price: string) => `@${mirrored(Number(price))}`);
}

for (const table of TABLES) {
  test(`${table.name}, long`, () => {
    const play = run(table, false);
    assert.deepEqual(play.fills(), table.fills);
    assert.deepEqual(play.closed(), table.closed);
    if (table.resting !== undefined) assert.deepEqual(play.resting(), table.resting);
  });
  test(`${table.name}, short`, () => {
    const play = run(table, true);
    assert.deepEqual(play.fills(), table.fills.map(mirroredLine));
    assert.deepEqual(play.closed(), table.closed.map(mirroredLine));
    if (table.resting !== undefined) assert.deepEqual(play.resting(), table.resting.map(mirroredLine).sort());
  });
}

test('seed-O14 breakeven counts the fees of a round trip and is rounded away from loss', () => {
  const commission = { perShare: ratioFromNumber(0.0055), minimum: 0n as never, maximumFraction: null };
  const candles: Candle[] = [FLAT, [100, 106, 99, 105], [105, 110, 104, 108]];
  const long = new DeskPlay({ commission });
  long.enter(LEVELS, { breakevenFees: true });
  assert.deepEqual(long.play(...candles).resting(), ['sell limit 50@120', 'sell stop 50@100.02']);
  const short = new DeskPlay({ commission });
  short.enter(mirroredIntent(LEVELS), { breakevenFees: true });
  assert.deepEqual(short.play(...candles.map(mirroredCandle)).resting(), ['buy limit 50@80', 'buy stop 50@99.98']);
});

test('seed examples: both targets of 66 shares make 2.25 R, target 1 and breakeven 0.75 R', () => {
  const levels = { quantity: '66', sizingPrice: 150.5, stopLoss: 148, target1: 154.25, target2: 158 };
  const start: Candle[] = [
    [150.5, 151, 150, 150.5],
    [150.5, 153, 150, 152.5],
    [152.5, 154.3, 152, 154],
  ];
  const result = (last: Candle) => {
    const play = new DeskPlay();
    play.enter(levels);
    play.play(...start, last);
    return Number(play.exchange.cash) / 1e6 - 100_000;
  };
  assert.equal(result([154, 158.2, 153, 158]), 371.25);
  assert.equal(result([154, 154, 150, 151]), 123.75);
});

test('a target that filled in part before the split never has more resting than is held', () => {
  const play = new DeskPlay({ volumeShare: 0.00006 });
  play.enter(LEVELS, { firstTargetPercent: 70 });
  play.play(FLAT, FLAT, [121, 122, 120, 121]);
  assert.deepEqual(play.resting(), ['sell limit 40@110', 'sell stop 40@95']);
});
