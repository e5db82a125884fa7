import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec } from './indicator.ts';
import { typicalPrice } from './price-source.ts';

export class VolumeWeightedPrice extends Indicator {
  private session = Number.NaN;
  private money = 0;
  private volume = 0;

  constructor(spec: IndicatorSpec) {
    super(spec, VWAP.outputs, 1);
  }

  update(bars: BarSeries, row: number, session: number): void {
    if (session !== this.session) {
      this.session = session;
      this.money = 0;
      this.volume = 0;
    }
    const price = typicalPrice(bars, row);
    const volume = bars.volume[row] as number;
    this.money += price * volume;
    this.volume += volume;
    this.values[0] = this.volume > 0 ? this.money / this.volume : price;
  }
}

export const VWAP: IndicatorDefinition = {
  name: 'VWAP',
  title: 'Volume-weighted average price',
  description:
    'Typical price (H+L+C)/3 weighted by volume since the open of the session; the typical price itself until there is volume.',
  params: [],
  outputs: ['value'],
  defaultOutput: 'value',
  source: null,
  create: (spec) => new VolumeWeightedPrice(spec),
};
