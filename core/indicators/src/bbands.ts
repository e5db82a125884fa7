import type { BarSeries } from '@bellwether/domain';
import {
  factorParameter,
  Indicator,
  type IndicatorDefinition,
  type IndicatorSpec,
  parameter,
  periodParameter,
} from './indicator.ts';
import { sourceCode, sourceValue } from './price-source.ts';
import { WindowDeviation } from './window-deviation.ts';

export class BollingerBands extends Indicator {
  private readonly source: number;
  private readonly deviations: number;
  private readonly window: WindowDeviation;
  private missing: number;

  constructor(spec: IndicatorSpec) {
    super(spec, BBANDS.outputs, parameter(spec, 'period'));
    this.source = sourceCode(spec.source ?? 'close');
    this.deviations = parameter(spec, 'deviations');
    this.window = new WindowDeviation(parameter(spec, 'period'));
    this.missing = parameter(spec, 'period');
  }

  update(bars: BarSeries, row: number): void {
    const value = sourceValue(bars, row, this.source);
    const window = this.window;
    window.next(value);
    if (this.missing > 0 && --this.missing > 0) return;
    const values = this.values;
    const middle = window.mean;
    const half = this.deviations * window.deviation;
    values[0] = middle + half;
    values[1] = middle;
    values[2] = middle - half;
    values[3] = middle === 0 ? 0 : (200 * half) / middle;
    values[4] = half === 0 ? 0.5 : (value - middle + half) / (2 * half);
  }
}

export const BBANDS: IndicatorDefinition = {
  name: 'BBANDS',
  title: 'Bollinger bands',
  description:
    'Simple average and bands some population deviations around it; bandwidth in percent of the middle, percent_b from 0 at the lower to 1 at the upper band (0.5 where they meet).',
  params: [
    periodParameter(20, 2),
    factorParameter('deviations', 'Deviations', 'Distance of the bands in standard deviations.', 2),
  ],
  outputs: ['upper', 'middle', 'lower', 'bandwidth', 'percent_b'],
  defaultOutput: 'middle',
  source: 'close',
  create: (spec) => new BollingerBands(spec),
};
