import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { sourceCode, sourceValue } from './price-source.ts';
import { WindowDeviation } from './window-deviation.ts';

export class StandardDeviation extends Indicator {
  private readonly source: number;
  private readonly window: WindowDeviation;

  constructor(spec: IndicatorSpec) {
    super(spec, STDDEV.outputs, parameter(spec, 'period'));
    this.source = sourceCode(spec.source ?? 'close');
    this.window = new WindowDeviation(parameter(spec, 'period'));
  }

  update(bars: BarSeries, row: number): void {
    this.window.next(sourceValue(bars, row, this.source));
    this.values[0] = this.window.deviation;
  }
}

export const STDDEV: IndicatorDefinition = {
  name: 'STDDEV',
  title: 'Standard deviation',
  description: 'Population standard deviation of the last bars.',
  params: [periodParameter(20, 2)],
  outputs: ['value'],
  defaultOutput: 'value',
  source: 'close',
  create: (spec) => new StandardDeviation(spec),
};
