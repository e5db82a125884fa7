import type { EpochMs, Timeframe } from '@bellwether/domain';
import type { LiveTape } from './live-tape.ts';

/** What a session wants to follow. */
export interface LiveWish {
  readonly symbols: readonly string[];
  /** The first instant that may be decided on; history is given before it. */
  readonly from: EpochMs;
  /** So many bars of each timeframe before `from`. */
  readonly lookbackBars: number;
  readonly timeframes: readonly Timeframe[];
}

/** Live prices as sessions meet them. */
export interface LiveMarket {
  /** Returns the symbols' bars, history first, and every bar from now on until it is closed. Throws `bars/unknown-symbol`, and what its source throws. */
  open(wish: LiveWish): Promise<LiveTape>;
}
