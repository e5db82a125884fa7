import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { WindowExtreme } from './window-extreme.ts';

export class WilliamsRange extends Indicator {
  private readonly highest: WindowExtreme;
  private readonly lowest: WindowExtreme;

  constructor(spec: IndicatorSpec) {
    super(spec, WILLR.outputs, parameter(spec, 'period'));
    this.highest = new WindowExtreme(parameter(spec, 'period'), 1);
    this.lowest = new WindowExtreme(parameter(spec, 'period'), -1);
  }

  update(bars: BarSeries, row: number): void {
    const highest = this.highest.next(bars.high[row] as number);
    const range = highest - this.lowest.next(bars.low[row] as number);
    this.values[0] = range === 0 ? 0 : (100 * ((bars.close[row] as number) - highest)) / range;
  }
}

export const WILLR: IndicatorDefinition = {
  name: 'WILLR',
  title: 'Williams %R',
  description: 'Place of the close below the highest high, −100 to 0; 0 where the range is 0, as in TA-Lib.',
  params: [periodParameter(14, 2)],
  outputs: ['value'],
  defaultOutput: 'value',
  source: null,
  create: (spec) => new WilliamsRange(spec),
};
