import type { EpochDay } from '../time/civil-date.ts';
import type { ExchangeCalendar } from '../time/exchange-calendar.ts';
import type { BarSeries } from './bar-series.ts';

/**
 * What prices are multiplied by so that splits and dividends leave no jump. Row i holds for bars dated on or before
 * `lastDay[i]` and after `lastDay[i - 1]`; after the last row the factor is 1. `lastDay` strictly increases.
 */
export interface PriceFactors {
  readonly lastDay: readonly EpochDay[];
  /** Price factor × split factor; finite and > 0. */
  readonly factor: readonly number[];
}

/** Returns the series with open, high, low and close multiplied by the factor of the bar's date; volume is kept. */
export function adjustBars(series: BarSeries, factors: PriceFactors, calendar: ExchangeCalendar): BarSeries {
  const { length } = series;
  const open = new Float64Array(length);
  const high = new Float64Array(length);
  const low = new Float64Array(length);
  const close = new Float64Array(length);
  let row = 0;
  for (let i = 0; i < length; i++) {
    const day = calendar.dayOf(series.start[i] as number);
    while (row < factors.lastDay.length && day > (factors.lastDay[row] as number)) row++;
    const factor = factors.factor[row] ?? 1;
    open[i] = (series.open[i] as number) * factor;
    high[i] = (series.high[i] as number) * factor;
    low[i] = (series.low[i] as number) * factor;
    close[i] = (series.close[i] as number) * factor;
  }
  return { ...series, open, high, low, close };
}
