import type { Time, UTCTimestamp } from 'lightweight-charts';
import { exchangeWallClock } from './exchange-time.ts';

/**
 * The chart library knows no zones: it is fed the exchange's wall clock as if it were UTC, so that day marks fall on exchange days.
 * Daily bars are their session date; a daily bar stamped at UTC midnight already is that date.
 */
export function toChartTime(instant: string, timeframe: string): Time {
  const at = new Date(instant);
  if (timeframe === '1d') return dailyDate(at);
  const wall = exchangeWallClock(at);
  return (Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second) / 1000) as UTCTimestamp;
}

/** Index of the bar that contains an instant: the last one that starts at or before it; -1 before the first. Bars are oldest first. */
export function barIndexAt(bars: readonly { readonly time: string }[], instant: string, timeframe: string): number {
  if (timeframe === '1d') {
    const date = sessionDate(instant);
    return bars.findLastIndex((bar) => dailyDate(new Date(bar.time)) <= date);
  }
  const at = Date.parse(instant);
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const bar = bars[middle];
    if (bar !== undefined && Date.parse(bar.time) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function dailyDate(at: Date): string {
  return at.getTime() % 86_400_000 === 0 ? at.toISOString().slice(0, 10) : wallDate(at);
}

function sessionDate(instant: string): string {
  return dailyDate(new Date(instant));
}

function wallDate(at: Date): string {
  const wall = exchangeWallClock(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${wall.year}-${two(wall.month)}-${two(wall.day)}`;
}
