import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBellwetherError } from '@bellwether/domain';
import { createIndicator, INDICATOR_CATALOGUE } from './catalogue.ts';
import {
  describeIndicator,
  type IndicatorRequest,
  indicatorKey,
  outputIndex,
  parseIndicatorSpec,
} from './indicator-spec.ts';

const READS: readonly (readonly [string | IndicatorRequest, string, string])[] = [
  ['RSI', 'RSI(14,close)', 'RSI 14'],
  ['RSI_7', 'RSI(7,close)', 'RSI 7'],
  ['SMA_20', 'SMA(20,close)', 'SMA 20'],
  ['ema_50', 'EMA(50,close)', 'EMA 50'],
  ['MACD', 'MACD(12,26,9,close)', 'MACD 12, 26, 9'],
  ['MACD_5_35_5', 'MACD(5,35,5,close)', 'MACD 5, 35, 5'],
  ['BBANDS_20_2.5', 'BBANDS(20,2.5,close)', 'BBANDS 20, 2.5'],
  ['VOLUME_SMA_10', 'VOLUME_SMA(10,volume)', 'VOLUME_SMA 10'],
  ['OBV', 'OBV()', 'OBV'],
  [{ indicator: 'BBANDS', params: { deviations: 3 } }, 'BBANDS(20,3,close)', 'BBANDS 20, 3'],
  [{ indicator: 'SMA_5', source: 'hl2' }, 'SMA(5,hl2)', 'SMA 5 of hl2'],
  [{ indicator: 'HIGHEST', source: null }, 'HIGHEST(20,high)', 'HIGHEST 20'],
];
for (const [request, key, words] of READS) {
  test(`it reads ${JSON.stringify(request)}`, () => {
    const spec = parseIndicatorSpec(request);
    assert.equal(indicatorKey(spec), key);
    assert.equal(describeIndicator(spec), words);
    assert.deepEqual(parseIndicatorSpec(spec), spec);
  });
}

const REFUSES: readonly (readonly [
  string | IndicatorRequest,
  'indicator/unknown' | 'indicator/bad-parameter',
  RegExp,
])[] = [
  ['RSX', 'indicator/unknown', /"RSX"; there are SMA, EMA/],
  ['', 'indicator/unknown', /there are/],
  ['SMA_x', 'indicator/unknown', /there are/],
  ['SMA_20_3', 'indicator/bad-parameter', /at most 1 values/],
  ['SMA_0', 'indicator/bad-parameter', /period to be a whole number from 1 to 10000, was 0/],
  ['SMA_2.5', 'indicator/bad-parameter', /a whole number/],
  ['SMA_99999', 'indicator/bad-parameter', /to 10000/],
  [{ indicator: 'RSI', params: { length: 7 } }, 'indicator/bad-parameter', /only the parameters period, was "length"/],
  [{ indicator: 'OBV', params: { period: 7 } }, 'indicator/bad-parameter', /only the parameters \(none\)/],
  [{ indicator: 'RSI', params: { period: '14' } }, 'indicator/bad-parameter', /was "14"/],
  [{ indicator: 'RSI', params: { period: Number.NaN } }, 'indicator/bad-parameter', /period to be/],
  [{ indicator: 'RSI', source: 'mid' }, 'indicator/bad-parameter', /source to be one of close, open/],
  [{ indicator: 'ATR', source: 'close' }, 'indicator/bad-parameter', /no source/],
  [{ indicator: 'MACD', params: { fast: 26, slow: 12 } }, 'indicator/bad-parameter', /fast below slow/],
  [{ indicator: 'SAR', params: { acceleration: 0.3 } }, 'indicator/bad-parameter', /at most maximum/],
];
for (const [request, code, message] of REFUSES) {
  test(`it refuses ${JSON.stringify(request)} and says what is allowed`, () => {
    assert.throws(
      () => parseIndicatorSpec(request),
      (error) =>
        isBellwetherError(error) && error.kind === 'invalid' && error.code === code && message.test(error.message),
    );
  });
}

test('an output is found by name, the default without one, and an unknown one is refused with those there are', () => {
  const macd = parseIndicatorSpec('MACD');
  assert.equal(outputIndex(macd), 0);
  assert.equal(outputIndex(macd, 'histogram'), 2);
  assert.throws(() => outputIndex(macd, 'upper'), /one of macd, signal, histogram, was "upper"/);
});

test('every entry of the catalogue is complete: texts, defaults within bounds, default output among the outputs', () => {
  assert.equal(INDICATOR_CATALOGUE.size, 27);
  for (const [name, entry] of INDICATOR_CATALOGUE) {
    assert.equal(entry.name, name);
    assert.ok(entry.title.length > 0 && entry.description.endsWith('.'), name);
    assert.ok(entry.outputs.includes(entry.defaultOutput), name);
    const spec = parseIndicatorSpec(name);
    assert.deepEqual(spec.params, Object.fromEntries(entry.params.map((param) => [param.name, param.default])));
    assert.deepEqual(createIndicator(spec).outputs, entry.outputs);
  }
});
