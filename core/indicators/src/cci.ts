import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { typicalPrice } from './price-source.ts';
import { WindowMean } from './window-mean.ts';

/** Lambert's scaling: most values fall between −100 and 100. */
const SCALE = 0.015;

/** Its mean absolute deviation is about a moving mean, so an update takes `period` steps, as in TA-Lib; 0 where all are equal. */
export class CommodityChannelIndex extends Indicator {
  private readonly period: number;
  private readonly mean: WindowMean;
  private readonly ring: Float64Array;
  private index = 0;

  constructor(spec: IndicatorSpec) {
    super(spec, CCI.outputs, parameter(spec, 'period'));
    this.period = parameter(spec, 'period');
    this.mean = new WindowMean(this.period);
    this.ring = new Float64Array(this.period);
  }

  update(bars: BarSeries, row: number): void {
    const price = typicalPrice(bars, row);
    const ring = this.ring;
    ring[this.index] = price;
    this.index = this.index + 1 === this.period ? 0 : this.index + 1;
    const mean = this.mean.next(price);
    if (mean !== mean) return;
    let distances = 0;
    for (let i = 0; i < this.period; i++) distances += Math.abs((ring[i] as number) - mean);
    this.values[0] = distances === 0 ? 0 : (price - mean) / ((SCALE * distances) / this.period);
  }
}

export const CCI: IndicatorDefinition = {
  name: 'CCI',
  title: 'Commodity channel index',
  description: 'Distance of the typical price from its average, in mean deviations × 0.015.',
  params: [periodParameter(14, 2)],
  outputs: ['value'],
  defaultOutput: 'value',
  source: null,
  create: (spec) => new CommodityChannelIndex(spec),
};
