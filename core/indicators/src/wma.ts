import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { sourceCode, sourceValue } from './price-source.ts';

/** Linearly weighted average: weights period, period − 1 … 1 from the newest bar back (TA-Lib). */
export class WeightedMovingAverage extends Indicator {
  private readonly source: number;
  private readonly period: number;
  private readonly divider: number;
  private readonly ring: Float64Array;
  private index = 0;
  private missing: number;
  private sum = 0;
  private weighted = 0;

  constructor(spec: IndicatorSpec) {
    super(spec, WMA.outputs, parameter(spec, 'period'));
    this.source = sourceCode(spec.source ?? 'close');
    this.period = parameter(spec, 'period');
    this.divider = (this.period * (this.period + 1)) / 2;
    this.ring = new Float64Array(this.period);
    this.missing = this.period;
  }

  update(bars: BarSeries, row: number): void {
    const value = sourceValue(bars, row, this.source);
    const oldest = this.ring[this.index] as number;
    this.ring[this.index] = value;
    this.index++;
    if (this.missing > 0) this.missing--;
    if (this.index === this.period) {
      this.index = 0;
      this.recompute();
    } else {
      this.weighted += this.period * value - this.sum;
      this.sum += value - oldest;
    }
    if (this.missing === 0) this.values[0] = this.weighted / this.divider;
  }

  /** Once per `period` bars, when the ring lies in order: rounding of the sliding sums never accumulates. */
  private recompute(): void {
    let sum = 0;
    let weighted = 0;
    for (let i = 0; i < this.period; i++) {
      const value = this.ring[i] as number;
      sum += value;
      weighted += (i + 1) * value;
    }
    this.sum = sum;
    this.weighted = weighted;
  }
}

export const WMA: IndicatorDefinition = {
  name: 'WMA',
  title: 'Weighted moving average',
  description: 'Average whose weights fall in a line from the newest bar to the oldest.',
  params: [periodParameter(20)],
  outputs: ['value'],
  defaultOutput: 'value',
  source: 'close',
  create: (spec) => new WeightedMovingAverage(spec),
};
