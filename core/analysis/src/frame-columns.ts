import type { BarSeries } from '@bellwether/domain';
import { createIndicator, type Indicator, type IndicatorSpec, parseIndicatorSpec } from '@bellwether/indicators';
import { findSwings, type Swing } from './swing-points.ts';

/** Everything about one timeframe that is computed bar by bar; a row is NaN until its indicator is warm. */
export interface FrameColumns {
  readonly bars: BarSeries;
  readonly logClose: Float64Array;
  readonly ema20: Float64Array;
  readonly ema50: Float64Array;
  readonly atr: Float64Array;
  readonly adx: Float64Array;
  readonly rsi: Float64Array;
  readonly histogram: Float64Array;
  /** (EMA₂ₛ₋₁ − EMA₂ₗ₋₁)/sd₆₃(close) for (s, l) = (8, 24), (16, 48), (32, 96). */
  readonly spreads: readonly [Float64Array, Float64Array, Float64Array];
  readonly swings: readonly Swing[];
}

const SPECS = {
  ema20: parseIndicatorSpec('EMA_20'),
  ema50: parseIndicatorSpec('EMA_50'),
  atr: parseIndicatorSpec('ATR_14'),
  adx: parseIndicatorSpec('ADX_14'),
  rsi: parseIndicatorSpec('RSI_14'),
  macd: parseIndicatorSpec('MACD_12_26_9'),
  deviation: parseIndicatorSpec('STDDEV_63'),
  // Baz and others speak of half-lives s and l; an average of "length" s has weight 1/s, which is an EMA of 2s − 1 bars.
  fast: [parseIndicatorSpec('EMA_15'), parseIndicatorSpec('EMA_31'), parseIndicatorSpec('EMA_63')],
  slow: [parseIndicatorSpec('EMA_47'), parseIndicatorSpec('EMA_95'), parseIndicatorSpec('EMA_191')],
} as const;
const HISTOGRAM = 2;

/** Returns the columns of a series: one pass, one indicator after another, each fed bar by bar as live. */
export function frameColumns(bars: BarSeries): FrameColumns {
  const column = (spec: IndicatorSpec, output = 0) => runIndicator(createIndicator(spec), bars, output);
  const deviation = column(SPECS.deviation);
  const spread = (fast: IndicatorSpec, slow: IndicatorSpec): Float64Array => {
    const difference = column(fast);
    const subtrahend = column(slow);
    for (let row = 0; row < bars.length; row++) {
      const width = deviation[row] as number;
      difference[row] = width > 0 ? ((difference[row] as number) - (subtrahend[row] as number)) / width : Number.NaN;
    }
    return difference;
  };
  return {
    bars,
    logClose: logarithms(bars),
    ema20: column(SPECS.ema20),
    ema50: column(SPECS.ema50),
    atr: column(SPECS.atr),
    adx: column(SPECS.adx),
    rsi: column(SPECS.rsi),
    histogram: column(SPECS.macd, HISTOGRAM),
    spreads: [
      spread(SPECS.fast[0], SPECS.slow[0]),
      spread(SPECS.fast[1], SPECS.slow[1]),
      spread(SPECS.fast[2], SPECS.slow[2]),
    ],
    swings: findSwings(bars),
  };
}

function runIndicator(indicator: Indicator, bars: BarSeries, output: number): Float64Array {
  const column = new Float64Array(bars.length);
  for (let row = 0; row < bars.length; row++) {
    indicator.update(bars, row, row, 0);
    column[row] = indicator.values[output] as number;
  }
  return column;
}

function logarithms(bars: BarSeries): Float64Array {
  const column = new Float64Array(bars.length);
  for (let row = 0; row < bars.length; row++) column[row] = Math.log(bars.close[row] as number);
  return column;
}
