import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter, periodParameter } from './indicator.ts';
import { WindowExtreme } from './window-extreme.ts';

export class Aroon extends Indicator {
  private readonly period: number;
  private readonly highest: WindowExtreme;
  private readonly lowest: WindowExtreme;

  constructor(spec: IndicatorSpec) {
    const period = parameter(spec, 'period');
    super(spec, AROON.outputs, period + 1);
    this.period = period;
    this.highest = new WindowExtreme(period + 1, 1);
    this.lowest = new WindowExtreme(period + 1, -1);
  }

  update(bars: BarSeries, row: number): void {
    const highest = this.highest.next(bars.high[row] as number);
    this.lowest.next(bars.low[row] as number);
    if (highest !== highest) return;
    const up = (100 * (this.period - this.highest.age)) / this.period;
    const down = (100 * (this.period - this.lowest.age)) / this.period;
    this.values[0] = up;
    this.values[1] = down;
    this.values[2] = up - down;
  }
}

export const AROON: IndicatorDefinition = {
  name: 'AROON',
  title: 'Aroon',
  description:
    'How recent the highest high (up) and the lowest low (down) are, 0 to 100, and their difference (oscillator).',
  params: [periodParameter(14, 2)],
  outputs: ['up', 'down', 'oscillator'],
  defaultOutput: 'oscillator',
  source: null,
  create: (spec) => new Aroon(spec),
};
