import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { allocateBars, type BarSeries, DAY_MS } from '@bellwether/domain';
import { leftOut, sharedPath } from '@bellwether/testing';
import { computeIndicator } from './compute-indicator.ts';
import { type IndicatorRequest, parseIndicatorSpec } from './indicator-spec.ts';

interface GoldenFile {
  readonly series: BarSeries;
  column(name: string): readonly number[];
}

function readGolden(name: string): GoldenFile {
  const [header = '', ...lines] = readFileSync(sharedPath(name), 'utf8').trim().split(/\r?\n/);
  const titles = header.split(',').map((title) => title.trim());
  const rows = lines.map((line) => line.split(','));
  const column = (title: string) => {
    const at = titles.indexOf(title);
    return rows.map((row) => (at < 0 || !row[at] ? Number.NaN : Number(row[at])));
  };
  const series = allocateBars('SPY', '1d', rows.length);
  for (let row = 0; row < rows.length; row++) series.start[row] = row * DAY_MS;
  series.open.set(column('Open'));
  series.high.set(column('High'));
  series.low.set(column('Low'));
  series.close.set(column('Close'));
  series.volume.set(column('Volume'));
  return { series, column };
}

/**
 * File, its column, our indicator and output, first row compared, tolerance (the file's own rounding).
 * A first row past the warm-up: the file starts another way than TA-Lib (it counts the range of the first bar, or sums
 * of `period` movements) and Wilder's average has forgotten it by then.
 */
const GOLDEN: readonly (readonly [string, string, string | IndicatorRequest, string, number, number])[] = [
  ['lean_spy_with_indicators.txt', 'SMA14', 'SMA_14', 'value', 13, 0.006],
  ['lean_spy_with_indicators.txt', 'EMA14', 'EMA_14', 'value', 13, 0.006],
  ['lean_spy_with_indicators.txt', 'MACD 12 26', 'MACD', 'macd', 140, 1e-3],
  ['lean_spy_with_indicators.txt', 'RSI 14 Wilder', 'RSI', 'value', 14, 6e-6],
  ['lean_spy_with_macd.txt', 'MACD', 'MACD', 'macd', 179, 6e-6],
  ['lean_spy_with_macd.txt', 'Signal', 'MACD', 'signal', 179, 6e-6],
  ['lean_spy_with_macd.txt', 'Histogram', 'MACD', 'histogram', 179, 6e-6],
  ['lean_spy_atr_wilder.txt', 'Average True Range 14', 'ATR', 'value', 200, 6e-6],
  ['lean_spy_natr.txt', 'NATR_5', 'NATR_5', 'value', 5, 1e-12],
  ['lean_spy_bollinger_bands.txt', 'Moving Average 20', 'BBANDS', 'middle', 19, 1e-9],
  ['lean_spy_bollinger_bands.txt', 'Bollinger Bands® 20 2 Top', 'BBANDS', 'upper', 19, 7e-5],
  ['lean_spy_bollinger_bands.txt', 'Bollinger Bands® 20 2 Bottom', 'BBANDS', 'lower', 19, 7e-5],
  ['lean_spy_bollinger_bands.txt', 'BandWidth', 'BBANDS', 'bandwidth', 19, 2e-4],
  ['lean_spy_bollinger_bands.txt', '%B', 'BBANDS', 'percent_b', 19, 7e-5],
  ['lean_spy_mfi.txt', 'Money Flow Index 20', 'MFI_20', 'value', 20, 1e-5],
  ['lean_spy_with_adx.txt', '+DI14', 'ADX', 'plus_di', 200, 6e-5],
  ['lean_spy_with_adx.txt', '-DI14', 'ADX', 'minus_di', 200, 6e-5],
  ['lean_spy_with_adx.txt', 'ADX 14', 'ADX', 'adx', 230, 6e-5],
  ['lean_spy_with_cci.txt', 'Commodity Channel Index (CCI) 14', 'CCI', 'value', 13, 3e-3],
  ['lean_spy_with_don50.txt', 'Donchian Channels 50 Top', 'DONCHIAN_50', 'upper', 49, 1e-9],
  ['lean_spy_with_don50.txt', 'Donchian Channels 50 Bottom', 'DONCHIAN_50', 'lower', 49, 1e-9],
  ['lean_spy_with_don50.txt', 'Donchian Channels 50 Mean', 'DONCHIAN_50', 'middle', 49, 1e-9],
  ['lean_spy_with_obv.txt', 'OBV', 'OBV', 'value', 1, 2000],
  ['lean_spy_with_stoch12k3.txt', 'Stochastics 12 %K 3', 'STOCH_12_3_5', 'k', 17, 4e-4],
  ['lean_spy_with_stoch12k3.txt', '%D 5', 'STOCH_12_3_5', 'd', 17, 4e-4],
  ['lean_dwac_supertrend.txt', 'Super', 'SUPERTREND', 'value', 58, 4e-3],
  ['lean_spy_with_keltner.csv', 'Middle Band', { indicator: 'SMA_20', source: 'hlc3' }, 'value', 19, 6e-5],
];

for (const [file, title, request, output, first, tolerance] of GOLDEN) {
  const name = `data/golden/${file}`;
  test(`${output} of ${parseIndicatorSpec(request).indicator} equals "${title}" of ${file}`, {
    skip: leftOut(name),
  }, () => {
    const golden = readGolden(name);
    const expected = golden.column(title);
    const ours = computeIndicator(parseIndicatorSpec(request), golden.series)[output] as Float64Array;
    let compared = 0;
    for (let row = first; row < expected.length; row++) {
      if (Number.isNaN(expected[row])) continue;
      compared++;
      const distance = Math.abs((expected[row] as number) - (ours[row] as number));
      assert.ok(distance <= tolerance, `row ${row}: expected ${expected[row]}, was ${ours[row]}`);
    }
    assert.ok(compared >= 19, `expected at least 19 values to compare, was ${compared}`);
  });
}

test('Keltner bands equal lean_spy_with_keltner.csv when averaged its way: SMA 20 of hlc3 ± 1.5 × SMA 20 of the true range', {
  skip: leftOut('data/golden/lean_spy_with_keltner.csv'),
}, () => {
  // Our KELTNER is the later definition (EMA, Wilder's ATR); its parts are checked here and against TA-Lib.
  const golden = readGolden('data/golden/lean_spy_with_keltner.csv');
  const ranges = computeIndicator(parseIndicatorSpec('ATR_1'), golden.series)['value'] as Float64Array;
  const middle = computeIndicator(parseIndicatorSpec({ indicator: 'SMA_20', source: 'hlc3' }), golden.series)['value'];
  golden.column('Keltner Channels 20 Top').forEach((expected, row) => {
    if (Number.isNaN(expected) || row < 20) return;
    const width = ranges.subarray(row - 19, row + 1).reduce((sum, range) => sum + range, 0) / 20;
    assert.ok(Math.abs(expected - ((middle?.[row] as number) + 1.5 * width)) < 2e-4, `row ${row}`);
  });
});

test('VWAP equals lean_spy_with_vwap.txt when summed its way: 50 bars of (O+H+L+C)/4', {
  skip: leftOut('data/golden/lean_spy_with_vwap.txt'),
}, () => {
  // Ours resets with the session and takes (H+L+C)/3; one "session" that ends at the row, of flat bars at ohlc4, is the same sum.
  const golden = readGolden('data/golden/lean_spy_with_vwap.txt');
  const { series } = golden;
  const price = computeIndicator(parseIndicatorSpec({ indicator: 'SMA_1', source: 'ohlc4' }), series)[
    'value'
  ] as Float64Array;
  let compared = 0;
  golden.column('Moving VWAP 50').forEach((expected, row) => {
    if (Number.isNaN(expected) || row < 49) return;
    const window = allocateBars('SPY', '1d', 50);
    for (const field of ['open', 'high', 'low', 'close'] as const) window[field].set(price.subarray(row - 49, row + 1));
    window.volume.set(series.volume.subarray(row - 49, row + 1));
    const sessions = { ordinal: new Float64Array(50), minutesSinceOpen: new Float64Array(50) };
    const ours = computeIndicator(parseIndicatorSpec('VWAP'), window, sessions)['value']?.[49] as number;
    assert.ok(Math.abs(expected - ours) < 1e-3, `row ${row}: expected ${expected}, was ${ours}`);
    compared++;
  });
  assert.ok(compared > 400);
});
