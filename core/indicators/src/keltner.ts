import type { BarSeries } from '@bellwether/domain';
import { ExponentialAverage } from './exponential-average.ts';
import {
  factorParameter,
  Indicator,
  type IndicatorDefinition,
  type IndicatorSpec,
  parameter,
  periodParameter,
} from './indicator.ts';
import { sourceCode, sourceValue } from './price-source.ts';
import { TrueRange } from './true-range.ts';
import { WilderAverage } from './wilder-average.ts';

export class KeltnerChannel extends Indicator {
  private readonly source: number;
  private readonly multiplier: number;
  private readonly average: ExponentialAverage;
  private readonly range = new TrueRange();
  private readonly averageRange: WilderAverage;

  constructor(spec: IndicatorSpec) {
    super(spec, KELTNER.outputs, Math.max(parameter(spec, 'period'), parameter(spec, 'atr_period') + 1));
    this.source = sourceCode(spec.source ?? 'close');
    this.multiplier = parameter(spec, 'multiplier');
    this.average = new ExponentialAverage(parameter(spec, 'period'));
    this.averageRange = new WilderAverage(parameter(spec, 'atr_period'));
  }

  update(bars: BarSeries, row: number): void {
    const middle = this.average.next(sourceValue(bars, row, this.source));
    const range = this.range.next(bars, row);
    if (range !== range) return;
    const half = this.multiplier * this.averageRange.next(range);
    if (middle !== middle || half !== half) return;
    this.values[0] = middle + half;
    this.values[1] = middle;
    this.values[2] = middle - half;
  }
}

export const KELTNER: IndicatorDefinition = {
  name: 'KELTNER',
  title: 'Keltner channel',
  description: 'Exponential average of the close and bands some average true ranges (Wilder) around it.',
  params: [
    periodParameter(20),
    factorParameter('multiplier', 'Multiplier', 'Distance of the bands in average true ranges.', 2),
    periodParameter(10, 1, 'atr_period'),
  ],
  outputs: ['upper', 'middle', 'lower'],
  defaultOutput: 'middle',
  source: 'close',
  create: (spec) => new KeltnerChannel(spec),
};
