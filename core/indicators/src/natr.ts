import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { TrueRange } from './true-range.ts';
import { WilderAverage } from './wilder-average.ts';

export class NormalizedAverageTrueRange extends Indicator {
  private readonly range = new TrueRange();
  private readonly average: WilderAverage;

  constructor(spec: IndicatorSpec) {
    super(spec, NATR.outputs, parameter(spec, 'period') + 1);
    this.average = new WilderAverage(parameter(spec, 'period'));
  }

  update(bars: BarSeries, row: number): void {
    const range = this.range.next(bars, row);
    if (range === range) this.values[0] = (100 * this.average.next(range)) / (bars.close[row] as number);
  }
}

export const NATR: IndicatorDefinition = {
  name: 'NATR',
  title: 'Normalized average true range',
  description: 'Average true range in percent of the close.',
  params: [periodParameter(14)],
  outputs: ['value'],
  defaultOutput: 'value',
  source: null,
  create: (spec) => new NormalizedAverageTrueRange(spec),
};
