import type { BarSeries } from '@bellwether/domain';
import {
  factorParameter,
  Indicator,
  type IndicatorDefinition,
  type IndicatorSpec,
  parameter,
  periodParameter,
} from './indicator.ts';
import { TrueRange } from './true-range.ts';
import { WilderAverage } from './wilder-average.ts';

/**
 * Seban's trailing line: (H+L)/2 ± multiplier × ATR, each band tightened only while the previous close stays inside it.
 * It begins in the downtrend on its first warm bar unless the close is above the upper band.
 */
export class Supertrend extends Indicator {
  private readonly multiplier: number;
  private readonly range = new TrueRange();
  private readonly averageRange: WilderAverage;
  private upper = Number.POSITIVE_INFINITY;
  private lower = Number.NEGATIVE_INFINITY;
  private previousClose = Number.NaN;
  private rising = false;

  constructor(spec: IndicatorSpec) {
    super(spec, SUPERTREND.outputs, parameter(spec, 'period') + 1);
    this.multiplier = parameter(spec, 'multiplier');
    this.averageRange = new WilderAverage(parameter(spec, 'period'));
  }

  update(bars: BarSeries, row: number): void {
    const close = bars.close[row] as number;
    const previousClose = this.previousClose;
    this.previousClose = close;
    const range = this.range.next(bars, row);
    if (range !== range) return;
    const half = this.multiplier * this.averageRange.next(range);
    if (half !== half) return;

    const middle = ((bars.high[row] as number) + (bars.low[row] as number)) / 2;
    if (middle + half < this.upper || previousClose > this.upper) this.upper = middle + half;
    if (middle - half > this.lower || previousClose < this.lower) this.lower = middle - half;
    this.rising = this.rising ? close >= this.lower : close > this.upper;
    this.values[0] = this.rising ? this.lower : this.upper;
    this.values[1] = this.rising ? 1 : -1;
  }
}

export const SUPERTREND: IndicatorDefinition = {
  name: 'SUPERTREND',
  title: 'Supertrend',
  description:
    'Trailing line some average true ranges from the middle of the bar; direction is 1 above it and −1 below.',
  params: [
    periodParameter(10),
    factorParameter('multiplier', 'Multiplier', 'Distance of the line in average true ranges.', 3),
  ],
  outputs: ['value', 'direction'],
  defaultOutput: 'value',
  source: null,
  create: (spec) => new Supertrend(spec),
};
