import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { sourceCode, sourceValue } from './price-source.ts';
import { WindowMean } from './window-mean.ts';

export class VolumeMovingAverage extends Indicator {
  private readonly source: number;
  private readonly average: WindowMean;

  constructor(spec: IndicatorSpec) {
    super(spec, VOLUME_SMA.outputs, parameter(spec, 'period'));
    this.source = sourceCode(spec.source ?? 'volume');
    this.average = new WindowMean(parameter(spec, 'period'));
  }

  update(bars: BarSeries, row: number): void {
    this.values[0] = this.average.next(sourceValue(bars, row, this.source));
  }
}

export const VOLUME_SMA: IndicatorDefinition = {
  name: 'VOLUME_SMA',
  title: 'Average volume',
  description: 'Mean volume of the last bars.',
  params: [periodParameter(20)],
  outputs: ['value'],
  defaultOutput: 'value',
  source: 'volume',
  create: (spec) => new VolumeMovingAverage(spec),
};
