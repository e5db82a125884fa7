import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { TrueRange } from './true-range.ts';
import { WilderAverage } from './wilder-average.ts';

export class AverageTrueRange extends Indicator {
  private readonly range = new TrueRange();
  private readonly average: WilderAverage;

  constructor(spec: IndicatorSpec) {
    super(spec, ATR.outputs, parameter(spec, 'period') + 1);
    this.average = new WilderAverage(parameter(spec, 'period'));
  }

  update(bars: BarSeries, row: number): void {
    const range = this.range.next(bars, row);
    if (range === range) this.values[0] = this.average.next(range);
  }
}

export const ATR: IndicatorDefinition = {
  name: 'ATR',
  title: 'Average true range',
  description: 'Wilder average of the true range, in the unit of the price; ranges count from the second bar.',
  params: [periodParameter(14)],
  outputs: ['value'],
  defaultOutput: 'value',
  source: null,
  create: (spec) => new AverageTrueRange(spec),
};
