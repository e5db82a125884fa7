import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { sourceCode, sourceValue } from './price-source.ts';
import { WindowMean } from './window-mean.ts';

export class SimpleMovingAverage extends Indicator {
  private readonly source: number;
  private readonly average: WindowMean;

  constructor(spec: IndicatorSpec) {
    super(spec, SMA.outputs, parameter(spec, 'period'));
    this.source = sourceCode(spec.source ?? 'close');
    this.average = new WindowMean(parameter(spec, 'period'));
  }

  update(bars: BarSeries, row: number): void {
    this.values[0] = this.average.next(sourceValue(bars, row, this.source));
  }
}

export const SMA: IndicatorDefinition = {
  name: 'SMA',
  title: 'Simple moving average',
  description: 'Mean of the last bars.',
  params: [periodParameter(20)],
  outputs: ['value'],
  defaultOutput: 'value',
  source: 'close',
  create: (spec) => new SimpleMovingAverage(spec),
};
