import type { BarSeries } from '@bellwether/domain';
import { ExponentialAverage } from './exponential-average.ts';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { sourceCode, sourceValue } from './price-source.ts';

export class ExponentialMovingAverage extends Indicator {
  private readonly source: number;
  private readonly average: ExponentialAverage;

  constructor(spec: IndicatorSpec) {
    super(spec, EMA.outputs, parameter(spec, 'period'));
    this.source = sourceCode(spec.source ?? 'close');
    this.average = new ExponentialAverage(parameter(spec, 'period'));
  }

  update(bars: BarSeries, row: number): void {
    this.values[0] = this.average.next(sourceValue(bars, row, this.source));
  }
}

export const EMA: IndicatorDefinition = {
  name: 'EMA',
  title: 'Exponential moving average',
  description: 'Average that weighs recent bars more, seeded by the simple average.',
  params: [periodParameter(20)],
  outputs: ['value'],
  defaultOutput: 'value',
  source: 'close',
  create: (spec) => new ExponentialMovingAverage(spec),
};
