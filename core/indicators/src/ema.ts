import { type BarInput, sourceCode, sourceValue } from './bar-input.ts';
import { ExponentialAverage } from './exponential-average.ts';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';

export class ExponentialMovingAverage extends Indicator {
  private readonly source: number;
  private readonly average: ExponentialAverage;

  constructor(spec: IndicatorSpec) {
    super(spec, EMA.outputs, parameter(spec, 'period'));
    this.source = sourceCode(spec.source ?? 'close');
    this.average = new ExponentialAverage(parameter(spec, 'period'));
  }

  update(bar: BarInput): void {
    this.values[0] = this.average.next(sourceValue(bar, this.source));
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
