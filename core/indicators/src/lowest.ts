import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { sourceCode, sourceValue } from './price-source.ts';
import { WindowExtreme } from './window-extreme.ts';

export class LowestValue extends Indicator {
  private readonly source: number;
  private readonly window: WindowExtreme;

  constructor(spec: IndicatorSpec) {
    super(spec, LOWEST.outputs, parameter(spec, 'period'));
    this.source = sourceCode(spec.source ?? 'low');
    this.window = new WindowExtreme(parameter(spec, 'period'), -1);
  }

  update(bars: BarSeries, row: number): void {
    this.values[0] = this.window.next(sourceValue(bars, row, this.source));
  }
}

export const LOWEST: IndicatorDefinition = {
  name: 'LOWEST',
  title: 'Lowest value',
  description: 'Least value of the last bars, the latest included.',
  params: [periodParameter(20)],
  outputs: ['value'],
  defaultOutput: 'value',
  source: 'low',
  create: (spec) => new LowestValue(spec),
};
