import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { TrueRange } from './true-range.ts';

/**
 * Wilder's directional movement as in TA-Lib: sums of the first period − 1 movements, then
 * sum − sum / period + movement; the index is the mean of the first `period` DX, then Wilder-smoothed.
 * Where the range or both directions are zero, the lines are 0 and the index stays.
 */
export class DirectionalIndex extends Indicator {
  private readonly range = new TrueRange();
  private readonly period: number;
  private previousHigh = 0;
  private previousLow = 0;
  private movements = 0;
  private plus = 0;
  private minus = 0;
  private ranges = 0;
  private index = 0;

  constructor(spec: IndicatorSpec) {
    const period = parameter(spec, 'period');
    super(spec, ADX.outputs, 2 * period);
    this.period = period;
  }

  update(bars: BarSeries, row: number): void {
    const high = bars.high[row] as number;
    const low = bars.low[row] as number;
    const up = high - this.previousHigh;
    const down = this.previousLow - low;
    this.previousHigh = high;
    this.previousLow = low;
    const range = this.range.next(bars, row);
    if (range !== range) return;

    const period = this.period;
    const plusMove = up > 0 && up > down ? up : 0;
    const minusMove = down > 0 && down > up ? down : 0;
    this.movements++;
    if (this.movements < period) {
      this.plus += plusMove;
      this.minus += minusMove;
      this.ranges += range;
      return;
    }
    this.plus += plusMove - this.plus / period;
    this.minus += minusMove - this.minus / period;
    this.ranges += range - this.ranges / period;

    const plusLine = this.ranges > 0 ? (100 * this.plus) / this.ranges : 0;
    const minusLine = this.ranges > 0 ? (100 * this.minus) / this.ranges : 0;
    this.values[1] = plusLine;
    this.values[2] = minusLine;
    const lines = plusLine + minusLine;
    const strength = lines > 0 ? (100 * Math.abs(plusLine - minusLine)) / lines : Number.NaN;
    if (this.movements < 2 * period) {
      if (lines > 0) this.index += strength / period;
      if (this.movements < 2 * period - 1) return;
      // The seed is complete; the counter rests one past it, so that it never grows without end.
      this.movements = 2 * period;
    } else {
      this.movements = 2 * period;
      if (lines > 0) this.index = (this.index * (period - 1) + strength) / period;
    }
    this.values[0] = this.index;
  }
}

export const ADX: IndicatorDefinition = {
  name: 'ADX',
  title: 'Average directional index',
  description: 'Strength of the trend, 0 to 100, whichever way it goes; plus_di and minus_di (+DI, −DI) say which way.',
  params: [periodParameter(14, 2)],
  outputs: ['adx', 'plus_di', 'minus_di'],
  defaultOutput: 'adx',
  source: null,
  create: (spec) => new DirectionalIndex(spec),
};
