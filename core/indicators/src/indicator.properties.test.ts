import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocateBars, type BarSeries, isBellwetherError } from '@bellwether/domain';
import fc from 'fast-check';
import { createIndicator, INDICATOR_CATALOGUE } from './catalogue.ts';
import { computeIndicator } from './compute-indicator.ts';
import type { Indicator, IndicatorSpec } from './indicator.ts';
import { indicatorKey, parseIndicatorSpec } from './indicator-spec.ts';
import { randomBars } from './random-bars.fake.ts';

/** Every indicator with small parameters, so that short series warm it up. */
const spec: fc.Arbitrary<IndicatorSpec> = fc.constantFrom(...INDICATOR_CATALOGUE.values()).chain((entry) =>
  fc
    .tuple(
      ...entry.params.map((param) =>
        param.integer ? fc.integer({ min: Math.max(param.minimum, 1), max: 9 }) : fc.constant(param.default),
      ),
    )
    .filter(
      (values) =>
        entry.conflict?.(Object.fromEntries(entry.params.map((param, i) => [param.name, values[i] as number]))) ===
        undefined,
    )
    .map((values) =>
      parseIndicatorSpec({
        indicator: entry.name,
        params: Object.fromEntries(entry.params.map((param, i) => [param.name, values[i]])),
      }),
    ),
);

const series = fc
  .tuple(fc.integer({ min: 60, max: 120 }), fc.nat(1e6), fc.boolean())
  .map(([length, seed, ties]) => randomBars(length, seed, ties));

function feed(indicator: Indicator, bars: BarSeries, from: number, to: number): number[][] {
  const rows: number[][] = [];
  for (let row = from; row < to; row++) {
    indicator.update(bars, row, row, 0);
    rows.push([...indicator.values]);
  }
  return rows;
}

test('streaming, batch and a restored copy agree bit for bit', () => {
  fc.assert(
    fc.property(spec, series, fc.nat(60), (chosen, bars, cut) => {
      const whole = feed(createIndicator(chosen), bars, 0, bars.length);
      const columns = Object.values(computeIndicator(chosen, bars));
      whole.forEach((values, row) => {
        assert.deepEqual(
          values,
          columns.map((column) => column[row]),
        );
      });

      const before = createIndicator(chosen);
      feed(before, bars, 0, cut);
      const after = createIndicator(chosen);
      after.restoreState(JSON.parse(JSON.stringify(before.saveState())));
      assert.deepEqual([...after.values], [...before.values]);
      assert.deepEqual(feed(after, bars, cut, bars.length), whole.slice(cut));
    }),
    { numRuns: 500 },
  );
});

test('an output is a number at its warm-up bar and ever after, and every output is warm exactly then', () => {
  fc.assert(
    fc.property(spec, series, (chosen, bars) => {
      const indicator = createIndicator(chosen);
      const rows = feed(indicator, bars, 0, bars.length);
      const complete = rows.findIndex((values) => values.every(Number.isFinite)) + 1;
      // RVOL has no value over a median of 0, which the bars that stand still may have.
      if (chosen.indicator !== 'RVOL') assert.equal(complete, indicator.warmup, indicatorKey(chosen));
      const warm = indicator.values.map(() => 0);
      for (const values of rows) {
        values.forEach((value, output) => {
          if (chosen.indicator !== 'RVOL' && warm[output] === 1)
            assert.ok(Number.isFinite(value), indicatorKey(chosen));
          assert.ok(Number.isNaN(value) || Number.isFinite(value));
          if (Number.isFinite(value)) warm[output] = 1;
        });
      }
    }),
    { numRuns: 500 },
  );
});

/** What becomes of an output when all prices are multiplied by k; volumes are not. */
const INVARIANT = new Set([
  'RSI',
  'NATR',
  'ADX',
  'STOCH',
  'STOCHRSI',
  'CCI',
  'MFI',
  'OBV',
  'ROC',
  'WILLR',
  'AROON',
  'VOLUME_SMA',
  'RVOL',
]);
const INVARIANT_OUTPUTS = new Set(['BBANDS.bandwidth', 'BBANDS.percent_b', 'SUPERTREND.direction']);

test('prices times 8 give ratios unchanged and price-like outputs times 8', () => {
  fc.assert(
    fc.property(spec, series, (chosen, bars) => {
      const scaled = { ...bars };
      for (const field of ['open', 'high', 'low', 'close'] as const)
        scaled[field] = bars[field].map((price) => price * 8);
      const [plain, large] = [computeIndicator(chosen, bars), computeIndicator(chosen, scaled)];
      for (const [output, column] of Object.entries(plain)) {
        const factor =
          INVARIANT.has(chosen.indicator) || INVARIANT_OUTPUTS.has(`${chosen.indicator}.${output}`) ? 1 : 8;
        column.forEach((value, row) => {
          const other = large[output]?.[row] as number;
          if (Number.isNaN(value)) assert.ok(Number.isNaN(other));
          // A power of two scales without rounding; only 0.015 and 1e-14 are not powers of two.
          else
            assert.ok(
              Math.abs(other - value * factor) <= 1e-9 * (1 + Math.abs(other)),
              `${indicatorKey(chosen)} ${output} row ${row}`,
            );
        });
      }
    }),
    { numRuns: 300 },
  );
});

/** Values over a market that never moves: price 151.23, volume 300. */
const DEAD_MARKET: Readonly<Record<string, readonly number[]>> = {
  ...Object.fromEntries(['SMA', 'EMA', 'WMA', 'VWAP', 'SAR', 'HIGHEST', 'LOWEST'].map((name) => [name, [151.23]])),
  ...Object.fromEntries(['RSI', 'ATR', 'NATR', 'CCI', 'MFI', 'ROC', 'WILLR', 'STDDEV'].map((name) => [name, [0]])),
  MACD: [0, 0, 0],
  BBANDS: [151.23, 151.23, 151.23, 0, 0.5],
  ADX: [0, 0, 0],
  STOCH: [0, 0],
  STOCHRSI: [0, 0],
  OBV: [300],
  AROON: [100, 100, 0],
  DONCHIAN: [151.23, 151.23, 151.23],
  KELTNER: [151.23, 151.23, 151.23],
  SUPERTREND: [151.23, -1],
  VOLUME_SMA: [300],
  RVOL: [1],
};

for (const name of INDICATOR_CATALOGUE.keys()) {
  test(`${name} of a market that never moves is what its definition says`, () => {
    const bars = allocateBars('TEST', '1d', 300);
    for (const field of ['open', 'high', 'low', 'close'] as const) bars[field].fill(151.23);
    bars.volume.fill(300);
    const last = feed(createIndicator(parseIndicatorSpec(name)), bars, 0, 300).at(-1) as number[];
    const expected = DEAD_MARKET[name] as number[];
    assert.equal(last.length, expected.length);
    last.forEach((value, output) => {
      assert.ok(Math.abs(value - (expected[output] as number)) < 1e-10, `expected ${expected}, was ${last}`);
    });
  });
}

test('averages and deviation of a window that stands still after a storm are exact', () => {
  const bars = allocateBars('TEST', '1d', 60);
  bars.close.fill(1e12, 0, 20).fill(151.23, 20);
  bars.close.fill(0.001, 10, 15);
  for (const period of [3, 7, 20]) {
    const last = (name: string, output: string) =>
      computeIndicator(parseIndicatorSpec(`${name}_${period}`), bars)[output]?.[59];
    assert.equal(last('SMA', 'value'), 151.23);
    assert.equal(last('BBANDS', 'middle'), 151.23);
    assert.equal(last('STDDEV', 'value'), 0);
  }
});

test('a million bars leave no drift: sliding windows equal the sums of their last bars', () => {
  const bars = randomBars(1_000_000, 3);
  const last = (request: string) => computeIndicator(parseIndicatorSpec(request), bars)['value']?.at(-1) as number;
  const near = (ours: number, naive: number) =>
    assert.ok(Math.abs(ours - naive) <= 1e-12 * Math.abs(naive), `expected ${naive}, was ${ours}`);
  const closes = [...bars.close.subarray(-50)];
  const mean = closes.reduce((sum, close) => sum + close, 0) / 50;
  near(last('SMA_50'), mean);
  near(last('STDDEV_50'), Math.sqrt(closes.reduce((sum, close) => sum + (close - mean) ** 2, 0) / 50));
  near(last('WMA_50'), closes.reduce((sum, close, i) => sum + close * (i + 1), 0) / 1275);
  near(last('VOLUME_SMA_50'), [...bars.volume.subarray(-50)].reduce((sum, volume) => sum + volume, 0) / 50);
  near(last('HIGHEST_50'), Math.max(...bars.high.subarray(-50)));
  near(last('LOWEST_50'), Math.min(...bars.low.subarray(-50)));
});

test('sliding windows equal their definition at every row, whatever the period', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 2, max: 25 }), (bars, period) => {
      const column = (name: string, source: string) =>
        computeIndicator(parseIndicatorSpec({ indicator: name, params: { period }, source }), bars)[
          'value'
        ] as Float64Array;
      const [sma, deviation, wma] = ['SMA', 'STDDEV', 'WMA'].map((name) => column(name, 'close')) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const [highest, lowest] = [column('HIGHEST', 'high'), column('LOWEST', 'volume')];
      for (let row = period - 1; row < bars.length; row++) {
        const window = [...bars.close.subarray(row - period + 1, row + 1)];
        const mean = window.reduce((sum, close) => sum + close, 0) / period;
        const near = (ours: number | undefined, naive: number) =>
          assert.ok(Math.abs((ours as number) - naive) < 1e-9, `row ${row}`);
        near(sma[row], mean);
        near(deviation[row], Math.sqrt(window.reduce((sum, close) => sum + (close - mean) ** 2, 0) / period));
        near(wma[row], window.reduce((sum, close, i) => sum + close * (i + 1), 0) / ((period * (period + 1)) / 2));
        assert.equal(highest[row], Math.max(...bars.high.subarray(row - period + 1, row + 1)));
        assert.equal(lowest[row], Math.min(...bars.volume.subarray(row - period + 1, row + 1)));
      }
    }),
    { numRuns: 100 },
  );
});

test('a saved state of another indicator or shape is refused', () => {
  const state = createIndicator(parseIndicatorSpec('SMA_5')).saveState();
  for (const other of ['RSI', 'SMA_6', 'ADX']) {
    assert.throws(
      () => createIndicator(parseIndicatorSpec(other)).restoreState(state),
      (error) => isBellwetherError(error) && error.code === 'indicator/bad-state',
    );
  }
});
