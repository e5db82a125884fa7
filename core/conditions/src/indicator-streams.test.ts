import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BarSeries, barsFrom, MINUTE_MS, type Timeframe, timeframeMinutes } from '@bellwether/domain';
import { parseIndicatorSpec } from '@bellwether/indicators';
import { MET, NOT_MET, NOT_WARM } from './evaluate.ts';
import { indicatorReading, SymbolStreams } from './indicator-streams.ts';
import { conditionGroupFrom, parseConditionGroup } from './parse-condition.ts';
import type { SessionFacts } from './session-track.ts';

const OPENS_AT = Date.UTC(2026, 10, 23, 14, 30);
/** Sessions of 60 minutes, one a day, from a Monday. */
const session = (ordinal: number): SessionFacts => {
  const opensAt = OPENS_AT + ordinal * 86_400_000;
  return { ordinal, opensAt, closesAt: opensAt + 60 * MINUTE_MS, day: Math.floor(opensAt / 86_400_000) };
};

/** Bars of a timeframe from [minute after the open, high, low, close]; opens at the close. */
function bars(
  timeframe: Timeframe,
  rows: readonly (readonly [number, number, number, number])[],
  ordinal = 0,
): BarSeries {
  const minutes = timeframe === '1d' ? 60 : timeframeMinutes(timeframe);
  const list = rows.map(([minute, high, low, close]) => {
    const start = session(ordinal).opensAt + minute * MINUTE_MS;
    return { start, end: start + minutes * MINUTE_MS, open: close, high, low, close, volume: 100 };
  });
  return barsFrom('SPY', timeframe, list);
}

const closes = (values: readonly number[], timeframe: Timeframe = '1m') => {
  const minutes = timeframe === '1d' ? 60 : timeframeMinutes(timeframe);
  return bars(
    timeframe,
    values.map((close, i) => [i * minutes, close, close, close]),
  );
};

/** Evaluates after every bar: + met, - not met, ? not warm. */
function verdicts(document: unknown, values: readonly number[]): string {
  const streams = new SymbolStreams('SPY');
  const handle = streams.condition(parseConditionGroup(document), '1m');
  const series = closes(values);
  let line = '';
  for (let row = 0; row < series.length; row++) {
    streams.onBar(series, row, session(0));
    const verdict = streams.evaluate(handle);
    assert.equal(streams.evaluate(handle), verdict, 'evaluating changes nothing');
    line += verdict === MET ? '+' : verdict === NOT_MET ? '-' : '?';
  }
  return line;
}

const CLOSE = { price: 'close' };
const close = (operator: string, right: unknown) => ({ left: CLOSE, operator, right });
const SMA_3 = { indicator: 'SMA_3' };

const TABLE: readonly (readonly [string, unknown, readonly number[], string])[] = [
  ['above', close('>', 5), [4, 5, 6], '--+'],
  ['at or above', close('>=', 5), [4, 5, 6], '-++'],
  ['below', close('<', 5), [4, 5, 6], '+--'],
  ['at or below', close('<=', 5), [4, 5, 6], '++-'],
  ['equal', close('==', 5), [4, 5, 6], '-+-'],
  ['different', close('!=', 5), [4, 5, 6], '+-+'],
  ['between, both ends included', close('between', [5, 6]), [4, 5, 5.5, 6, 7], '-+++-'],
  ['between operands', close('between', [{ op: 'sub', args: [SMA_3, 1] }, SMA_3]), [3, 3, 3, 9, 1, 2], '??+---'],
  ['crosses above', close('crosses_above', 5), [4, 6, 7, 4, 6], '?+--+'],
  ['crosses above after a run of equals from below', close('crosses_above', 5), [4, 5, 5, 6, 6], '?--+-'],
  ['touches from above and rises again', close('crosses_above', 5), [6, 5, 5, 6], '?---'],
  ['equal from the start and rises', close('crosses_above', 5), [5, 5, 6], '?--'],
  ['crosses below', close('crosses_below', 5), [6, 4, 3, 6, 4], '?+--+'],
  ['crosses below after a run of equals from above', close('crosses_below', 5), [6, 5, 5, 4], '?--+'],
  ['touches from below and falls again', close('crosses_below', 5), [4, 5, 4], '?--'],
  ['crosses a warming average: both bars must be warm', close('crosses_above', SMA_3), [9, 1, 1, 5, 6], '???+-'],
  ['offset', { left: { ...CLOSE, offset: 2 }, operator: '>', right: 5 }, [6, 1, 1, 6, 1], '??+--'],
  ['offset of an indicator', { left: { ...SMA_3, offset: 1 }, operator: '>', right: 2 }, [3, 3, 3, 0, 0, 0], '???+--'],
  ['add', { left: { op: 'add', args: [CLOSE, 1, 1] }, operator: '==', right: 5 }, [3, 4], '+-'],
  ['sub', { left: { op: 'sub', args: [CLOSE, 1] }, operator: '==', right: 3 }, [3, 4], '-+'],
  ['mul', { left: { op: 'mul', args: [CLOSE, 2, 2] }, operator: '==', right: 12 }, [3, 4], '+-'],
  ['div', { left: { op: 'div', args: [CLOSE, 2] }, operator: '==', right: 2 }, [3, 4], '-+'],
  [
    'a quotient by zero is not known',
    { left: { op: 'div', args: [1, { op: 'sub', args: [CLOSE, 3] }] }, operator: '>', right: 0 },
    [3, 4],
    '?+',
  ],
  ['abs', { left: { op: 'abs', args: [{ op: 'sub', args: [CLOSE, 5] }] }, operator: '>', right: 1 }, [3, 5, 7], '+-+'],
  ['min', { left: { op: 'min', args: [CLOSE, 5] }, operator: '==', right: 5 }, [4, 6], '-+'],
  ['max', { left: { op: 'max', args: [CLOSE, 5] }, operator: '==', right: 5 }, [4, 6], '+-'],
  ['volume', { left: { price: 'volume' }, operator: '==', right: 100 }, [1], '+'],
  ['a quote that nobody gave', { left: { price: 'bid' }, operator: '>', right: 0 }, [1], '?'],
  [
    'a slower timeframe without a bar',
    { left: { price: 'close', timeframe: '1h' }, operator: '>', right: 0 },
    [1],
    '?',
  ],
  ['NOT', { logic: 'NOT', conditions: [close('>', 5)] }, [4, 6], '+-'],
  [
    'NOT of what is not warm',
    { logic: 'NOT', conditions: [{ left: SMA_3, operator: '>', right: 5 }] },
    [1, 1, 1, 30],
    '??+-',
  ],
  [
    'NOT of an AND that one member refuses',
    {
      logic: 'NOT',
      conditions: [{ logic: 'AND', conditions: [{ left: SMA_3, operator: '>', right: 0 }, close('>', 5)] }],
    },
    [1, 9, 9],
    '+?-',
  ],
  [
    'AND: one not warm member does not let it be met',
    { logic: 'AND', conditions: [close('>', 0), { left: SMA_3, operator: '>', right: 0 }] },
    [1, 1, 1],
    '??+',
  ],
  [
    'OR: met by one, though the other is not warm',
    { logic: 'OR', conditions: [{ left: SMA_3, operator: '>', right: 0 }, close('>', 5)] },
    [1, 6, 1],
    '?++',
  ],
  ['an empty AND', { logic: 'AND', conditions: [] }, [1], '-'],
  ['an empty OR', { logic: 'OR', conditions: [] }, [1], '-'],
];

for (const [name, document, values, expected] of TABLE) {
  test(`verdicts: ${name}`, () => assert.equal(verdicts(document, values), expected));
}

test('seed-L5: RSI above 70 and a bullish MACD crossover is met only when both are, with OR when either is, and says when it is not warm', () => {
  const seed = [
    { indicator: 'RSI', operator: '>', value: 70 },
    { indicator: 'MACD', signal: 'bullish_crossover' },
  ];
  const streams = new SymbolStreams('SPY');
  const [both, either, rsi, macd] = [
    conditionGroupFrom(seed, 'AND'),
    conditionGroupFrom(seed, 'OR'),
    parseConditionGroup(seed[0]),
    parseConditionGroup(seed[1]),
  ].map((group) => streams.condition(group, '1m'));
  assert.ok(both && either && rsi && macd);
  const values = Array.from({ length: 60 }, (_, i) => 100 + 10 * Math.sin(i / 4) + 3 * Math.sin(i * 1.7));
  const series = closes([...values, ...[105, 112, 125]]);
  const seen = { both: 0, either: 0, notWarm: 0 };
  for (let row = 0; row < series.length; row++) {
    streams.onBar(series, row, session(0));
    const left: number = streams.evaluate(rsi);
    const right: number = streams.evaluate(macd);
    if (row < 34) {
      assert.equal(right, NOT_WARM);
      assert.notEqual(streams.evaluate(both), MET);
      seen.notWarm++;
    } else {
      assert.equal(streams.evaluate(both), left === MET && right === MET ? MET : NOT_MET);
      assert.equal(streams.evaluate(either), left === MET || right === MET ? MET : NOT_MET);
    }
    seen.both += streams.evaluate(both) === MET ? 1 : 0;
    seen.either += streams.evaluate(either) === MET ? 1 : 0;
  }
  assert.ok(seen.either > seen.both && seen.notWarm === 34);
});

test('two conditions that read the same indicator share one node, another parameter has its own', () => {
  const streams = new SymbolStreams('SPY');
  streams.condition(parseConditionGroup({ indicator: 'RSI', operator: '>', value: 70 }), '1m');
  streams.condition(parseConditionGroup({ indicator: 'RSI_14', operator: '<', value: 30 }), '1m');
  assert.deepEqual(Object.keys(streams.saveState().timeframes['1m']?.indicators ?? {}), ['RSI(14,close)']);
  assert.equal(
    streams.indicator(parseIndicatorSpec('RSI'), '1m'),
    streams.indicator(parseIndicatorSpec('RSI_14'), '1m'),
  );
  assert.notEqual(
    streams.indicator(parseIndicatorSpec('RSI_7'), '1m'),
    streams.indicator(parseIndicatorSpec('RSI'), '1m'),
  );
  assert.notEqual(
    streams.indicator(parseIndicatorSpec('RSI'), '5m'),
    streams.indicator(parseIndicatorSpec('RSI'), '1m'),
  );
});

test('equal groups are one handle', () => {
  const streams = new SymbolStreams('SPY');
  const group = { indicator: 'RSI', operator: '>', value: 70 };
  assert.equal(
    streams.condition(parseConditionGroup(group), '1m'),
    streams.condition(parseConditionGroup(group), '1m'),
  );
});

for (const order of [
  ['1m', '5m'],
  ['5m', '1m'],
] as const) {
  test(`a slower operand is its last closed bar, whether bars of one instant come as ${order.join(', ')}`, () => {
    const streams = new SymbolStreams('SPY');
    const slow = { price: 'close', timeframe: '5m' };
    const above = streams.condition(parseConditionGroup({ left: CLOSE, operator: '>', right: slow }), '1m');
    const cross = streams.condition(parseConditionGroup({ left: CLOSE, operator: 'crosses_below', right: slow }), '1m');
    const fast = closes([1, 1, 1, 1, 10, 10, 10, 10, 10, 10, 10]);
    const slower = bars('5m', [
      [0, 10, 1, 9],
      [5, 10, 10, 20],
    ]);
    let line = '';
    let crossings = '';
    for (let row = 0; row < fast.length; row++) {
      for (const timeframe of order) {
        if (timeframe === '1m') streams.onBar(fast, row, session(0));
        else if (row % 5 === 4) streams.onBar(slower, (row - 4) / 5, session(0));
      }
      line += '?-+'.charAt(streams.evaluate(above) + 1);
      crossings += '?-+'.charAt(streams.evaluate(cross) + 1);
    }
    assert.equal(line, '????+++++--');
    assert.equal(crossings, '?????----+-');
  });
}

test('a crossing stays as it was judged until the next bar of its own timeframe', () => {
  const streams = new SymbolStreams('SPY');
  const handle = streams.condition(parseConditionGroup(close('crosses_above', 5)), '5m');
  const slow = closes([4, 6, 7], '5m');
  const fast = closes(Array.from({ length: 15 }, () => 1));
  let line = '';
  for (let row = 0; row < fast.length; row++) {
    streams.onBar(fast, row, session(0));
    if (row % 5 === 4) streams.onBar(slow, (row - 4) / 5, session(0));
    line += '?-+'.charAt(streams.evaluate(handle) + 1);
  }
  assert.equal(line, '?????????+++++-');
});

test('quotes are seen from their arrival on', () => {
  const streams = new SymbolStreams('SPY');
  const handle = streams.condition(parseConditionGroup({ left: { price: 'ask' }, operator: '<', right: 10 }), '1m');
  assert.equal(streams.evaluate(handle), NOT_WARM);
  streams.onQuote(8.9, 9.1, Number.NaN);
  assert.equal(streams.evaluate(handle), MET);
});

/** Returns the left values of `{ left: operand > 0 }` after every bar. */
function values(operand: unknown, feed: readonly (readonly [BarSeries, number, number])[]): (number | null)[] {
  const streams = new SymbolStreams('SPY');
  const handle = streams.condition(parseConditionGroup({ left: operand, operator: '>', right: 0 }), '1m');
  return feed.map(([series, row, ordinal]) => {
    streams.onBar(series, row, session(ordinal));
    return streams.reading(handle).terms[0]?.left ?? null;
  });
}
const all = (series: BarSeries, ordinal: number) =>
  Array.from({ length: series.length }, (_, row) => [series, row, ordinal] as const);

test('minutes since the open and to the close are those of the bar close, the weekday counts from Monday 0', () => {
  const feed = [...all(closes([1, 2]), 0), ...all(bars('1m', [[59, 1, 1, 1]], 2), 2)];
  assert.deepEqual(values({ session: 'minutes_since_open' }, feed), [1, 2, 60]);
  assert.deepEqual(values({ session: 'minutes_to_close' }, feed), [59, 58, 0]);
  assert.deepEqual(values({ session: 'day_of_week' }, feed), [0, 0, 2]);
});

test('the previous session is known once a watched session is over, bars outside the regular session left out', () => {
  const first = bars('1m', [
    [-5, 99, 1, 50],
    [0, 10, 8, 9],
    [1, 12, 9, 11],
    [70, 99, 1, 50],
  ]);
  const second = bars(
    '1m',
    [
      [0, 20, 19, 19],
      [1, 30, 5, 19],
    ],
    1,
  );
  const third = bars('1m', [[0, 1, 1, 1]], 2);
  const feed = [...all(first, 0), ...all(second, 1), ...all(third, 2)];
  const unknown = [null, null, null, null];
  assert.deepEqual(values({ session: 'previous_high' }, feed), [...unknown, 12, 12, 30]);
  assert.deepEqual(values({ session: 'previous_low' }, feed), [...unknown, 8, 8, 5]);
  assert.deepEqual(values({ session: 'previous_close' }, feed), [...unknown, 11, 11, 19]);
});

test('a session joined in the middle has no previous values to give, unless a daily bar tells the whole', () => {
  const joined = bars('1m', [[30, 10, 8, 9]]);
  const next = bars('1m', [[0, 20, 19, 19]], 1);
  assert.deepEqual(values({ session: 'previous_high' }, [...all(joined, 0), ...all(next, 1)]), [null, null]);
  const daily = bars('1d', [[0, 15, 5, 9]]);
  assert.deepEqual(values({ session: 'previous_high' }, [...all(joined, 0), ...all(daily, 0), ...all(next, 1)]), [
    null,
    null,
    15,
  ]);
});

test('the opening range is not warm until its minutes are over and starts anew with each session', () => {
  const rows = [
    [0, 10, 8, 9],
    [1, 12, 9, 11],
    [3, 11, 7, 9],
    [4, 99, 1, 9],
  ] as const;
  const feed = [
    ...all(bars('1m', rows), 0),
    ...all(
      bars(
        '1m',
        [
          [0, 5, 4, 4],
          [6, 3, 3, 3],
        ],
        1,
      ),
      1,
    ),
  ];
  assert.deepEqual(values({ session: 'range_high', minutes: 4 }, feed), [null, null, 12, 12, null, 5]);
  assert.deepEqual(values({ session: 'range_low', minutes: 4 }, feed), [null, null, 7, 7, null, 4]);
});

test('an opening range that the bars are too coarse for, or whose session was joined later, stays unknown', () => {
  const coarse = bars('5m', [
    [0, 10, 8, 9],
    [5, 12, 9, 11],
    [10, 11, 7, 9],
  ]);
  assert.deepEqual(values({ session: 'range_high', minutes: 7 }, all(coarse, 0)), [null, null, null]);
  assert.deepEqual(values({ session: 'range_high', minutes: 10 }, all(coarse, 0)), [null, 12, 12]);
  assert.deepEqual(
    values(
      { session: 'range_high', minutes: 10 },
      all(
        bars('1m', [
          [5, 10, 8, 9],
          [20, 1, 1, 1],
        ]),
        0,
      ),
    ),
    [null, null],
  );
});

test('a reading tells every term with its values, and how far it is from being met', () => {
  const streams = new SymbolStreams('SPY');
  const group = parseConditionGroup({
    logic: 'AND',
    conditions: [
      close('>', 5),
      { logic: 'OR', conditions: [close('between', [1, 2]), { indicator: 'SMA_9', operator: '>', value: 1 }] },
    ],
  });
  const handle = streams.condition(group, '1m');
  streams.onBar(closes([4]), 0, session(0));
  const reading = streams.reading(handle);
  assert.deepEqual(JSON.parse(JSON.stringify(reading)), {
    met: false,
    warm: true,
    text: 'close is above 5 and (close is between 1 and 2 or SMA 9 is above 1)',
    terms: [
      { text: 'close is above 5', left: 4, operator: '>', right: 5, met: false, warm: true, distance: 1 },
      {
        text: 'close is between 1 and 2',
        left: 4,
        operator: 'between',
        right: [1, 2],
        met: false,
        warm: true,
        distance: 2,
      },
      { text: 'SMA 9 is above 1', left: null, operator: '>', right: 1, met: false, warm: false, distance: null },
    ],
  });
});

test('an indicator handle gives its newest outputs by name, null while not warm', () => {
  const streams = new SymbolStreams('SPY');
  const handle = streams.indicator(parseIndicatorSpec('DONCHIAN_2'), '1m');
  const series = bars('1m', [
    [0, 10, 8, 9],
    [1, 12, 9, 11],
  ]);
  streams.onBar(series, 0, session(0));
  assert.deepEqual(indicatorReading(handle), { upper: null, middle: null, lower: null });
  streams.onBar(series, 1, session(0));
  assert.deepEqual(indicatorReading(handle), { upper: 12, middle: 10, lower: 8 });
});

test('bars out of order and the state of another symbol are refused', () => {
  const streams = new SymbolStreams('SPY');
  const series = closes([1, 2]);
  streams.onBar(series, 1, session(0));
  assert.throws(() => streams.onBar(series, 0, session(0)), /in order of their end/);
  assert.throws(
    () => streams.restoreState(new SymbolStreams('QQQ').saveState()),
    /saved state of SPY, was that of QQQ/,
  );
});

test('a condition compiled later starts cold, and a deeper offset keeps what there is', () => {
  const streams = new SymbolStreams('SPY');
  const series = closes([1, 2, 3]);
  const shallow = streams.condition(
    parseConditionGroup({ left: { ...CLOSE, offset: 1 }, operator: '>', right: 0 }),
    '1m',
  );
  streams.onBar(series, 0, session(0));
  streams.onBar(series, 1, session(0));
  const deep = streams.condition(
    parseConditionGroup({ left: { ...CLOSE, offset: 2 }, operator: '==', right: 1 }),
    '1m',
  );
  assert.equal(streams.evaluate(deep), NOT_WARM);
  assert.equal(streams.reading(shallow).terms[0]?.left, 1);
  streams.onBar(series, 2, session(0));
  assert.equal(streams.evaluate(deep), MET);
  assert.equal(streams.reading(shallow).terms[0]?.left, 2);
});
