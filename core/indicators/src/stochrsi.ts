import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { sourceCode, sourceValue } from './price-source.ts';
import { StrengthIndex } from './strength-index.ts';
import { WindowExtreme } from './window-extreme.ts';
import { WindowMean } from './window-mean.ts';

/** In a dead market the RSI stands still but for rounding, which must not look like 0 or 100. */
const ROUNDING = 1e-9;

/** The stochastic of the RSI, 0 to 100 and 0 where its range is 0; TA-Lib's STOCHRSI is the case `k` = 1. */
export class StochasticStrength extends Indicator {
  private readonly source: number;
  private readonly strength: StrengthIndex;
  private readonly highest: WindowExtreme;
  private readonly lowest: WindowExtreme;
  private readonly slowK: WindowMean;
  private readonly slowD: WindowMean;

  constructor(spec: IndicatorSpec) {
    const stoch = parameter(spec, 'stoch_period');
    const k = parameter(spec, 'k');
    const d = parameter(spec, 'd');
    super(spec, STOCHRSI.outputs, parameter(spec, 'period') + stoch + k + d - 2);
    this.source = sourceCode(spec.source ?? 'close');
    this.strength = new StrengthIndex(parameter(spec, 'period'));
    this.highest = new WindowExtreme(stoch, 1);
    this.lowest = new WindowExtreme(stoch, -1);
    this.slowK = new WindowMean(k);
    this.slowD = new WindowMean(d);
  }

  update(bars: BarSeries, row: number): void {
    const strength = this.strength.next(sourceValue(bars, row, this.source));
    if (strength !== strength) return;
    const lowest = this.lowest.next(strength);
    const range = this.highest.next(strength) - lowest;
    if (range !== range) return;
    const k = this.slowK.next(range < ROUNDING ? 0 : (100 * (strength - lowest)) / range);
    if (k !== k) return;
    const d = this.slowD.next(k);
    if (d !== d) return;
    this.values[0] = k;
    this.values[1] = d;
  }
}

export const STOCHRSI: IndicatorDefinition = {
  name: 'STOCHRSI',
  title: 'Stochastic RSI',
  description: 'Place of the RSI in its own range of the last bars, 0 to 100, smoothed (k), and its average (d).',
  params: [
    periodParameter(14, 2),
    periodParameter(14, 1, 'stoch_period'),
    periodParameter(3, 1, 'k'),
    periodParameter(3, 1, 'd'),
  ],
  outputs: ['k', 'd'],
  defaultOutput: 'k',
  source: 'close',
  create: (spec) => new StochasticStrength(spec),
};
