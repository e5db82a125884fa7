import { type BarSeries, calendarOf, type EpochMs, marketOf } from '@bellwether/domain';
import type { WireMarketStep } from '@bellwether/sandbox';

/** What a tape shows at one instant, of all its symbols. */
export interface TapeMoment {
  readonly at: EpochMs;
  readonly steps: readonly WireMarketStep[];
}

/** Returns a tape as the market would have shown it: bars end before others begin, the session ends after its last bar. */
export function tapeMoments(series: readonly BarSeries[]): readonly TapeMoment[] {
  const moments = new Map<EpochMs, { ends: WireMarketStep[]; closes: WireMarketStep[]; opens: WireMarketStep[] }>();
  const at = (instant: EpochMs) => {
    const known = moments.get(instant);
    if (known !== undefined) return known;
    const fresh = { ends: [], closes: [], opens: [] };
    moments.set(instant, fresh);
    return fresh;
  };
  for (const bars of series) {
    const { symbol } = bars;
    const calendar = calendarOf(marketOf(symbol));
    for (let i = 0; i < bars.length; i++) {
      const value = (column: Float64Array) => column[i] as number;
      const [start, end, open] = [value(bars.start), value(bars.end), value(bars.open)];
      const [high, low, close, volume] = [value(bars.high), value(bars.low), value(bars.close), value(bars.volume)];
      at(start).opens.push({ kind: 'open', symbol, at: start, open, volume });
      at(end).ends.push({ kind: 'bar', symbol, start, end, open, high, low, close, volume });
      const isLast = i + 1 === bars.length || calendar.dayOf(bars.start[i + 1] as number) !== calendar.dayOf(start);
      if (isLast) at(end).closes.push({ kind: 'session_end', symbol, at: end });
    }
  }
  return [...moments]
    .sort(([a], [b]) => a - b)
    .map(([instant, { ends, closes, opens }]) => ({ at: instant, steps: [...ends, ...closes, ...opens] }));
}

/** Plays moments `speed` times as fast as they were. What is longer than `longestGapMs` of the market, a night, is skipped. */
export async function playMoments(
  moments: readonly TapeMoment[],
  options: {
    readonly speed: number;
    readonly longestGapMs: number;
    readonly play: (steps: readonly WireMarketStep[]) => void;
    /** Resolves to `false` when the player is to stop. */
    readonly wait: (ms: number) => Promise<boolean>;
  },
): Promise<void> {
  let before = moments[0]?.at ?? 0;
  for (const { at, steps } of moments) {
    const gap = Math.min(at - before, options.longestGapMs);
    if (gap > 0 && !(await options.wait(gap / options.speed))) return;
    before = at;
    options.play(steps);
  }
}
