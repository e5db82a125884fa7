import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { sourceCode, sourceValue } from './price-source.ts';
import { StrengthIndex } from './strength-index.ts';

export class RelativeStrengthIndex extends Indicator {
  private readonly source: number;
  private readonly strength: StrengthIndex;

  constructor(spec: IndicatorSpec) {
    super(spec, RSI.outputs, parameter(spec, 'period') + 1);
    this.source = sourceCode(spec.source ?? 'close');
    this.strength = new StrengthIndex(parameter(spec, 'period'));
  }

  update(bars: BarSeries, row: number): void {
    this.values[0] = this.strength.next(sourceValue(bars, row, this.source));
  }
}

export const RSI: IndicatorDefinition = {
  name: 'RSI',
  title: 'Relative strength index',
  description:
    'Share of rising in all movement, 0 to 100, smoothed as by Wilder; 0 where nothing ever moved, as in TA-Lib.',
  params: [periodParameter(14, 2)],
  outputs: ['value'],
  defaultOutput: 'value',
  source: 'close',
  create: (spec) => new RelativeStrengthIndex(spec),
};
