import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { WindowExtreme } from './window-extreme.ts';

export class DonchianChannel extends Indicator {
  private readonly highest: WindowExtreme;
  private readonly lowest: WindowExtreme;

  constructor(spec: IndicatorSpec) {
    super(spec, DONCHIAN.outputs, parameter(spec, 'period'));
    this.highest = new WindowExtreme(parameter(spec, 'period'), 1);
    this.lowest = new WindowExtreme(parameter(spec, 'period'), -1);
  }

  update(bars: BarSeries, row: number): void {
    const upper = this.highest.next(bars.high[row] as number);
    const lower = this.lowest.next(bars.low[row] as number);
    this.values[0] = upper;
    this.values[1] = (upper + lower) / 2;
    this.values[2] = lower;
  }
}

export const DONCHIAN: IndicatorDefinition = {
  name: 'DONCHIAN',
  title: 'Donchian channel',
  description:
    'Highest high, lowest low and their middle over the last bars, the latest included; a breakout compares with offset 1.',
  params: [periodParameter(20)],
  outputs: ['upper', 'middle', 'lower'],
  defaultOutput: 'middle',
  source: null,
  create: (spec) => new DonchianChannel(spec),
};
