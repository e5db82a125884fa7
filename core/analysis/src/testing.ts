// Markets made for tests: seeded, and with or without the direction that a test is about.
import {
  allocateBars,
  type BarSeries,
  barAt,
  barsFrom,
  calendarOf,
  type EpochMs,
  MINUTE_MS,
  marketOf,
  type Timeframe,
  timeframeMinutes,
} from '@bellwether/domain';
import { type SeededRandom, seededRandom } from './seeded-random.ts';

export interface WalkRequest {
  readonly seed: string;
  readonly bars: number;
  readonly symbol?: string;
  readonly timeframe?: Timeframe;
  /** Standard deviation of a bar's log return. */
  readonly deviation?: number;
  /** Mean log return of a bar, in deviations. */
  readonly drift?: number;
  readonly price?: number;
  /** The first bar is the first of the first session that opens after this instant. */
  readonly after?: EpochMs;
}

const STEPS_PER_BAR = 6;

/** Returns a random walk with plausible bars, on the sessions of its symbol's market. Equal requests give equal bars. */
export function randomWalk(request: WalkRequest): BarSeries {
  const { bars: length, symbol = 'TEST', timeframe = '1d', deviation = 0.01, drift = 0, price: first = 100 } = request;
  const random = seededRandom(request.seed);
  const bars = allocateBars(symbol, timeframe, length);
  fillTimes(bars, request.after ?? Date.UTC(2015, 0, 1));
  let price = first;
  for (let row = 0; row < length; row++) {
    const step = (share: number) => Math.exp(deviation * (drift * share + Math.sqrt(share) * normal(random)));
    price *= step(0.1);
    bars.open[row] = price;
    let [high, low] = [price, price];
    for (let i = 0; i < STEPS_PER_BAR; i++) {
      price *= step(0.9 / STEPS_PER_BAR);
      high = Math.max(high, price);
      low = Math.min(low, price);
    }
    bars.high[row] = high;
    bars.low[row] = low;
    bars.close[row] = price;
    bars.volume[row] = Math.round(1e6 * Math.exp(0.4 * normal(random)));
  }
  return bars;
}

/** Returns the market upside down: every price p becomes first²/p, so that every log return changes its sign. */
export function mirrored(bars: BarSeries): BarSeries {
  const pivot = (bars.open[0] as number) ** 2;
  return barsFrom(
    bars.symbol,
    bars.timeframe,
    Array.from({ length: bars.length }, (_, row) => {
      const { open, high, low, close, ...rest } = barAt(bars, row);
      return { ...rest, open: pivot / open, high: pivot / low, low: pivot / high, close: pivot / close };
    }),
  );
}

/** Returns bars of `size` bars each, the newest one complete; a rest at the beginning is dropped. */
export function coarser(bars: BarSeries, size: number, timeframe: Timeframe): BarSeries {
  const first = bars.length % size;
  const result = allocateBars(bars.symbol, timeframe, Math.floor(bars.length / size));
  for (let row = 0; row < result.length; row++) {
    const from = first + row * size;
    const until = from + size;
    result.start[row] = bars.start[from] as number;
    result.end[row] = bars.end[until - 1] as number;
    result.open[row] = bars.open[from] as number;
    result.close[row] = bars.close[until - 1] as number;
    result.high[row] = Math.max(...bars.high.subarray(from, until));
    result.low[row] = Math.min(...bars.low.subarray(from, until));
    result.volume[row] = bars.volume.subarray(from, until).reduce((sum, volume) => sum + volume, 0);
  }
  return result;
}

/** Returns bars that close at the given prices, each opening at the close before, with a shadow of `shadow` at both ends. */
export function barsClosingAt(closes: readonly number[], shadow = 0.1): BarSeries {
  const bars = allocateBars('TEST', '1d', closes.length);
  fillTimes(bars, Date.UTC(2015, 0, 1));
  closes.forEach((close, row) => {
    const open = closes[row - 1] ?? close;
    bars.open[row] = open;
    bars.close[row] = close;
    bars.high[row] = Math.max(open, close) + shadow;
    bars.low[row] = Math.min(open, close) - shadow;
    bars.volume[row] = 1_000;
  });
  return bars;
}

/** Returns straight paths through the turning points, each reached after the given number of bars. */
export function zigzag(first: number, ...legs: readonly (readonly [to: number, bars: number])[]): number[] {
  const prices = [first];
  for (const [to, count] of legs) {
    const from = prices.at(-1) as number;
    for (let i = 1; i <= count; i++) prices.push(from + ((to - from) * i) / count);
  }
  return prices;
}

function fillTimes(bars: BarSeries, after: EpochMs): void {
  const calendar = calendarOf(marketOf(bars.symbol));
  const length = timeframeMinutes(bars.timeframe) * MINUTE_MS;
  let session = calendar.nextSession(after);
  let start = session.opensAt;
  for (let row = 0; row < bars.length; row++) {
    if (start >= session.closesAt) {
      session = calendar.sessionWithOrdinal(session.ordinal + 1);
      start = session.opensAt;
    }
    bars.start[row] = start;
    bars.end[row] = bars.timeframe === '1d' ? session.closesAt : Math.min(start + length, session.closesAt);
    start = bars.end[row] as number;
  }
}

function normal(random: SeededRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
