import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { sourceCode, sourceValue } from './price-source.ts';

export class RateOfChange extends Indicator {
  private readonly source: number;
  private readonly period: number;
  private readonly ring: Float64Array;
  private index = 0;

  constructor(spec: IndicatorSpec) {
    super(spec, ROC.outputs, parameter(spec, 'period') + 1);
    this.source = sourceCode(spec.source ?? 'close');
    this.period = parameter(spec, 'period');
    this.ring = new Float64Array(this.period).fill(Number.NaN);
  }

  update(bars: BarSeries, row: number): void {
    const value = sourceValue(bars, row, this.source);
    const earlier = this.ring[this.index] as number;
    this.ring[this.index] = value;
    this.index = this.index + 1 === this.period ? 0 : this.index + 1;
    this.values[0] = earlier === 0 ? 0 : (value / earlier - 1) * 100;
  }
}

export const ROC: IndicatorDefinition = {
  name: 'ROC',
  title: 'Rate of change',
  description: 'Change over the last bars in percent; 0 where the earlier value is 0, as in TA-Lib.',
  params: [periodParameter(10)],
  outputs: ['value'],
  defaultOutput: 'value',
  source: 'close',
  create: (spec) => new RateOfChange(spec),
};
