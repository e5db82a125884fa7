import { type BarSeries, BellwetherError, type Timeframe } from '@bellwether/domain';
import type { Clock } from '../clock/clock.ts';

export interface BarQuery {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** No bar that closes after it is in the answer. */
  readonly until: Temporal.Instant;
  /** The newest so many. */
  readonly count: number;
}

export interface MarketDataSource {
  /** Returns closed bars, oldest first; fewer than asked for when there are fewer. Throws `bars/unknown-symbol`. */
  bars(query: BarQuery): Promise<BarSeries>;
}

/** Returns the source behind a wall through which no bar comes that closes after `query.until` or after now: `bars/future`. */
export function withoutFuture(source: MarketDataSource, clock: Clock): MarketDataSource {
  return {
    async bars(query) {
      const now = clock.now();
      const until = Temporal.Instant.compare(query.until, now) < 0 ? query.until : now;
      const series = await source.bars({ ...query, until });
      const newest = series.length === 0 ? Number.NEGATIVE_INFINITY : (series.end[series.length - 1] as number);
      if (newest <= until.epochMilliseconds) return series;
      const found = Temporal.Instant.fromEpochMilliseconds(newest);
      throw new BellwetherError(
        'bug',
        'bars/future',
        `expected no bar of ${query.symbol} that closes after ${until}, was ${found}`,
      );
    },
  };
}
