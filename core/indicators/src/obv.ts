import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec } from './indicator.ts';

export class OnBalanceVolume extends Indicator {
  private previous = Number.NaN;
  private balance = 0;

  constructor(spec: IndicatorSpec) {
    super(spec, OBV.outputs, 1);
  }

  update(bars: BarSeries, row: number): void {
    const close = bars.close[row] as number;
    const change = close - this.previous;
    this.previous = close;
    if (change > 0 || change !== change) this.balance += bars.volume[row] as number;
    else if (change < 0) this.balance -= bars.volume[row] as number;
    this.values[0] = this.balance;
  }
}

export const OBV: IndicatorDefinition = {
  name: 'OBV',
  title: 'On-balance volume',
  description:
    'Running volume, added when the close rises and taken away when it falls, from the first bar seen (as in TA-Lib).',
  params: [],
  outputs: ['value'],
  defaultOutput: 'value',
  source: null,
  create: (spec) => new OnBalanceVolume(spec),
};
