import { type BarInput, CLOSE, HIGH, LOW } from './bar-input.ts';
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

  update(bar: BarInput): void {
    const highest = this.highest.next(bar[HIGH] as number);
    const range = highest - this.lowest.next(bar[LOW] as number);
    this.values[0] = range === 0 ? 0 : (100 * ((bar[CLOSE] as number) - highest)) / range;
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
