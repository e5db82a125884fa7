/** The lengths of bar that a pipeline may name, shortest first. */
export const TIMEFRAMES = ['1m', '5m', '15m', '1h', '4h', '1d'] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];

const MINUTES: Readonly<Record<Timeframe, number>> = { '1m': 1, '5m': 5, '15m': 15, '1h': 60, '4h': 240, '1d': 1440 };

export function isTimeframe(value: unknown): value is Timeframe {
  return typeof value === 'string' && Object.hasOwn(MINUTES, value);
}

/** Returns the nominal length in minutes; a `1d` bar is one session, whatever its length. */
export function timeframeMinutes(timeframe: Timeframe): number {
  return MINUTES[timeframe];
}

export function compareTimeframes(a: Timeframe, b: Timeframe): number {
  return MINUTES[a] - MINUTES[b];
}

/** Returns each timeframe once, shortest first. */
export function sortTimeframes(timeframes: Iterable<Timeframe>): Timeframe[] {
  return [...new Set(timeframes)].sort(compareTimeframes);
}
