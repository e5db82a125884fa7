import type { BarSeries } from '@bellwether/domain';
import { ExponentialAverage } from './exponential-average.ts';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { sourceCode, sourceValue } from './price-source.ts';

/** As in TA-Lib: both averages are first valid at bar `slow` (the fast one is seeded by the `fast` bars that end there). */
export class MovingAverageConvergence extends Indicator {
  private readonly source: number;
  private readonly fast: ExponentialAverage;
  private readonly slow: ExponentialAverage;
  private readonly signal: ExponentialAverage;
  private barsBeforeFast: number;

  constructor(spec: IndicatorSpec) {
    const slow = parameter(spec, 'slow');
    super(spec, MACD.outputs, slow + parameter(spec, 'signal') - 1);
    this.source = sourceCode(spec.source ?? 'close');
    this.fast = new ExponentialAverage(parameter(spec, 'fast'));
    this.slow = new ExponentialAverage(slow);
    this.signal = new ExponentialAverage(parameter(spec, 'signal'));
    this.barsBeforeFast = slow - parameter(spec, 'fast');
  }

  update(bars: BarSeries, row: number): void {
    const value = sourceValue(bars, row, this.source);
    const slow = this.slow.next(value);
    if (this.barsBeforeFast > 0) {
      this.barsBeforeFast--;
      return;
    }
    const macd = this.fast.next(value) - slow;
    if (macd !== macd) return;
    const signal = this.signal.next(macd);
    if (signal !== signal) return;
    this.values[0] = macd;
    this.values[1] = signal;
    this.values[2] = macd - signal;
  }
}

export const MACD: IndicatorDefinition = {
  name: 'MACD',
  title: 'Moving average convergence divergence',
  description: 'Fast minus slow exponential average, its own average (signal) and their difference (histogram).',
  params: [periodParameter(12, 1, 'fast'), periodParameter(26, 2, 'slow'), periodParameter(9, 1, 'signal')],
  outputs: ['macd', 'signal', 'histogram'],
  defaultOutput: 'macd',
  source: 'close',
  conflict: ({ fast = 0, slow = 0 }) =>
    fast < slow ? undefined : `expected fast below slow, was fast ${fast} and slow ${slow}`,
  create: (spec) => new MovingAverageConvergence(spec),
};
