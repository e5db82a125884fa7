import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { WindowExtreme } from './window-extreme.ts';
import { WindowMean } from './window-mean.ts';

/** TA-Lib's STOCH: %K is smoothed by `k` bars, %D is its average over `d`; both first valid on the same bar; 0 where the range is 0. */
export class Stochastic extends Indicator {
  private readonly highest: WindowExtreme;
  private readonly lowest: WindowExtreme;
  private readonly slowK: WindowMean;
  private readonly slowD: WindowMean;

  constructor(spec: IndicatorSpec) {
    const period = parameter(spec, 'period');
    const k = parameter(spec, 'k');
    const d = parameter(spec, 'd');
    super(spec, STOCH.outputs, period + k + d - 2);
    this.highest = new WindowExtreme(period, 1);
    this.lowest = new WindowExtreme(period, -1);
    this.slowK = new WindowMean(k);
    this.slowD = new WindowMean(d);
  }

  update(bars: BarSeries, row: number): void {
    const highest = this.highest.next(bars.high[row] as number);
    const lowest = this.lowest.next(bars.low[row] as number);
    const range = highest - lowest;
    if (range !== range) return;
    const k = this.slowK.next(range === 0 ? 0 : (100 * ((bars.close[row] as number) - lowest)) / range);
    if (k !== k) return;
    const d = this.slowD.next(k);
    if (d !== d) return;
    this.values[0] = k;
    this.values[1] = d;
  }
}

export const STOCH: IndicatorDefinition = {
  name: 'STOCH',
  title: 'Stochastic oscillator',
  description: 'Place of the close in the range of the last bars, 0 to 100, smoothed (k), and its average (d).',
  params: [periodParameter(14), periodParameter(3, 1, 'k'), periodParameter(3, 1, 'd')],
  outputs: ['k', 'd'],
  defaultOutput: 'k',
  source: null,
  create: (spec) => new Stochastic(spec),
};
