import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter } from './indicator.ts';

/** Wilder's parabolic stop and reverse with TA-Lib's start: the first two bars' directional movement chooses the side. */
export class ParabolicStop extends Indicator {
  private readonly acceleration: number;
  private readonly maximum: number;
  private bars = 0;
  private long = true;
  private stop = 0;
  private extreme = 0;
  private factor = 0;
  private previousHigh = 0;
  private previousLow = 0;

  constructor(spec: IndicatorSpec) {
    super(spec, SAR.outputs, 2);
    this.acceleration = parameter(spec, 'acceleration');
    this.maximum = parameter(spec, 'maximum');
    this.factor = this.acceleration;
  }

  update(bars: BarSeries, row: number): void {
    const high = bars.high[row] as number;
    const low = bars.low[row] as number;
    if (this.bars < 2) {
      this.bars++;
      if (this.bars === 2) this.start(high, low);
    }
    if (this.bars === 2) this.values[0] = this.long ? this.stepLong(high, low) : this.stepShort(high, low);
    this.previousHigh = high;
    this.previousLow = low;
  }

  private start(high: number, low: number): void {
    const down = this.previousLow - low;
    this.long = !(down > 0 && down > high - this.previousHigh);
    this.extreme = this.long ? high : low;
    this.stop = this.long ? this.previousLow : this.previousHigh;
    // TA-Lib lets the second bar count as its own predecessor.
    this.previousHigh = high;
    this.previousLow = low;
  }

  private stepLong(high: number, low: number): number {
    if (low <= this.stop) {
      this.long = false;
      const reversed = Math.max(this.extreme, this.previousHigh, high);
      this.factor = this.acceleration;
      this.extreme = low;
      this.stop = Math.max(reversed + this.factor * (low - reversed), this.previousHigh, high);
      return reversed;
    }
    const current = this.stop;
    if (high > this.extreme) {
      this.extreme = high;
      this.factor = Math.min(this.factor + this.acceleration, this.maximum);
    }
    this.stop = Math.min(current + this.factor * (this.extreme - current), this.previousLow, low);
    return current;
  }

  private stepShort(high: number, low: number): number {
    if (high >= this.stop) {
      this.long = true;
      const reversed = Math.min(this.extreme, this.previousLow, low);
      this.factor = this.acceleration;
      this.extreme = high;
      this.stop = Math.min(reversed + this.factor * (high - reversed), this.previousLow, low);
      return reversed;
    }
    const current = this.stop;
    if (low < this.extreme) {
      this.extreme = low;
      this.factor = Math.min(this.factor + this.acceleration, this.maximum);
    }
    this.stop = Math.max(current + this.factor * (this.extreme - current), this.previousHigh, high);
    return current;
  }
}

const STEP = { minimum: 0.0001, maximum: 1, integer: false };

export const SAR: IndicatorDefinition = {
  name: 'SAR',
  title: 'Parabolic stop and reverse',
  description: 'Trailing stop that speeds up with the trend and turns when touched (Wilder 1978, TA-Lib).',
  params: [
    { name: 'acceleration', title: 'Acceleration', description: 'First factor and its step.', default: 0.02, ...STEP },
    { name: 'maximum', title: 'Maximum', description: 'Greatest factor.', default: 0.2, ...STEP },
  ],
  outputs: ['value'],
  defaultOutput: 'value',
  source: null,
  conflict: ({ acceleration = 0, maximum = 0 }) =>
    acceleration <= maximum
      ? undefined
      : `expected acceleration at most maximum, was acceleration ${acceleration} and maximum ${maximum}`,
  create: (spec) => new ParabolicStop(spec),
};
