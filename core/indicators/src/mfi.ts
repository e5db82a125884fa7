import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { typicalPrice } from './price-source.ts';
import { WindowSum } from './window-sum.ts';

/** As in TA-Lib, save that only a flow of exactly zero gives 0: its threshold of 1.0 would silence small fractional volumes. */
export class MoneyFlowIndex extends Indicator {
  private readonly inflows: WindowSum;
  private readonly outflows: WindowSum;
  private previous = Number.NaN;
  private missing: number;

  constructor(spec: IndicatorSpec) {
    const period = parameter(spec, 'period');
    super(spec, MFI.outputs, period + 1);
    this.inflows = new WindowSum(period);
    this.outflows = new WindowSum(period);
    this.missing = period;
  }

  update(bars: BarSeries, row: number): void {
    const price = typicalPrice(bars, row);
    const change = price - this.previous;
    this.previous = price;
    if (change !== change) return;
    const flow = price * (bars.volume[row] as number);
    const inflow = this.inflows.next(change > 0 ? flow : 0);
    const all = inflow + this.outflows.next(change < 0 ? flow : 0);
    if (this.missing > 0 && --this.missing > 0) return;
    this.values[0] = all === 0 ? 0 : (100 * inflow) / all;
  }
}

export const MFI: IndicatorDefinition = {
  name: 'MFI',
  title: 'Money flow index',
  description: 'Share of rising in all money flow of the last bars, 0 to 100; 0 without any flow.',
  params: [periodParameter(14, 2)],
  outputs: ['value'],
  defaultOutput: 'value',
  source: null,
  create: (spec) => new MoneyFlowIndex(spec),
};
