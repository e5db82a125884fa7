import { type BarInput, sourceCode, sourceValue } from './bar-input.ts';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { WindowMean } from './window-mean.ts';

export class SimpleMovingAverage extends Indicator {
  private readonly source: number;
  private readonly average: WindowMean;

  constructor(spec: IndicatorSpec) {
    super(spec, SMA.outputs, parameter(spec, 'period'));
    this.source = sourceCode(spec.source ?? 'close');
    this.average = new WindowMean(parameter(spec, 'period'));
  }

  update(bar: BarInput): void {
    this.values[0] = this.average.next(sourceValue(bar, this.source));
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
